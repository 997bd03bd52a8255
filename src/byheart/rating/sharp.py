"""The sharp null hypothesis: nobody could tell, so within each pair the labels could as well be exchanged.

The test flips the labels of whole pairs: T = |sum_i e_i s_i|, s_i the sum over a pair's judgments of +1 for the real one and -1 for the other, e_i = +1 or -1
with equal probability. It is exact however judgments depend on each other, by rater or by pair, if no sample is in two pairs. It is the paper's
"Rademacher Coin Flipping", as a test.

Pairs with the same |s| = k, n of them, add k times a sum of n coins; so the distribution of T is that of a few binomials, added up: no flip is left to chance.
"""

import numpy as np

from byheart._optional import require
from byheart.rating.choices import Choices, Floats, Indices


def sums(choices: Choices) -> Floats:
    """Of each pair that was judged: how often the real one was chosen, less how often the other; float64 of shape (pairs,)."""
    numbers, at = np.unique(choices.pairs, return_inverse=True)
    totals: Floats = np.bincount(at, 2.0 * choices.chose - 1, len(numbers)).astype(np.float64)
    return totals


def sign_flip(choices: Choices) -> float:
    """The two-sided p-value: of all ways to flip the pairs' labels, the share that is as extreme as what was seen.

    >>> told = Choices(np.zeros(6, np.int64), np.arange(6), np.ones(6, np.int64))
    >>> round(sign_flip(told), 5)  # 2 of 2^6 ways are as extreme
    0.03125
    """
    return p_value(sums(choices).astype(np.int64))


def p_value(totals: Indices) -> float:
    """The same, of the pairs' sums; int64 of shape (pairs,).

    >>> round(p_value(np.array([2, 1, -1])), 3)  # of 4, 2 (twice) and 0 with either sign, all but 0 are as extreme as 2
    0.75
    """
    sizes, counts = np.unique(
        np.abs(totals[totals != 0]), return_counts=True
    )  # an even pair says nothing, flipped or not
    if not len(sizes):
        return 1.0
    binom = require("scipy.stats", "rate").binom
    chances = np.ones(1)  # of the sums -reach, -reach + 1, ..., reach
    for size, count in zip(sizes.tolist(), counts.tolist(), strict=True):
        steps = np.zeros(2 * size * count + 1)
        steps[:: 2 * size] = binom.pmf(np.arange(count + 1), count, 0.5)
        chances = np.convolve(chances, steps)
    reach = len(chances) // 2
    as_extreme = np.abs(np.arange(-reach, reach + 1)) >= abs(int(totals.sum()))
    return float(min(chances[as_extreme].sum(), 1.0))
