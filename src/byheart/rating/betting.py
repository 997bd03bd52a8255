"""Evidence that may be looked at as it comes in: bets against a coin, and a confidence sequence.

Whoever bets on pairs' means, each pair once, when all of its judgments are there, does not get rich if the mean is m: prod_i (1 + l_i (y_i - m)) has expectation 1
whatever is bet, if l_i depends on the pairs before alone. So by Ville's inequality it exceeds 1 / alpha with a probability of alpha at most, at any time (Waudby-Smith and Ramdas, 2024,
"Estimating means of bounded random variables by betting", Theorem 1 and Section 4). One rater's or one pair's judgments may hang together: a pair counts once. Raters who see many pairs make pairs depend on
each other:
what is said of a coin holds even then (of labels that nobody can tell, each pair's is a fair coin, whatever the pairs before), but not what is said of another mean: `sequential` has the remedy.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from byheart.rating.choices import Floats

ALPHA: Final = 0.05
_GRID: Final = 1001
_MOST: Final = 690.0  # of a logarithm, whose exponential is still a number
_LARGEST_BET: Final = 0.75  # of what could be lost: a bet of all ends the game


@dataclass(frozen=True, slots=True)
class Sequence:
    """What was known after each pair.

    Attributes:
        e_values: evidence against the coin: 20 is as good as p = .05, at whatever time one stops; float64 of shape (n,).
        low, high: the mean lies between these at all times, with a probability of 1 - alpha; float64 of shape (n,).
    """

    e_values: Floats
    low: Floats
    high: Floats


def sequence(means: Floats, *, alpha: float = ALPHA) -> Sequence:
    """Bet on the means of pairs, in the order that they were complete.

    Args:
        means: of each pair, the share of its judgments that chose the real one; in [0, 1].
        alpha: the probability of being wrong, at whatever time.

    >>> told = sequence(np.ones(12))
    >>> bool(told.e_values[-1] > 20), bool(told.low[-1] > 0.5)
    (True, True)
    """
    grid = np.linspace(0, 1, _GRID)
    middle = _GRID // 2
    step = grid[1]
    sizes = _bets(means, alpha)
    wealth = np.zeros((2, _GRID))  # logarithms: of who bets on more, and of who bets on less
    inside = np.ones(_GRID, np.bool_)
    e_values, low, high = (np.empty(len(means)) for _ in range(3))
    limit = np.log(1 / alpha)
    for at, (mean, size) in enumerate(zip(means, sizes, strict=True)):
        up = np.minimum(size, _LARGEST_BET / np.maximum(grid, 1e-9))
        down = np.minimum(size, _LARGEST_BET / np.maximum(1 - grid, 1e-9))
        wealth[0] += np.log1p(up * (mean - grid))
        wealth[1] += np.log1p(-down * (mean - grid))
        hedged = np.logaddexp(wealth[0], wealth[1]) - np.log(2)
        inside &= hedged < limit
        kept = grid[inside]
        e_values[at] = np.exp(min(hedged[middle], _MOST))
        low[at], high[at] = (kept[0] - step, kept[-1] + step) if len(kept) else (low[at - 1], high[at - 1])
    return Sequence(
        e_values, np.maximum(low, 0), np.minimum(high, 1)
    )  # whole steps: the ends lie between points of the grid


def _bets(means: Floats, alpha: float) -> Floats:
    """How much to bet on each pair, by the variance of those before: sqrt(2 log(2 / alpha) / (v t log(1 + t))) (there, equation 24)."""
    sizes = np.empty(len(means))
    total, squares = 0.5, 0.25
    for at, mean in enumerate(means):
        t = at + 1
        variance = squares / t
        sizes[at] = np.sqrt(2 * np.log(2 / alpha) / (variance * t * np.log(1 + t)))
        total += mean
        squares += (mean - total / (t + 1)) ** 2
    return sizes
