"""Each metric is its formula: values that can be worked out by hand, limits, symmetries."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from byheart.errors import InputError
from byheart.judging.choosing import METRICS
from byheart.judging.metric import Metric, Setting
from byheart.judging.metrics.classifier import Classifier
from byheart.judging.metrics.frechet import Frechet, Moments, frechet_distance
from byheart.judging.metrics.kernels import energy, gaussian, kid, mmd
from byheart.judging.metrics.manifold import Manifold, manifold
from byheart.judging.metrics.nearest_neighbour import NearestNeighbour
from byheart.judging.metrics.sliced_wasserstein import SlicedWasserstein
from byheart.judging.metrics.vendi import Vendi, vendi_score
from byheart.judging.resampling import Division
from byheart.neighbours import Work
from byheart.neighbours.blocks import Floats, Matrix


def setting(count: int, scale: float = 1.0) -> Setting:
    return Setting(seed=0, groups=np.arange(count), near=None, scale=scale, how=Work())


def value(metric: Metric, sample: Matrix, reference: Matrix, scale: float = 1.0) -> Floats:
    both = np.concatenate([sample, reference])
    is_sample = np.arange(len(both)) < len(sample)
    division = Division(is_sample, ~is_sample, np.arange(len(both)))
    return division.value(metric.over(both, setting(len(both), scale)))


def normal(count: int, width: int, seed: int) -> Matrix:
    return np.random.default_rng(seed).normal(size=(count, width))


def test_frechet_distance_of_two_normals_is_that_of_their_moments() -> None:
    """Diagonal covariances: |m1 - m2|^2 + sum (s1 - s2)^2, with the moments of the samples themselves."""
    points = normal(500, 3, 0)
    moved = points * [1, 2, 3] + [5, 0, -1]
    _, vectors = np.linalg.eigh(np.cov(points.T))
    turned = points @ vectors  # uncorrelated in the sample itself
    assert value(Frechet(), turned, turned * [1, 2, 3])[0] == pytest.approx(
        np.square((turned * [0, 1, 2]).mean(0)).sum() + (np.square([0, 1, 2]) * turned.var(0, ddof=1)).sum(), rel=1e-12
    )
    assert value(Frechet(), points, moved)[0] == pytest.approx(value(Frechet(), moved, points)[0], rel=1e-12)


@pytest.mark.parametrize("count", [5, 400])
def test_frechet_distance_of_a_list_from_itself_is_0_with_fewer_points_than_dimensions_too(count: int) -> None:
    points = normal(count, 20, 1) * np.arange(20)  # a constant column too
    assert value(Frechet(), points, points[::-1])[0] == pytest.approx(0, abs=1e-9 * np.var(points) * 20)


def test_frechet_distance_does_not_depend_on_how_it_is_factored() -> None:
    """More points than dimensions, or fewer: the same covariances, the same distance."""
    first, second = normal(50, 30, 2), normal(60, 30, 3) + 0.5
    wide = np.pad(first, ((0, 0), (0, 40))), np.pad(second, ((0, 0), (0, 40)))
    assert frechet_distance(Moments.of(first), Moments.of(second)) == pytest.approx(
        frechet_distance(Moments.of(wide[0]), Moments.of(wide[1])), rel=1e-10
    )


@pytest.mark.parametrize("decay", [0.5, 4.0])
def test_frechet_distance_is_that_of_singular_values_where_small_ones_lose_their_digits_too(decay: float) -> None:
    """Of roots of eigenvalues those below 1e-8 of the largest are noise; against the product's singular values."""
    scale = np.arange(1, 65) ** -decay
    first, second = Moments.of(normal(300, 64, 20) * scale), Moments.of(normal(400, 64, 21) * scale)
    spread = np.square(first.factor).sum() + np.square(second.factor).sum()
    roots = np.linalg.svd(first.factor @ second.factor.T, compute_uv=False).sum()
    expected = np.square(first.mean - second.mean).sum() + spread - 2 * roots
    assert frechet_distance(first, second) == pytest.approx(expected, abs=1e-8 * spread)


def test_mmd_of_a_list_against_itself_is_its_diagonal() -> None:
    """MMD^2_u(T, list) = -2 (mean of the diagonal - mean off it) / n; the digits' is known."""
    digits = load_digits().data[:599] / 16
    gram = gaussian(digits, 2.0)
    off = (gram.sum() - np.trace(gram)) / (599 * 598)
    assert value(mmd(), digits, digits[::-1], 2.0)[0] == pytest.approx(-2 * (1 - off) / 599, rel=1e-12)


def test_kid_and_energy_by_hand() -> None:
    """Two points each, on a line."""
    sample, reference = np.array([[0.0], [1.0]]), np.array([[2.0], [4.0]])
    assert value(energy(), sample, reference)[0] == pytest.approx(2 * (2 + 4 + 1 + 3) / 4 - 1 - 2)
    assert value(kid(), sample, reference)[0] == pytest.approx(1 + 9**3 - 2 * (1 + 1 + 27 + 125) / 4)


def test_many_divisions_have_the_values_of_each() -> None:
    """The fast way for thousands of divisions, in float32, gives what one at a time gives."""
    points = normal(60, 4, 4) + 100
    rng = np.random.default_rng(0)
    sets = np.array([rng.permutation(60) < 25 for _ in range(100)])
    every = [
        metric
        for metric in (METRICS[name]() for name in METRICS)
        if metric.traits.sees != "GTH" and metric.traits.kinds is None
    ]
    for metric in every:
        statistic = metric.over(points, setting(60, 2.0))
        one_by_one = np.concatenate([statistic(row[None], ~row[None]) for row in sets])
        scale = np.abs(one_by_one).max()
        assert np.abs(statistic(sets, ~sets) - one_by_one).max() < 1e-5 * scale, metric


def test_sliced_wasserstein_of_a_shift_is_its_mean_along_the_directions() -> None:
    """Each projection moves by u.v, so W2^2 = (u.v)^2, whose mean over the sphere is |v|^2 / d."""
    points = normal(300, 50, 5)
    found = value(SlicedWasserstein(), points, points + 3.0)[0]
    assert found == pytest.approx(3.0, rel=0.15)
    more = np.repeat(points, 2, axis=0)
    assert value(SlicedWasserstein(), more, points + 3.0)[0] == pytest.approx(found, rel=1e-12)


def test_a_list_against_its_train_set_is_perfect_for_the_manifold() -> None:
    """P = R = C = 1 and density exactly 1, on continuous data."""
    points = normal(400, 6, 6)
    assert manifold(points[::-1].copy(), points) == (1.0, 1.0, 1.0, 1.0)


def test_copies_of_rows_that_are_repeated_are_within_their_spheres() -> None:
    """Six times each row: the radius is nothing, and a strict comparison would find no copy inside."""
    points = np.repeat(normal(50, 3, 7), 6, axis=0)
    assert manifold(points[::2], points)[0] == 1.0
    assert manifold(points[::2], points)[3] == 1.0


def test_fresh_points_are_covered_with_probability_1_less_2_to_the_minus_k() -> None:
    first, second = normal(3000, 8, 8), normal(3000, 8, 9)
    coverage = manifold(first, second)[3]
    assert coverage == pytest.approx(1 - 2**-5, abs=4 * np.sqrt(2**-5 / 3000))


def test_a_far_sample_has_no_precision_and_no_coverage() -> None:
    assert manifold(normal(50, 3, 10) + 100, normal(50, 3, 11)) == (0.0, 0.0, 0.0, 0.0)


def test_nearest_neighbours_of_copies_are_all_of_the_other_sample() -> None:
    points = normal(300, 5, 12)
    assert value(NearestNeighbour(), points, points[::-1])[0] == 0.0
    assert value(NearestNeighbour(), points + 100, points)[0] == 1.0
    fresh = value(NearestNeighbour(), normal(2000, 5, 13), normal(700, 5, 14))[0]
    assert fresh == pytest.approx(0.5, abs=0.06)


def test_nearest_neighbours_at_one_distance_share() -> None:
    """Each point twice in both: of the three at no distance one is of the same sample."""
    points = np.repeat(np.arange(10.0), 2)[:, None]
    same, other = 1 / 3, 2 / 3
    expected = same * 20 / (same * 20 + other * 19)
    assert value(NearestNeighbour(), points, points)[0] == pytest.approx(expected)


def test_vendi_score_counts_what_differs() -> None:
    """k groups that are far apart, of n / k equal points each: k."""
    points = np.repeat(np.eye(5) * 1000, 20, axis=0)
    assert value(Vendi(), points, points)[0] == pytest.approx(5, rel=1e-9)
    assert vendi_score(np.eye(30)) == pytest.approx(30, rel=1e-12)


def test_a_classifier_tells_far_samples_apart_and_like_ones_not() -> None:
    points = normal(200, 3, 15)
    assert value(Classifier(), points + 50, points)[0] == pytest.approx(1)
    assert value(Classifier(), normal(500, 3, 16), normal(400, 3, 17))[0] == pytest.approx(0.5, abs=0.08)


@pytest.mark.parametrize("whole", [False, True])
def test_lists_of_neighbours_say_what_the_spheres_say(whole: bool) -> None:
    """Precision, recall, density and coverage of divisions, with points that are repeated too often for the lists, and on surfaces."""
    rng = np.random.default_rng(1)
    points = np.concatenate(
        [normal(150, 3, 18), rng.integers(0, 3, (150, 3)), np.repeat(normal(1, 3, 19), 120, axis=0)]
    )
    points = points[:90] if whole else points
    statistic = Manifold().over(points, setting(len(points)))
    for share in (0.2, 0.5):
        chosen = rng.random(len(points)) < share
        expected = manifold(points[chosen], points[~chosen])
        assert statistic(chosen[None], ~chosen[None])[0].tolist() == pytest.approx(expected)


@pytest.mark.parametrize("metric", [kid(), mmd(), energy(), Frechet(), NearestNeighbour(), Classifier(), Manifold()])
def test_too_few_points_are_said(metric: Metric) -> None:
    with pytest.raises(InputError, match=r"wanted .* points or more"):
        value(metric, np.zeros((1, 2)), np.ones((8, 2)))


def test_no_metric_is_named_twice() -> None:
    names = [about.name for made in METRICS for about in METRICS[made]().abouts]
    assert len(names) == len(set(names))
