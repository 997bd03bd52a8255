"""Approximate neighbours: as many of them as were asked for, at their true distances, and nothing where faiss is missing."""

import sys

import numpy as np
import pytest

from byheart.errors import InputError, MissingExtraError
from byheart.neighbours import Work, nearest, nearest_approximately
from byheart.neighbours.approximate import recall_of
from byheart.neighbours.blocks import Matrix

pytestmark = pytest.mark.filterwarnings("ignore:builtin type:DeprecationWarning")  # of SWIG, which wraps faiss


@pytest.fixture(autouse=True)
def faiss() -> None:
    pytest.importorskip("faiss", reason="faiss-cpu has no wheel here")


def clusters(count: int, seed: int) -> Matrix:
    """Points around 40 centres, far from the origin."""
    rng = np.random.default_rng(seed)
    centres = np.random.default_rng(0).normal(size=(40, 16)) * 3 + 1000
    return (centres[rng.integers(0, 40, count)] + rng.normal(size=(count, 16))).astype(np.float32)


@pytest.mark.parametrize("recall", [0.5, 0.95, 0.999])
def test_as_many_neighbours_are_found_as_were_asked_for(recall: float) -> None:
    """On queries other than those that it was measured on; the share of 15,000 neighbours is known to .02."""
    queries, points = clusters(3000, 1), clusters(20_000, 2)
    exact = nearest(queries, points, k=5)
    found = nearest_approximately(queries, points, k=5, recall=recall, how=Work(threads=2))
    assert recall_of(found, exact) >= recall - 0.02
    same = found.indices == exact.indices
    assert (found.distances[same] == exact.distances[same]).all()
    assert (found.distances >= exact.distances).all()


def test_copies_are_at_no_distance() -> None:
    points = clusters(5000, 3)
    found = nearest_approximately(points[::7], points, how=Work(threads=2))
    assert (found.distances == 0).all()
    assert (found.indices[:, 0] == np.arange(0, 5000, 7)).all()


def test_a_query_that_finds_too_few_in_its_cells_is_answered_exactly() -> None:
    """All points but a few lie in one place: most cells hold less than k."""
    points = np.concatenate([np.zeros((2000, 2)), 1 + np.arange(60.0).reshape(30, 2)])
    exact, found = nearest(points, points, k=20), nearest_approximately(points, points, k=20, recall=0.1)
    assert np.isfinite(found.distances).all()
    assert (found.indices >= 0).all()
    assert (found.distances >= exact.distances).all()


def test_how_far_it_has_come_is_told() -> None:
    told: list[tuple[int, int]] = []
    how = Work(threads=2, tell=lambda done, total: told.append((done, total)))
    nearest_approximately(clusters(2500, 4), clusters(3000, 5), how=how)
    assert told == [(1024, 2500), (2048, 2500), (2500, 2500)]


@pytest.mark.parametrize(
    ("k", "recall", "said"),
    [(0, 0.9, "k: wanted 1 to 4 neighbours"), (5, 0.9, "k: wanted 1 to 4"), (1, 1.0, "`nearest` finds all neighbours")],
)
def test_what_cannot_be_asked_for_is_said(k: int, recall: float, said: str) -> None:
    with pytest.raises(InputError, match=said):
        nearest_approximately(np.eye(4), np.eye(4), k=k, recall=recall)


def test_where_faiss_is_missing_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faiss", None)
    with pytest.raises(MissingExtraError, match=r"needs faiss.*pip install 'byheart\[faiss\]'"):
        nearest_approximately(np.eye(4), np.eye(4))
