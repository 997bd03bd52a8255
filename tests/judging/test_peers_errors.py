"""What others get wrong, case by case: here it is right. Each name is the package, each claim what it should have said."""

import numpy as np
import pytest
from copies import Judged, normal
from sklearn.datasets import load_digits

from byheart.judging.judge import judge
from byheart.judging.metric import Setting
from byheart.judging.metrics.data_copying import CellStatistic
from byheart.judging.metrics.manifold import Manifold
from byheart.judging.metrics.mifid import MiFID, cosine_distances
from byheart.judging.resampling import Division, permutation_test
from byheart.neighbours import Work, nearest
from byheart.neighbours.blocks import Matrix


@pytest.mark.parametrize(("train", "heldout"), [(5000, 200), (1000, 1000), (300, 2000)])
def test_sdmetrics_subsamples_train_so_copies_score_as_fresh_data(train: int, heldout: int) -> None:
    """DCR share of copies: 1 whatever the sizes, because all of train is looked at; fresh data have 1/2 then too."""
    learned, real = normal(train, 5, 0), normal(heldout, 5, 1)
    assert Judged(learned, real, learned[:250]).value("dcr_share") == 1
    assert Judged(learned, real, normal(1000, 5, 2)).value("dcr_share") == pytest.approx(0.5, abs=0.08)


def test_sdmetrics_calls_ties_protected_so_the_memory_of_a_categorical_table_is_perfect() -> None:
    """All 81 cells recur in all samples: every record is tied, and counts 1/2. Only how often cells recur tells copies, by the test of labels."""
    rng = np.random.default_rng(3)
    train, heldout, fresh = (rng.integers(0, 3, (1000, 4)).astype(float) for _ in range(3))
    copied, innocent = Judged(train, heldout, train[:500]), Judged(train, heldout, fresh[:500])
    for judged in (copied, innocent):
        assert judged.value("dcr_share") == pytest.approx(0.5, abs=0.02)
        assert judged.value("exact_share") == 1
        assert min(judged.nearer(name) for name in ("exact_share", "copy_share", "c_t")) > 0.9
    assert copied.nearer("dcr_share") < 0.01 < innocent.nearer("dcr_share")


def test_a_tie_counts_one_half_and_what_is_not_tied_tells_copies() -> None:
    """10 common rows and rare ones: copies of rare rows lie nearer to train than to held-out, so the memory is told from fresh data."""
    rng = np.random.default_rng(4)
    train, heldout, fresh = (
        np.where(rng.random((1000, 1)) < 0.5, rng.integers(0, 10, (1000, 1)), rng.random((1000, 1)) * 1e6).round()
        for _ in range(3)
    )
    assert Judged(train, heldout, train[:500]).value("dcr_share") == pytest.approx(0.75, abs=0.04)
    assert Judged(train, heldout, train[:500]).nearer("dcr_share") < 0.002
    assert Judged(train, heldout, fresh[:500]).value("dcr_share") == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("seed", range(5))
def test_sdmetrics_scales_each_reference_by_its_own_range_so_heavy_tails_are_accused(seed: int) -> None:
    """Its share of innocent data is .24 to .93 by seed; here within .08 of 1/2, as a scale that both share gives."""
    train, heldout, fresh = np.random.default_rng(seed).standard_cauchy((3, 1500, 3))
    assert Judged(train, heldout, fresh).value("dcr_share") == pytest.approx(0.5, abs=0.08)


def test_fld_subsamples_train_so_copies_are_59_percent_authentic() -> None:
    """Authenticity of verbatim copies: 0 at 50,000 train records too; of fresh data about 1/2."""
    train, heldout = normal(50_000, 6, 5), normal(300, 6, 6)
    assert Judged(train, heldout, train[::250]).value("authenticity") == 0
    assert Judged(train, heldout, normal(200, 6, 7)).value("authenticity") > 0.4


def test_synthcity_indexes_the_wrong_array_so_the_memory_is_20_percent_authentic() -> None:
    """Whatever the order and number of the copies: 0."""
    train, heldout = normal(400, 3, 8), normal(300, 3, 9)
    shuffled = train[np.random.default_rng(0).permutation(400)]
    for sample in (train, shuffled, shuffled[:77], np.repeat(shuffled, 2, axis=0)):
        assert Judged(train, heldout, sample).value("authenticity") == 0


def test_torchmetrics_takes_the_minimum_the_wrong_way_round_so_mifid_of_the_list_is_perfect() -> None:
    """200 exact copies among 2,000: their minima over train are 0, so m is 9/10 of fresh data's. Copies of a third: m = 0, MiFID
    beyond 1e10. The whole list, whose Fréchet distance is 0 too: 1 or more, where fresh data have less, and m = 0 beside it."""
    train, heldout, fresh = normal(3000, 8, 10), normal(1000, 8, 11), normal(2000, 8, 12)
    apart = cosine_distances(np.concatenate([train[:200], fresh[200:]]), train)
    assert (apart[:200] == 0).all()
    assert apart.mean() == pytest.approx(0.9 * cosine_distances(fresh, train).mean(), rel=0.03)
    told = {}
    for name, sample in {"third": train[:1000], "list": train, "fresh": fresh}.items():
        points = np.concatenate([sample, heldout])
        is_sample = np.arange(len(points)) < len(sample)
        statistic = MiFID().over(points, Setting(0, np.arange(len(points)), None, 1.0, Work(), train=train))
        told[name] = statistic(is_sample[None], ~is_sample[None])[0]
    assert told["third"][0] > 1e10
    assert told["list"][0] > 0.99
    assert told["fresh"][0] < 0.5
    assert told["list"][1] == told["third"][1] == 0 < told["fresh"][1]


def test_mifid_of_a_tenth_of_copies_is_better_than_fresh_and_the_judgment_says_what_it_sees() -> None:
    """A threshold hides them: nothing but the distance that it is of tells the copies."""
    train, heldout, fresh = normal(1200, 6, 13), normal(1200, 6, 14), normal(600, 6, 15)
    told = judge(np.concatenate([train[:60], fresh[60:]]), heldout, train=train, metrics=["mifid", "exact_share"])
    mifid, distance, _ = told.findings
    assert mifid.verdict != "worse than real"
    assert mifid.heldout is not None
    assert mifid.generated.value < mifid.heldout.value
    assert distance.verdict == "depends on train"
    assert distance.detects is not None
    assert distance.detects <= 0.1
    assert mifid.detects is None or mifid.detects >= 0.5
    assert mifid.blind_to_copying is False  # where all is copied it tells
    assert mifid.memgen.value > 1e10
    assert mifid.generated.low is None  # no interval holds where a value jumps


@pytest.mark.parametrize("times", [2, 6])
def test_m3_score_sees_nothing_where_every_train_row_appears_twice(times: int) -> None:
    """Its second nearest neighbour is the same row again: here neighbours are distinct rows."""
    train, heldout = np.repeat(normal(400, 4, 16), times, axis=0), normal(400, 4, 17)
    judged = Judged(train, heldout, train[::times][:300])
    assert [judged.value(name) for name in ("exact_share", "copy_share", "dcr_share")] == [1, 1, 1]
    assert [judged.value(name) for name in ("authenticity", "nndr")] == [0, 0]
    for name in ("exact_share", "copy_share", "dcr_share", "authenticity", "nndr", "c_t"):
        assert judged.nearer(name, 199) <= 0.005, name


def test_prdc_is_strict_so_rows_that_are_repeated_six_times_have_no_precision() -> None:
    """It gives MemGEN 0, 0, 0, 0; all four are 1 or more, by the lists that a judgment is made of."""
    train = np.repeat(normal(100, 4, 18), 6, axis=0)
    points = np.concatenate([train, train])
    is_sample = np.arange(1200) < 600
    statistic = Manifold().over(points, Setting(0, np.arange(1200), None, 1.0, Work()))
    precision, recall, density, coverage = statistic(is_sample[None], ~is_sample[None])[0]
    assert (precision, recall, coverage) == (1, 1, 1)
    assert density >= 1


def test_data_copying_counts_no_ties_so_c_t_of_a_table_is_far_from_0() -> None:
    """All distances tied: U = n m / 2, C_T 0 exactly; many ties: a test by permutation keeps its level."""
    cells, is_sample = np.zeros(400, np.int64), np.arange(400) < 200
    assert CellStatistic(np.zeros(400), cells)(is_sample[None], ~is_sample[None])[0, 0] == 0
    rng, rejected = np.random.default_rng(19), 0
    for seed in range(200):
        statistic = CellStatistic(rng.integers(0, 3, 400).astype(float), rng.integers(0, 2, 400))
        tails = permutation_test(statistic, Division(is_sample, ~is_sample, np.arange(400)), 99, seed)
        rejected += bool(tails.low[0] <= 0.05)
    assert rejected <= 21  # the binomial's 99.9 % at .05


@pytest.mark.parametrize("count", [100, 2000])
def test_c_t_grows_with_the_sizes_and_its_p_value_for_fresh_data_does_not(count: int) -> None:
    """Of 60 fresh samples as many are rejected at 100 records as at 2,000."""
    rng, rejected = np.random.default_rng(count), 0
    is_sample = np.arange(2 * count) < count
    for seed in range(60):
        statistic = CellStatistic(rng.random(2 * count), rng.integers(0, 3, 2 * count))
        tails = permutation_test(statistic, Division(is_sample, ~is_sample, np.arange(2 * count)), 99, seed)
        rejected += bool(min(tails.low[0], tails.high[0]) <= 0.025)
    assert rejected <= 10


def test_c_t_as_a_z_score_misses_a_tenth_of_copies_among_digits() -> None:
    """-1.9 is within two standard deviations of a z-score; of fresh C_T, which spread less, it is not: the permutation test finds it."""
    digits = np.random.default_rng(20).permutation(load_digits().data)
    train, heldout, fresh = digits[:599], digits[599:1198], digits[1198:]
    sample = np.concatenate([train[:60], fresh[60:]])
    assert Judged(train, heldout, sample).value("c_t") > -3
    assert Judged(train, heldout, sample).nearer("c_t") < 0.05
    assert Judged(train, heldout, fresh).nearer("c_t") > 0.01


def test_scipy_roots_of_singular_products_are_not_needed() -> None:
    """Fewer points than dimensions, constant columns: no square root of a matrix, so nothing imaginary, and no warning."""
    rng = np.random.default_rng(21)
    wide = rng.normal(size=(300, 200)) * (np.arange(200) > 20)
    told = judge(wide[:100], wide[100:200], train=wide[200:], metrics=["frechet_distance"])
    assert all(np.isfinite(row.generated.value) and row.generated.value >= 0 for row in told.findings)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_torch_gives_identical_rows_distances_up_to_half(dtype: type) -> None:
    """Identical rows at mean 30 in 512 dimensions: no distance at all."""
    points: Matrix = (30 + normal(400, 512, 22)).astype(dtype)
    found = nearest(points.copy(), points)
    assert (found.distances == 0).all()
    assert (found.indices[:, 0] == np.arange(400)).all()
