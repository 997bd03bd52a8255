"""Generators that copy nothing are not called copies, and tests keep their level: what the decisions of judging rest on."""

import math

import numpy as np
import pytest
from copies import Judged, nearness, normal

from byheart.judging.judge import judge
from byheart.judging.metrics.closest_record import ClosestRecord
from byheart.judging.metrics.copying import copy_scores
from byheart.judging.metrics.data_copying import CellStatistic
from byheart.neighbours.blocks import Matrix

SIZES = (2000, 1000, 1000)  # of train, held-out and the sample


def narrow(seed: int) -> Matrix:
    return 0.6 * normal(SIZES[2], 8, seed)


def modes(count: int, seed: int, shares: tuple[float, ...]) -> Matrix:
    """A mixture: the mode at 0 is dense, the others, at 6 and at -6, are wide."""
    rng = np.random.default_rng(seed)
    which = rng.choice(3, count, p=shares)
    points: Matrix = np.array([0, 6, -6])[which][:, None] + np.array([0.2, 1, 1])[which][:, None] * rng.normal(
        size=(count, 4)
    )
    return points


@pytest.mark.parametrize("seed", range(3))
def test_a_narrow_generator_is_no_copier(seed: int) -> None:
    """N(0, .6^2 I): every record lies where train is dense, so raw distances would name most of it; relative to that, none is near."""
    train, heldout = normal(SIZES[0], 8, 3 * seed), normal(SIZES[1], 8, 3 * seed + 1)
    judged = Judged(train, heldout, narrow(3 * seed + 2))
    raw = judged.near.distances[:, 0]
    assert (raw[:1000] < np.quantile(raw[1000:], 0.1)).mean() > 0.2  # twice as many
    assert judged.value("copy_share") < 0.02
    assert judged.nearer("copy_share") > 0.01


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("shares", [(1.0, 0, 0), (0, 1.0, 0), (0.8, 0.1, 0.1), (0.1, 0.8, 0.1)])
def test_a_collapsed_or_reweighted_generator_is_no_copier(shares: tuple[float, ...], seed: int) -> None:
    """One mode alone, or one too often, dense or wide: what is near there is not near for where it is."""
    true = (1 / 3, 1 / 3, 1 / 3)
    train, heldout = modes(SIZES[0], 3 * seed, true), modes(SIZES[1], 3 * seed + 1, true)
    judged = Judged(train, heldout, modes(SIZES[2], 3 * seed + 2, shares))
    assert judged.value("copy_share") < 0.025
    assert judged.nearer("copy_share") > 0.002


def test_copies_among_a_narrow_sample_are_found_all_the_same() -> None:
    train, heldout = normal(SIZES[0], 8, 20), normal(SIZES[1], 8, 21)
    sample = np.concatenate([train[:50] + 0.01 * normal(50, 8, 22), narrow(23)[50:]])
    judged = Judged(train, heldout, sample)
    assert (copy_scores(judged.near.distances)[:50] < 0.05).all()
    assert judged.nearer("copy_share") < 0.002


@pytest.mark.full
def test_copy_share_of_fresh_data_rejects_no_more_than_it_says() -> None:
    """300 fresh samples: the share is at most .05 + 3 standard deviations."""
    rejected = sum(
        Judged(normal(300, 4, 3 * seed), normal(200, 4, 3 * seed + 1), normal(200, 4, 3 * seed + 2)).nearer(
            "copy_share", 99
        )
        <= 0.05
        for seed in range(300)
    )
    assert rejected <= 300 * 0.05 + 3.1 * np.sqrt(300 * 0.05 * 0.95)


def test_a_fitted_model_depends_on_train_and_is_not_said_to_copy() -> None:
    """A normal distribution with train's own mean and covariance, d = 32: nearer to train than fresh data are, copying nothing."""
    train, heldout = normal(200, 32, 30), normal(400, 32, 31)
    rng = np.random.default_rng(32)
    fitted = rng.multivariate_normal(train.mean(axis=0), np.cov(train.T), 200, method="cholesky")
    told = judge(fitted, heldout, train=train, metrics=["frechet_distance", "mmd", "exact_share", "copy_share"])
    verdicts = {(row.name, row.reference): row.verdict for row in told.findings}
    assert verdicts["frechet_distance", "train"] == "depends on train"
    assert verdicts["exact_share", "train"] == verdicts["copy_share", "train"] == "like real"


def test_the_dcr_share_of_fresh_data_is_one_half_at_unequal_sizes_where_the_plain_share_is_not() -> None:
    """5,000 train and 1,000 held-out records: plain .83, corrected 1/2."""
    shares, plain = [], []
    for seed in range(5):
        near = nearness(normal(5000, 8, 3 * seed), normal(1000, 8, 3 * seed + 1), normal(1000, 8, 3 * seed + 2))
        found = near.first(1000)
        plain.append(float((found.of_train / (found.of_train + found.of_heldout)).mean()))
        same, other = plain[-1], 1 - plain[-1]
        shares.append(same / 5 / (same / 5 + other))
    assert np.mean(plain) == pytest.approx(5 / 6, abs=0.01)
    assert np.mean(shares) == pytest.approx(0.5, abs=0.02)
    assert Judged(normal(5000, 8, 0), normal(1000, 8, 1), normal(1000, 8, 2)).value("dcr_share") == pytest.approx(
        shares[0]
    )


def test_the_labels_of_dcr_have_the_mean_and_variance_of_their_formula() -> None:
    """E = n_G n_T / N, Var = n_T n_H (N sum w^2 - n_G^2) / (N^2 (N - 1)): the p-value is that of a normal z, to a few hundredths."""
    near = nearness(normal(900, 5, 40), normal(300, 5, 41), normal(600, 5, 42)).first(600)
    n_train, n_heldout = near.totals
    total = n_train + n_heldout
    weights = np.unique(near.clusters, return_counts=True)[1].astype(float)
    mean = 600 * n_train / total
    variance = n_train * n_heldout * (total * (weights**2).sum() - 600**2) / (total**2 * (total - 1))
    z = (near.of_train.sum() - mean) / np.sqrt(variance)
    expected = 0.5 * math.erfc(z / math.sqrt(2))
    assert ClosestRecord().test(near, 9999, seed=0).high[0] == pytest.approx(expected, abs=0.03)


@pytest.mark.full
@pytest.mark.parametrize("width", [2, 32])
def test_the_dcr_test_keeps_its_level_at_unequal_sizes(width: int) -> None:
    """A binomial interval rejects 10 to 35 % of fresh samples where d >= 32: few records are nearest to many."""
    metric, rejected = ClosestRecord(), 0
    for seed in range(200):
        near = nearness(
            normal(500, width, 3 * seed), normal(100, width, 3 * seed + 1), normal(100, width, 3 * seed + 2)
        )
        rejected += bool(metric.test(near.first(100), 99, seed).high[0] <= 0.05)
    assert rejected <= 200 * 0.05 + 3.1 * np.sqrt(200 * 0.05 * 0.95)


@pytest.mark.parametrize("cells", [1, 3, 5, 20])
def test_c_t_of_fresh_data_spreads_by_the_root_of_the_sum_of_squared_weights(cells: int) -> None:
    """Not 1: with equal cells 1 / sqrt(cells), .58, .45, .22 for 3, 5, 20. 300 simulations know it to a tenth."""
    rng = np.random.default_rng(cells)
    count = 60 * cells
    is_sample = np.arange(2 * count) < count
    which = np.tile(np.arange(cells), 2 * count // cells)
    found = [CellStatistic(rng.random(2 * count), which)(is_sample[None], ~is_sample[None])[0, 0] for _ in range(300)]
    assert np.std(found) == pytest.approx(1 / np.sqrt(cells), rel=0.15)
    assert np.mean(found) == pytest.approx(0, abs=4 / np.sqrt(300 * cells))
