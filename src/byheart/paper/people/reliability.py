"""How reliable is a metric, and how reliable is a coin? The same generators, measured again and again.

Two things are called reliable.

(a) The same value again. Its noise is the standard deviation over resamples, pooled over generators. To compare metrics it must be told on a scale of each, and the mean is none: an unbiased estimate of a
distance that is near 0 has a mean near 0. So it is told as a share of what the metric has to tell: the distance between the worst generator and held-out records in a generator's place, as an assay is held
against its two controls (Zhang, Chung and Oldenburg, 1999, "A simple statistical parameter for use in evaluation and validation of high throughput screening assays"). A coin has nothing to tell; it is
given all of its range, from 0 to 1, which is more than it ever uses.

(b) The same verdict about generators again: the share of all variance that is between generators, which is what test theory calls reliability. Of k resamples of each of n generators it is the intraclass
correlation (Shrout and Fleiss, 1979, "Intraclass correlations: uses in assessing rater reliability", case 1),

    ICC = (B - W) / (B + (k - 1) W),

with B and W the mean squares between generators and within them. A constant has no noise at all, and tells nothing.

The claim is decided by (b); (a) is told beside it.
"""

from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
import numpy.typing as npt

from byheart import coin, draws
from byheart._optional import require
from byheart.rating.verdict import Estimate

POOR: Final = 0.5
"""An intraclass correlation below this is called poor (Koo and Li, 2016)."""
_TAIL: Final = 0.025

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reliability:
    """Of one metric.

    Attributes:
        name: its.
        title: its name for people.
        noise: the standard deviation over resamples, as a share of what there is to tell; with its 95 % interval.
        agreement: the intraclass correlation, in [-1, 1], with its 95 % interval; 0 where all values are the same.
        same_order: of the pairs of generators, the share that two resamples put in the same order: 1/2 by chance; level ones are not in the same order.
    """

    name: str
    title: str
    noise: Estimate
    agreement: Estimate
    same_order: float

    @property
    def flips(self) -> float:
        """Flips of a coin whose share of heads has as little noise: 1 / (4 noise^2)."""
        return 1 / (2 * self.noise.value) ** 2 if self.noise.value else np.inf


def reliability(name: str, values: Floats, scale: float, title: str = "") -> Reliability:
    """Of values of shape (generators, resamples), on some scale.

    >>> told = reliability("m", np.array([[1.0, 1.1], [2.0, 2.1]]), scale=2.0)
    >>> round(told.agreement.value, 2), told.same_order, round(told.noise.value, 3)
    (0.99, 1.0, 0.035)
    """
    return Reliability(name, title or name, _noise(values, scale), intraclass(values), _same_order(values))


def of_coin(generators: int, resamples: int, flips: int, seed: int) -> Reliability:
    """Of the share of heads of a Rademacher coin, flipped anew for each generator and each resample."""
    return reliability(f"coin, {flips:,} flips", heads((generators, resamples), flips, seed), scale=1.0)


def heads(shape: tuple[int, ...], flips: int, seed: int, use: int = 0) -> Floats:
    """Shares of heads of so many flips, each of flips of its own; for each use there are others."""
    sides = coin.flip(int(np.prod(shape)) * flips, random_state=draws.split(seed, use))
    shares: Floats = (sides.reshape(*shape, flips) > 0).mean(axis=-1)
    return shares


def intraclass(values: Floats) -> Estimate:
    """The intraclass correlation of values of shape (n, k), and its interval by F (McGraw and Wong, 1996, Table 7, case 1)."""
    n, k = values.shape
    between = k * float(values.mean(axis=1).var(ddof=1))
    within = float(values.var(axis=1, ddof=1).mean())
    if not within:
        value = 1.0 if between else 0.0
        return Estimate(value, value, value)
    ppf = require("scipy.stats", "judge").f.ppf
    ratio = between / within
    ends = ratio / ppf(1 - _TAIL, n - 1, n * (k - 1)), ratio * ppf(1 - _TAIL, n * (k - 1), n - 1)
    value, low, high = (float((one - 1) / (one + k - 1)) for one in (ratio, *ends))
    return Estimate(value, low, high)


def _noise(values: Floats, scale: float) -> Estimate:
    """The standard deviation, whose interval is that of a chi-squared."""
    n, k = values.shape
    spread = float(np.sqrt(values.var(axis=1, ddof=1).mean()))
    if not spread:
        return Estimate(0.0, 0.0, 0.0)
    share, degrees = spread / scale if scale else np.inf, n * (k - 1)
    ppf = require("scipy.stats", "judge").chi2.ppf
    low, high = (share * float(np.sqrt(degrees / ppf(end, degrees))) for end in (1 - _TAIL, _TAIL))
    return Estimate(share, low, high)


def _same_order(values: Floats) -> float:
    pairs = list(combinations(range(len(values)), 2))
    signs = np.array([np.sign(values[one] - values[other]) for one, other in pairs])  # of shape (pairs, resamples)
    again = [(signs[:, a] * signs[:, b] > 0).mean() for a, b in combinations(range(values.shape[1]), 2)]
    return float(np.mean(again))


def correlation(a: npt.ArrayLike, b: npt.ArrayLike) -> float:
    """Spearman's; 0 where all values of one are the same.

    >>> correlation([1, 2, 3], [10, 20, 40]), correlation([1, 1, 1], [1, 2, 3])
    (1.0, 0.0)
    """
    ranks = [require("scipy.stats", "judge").rankdata(one) for one in (a, b)]
    if not all(np.ptp(one) for one in ranks):
        return 0.0
    return round(float(np.corrcoef(*ranks)[0, 1]), 12)
