"""The sharp null hypothesis: nobody could tell, so within each pair the labels could as well be exchanged.

The test flips the labels of whole pairs: T = |sum_i e_i s_i|, s_i the sum over a pair's judgments of +1 for the real one and -1 for the other, e_i = +1 or -1
with equal probability. It is exact however judgments depend on each other, by rater or by pair, if no sample is in two pairs. It is the paper's
"Rademacher Coin Flipping", as a test.
"""

from typing import Final

import numpy as np

from byheart import draws
from byheart.rating.choices import Choices, Floats

FLIPS: Final = 9_999
_EXACT: Final = 16  # pairs, of which all ways to flip are looked at
_AT_ONCE: Final = 1 << 22


def sums(choices: Choices) -> Floats:
    """Of each pair that was judged: how often the real one was chosen, less how often the other; float64 of shape (pairs,)."""
    numbers, at = np.unique(choices.pairs, return_inverse=True)
    totals: Floats = np.bincount(at, 2.0 * choices.chose - 1, len(numbers)).astype(np.float64)
    return totals


def sign_flip(choices: Choices, *, seed: int = 0) -> float:
    """The two-sided p-value: of all ways to flip the pairs' labels, where these are few; else of 9,999 random ones, the one that was seen included.

    >>> told = Choices(np.zeros(6, np.int64), np.arange(6), np.ones(6, np.int64))
    >>> sign_flip(told)  # 2 of 2^6 ways are as extreme
    0.03125
    """
    each = sums(choices)
    each = each[each != 0]  # a pair that is even says nothing, whichever way it is flipped
    if not len(each):
        return 1.0
    seen = abs(each.sum())
    if len(each) <= _EXACT:
        signs = 1 - 2 * (np.arange(1 << len(each))[:, None] >> np.arange(len(each)) & 1)
        return float((np.abs(signs @ each) >= seen).mean())
    as_extreme, step = 0, max(_AT_ONCE // len(each), 1)
    for start in range(0, FLIPS, step):
        count = min(step, FLIPS - start)
        rng = np.random.Generator(np.random.Philox(key=draws.split(seed, start)))
        signs = 1 - 2 * rng.integers(0, 2, (count, len(each)))
        as_extreme += int((np.abs(signs @ each) >= seen).sum())
    return (1 + as_extreme) / (1 + FLIPS)
