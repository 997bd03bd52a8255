"""Feature likelihood divergence: how likely are held-out records, if each record of the sample is the centre of a normal distribution?

The widths sigma_g of this mixture, one a centre, are those that make the train records most likely; FLD = 100 / d (NLL of held-out - that of a
baseline), where the baseline is the same with one half of train as centres and the other to fit to. Its generalization gap is
100 / d (NLL of train - NLL of held-out) (Jiralerspong et al., 2023, "Feature likelihood divergence", Section 3). The centre of a copy gets
narrow: train is then too likely, so the gap is far below that of fresh data, and held-out too unlikely, so FLD is high, as it is for a poor sample.

Other than the authors' code (50 steps of Adam, 8 to 20 seconds), the fit is by expectation-maximization, which has a closed form,
sigma_g^2 = sum_t r_tg |t - g|^2 / (d sum_t r_tg), overrelaxed but for the last step: log sigma_g^2 goes 1.8 times as far (Salakhutdinov and Roweis,
2003, "Adaptive overrelaxed bound optimization methods"). From their start, sigma_g^2 = min_t |t - g|^2 / d, six steps take .03 seconds and come
within .5 of what two hundred do in 4 dimensions, .2 in 8, .01 in 32, of 50 to 60; in 2 they fall short by 6, as the baseline does too. As with them, one
more centre at train's mean keeps far train records from widening others, and counts in the fit alone. Their widths end at e^-20 of a
standard deviation, ours at a thousandth of the median distance. Where train is larger than what is looked at, each point's nearest train
record is kept, so that no copy is missed, and the others are drawn, and weigh for those that are not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from byheart import draws
from byheart.errors import InputError
from byheart.judging.metric import About, Members, Setting, Traits, enough
from byheart.neighbours import nearest
from byheart.neighbours.blocks import Floats, Indices, Matrix, Singles, one_core
from byheart.neighbours.pairwise import squared_distances

STEPS: Final = 6
_OVER: Final = 1.8
NARROWEST: Final = 1e-3  # of the median distance
_LOOKED_AT: Final = 2000  # train records
_TITLE: Final = "FLD"
_PAPER: Final = "Jiralerspong et al., 2023, Feature likelihood divergence"


@dataclass(frozen=True, slots=True)
class Fitting:
    """What widths are fitted to.

    Attributes:
        weights: of the train records, shape (t,); they sum to 1.
        central: |t - mean|^2 of each train record, shape (t,).
        width: the dimensions, d.
        least: the least sigma^2 that there may be.
    """

    weights: Floats
    central: Floats
    width: int
    least: float

    def variances(self, apart: Singles) -> Floats:
        """sigma^2 of each centre, float64 of shape (n,).

        Args:
            apart: |t - g|^2 of each train record and each centre, float32 of shape (t, n).
        """
        found: Floats = np.maximum(apart.min(axis=0).astype(np.float64), self.least) / self.width
        outer = max(float(self.weights @ self.central), self.least) / self.width  # of the centre at the mean
        for over in (*[_OVER] * (STEPS - 1), 1.0):
            shares = _exponents(apart, found, self.width)
            others = -0.5 * self.central / outer - self.width / 2 * np.log(outer)
            top = np.maximum(shares.max(axis=1), others).astype(np.float32)
            shares -= top[:, None]
            np.exp(shares, out=shares)
            others = np.exp(others - top)
            each = self.weights / (shares.sum(axis=1) + others)
            total = each.astype(np.float32) @ shares
            np.multiply(shares, apart, out=shares)
            spread = each.astype(np.float32) @ shares
            known = total > 0  # by some train record at all: else its width stays
            ratios = spread[known] / total[known] / self.width / found[known]
            found[known] = np.maximum(found[known] * ratios**over, self.least)
            outer = max(float((each * others) @ self.central) / max(float(each @ others), 1e-300), self.least)
            outer /= self.width
        return found


def _exponents(apart: Singles, variances: Floats, width: int) -> Singles:
    """The log density of each centre at each point, over their number, less d / 2 log(2 pi)."""
    out: Singles = apart * (-0.5 / variances).astype(np.float32)
    out -= (width / 2 * np.log(variances) + np.log(len(variances))).astype(np.float32)
    return out


def likelihoods(apart: Singles, variances: Floats, width: int) -> Floats:
    """100 / d times the negative log-likelihood of each point, less a constant, shape (t,).

    >>> import numpy as np
    >>> likelihoods(np.array([[0.0], [2.0]], np.float32), np.array([1.0]), 1).tolist()
    [-0.0, 100.0]
    """
    exponents = _exponents(apart, variances, width)
    top = exponents.max(axis=1)
    logs: Floats = np.log(np.exp(exponents - top[:, None]).sum(axis=1, dtype=np.float64)) + top
    return -100 / width * logs


class LikelihoodStatistic:
    """FLD and its gap for any two sets of members: the centres, and the held-out records.

    Args:
        to_train: squared distances of train records and points, float32 of shape (t, n).
        between: of the points themselves, float32 of shape (n, n).
        fitting: of the widths.
        baseline: of each point as a held-out record, its likelihood by the baseline, shape (n,).
    """

    def __init__(self, to_train: Singles, between: Singles, fitting: Fitting, baseline: Floats) -> None:
        self.cost = 150.0 * STEPS * to_train.size
        self._to_train, self._between, self._fitting, self._baseline = to_train, between, fitting, baseline

    def __call__(self, sample: Members, reference: Members) -> Floats:
        """The values for each pair of sets of members."""
        for members in (sample, reference):
            enough(members, 2, _TITLE)
        with one_core():
            return np.array([self._values(a, b) for a, b in zip(sample, reference, strict=True)])

    def _values(self, sample: npt.NDArray[np.bool_], reference: npt.NDArray[np.bool_]) -> tuple[float, float]:
        apart, width = self._to_train[:, sample], self._fitting.width
        variances = self._fitting.variances(apart)
        heldout = float(likelihoods(self._between[np.ix_(reference, sample)], variances, width).mean())
        train = float(self._fitting.weights @ likelihoods(apart, variances, width))
        return heldout - float(self._baseline[reference].mean()), train - heldout


def looked_at(points: Matrix, train: Matrix, setting: Setting) -> tuple[Indices, Floats]:
    """Which train records stand for all of them, and the weight of each: who is nearest to a point, and some of the others."""
    if len(train) <= _LOOKED_AT:
        return np.arange(len(train)), np.full(len(train), 1 / len(train))
    near = np.unique(nearest(points, train, how=setting.how).indices[:, 0])
    others = np.setdiff1d(np.arange(len(train)), near)
    few = _drawn(others, _LOOKED_AT - min(len(near), _LOOKED_AT // 2), setting.seed)
    weights = np.concatenate([np.ones(len(near)), np.full(len(few), len(others) / len(few))])
    return np.concatenate([near, few]), weights / len(train)


def _drawn(which: Indices, count: int, seed: int) -> Indices:
    return np.random.Generator(np.random.Philox(key=seed)).permutation(which)[:count]


class FeatureLikelihood:
    """FLD and its generalization gap as one metric."""

    abouts: Sequence[About] = (
        About("fld", _TITLE, "low", 0.0, _PAPER, copies="high"),
        About("fld_gap", "FLD gap", "low", None, _PAPER),
    )

    traits = Traits(most=500, is_reference_fixed=True, sees="GTH")  # so that there is time for a test

    def over(self, points: Matrix, setting: Setting) -> LikelihoodStatistic:
        """The statistic over pooled points of the sample and of held-out records.

        Raises:
            InputError: the setting has no train records.
        """
        if setting.train is None:
            raise InputError("FLD: wanted the train records, got none")
        which, weights = looked_at(points, setting.train, setting)
        some, width = setting.train[which], points.shape[1]
        least = (NARROWEST * setting.scale) ** 2
        mean = weights @ some
        fitting = Fitting(weights, np.square(some - mean).sum(axis=1), width, least)
        to_train, between = (squared_distances(one, points).astype(np.float32) for one in (some, points))
        baseline = self._baseline(points, setting, which, fitting)
        return LikelihoodStatistic(to_train, between, fitting, baseline)

    @staticmethod
    def _baseline(points: Matrix, setting: Setting, which: Indices, fitting: Fitting) -> Floats:
        """The likelihood of each point by as many train records as a sample has, or half of these, fitted to the others."""
        train: Matrix = np.asarray(setting.train)
        count = min(len(train), len(points)) // 2
        centres = _drawn(np.arange(len(train)), count, draws.split(setting.seed, 0))
        rest = ~np.isin(which, centres)
        weights = fitting.weights[rest] / fitting.weights[rest].sum()
        fitted = Fitting(weights, fitting.central[rest], fitting.width, fitting.least)
        variances = fitted.variances(squared_distances(train[which[rest]], train[centres]).astype(np.float32))
        return likelihoods(squared_distances(points, train[centres]).astype(np.float32), variances, fitting.width)
