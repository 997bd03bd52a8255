"""CMMD, PQMass, MAUVE, the classifier score and the extrapolated Fréchet distance: closed forms, limits, and what the sample's points say of them."""

import numpy as np
import pytest
from scipy.special import beta
from test_closed_forms import normal, setting, value

from byheart.errors import InputError
from byheart.judging.choosing import METRICS
from byheart.judging.clusters import k_means
from byheart.judging.judge import judge
from byheart.judging.metric import Metric
from byheart.judging.metrics.classifier_score import ClassifierScore, class_probabilities
from byheart.judging.metrics.cmmd import CMMD
from byheart.judging.metrics.frechet_infinity import ExtrapolatedStatistic, FrechetInfinity
from byheart.judging.metrics.mauve import Mauve, MauveStatistic, clusterings, frontier_area
from byheart.judging.metrics.pqmass import MassStatistic, PQMass, chi_squared
from byheart.judging.resampling import Division, permutation_test
from byheart.neighbours import Work

NEW = ["frechet_infinity", "cmmd", "pqmass", "mauve", "classifier_score"]


def test_cmmd_of_opposite_directions_is_that_of_two_points() -> None:
    """All of one sample at u, all of the other at -u, |u - (-u)|^2 = 4: 1000 (1 + 1 - 2 exp(-4 / 200))."""
    ray = np.array([[1.0, 2.0, 2.0]])
    lengths = np.arange(1.0, 11.0)[:, None]
    assert value(CMMD(), ray * lengths, -ray * lengths)[0] == pytest.approx(2000 * (1 - np.exp(-0.02)), rel=1e-12)


def test_cmmd_does_not_see_how_long_points_are() -> None:
    first, second = normal(60, 5, 0), normal(50, 5, 1) + 0.5
    expected = value(CMMD(), first, second)[0]
    assert value(CMMD(), 7 * first, second / 3)[0] == pytest.approx(expected, rel=1e-9)
    assert value(CMMD(), second, first)[0] == pytest.approx(expected, rel=1e-9)


def test_cmmd_is_about_ten_times_the_squared_distance_of_mean_directions() -> None:
    """exp(-t) = 1 - t + t^2 / 2 ..., t = |x - y|^2 / 200 <= 1 / 50, and the straight part of it has 2000 / 200 |m - m'|^2 in all."""
    first, second = (
        points / np.linalg.norm(points, axis=1, keepdims=True)
        for points in (normal(900, 6, 2) + 0.4, normal(900, 6, 3))
    )
    apart = np.square(first.mean(axis=0) - second.mean(axis=0)).sum()
    assert value(CMMD(), first, second)[0] == pytest.approx(10 * apart, rel=0.03)


def test_cmmd_of_a_list_against_itself_is_below_nothing() -> None:
    """As of any unbiased MMD: -2 (mean of the diagonal - mean off it) / n."""
    points = normal(80, 4, 4)
    unit = points / np.linalg.norm(points, axis=1, keepdims=True)
    gram = 1000 * np.exp(-np.square(unit[:, None] - unit).sum(axis=2) / 200)
    off = (gram.sum() - np.trace(gram)) / (80 * 79)
    assert value(CMMD(), points, points[::-1])[0] == pytest.approx(-2 * (1000 - off) / 80, rel=1e-9)


@pytest.mark.parametrize("share", [0.1, 0.5, 1.0])
def test_the_frontier_of_histograms_that_share_some_of_their_mass(share: float) -> None:
    """P = (1 - a, a, 0), Q = (1 - a, 0, a): KL(Q | R) = -a log(1 - w), so the curve is ((1 - w)^ca, w^ca), whose area is ca B(ca, ca + 1) = (ca)!^2 / (2ca)!

    up to how finely w is cut: 25 values, as published. Where nothing is shared, a = 1, that is 1 / 252: no value is lower.
    """
    p, q = np.array([1 - share, share, 0]), np.array([1 - share, 0, share])
    power = 5 * share
    assert frontier_area(p, q) == pytest.approx(power * beta(power, power + 1), rel=0.05)
    assert frontier_area(p, q) == pytest.approx(frontier_area(q, p), rel=1e-12)


def test_the_frontier_does_not_see_how_cells_are_cut_where_both_samples_are_alike_in_them() -> None:
    """A cell that is cut in two, with the same share of P as of Q in either part, adds to neither divergence."""
    p, q = np.array([0.5, 0.3, 0.2]), np.array([0.1, 0.3, 0.6])
    cut = [np.array([*(0.25 * one[:1]), *(0.75 * one[:1]), *one[1:]]) for one in (p, q)]
    assert frontier_area(*cut) == pytest.approx(frontier_area(p, q), rel=1e-12)


def test_mauve_of_far_samples_is_its_least_and_of_one_sample_1() -> None:
    points = normal(200, 4, 5)
    assert value(Mauve(), np.abs(points), -np.abs(points))[0] == pytest.approx(1 / 252, rel=0.05)
    assert value(Mauve(), points, points[::-1])[0] == pytest.approx(1)
    few = np.eye(4)[np.arange(200) % 4]
    assert value(Mauve(), few, few)[0] == pytest.approx(
        1
    )  # fewer points that differ than clusters: these are the cells


def test_mauve_is_the_mean_of_five_starts_of_k_means_which_vary_more() -> None:
    """The spread over seeds is what the metric's users complain of: the mean of five has about 1 / sqrt(5) of it."""
    first, second = normal(250, 8, 6) + 0.3, normal(250, 8, 7)
    both, is_first = np.concatenate([first, second]), (np.arange(500) < 250)[None]
    codes = np.concatenate([clusterings(both, seed, Work()) for seed in range(8)])
    single = np.array([MauveStatistic(row[None])(is_first, ~is_first)[0, 0] for row in codes])
    assert value(Mauve(), first, second)[0] == pytest.approx(single[:5].mean(), rel=1e-12)
    assert single.reshape(8, 5).mean(axis=1).std() < 0.7 * single.std()


def test_cells_are_the_same_on_any_number_of_threads() -> None:
    points = normal(300, 6, 8)
    one, four = (k_means(points, 20, [1, 2, 2**100], Work(threads=threads)) for threads in (1, 4))
    for a, b in zip(one, four, strict=True):
        assert a.labels_.tolist() == b.labels_.tolist()


def test_chi_squared_over_its_degrees_of_freedom_is_1_for_random_divisions() -> None:
    """Its mean over all divisions of N points is N / (N - 1) times its degrees of freedom, exactly, whatever the cells."""
    rng = np.random.default_rng(9)
    cells = np.repeat([0, 1, 2], [30, 25, 5])
    sets = np.array([rng.permutation(60) < 20 for _ in range(4000)])
    values = MassStatistic(cells[None])(sets, ~sets)[:, 0]
    assert values.mean() == pytest.approx(60 / 59, abs=4 * values.std() / np.sqrt(len(values)))


def test_chi_squared_of_samples_in_cells_of_their_own_is_its_most() -> None:
    """Each cell holds one sample's points only: chi^2 = N."""
    first, second = np.array([10.0, 20.0, 0.0, 0.0]), np.array([0.0, 0.0, 25.0, 5.0])
    assert chi_squared(first, second) == pytest.approx(60 / 3)
    assert chi_squared(np.array([5.0, 0.0]), np.array([7.0, 0.0])) == 1.0
    assert chi_squared(first + second, 3 * (first + second)) == pytest.approx(0)


def test_pqmass_is_1_for_fresh_data_of_any_size_more_for_a_poor_model_and_less_for_copies() -> None:
    fresh = [value(PQMass(), normal(400, 5, 2 * seed), normal(250, 5, 2 * seed + 1))[0] for seed in range(20)]
    assert np.mean(fresh) == pytest.approx(1, abs=4 * np.std(fresh) / np.sqrt(20))
    points = normal(400, 5, 10)
    assert value(PQMass(), points + 0.5, normal(400, 5, 11))[0] > 2
    assert value(PQMass(), points, points)[0] < 0.2
    assert value(PQMass(), points, normal(300, 5, 12))[0] == pytest.approx(
        value(PQMass(), points, normal(300, 5, 12))[0]
    )


def test_the_classifier_score_is_how_many_classes_the_sample_is_of() -> None:
    """Ten groups far apart: as many as the sample has of them, evenly; exp of the entropy of their shares otherwise."""
    real = np.repeat(1000 * np.eye(10), 30, axis=0) + normal(300, 10, 13)
    for groups in (1, 4, 10):
        told = class_probabilities(real[: 30 * groups], real, 0, Work())
        assert told.sum(axis=1) == pytest.approx(1)
        assert np.exp(-(told.mean(axis=0) * np.log(np.maximum(told.mean(axis=0), 1e-300))).sum()) == pytest.approx(
            groups
        )
    pooled = np.concatenate([real, real])
    statistic = ClassifierScore().over(pooled, setting(600))
    members = np.zeros((2, 600), np.bool_)
    members[0, :120], members[1, 20:60] = True, True  # four groups; one third of the first, and the second
    shares = np.array([0.25, 0.75])
    assert statistic(members, ~members)[:, 0] == pytest.approx([4, np.exp(-(shares * np.log(shares)).sum())])


def test_the_classifier_score_of_points_that_say_nothing_of_their_class_is_1() -> None:
    """Half-way between two classes, p(y | x) is the same for all, though not sure."""
    ends = np.array([[-1.0, 0.0], [1.0, 0.0]])
    assert class_probabilities(np.zeros((1, 2)), ends, 0, Work()).tolist() == [[0.5, 0.5]]
    alike = np.repeat(ends[:1], 50, axis=0)
    assert value(ClassifierScore(), alike, alike)[0] == 1.0


def test_classes_know_copies_no_better_than_other_points() -> None:
    """What is fitted on twice would look surer than what is fitted on once."""
    whole, points = normal(200, 30, 19), normal(50, 30, 20)
    copied = np.concatenate([whole, whole[:100]])
    once, twice = (class_probabilities(points, one, 0, Work()) for one in (whole, copied))
    assert np.array_equal(once, twice)


def test_the_extrapolated_distance_has_no_bias_to_speak_of() -> None:
    """N(0, I) against N(0, 1.21 I): d (1.1 - 1)^2 = .32; of 200 points each the distance itself is ten times that."""
    near, far = [], []
    for seed in range(12):
        first, second = normal(200, 32, 100 + 2 * seed), normal(200, 32, 101 + 2 * seed)
        near.append(value(FrechetInfinity(), first, second)[0])
        far.append(value(FrechetInfinity(), 1.1 * first, second)[0])
    assert value(METRICS["frechet_distance"](), normal(200, 32, 100), normal(200, 32, 101))[0] > 2.5
    assert np.mean(near) == pytest.approx(0, abs=4 * np.std(near) / np.sqrt(12))
    assert np.mean(far) == pytest.approx(0.32, abs=4 * np.std(far) / np.sqrt(12))


def test_the_extrapolated_distance_of_a_shift_is_its_square() -> None:
    """The same points in the same quarters, moved: each part's distance is |v|^2, and so is the line's end."""
    points = normal(80, 3, 15)
    quarters = np.tile(np.arange(4), 40)
    is_sample = (np.arange(160) < 80)[None]
    found = ExtrapolatedStatistic(np.concatenate([points + np.array([1, 2, 0]), points]), quarters)(
        is_sample, ~is_sample
    )
    assert found[0, 0] == pytest.approx(5, rel=1e-9)


def test_a_quarter_with_too_few_points_is_said() -> None:
    with pytest.raises(
        InputError, match="Fréchet distance, extrapolated, quarters: wanted 2 points or more in each set, got 1"
    ):
        value(FrechetInfinity(), normal(7, 2, 0), normal(60, 2, 1))


@pytest.mark.parametrize("metric", [METRICS[name]() for name in NEW], ids=NEW)
@pytest.mark.parametrize(
    "points",
    [np.zeros((120, 2)), np.ones((120, 1)), np.tile([[0.0, 1.0], [1.0, 0.0]], (60, 1))],
    ids=["zeros", "one number", "two points"],
)
def test_points_that_are_the_same_have_finite_values(metric: Metric, points: np.ndarray) -> None:
    assert np.isfinite(value(metric, points[:50], points[50:])).all()


@pytest.mark.parametrize("name", NEW)
def test_the_same_seed_gives_the_same_values_and_tests(name: str) -> None:
    both = normal(160, 4, 16)
    division = Division(np.arange(160) < 80, np.arange(160) >= 80, np.arange(160))
    told = [
        (
            statistic(division.sample[None], division.reference[None]).tolist(),
            permutation_test(statistic, division, 99, 3),
        )
        for statistic in (METRICS[name]().over(both, setting(160)) for _ in range(2))
    ]
    assert told[0][0] == told[1][0]
    assert told[0][1].low.tolist() == told[1][1].low.tolist()


@pytest.mark.parametrize("name", NEW)
def test_p_values_are_no_smaller_than_they_should_be_under_the_null(name: str) -> None:
    """100 simulations of fresh data with 19 permutations: as many rejections at .1 in either tail as chance allows, but for 1 in 10,000."""
    rejected = np.zeros(2)
    division = Division(np.arange(100) < 50, np.arange(100) >= 50, np.arange(100))
    for seed in range(100):
        statistic = METRICS[name]().over(normal(100, 3, 1000 + seed), setting(100))
        tails = permutation_test(statistic, division, 19, seed)
        rejected += [tails.low[0] <= 0.1, tails.high[0] <= 0.1]
    assert rejected.max() <= 22  # binom.ppf(1 - 1e-4, 100, 0.1)


def test_a_judgment_has_them_all_and_the_memory_is_perfect_against_held_out() -> None:
    rng = np.random.default_rng(17)
    train, heldout = rng.normal(size=(300, 6)) + 1, rng.normal(size=(300, 6)) + 1
    told = {(row.name, row.reference): row for row in judge(train[:150], heldout, train=train, metrics=NEW).findings}
    assert {name for name, _ in told} == set(NEW)
    assert {row.verdict for row in told.values() if row.reference == "heldout"} == {"like real"}
    assert all(row.blind_to_copying is True for row in told.values() if row.reference == "heldout")
    for name in ("frechet_infinity", "cmmd", "pqmass", "mauve"):
        assert told[name, "train"].verdict == "depends on train", name
    assert ("classifier_score", "train") not in told


def test_a_generator_that_gives_one_mode_has_a_low_classifier_score() -> None:
    rng = np.random.default_rng(18)
    centres = 20 * rng.normal(size=(10, 4))
    train, heldout, made = (centres[rng.integers(0, most, 400)] + rng.normal(size=(400, 4)) for most in (10, 10, 1))
    row = judge(made, heldout, train=train, metrics=["classifier_score"]).findings[0]
    assert row.generated.value == pytest.approx(1, abs=0.05)
    assert row.heldout is not None
    assert row.heldout.value > 7
    assert row.memgen.value > 7
    assert row.verdict == "worse than real"
