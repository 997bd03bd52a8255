"""How many judgments a study needs: for a claim of equivalence, by exact binomial tests, when the truth is a coin.

Two one-sided tests, each at 5 %: the coin is claimed within the margin if both p <= 1/2 - margin and p >= 1/2 + margin are rejected. Judgments that hang together are worth
fewer: multiply by 1 + (m_r - 1) rho_r + (m_p - 1) rho_p, of m judgments a rater or pair, and their correlation (Kish, 1965).
"""

import math
from statistics import NormalDist
from typing import Final

import numpy as np

from byheart._optional import require
from byheart.errors import InputError

_TAIL: Final = 0.05
_MOST: Final = 10_000_000
_SAW: Final = 20  # of the number: no tooth is longer


def power(judgments: int, margin: float, share: float = 0.5, *, several: int = 1) -> float:
    """The probability that so many independent judgments show a coin within the margin; of `several` coins, each corrected for their number.

    >>> round(power(888, 0.05), 1), round(power(1104, 0.05), 1)
    (0.8, 0.9)
    """
    binom = require("scipy.stats", "rate").binom
    low = int(binom.isf(_TAIL / several, judgments, 0.5 - margin)) + 1  # the fewest that are too many for 1/2 - margin
    high = int(binom.ppf(_TAIL / several, judgments, 0.5 + margin)) - 1  # the most that are too few for 1/2 + margin
    if low > high:
        return 0.0
    return float(binom.cdf(high, judgments, share) - binom.cdf(low - 1, judgments, share))


def about(margin: float, *, several: int = 1) -> int:
    """The same as `judgments` for a power of .9, by the normal distribution: what can be told without waiting for scipy. Of several generators: for each.

    >>> about(0.1), about(0.05), about(0.05, several=2)
    (271, 1083, 1300)
    """
    normal = NormalDist()
    both = normal.inv_cdf(1 - _TAIL / several) + normal.inv_cdf(1 - _TAIL)
    return math.ceil((both / (2 * margin)) ** 2)


def judgments(margin: float, wanted: float = 0.9, *, effect: float = 1.0, several: int = 1) -> int:
    """The fewest judgments from which on the power is enough.

    Args:
        margin: in (0, 1/2).
        wanted: the power, in (0, 1).
        effect: of the design, 1 or more: how many times as many judgments it takes as if they were independent.
        several: generators, whose claims share the 5 %, as Holm's correction asks of the first of them: so many for each.

    Raises:
        InputError: a number is out of its range, or more than ten million would be needed.

    >>> judgments(0.2, 0.8), judgments(0.1), judgments(0.05), judgments(0.05, effect=1.5)
    (57, 281, 1104, 1656)
    """
    if not 0 < margin < 0.5:
        raise InputError(f"margin: wanted more than 0 and less than 0.5, got {margin:g}")
    if not 0 < wanted < 1:
        raise InputError(f"power: wanted more than 0 and less than 1, got {wanted:g}")
    low, high = 1, 2
    while power(high, margin, several=several) < wanted:
        low, high = high, 2 * high
        if high > _MOST:
            raise InputError(f"margin: wanted one that {_MOST:,} judgments can show, got {margin:g}")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power(middle, margin, several=several) >= wanted else (middle, high)
    near = range(high, high + high // _SAW + 2)  # the power is a saw: somewhere above, it may be too little once more
    short = [count for count in near if power(count, margin, several=several) < wanted]
    return int(np.ceil((short[-1] + 1 if short else high) * effect))
