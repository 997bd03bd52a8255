"""The share of choices, whose judgments hang together by rater and by pair.

The variance is that of two-way clusters: V = V_rater + V_pair - V_single (Cameron, Gelbach and Miller, 2011, "Robust inference with multiway
clustering"), each with its correction for few clusters; the distribution is Student's t with as many degrees of freedom as the fewer clusters less one. Where each judgment
counted as independent, a coin would be rejected in one study of three.
"""

from dataclasses import dataclass

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
    freedom: int

    def interval(self, level: float) -> tuple[float, float]:
        """Where the share lies with a probability, such as .95; within [0, 1]."""
        if not np.isfinite(self.error):
            return 0.0, 1.0
        half = self.error * float(require("scipy.stats", "judge").t.ppf(0.5 + level / 2, self.freedom))
        return max(self.value - half, 0.0), min(self.value + half, 1.0)

    def p_value(self, null: float = 0.5) -> float:
        """Two-sided, that the share is `null`."""
        if not np.isfinite(self.error):
            return 1.0
        if self.error == 0:
            return float(self.value == null)
        away = abs(self.value - null) / self.error
        return float(2 * require("scipy.stats", "judge").t.sf(away, self.freedom))


def mean(choices: Choices) -> Mean:
    """The share of choices, clustered by rater and by pair.

    >>> told = mean(Choices(np.repeat(np.arange(20), 5), np.arange(100), np.tile([0, 1], 50)))
    >>> round(told.value, 2), told.freedom
    (0.5, 19)
    """
    share = choices.share
    clusters = [len(np.unique(choices.raters)), len(np.unique(choices.pairs))]
    several = [count for count in clusters if count > 1]
    if len(choices) < 2 or not several:
        return Mean(share, float("inf"), 0)
    off: Floats = choices.chose.astype(np.float64) - share
    both = np.unique(np.stack([choices.raters, choices.pairs]), axis=1, return_inverse=True)[1].reshape(-1)
    parts = [_variance(off, which) for which in (choices.raters, choices.pairs)]
    single = _variance(off, both)
    variance = max(*parts, sum(parts) - single)  # the difference of estimates may be too small, even below 0
    return Mean(share, float(np.sqrt(variance)), min(several) - 1)


def _variance(off: Floats, which: Indices) -> float:
    """Of the mean, where judgments of one cluster hang together; 0 where there is but one cluster."""
    numbers, at = np.unique(which, return_inverse=True)
    if len(numbers) < 2:
        return 0.0
    totals = np.bincount(at, off)
    return float(len(numbers) / (len(numbers) - 1) * np.square(totals).sum() / len(off) ** 2)
