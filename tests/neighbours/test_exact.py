"""Nearest neighbours and spheres are those of float64, wherever the points lie and however little memory there is."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from sklearn.neighbors import NearestNeighbors

from byheart.errors import InputError
from byheart.neighbours import Spheres, Work, inside, nearest
from byheart.neighbours.blocks import Matrix

SCARCE = Work(threads=2, budget=4096)


def by_hand(queries: Matrix, points: Matrix, k: int, *, alone: bool = False) -> tuple[Matrix, np.ndarray]:
    """All distances, from differences, sorted; of equal ones the lower index first."""
    apart = cdist(queries.astype(np.float64), points.astype(np.float64))
    if alone:
        np.fill_diagonal(apart, np.inf)
    order = np.argsort(apart, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(apart, order, axis=1), order


@given(st.integers(0, 2**32), st.integers(1, 300), st.integers(1, 40), st.integers(1, 6), st.booleans())
def test_on_a_grid_all_ties_go_to_the_lower_index(seed: int, n: int, width: int, k: int, scarce: bool) -> None:
    """Whole numbers have exact distances, of which many are equal."""
    rng = np.random.default_rng(seed)
    points = rng.integers(0, 3, (n + k, width)).astype(np.float64) + 1000
    queries = rng.integers(0, 3, (40, width)).astype(np.float32) + np.float32(1000)
    how = SCARCE if scarce else None
    found = nearest(queries, points, k=k, how=how)
    apart, order = by_hand(queries, points, k)
    assert (found.indices == order).all()
    assert np.allclose(found.distances, apart, rtol=1e-15, atol=0)
    found = nearest(points, k=k, how=how)
    apart, order = by_hand(points, points, k, alone=True)
    assert (found.indices == order).all()


@pytest.mark.parametrize("shift", [0, 30, 1e6])
@pytest.mark.parametrize("width", [2, 512])
def test_identical_rows_are_at_no_distance_wherever_they_lie(shift: float, width: int) -> None:
    """torch.cdist gives identical float32 rows of 512 dimensions around 30 distances up to .61."""
    points = (np.random.default_rng(0).normal(size=(2000, width)) + shift).astype(np.float32)
    found = nearest(points, points, k=2)
    assert (found.distances[:, 0] == 0).all()
    expected = NearestNeighbors(n_neighbors=1, algorithm="kd_tree" if width == 2 else "brute")
    apart, order = by_hand(points, points, 1, alone=True)
    assert (nearest(points, k=1).indices == order).all()
    own, _ = expected.fit(points.astype(np.float64) - shift).kneighbors()
    assert np.allclose(nearest(points, k=1).distances, own, rtol=1e-6)
    assert np.allclose(nearest(points, k=1).distances, apart, rtol=1e-12)


def test_points_that_rounding_confuses_are_told_apart() -> None:
    """Two far clusters, each so narrow that float32 sees one point: the answer is that of float64."""
    rng = np.random.default_rng(1)
    points = np.repeat([[-1000.0], [1000.0]], 500, axis=0) * np.ones(8) + rng.normal(size=(1000, 8)) * 1e-4
    found = nearest(points, k=5, how=Work(budget=1 << 14))
    _, order = by_hand(points, points, 5, alone=True)
    assert (found.indices == order).all()


def test_a_few_points_far_out_do_not_cost_the_others_their_precision() -> None:
    rng = np.random.default_rng(2)
    points = rng.standard_cauchy((3000, 4)) ** 3
    _, order = by_hand(points, points, 4, alone=True)
    assert (nearest(points, k=4).indices == order).all()


@pytest.mark.parametrize("k", [1, 7, 1100])
@pytest.mark.parametrize("threads", [1, 3])
def test_whoever_looks_at_each_pair_once_finds_what_one_who_looks_twice_does(k: int, threads: int) -> None:
    """Among themselves, with room for half of the products, and without; on a grid, where many are equally near."""
    points = np.random.default_rng(4).integers(0, 4, (2200, 5)).astype(np.float32)
    once, twice = (nearest(points, k=k, how=Work(threads=threads, budget=budget)) for budget in (512 << 20, 200_000))
    assert (once.indices == twice.indices).all()
    assert (once.distances == twice.distances).all()
    apart, order = by_hand(points, points, k, alone=True)
    assert (once.indices == order).all()
    assert np.allclose(once.distances, apart, rtol=1e-15)


def test_hosts_of_points_that_are_equally_near_do_not_fill_the_ram() -> None:
    """Two records, each repeated 10,000 times: no bound tells which are nearest, and lists of all ties would take 200 MB."""
    points = np.repeat(np.eye(2, dtype=np.float32), 10_000, axis=0)
    queries = np.eye(2)[np.arange(500) % 2]
    tracemalloc.start()
    found = nearest(queries, points, k=3, how=Work(threads=1))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found.indices == 10_000 * (np.arange(500) % 2)[:, None] + np.arange(3)).all()
    assert (found.distances == 0).all()
    assert peak < 100e6


@given(st.integers(0, 2**32), st.integers(1, 80), st.integers(1, 80), st.integers(1, 5), st.booleans())
def test_spheres_hold_what_their_radius_reaches_with_their_surface(
    seed: int, n: int, m: int, width: int, scarce: bool
) -> None:
    rng = np.random.default_rng(seed)
    first, second = (rng.integers(0, 4, (count, width)).astype(np.float64) for count in (n, m))
    radii = [np.sqrt(rng.integers(0, 5, count)) for count in (n, m)]
    apart = cdist(first, second)
    found = inside(Spheres(first, radii[0]), Spheres(second, radii[1]), SCARCE if scarce else None)
    assert (found.first == (apart <= radii[1]).sum(1)).all()
    assert (found.inner == ((apart < radii[1]) | ((apart == 0) & (apart <= radii[1]))).sum(1)).all()
    assert (found.held == (apart <= radii[1]).sum(0)).all()
    assert (found.second == (apart <= radii[0][:, None]).sum(0)).all()


def test_work_says_how_far_it_has_come() -> None:
    told: list[tuple[int, int]] = []
    points = np.random.default_rng(3).normal(size=(1500, 8))
    nearest(points, k=2, how=Work(threads=2, budget=20_000, tell=lambda done, total: told.append((done, total))))
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1]
    assert len(told) > 3


@pytest.mark.parametrize(
    ("queries", "points", "k", "said"),
    [
        ([[0.0, np.nan]], [[0.0, 1.0]], 1, "queries: wanted finite numbers, got NaN or infinity in row 0"),
        ([[0.0]], [[np.inf]], 1, "points: wanted finite numbers"),
        ([[0.0]], [[0.0, 1.0]], 1, "points: wanted 1 dimensions, as the others have, got 2"),
        ([0.0], [[0.0]], 1, "queries: wanted numbers of shape"),
        ([["a"]], [[0.0]], 1, "queries: wanted numbers"),
        ([[0.0]], [[0.0]], 2, "k: wanted 1 to 1 neighbours"),
        ([[0.0]], None, 1, "k: wanted 1 to 0 neighbours"),
        ([[1e40]], [[0.0]], 1, "wanted at most 1e"),
    ],
)
def test_what_cannot_be_compared_is_said(
    queries: list[list[float]], points: list[list[float]] | None, k: int, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        nearest(np.array(queries), None if points is None else np.array(points), k=k)
