"""How alike raters judge, and how well they see.

Krippendorff's alpha for nominal data, with whatever judgments are missing (Krippendorff, 2011, "Computing Krippendorff's alpha-reliability"): 1 is full agreement, 0 that of
chance. d', of signal detection, for choices between two: sqrt(2) z(share), and with a side that is preferred (z(H) - z(F)) / sqrt(2) (Macmillan and Creelman, 2005, "Detection theory", chapter 7).
"""

import numpy as np
import numpy.typing as npt

from byheart._optional import require
from byheart.rating.choices import Choices


def alpha(choices: Choices) -> float | None:
    """Krippendorff's alpha of who was chosen; None where no pair was judged twice, or all judgments are the same.

    >>> told = Choices(np.tile([0, 1], 4), np.repeat(np.arange(4), 2), np.array([1, 1, 0, 0, 1, 1, 0, 0]))
    >>> alpha(told)
    1.0
    """
    _, at = np.unique(choices.pairs, return_inverse=True)
    judged = np.bincount(at)
    chosen = np.bincount(at, choices.chose)
    several = judged > 1
    n, ones = judged[several].sum(), chosen[several].sum()
    if not n or ones in {0, n}:
        return None
    disagreed = (2 * chosen[several] * (judged[several] - chosen[several]) / (judged[several] - 1)).sum() / n
    expected = 2 * ones * (n - ones) / (n * (n - 1))
    return float(1 - disagreed / expected)


def sensitivity(chose: npt.NDArray[np.int64], is_left: npt.NDArray[np.bool_]) -> float | None:
    """D' of choices between two, corrected for a side that is preferred; None where one side was never real.

    Args:
        chose: 1 where the real one was chosen.
        is_left: whether it stood on the left.

    >>> sensitivity(np.array([1, 0, 1, 0]), np.array([True, True, False, False]))
    0.0
    """
    left, right = chose[is_left], chose[~is_left]
    if not len(left) or not len(right):
        return None
    norm = require("scipy.stats", "rate").norm
    hits, false = (_corrected(one) for one in (left, 1 - right))
    return float((norm.ppf(hits) - norm.ppf(false)) / np.sqrt(2))


def _corrected(chose: npt.NDArray[np.int64]) -> float:
    """A share that is neither 0 nor 1, whose quantiles would be infinite: half a judgment of either kind is added (Hautus, 1995)."""
    return float((chose.sum() + 0.5) / (len(chose) + 1))
