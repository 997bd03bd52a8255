"""MiFID and FLD are their formulas: values that can be worked out by hand, limits, and an independent fit."""

import numpy as np
import pytest
from copies import normal
from scipy.optimize import minimize
from scipy.special import logsumexp

from byheart.errors import InputError
from byheart.judging.choosing import METRICS
from byheart.judging.metric import Setting
from byheart.judging.metrics.feature_likelihood import (
    NARROWEST,
    FeatureLikelihood,
    Fitting,
    likelihoods,
    looked_at,
)
from byheart.judging.metrics.frechet import Moments, frechet_distance
from byheart.judging.metrics.mifid import MiFID, cosine_distances
from byheart.judging.resampling import Division
from byheart.neighbours import Work
from byheart.neighbours.blocks import Floats, Matrix
from byheart.neighbours.pairwise import squared_distances


def told(metric: MiFID | FeatureLikelihood, train: Matrix, heldout: Matrix, sample: Matrix, scale: float = 1) -> Floats:
    points = np.concatenate([sample, heldout])
    is_sample = np.arange(len(points)) < len(sample)
    setting = Setting(0, np.arange(len(points)), None, scale, Work(), train=train)
    return Division(is_sample, ~is_sample, np.arange(len(points))).value(metric.over(points, setting))


def test_cosine_distances_are_those_of_all_pairs() -> None:
    points, train = normal(60, 5, 0), normal(80, 5, 1)
    cosines = points @ train.T / np.linalg.norm(points, axis=1)[:, None] / np.linalg.norm(train, axis=1)
    assert cosine_distances(points, train) == pytest.approx((1 - np.abs(cosines)).min(axis=1), abs=1e-12)
    assert (cosine_distances(train[:9], train) == 0).all()
    assert cosine_distances(np.zeros((1, 5)), train) == pytest.approx(0.5)


@pytest.mark.parametrize(("share", "is_penalised"), [(0.1, False), (0.4, False), (0.6, True), (1.0, True)])
def test_mifid_is_the_frechet_distance_until_half_is_copied(share: float, is_penalised: bool) -> None:
    """m of a share c of copies is (1 - c) m of the rest, so it is below half of held-out's for c > 1/2, but for noise."""
    train, heldout, fresh = normal(1000, 6, 2), normal(500, 6, 3), normal(500, 6, 4)
    copies = round(share * 500)
    sample = np.concatenate([train[:copies], fresh[copies:]])
    mifid, m = told(MiFID(), train, heldout, sample)
    distance = frechet_distance(Moments.of(sample), Moments.of(train))
    assert m == pytest.approx((1 - share) * cosine_distances(fresh, train).mean(), rel=0.15, abs=1e-15)
    assert mifid == pytest.approx((distance + 1e-14) / (m + 1e-14) if is_penalised else distance, rel=1e-9)


def test_one_centre_is_as_wide_as_the_train_records_are_far() -> None:
    """sigma^2 = mean |t - g|^2 / d, where the other centre is too far to matter."""
    points = normal(50, 4, 5)
    fitting = Fitting(np.full(50, 1 / 50), np.full(50, 1e12), 4, 1e-6)
    apart = squared_distances(points, np.zeros((1, 4))).astype(np.float32)
    assert fitting.variances(apart) == pytest.approx(np.square(points).sum(axis=1).mean() / 4, rel=1e-5)


def test_the_widths_are_as_likely_as_those_of_a_general_optimizer() -> None:
    """L-BFGS on all log sigma^2, with the centre at the mean, converges: its negative log-likelihood is .2 of 60 lower at most."""
    train, sample = normal(120, 8, 6), normal(25, 8, 7)
    apart, central = squared_distances(train, sample), np.square(train - train.mean(axis=0)).sum(axis=1)

    def loss(logs: Floats) -> float:
        exponents = -0.5 * apart / np.exp(logs[:-1]) - 4 * logs[:-1] - np.log(25)
        outer = -0.5 * central / np.exp(logs[-1]) - 4 * logs[-1]
        return float(-logsumexp(np.column_stack([exponents, outer]), axis=1).mean() * 100 / 8)

    best = minimize(loss, np.log([*(apart.min(axis=0) / 8), 1.0]), bounds=[(-10, 10)] * 26)
    found = Fitting(np.full(120, 1 / 120), central, 8, 1e-9).variances(apart.astype(np.float32))
    outer = minimize(lambda last: loss(np.array([*np.log(found), last[0]])), [0.0])
    assert best.fun <= outer.fun <= best.fun + 0.2


def test_the_gap_of_copies_is_that_of_the_narrowest_centres() -> None:
    """All of train as centres: each train record is as likely as its own centre makes it, 100 log sigma + 100 / d log n less than nothing."""
    train, heldout = normal(300, 5, 8), normal(300, 5, 9)
    fld, gap = told(FeatureLikelihood(), train, heldout, train)
    nearest = squared_distances(heldout, train).min(axis=1).mean()
    lower = 100 / 5 * (0.5 * nearest / NARROWEST**2)  # each held-out record as likely as its nearest centre makes it
    assert gap == pytest.approx(-lower, rel=0.01)
    assert fld == pytest.approx(lower, rel=0.01)
    variances = Fitting(np.full(300, 1 / 300), np.square(train).sum(axis=1), 5, NARROWEST**2).variances(
        squared_distances(train).astype(np.float32)
    )
    own = likelihoods(squared_distances(train).astype(np.float32), variances, 5)
    assert own == pytest.approx(
        np.full(300, 50 * np.log(NARROWEST**2 / 5) + 20 * np.log(300)), rel=1e-5
    ) or own == pytest.approx(np.full(300, 100 * np.log(NARROWEST) + 20 * np.log(300)), rel=1e-5)


def test_fld_of_fresh_data_is_near_0_and_does_not_depend_on_the_unit() -> None:
    train, heldout, fresh = normal(800, 4, 10), normal(400, 4, 11), normal(400, 4, 12)
    found = told(FeatureLikelihood(), train, heldout, fresh)
    assert abs(found[0]) < 3
    assert -12 < found[1] < 0  # the widths are fitted to train: no copy is needed for that
    assert told(FeatureLikelihood(), 8 * train, 8 * heldout, 8 * fresh, 8.0) == pytest.approx(found, abs=1e-2)
    assert told(FeatureLikelihood(), train, heldout, 2 * fresh + 1)[0] > 20


def test_the_gap_sees_a_tenth_of_copies_where_mifid_finds_them_better_than_fresh_data() -> None:
    train, heldout, fresh = normal(1500, 8, 13), normal(500, 8, 14), normal(500, 8, 15)
    copied = np.concatenate([train[:50], fresh[50:]])
    gaps = [told(FeatureLikelihood(), train, heldout, sample)[1] for sample in (fresh, copied)]
    assert gaps[1] < gaps[0] - 3
    mifid = [told(MiFID(), train, heldout, sample)[0] for sample in (fresh, copied)]
    assert mifid[1] < mifid[0]


def test_no_copy_is_missed_where_train_is_larger_than_what_is_looked_at() -> None:
    """The train record that is nearest to each point is kept; the weights are those of all: a mean over train has no bias."""
    train, points = normal(30_000, 3, 16), normal(900, 3, 17)
    points[:50] = train[100:150]
    setting = Setting(0, np.arange(900), None, 1.0, Work(), train=train)
    which, weights = looked_at(points, train, setting)
    assert set(range(100, 150)) <= set(which.tolist())
    assert len(np.unique(which)) == len(which) <= 2000 + 900
    assert weights.sum() == pytest.approx(1)
    assert weights @ np.square(train[which]).sum(axis=1) == pytest.approx(3, rel=0.1)


@pytest.mark.parametrize("name", ["mifid", "fld"])
def test_without_train_there_is_nothing_to_say(name: str) -> None:
    with pytest.raises(InputError, match="wanted the train records, got none"):
        METRICS[name]().over(normal(40, 2, 18), Setting(0, np.arange(40), None, 1.0, Work()))
