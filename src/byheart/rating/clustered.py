"""The share of choices, whose judgments hang together by rater and by pair.

The variance is that of two-way clusters: V = V_rater + V_pair - V_single (Cameron, Gelbach and Miller, 2011, "Robust inference with multiway clustering"). It is mended where it is
known to be too small: each cluster's total is divided by what fitting the mean took of it (CR2: Bell and McCaffrey, 2002, "Bias reduction in standard errors for linear regression
with multi-stage samples"; of a mean, 1 - its share of the judgments), and no variance is less than that of independent judgments. The distribution is Student's t, with as many degrees
of freedom as the fewer clusters less one, where unequal clusters count as fewer (Kish, 1965): n^2 / sum n_g^2. Where each judgment counted as independent, a coin would be rejected in one study of three.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from byheart._optional import require
from byheart.rating.choices import Choices, Floats, Indices


@dataclass(frozen=True, slots=True)
class Mean:
    """A share with its error.

    Attributes:
        value: in [0, 1].
        error: its standard error; infinite where there are too few clusters to tell.
        freedom: degrees of freedom.
    """

    value: float
    error: float
    freedom: float

    def interval(self, level: float) -> tuple[float, float]:
        """Where the share lies with a probability, such as .95; within [0, 1]."""
        half = self.half(level)
        return max(self.value - half, 0.0), min(self.value + half, 1.0)

    def half(self, level: float) -> float:
        """Half the width of that interval, uncut; 1 where the error is not known."""
        if not np.isfinite(self.error):
            return 1.0
        return self.error * float(_t().ppf(0.5 + level / 2, self.freedom))

    def p_value(self, null: float = 0.5) -> float:
        """Two-sided, that the share is `null`."""
        return 2 * self._beyond(abs(self.value - null))

    def p_equivalence(self, margin: float) -> float:
        """That the share is `margin` or more away from 1/2: the larger p-value of two one-sided tests (Schuirmann, 1987)."""
        return max(self._beyond(self.value - (0.5 - margin)), self._beyond(0.5 + margin - self.value))

    def power(self, margin: float) -> float:
        """The probability that a coin would have been shown to be one within the margin, by a study with this error."""
        if not np.isfinite(self.error):
            return 0.0
        room = margin / self.error - float(_t().ppf(0.95, self.freedom))
        return max(2 * float(_t().cdf(room, self.freedom)) - 1, 0.0)

    def _beyond(self, away: float) -> float:
        """The probability of more than so far above the truth."""
        return float(_t().sf(away / self.error, self.freedom)) if np.isfinite(self.error) else 0.5


def mean(choices: Choices) -> Mean:
    """The share of choices, clustered by rater and by pair.

    >>> told = mean(Choices(np.repeat(np.arange(20), 5), np.arange(100), np.tile([0, 1], 50)))
    >>> round(told.value, 2), round(told.freedom, 1)
    (0.5, 19.0)
    >>> mean(Choices(np.zeros(100, np.int64), np.arange(100), np.tile([0, 1], 50))).interval(0.9)
    (0.0, 1.0)
    """
    share, n = choices.share, len(choices)
    raters, pairs = (np.unique(one, return_inverse=True)[1] for one in (choices.raters, choices.pairs))
    if n < 2 or not (raters.max() and pairs.max()):  # of one rater, or one pair, nothing follows for others
        return Mean(share, float("inf"), 0)
    several = [_effective(one) for one in (raters, pairs)]
    off: Floats = choices.chose.astype(np.float64) - share
    single = np.unique(raters * (pairs.max() + 1) + pairs, return_inverse=True)[1]
    parts = [_variance(off, which) for which in (raters, pairs)]
    likely = (choices.chose.sum() + 0.5) / (n + 1)
    independent = likely * (1 - likely) / n
    variance = max(
        *parts, sum(parts) - _variance(off, single), independent
    )  # the difference of estimates may be too small, even below 0
    return Mean(share, float(np.sqrt(variance)), max(min(several) - 1, 1.0))


def _effective(which: Indices) -> float:
    """As many clusters of one size would say as much."""
    sizes = np.bincount(which).astype(np.float64)
    return float(sizes.sum() ** 2 / np.square(sizes).sum())


def _variance(off: Floats, which: Indices) -> float:
    """Of the mean, where judgments of one cluster hang together; 0 where there is but one cluster."""
    sizes = np.bincount(which)
    if len(sizes) < 2:
        return 0.0
    totals = np.bincount(which, off)
    return float((np.square(totals) / (1 - sizes / len(off))).sum() / len(off) ** 2)


def _t() -> Any:
    return require("scipy.stats", "rate").t
