"""Evidence that may be looked at as it comes in: bets against a coin, and a confidence sequence.

Whoever bets on pairs' means, each pair once, when all of its judgments are there, does not get rich if the mean is m: prod_i (1 + l (y_i - m)) has expectation 1, and so has
the mean of several gamblers' wealth, each with a bet l of their own. So by Ville's inequality it exceeds 1 / alpha with a probability of alpha at most, at any time (Waudby-Smith and Ramdas, 2024,
"Estimating means of bounded random variables by betting", Theorem 1; gamblers with constant bets are their "diversified" ones). Half of the gamblers bet on more than m, half on less; their bets halve from one to
the next, so that one of them is about right for any number of pairs up to some hundred thousand.

One rater's or one pair's judgments may hang together: a pair counts once. Raters who see many pairs make pairs depend on each other: what is said of a coin holds even then (of labels that
nobody can tell, each pair's is a fair coin, whatever the pairs before), but not what is said of another mean: `sequential` has the remedy.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from byheart.rating.choices import Floats, Indices

ALPHA: Final = 0.05
_GRID: Final = 501
_GAMBLERS: Final = 8
_LARGEST_BET: Final = 0.75  # of what could be lost: a bet of all ends the game
_AT_ONCE: Final = 1 << 21
_MOST: Final = 690.0  # of a logarithm, whose exponential is still a number


@dataclass(frozen=True, slots=True)
class Sequence:
    """What was known after each pair.

    Attributes:
        e_values: evidence against the coin: 20 is as good as p = .05, at whatever time one stops; float64 of shape (n,).
        low, high: the mean lies between these at all times, with a probability of 1 - alpha; float64 of shape (k,), of the pairs after which it was asked for.
    """

    e_values: Floats
    low: Floats
    high: Floats


def sequence(means: Floats, *, alpha: float = ALPHA, at: Indices | None = None) -> Sequence:
    """Bet on the means of pairs, in the order that they were complete.

    Args:
        means: of each pair, the share of its judgments that chose the real one; in [0, 1].
        alpha: the probability of being wrong, at whatever time.
        at: after which pairs, by their places, the mean is asked for: int64 of shape (k,), in order; None: after each. Fewer take less time, and an interval that is little wider.

    >>> told = sequence(np.ones(14))
    >>> bool(told.e_values[-1] > 20), bool(told.low[-1] > 0.5)
    (True, True)
    """
    values, which = np.unique(means, return_inverse=True)
    counts = np.cumsum(which[:, None] == np.arange(len(values)), axis=0, dtype=np.float64)  # (n, values)
    grid = np.linspace(0, 1, _GRID)
    step, limit = float(grid[1]), float(np.log(1 / alpha))
    asked = counts if at is None else counts[at]
    low, high = np.ones(len(asked)), np.zeros(len(asked))
    width = max(_AT_ONCE // max(2 * _GAMBLERS * len(asked), 1), 1)
    for start in range(0, _GRID, width):
        points = grid[start : start + width]
        outside = np.maximum.accumulate(wealth(asked, values, points), axis=0) >= limit  # (k, points)
        low = np.minimum(low, np.where(outside, 1.0, points).min(axis=1))
        high = np.maximum(high, np.where(outside, 0.0, points).max(axis=1))
    is_lost = low > high  # no mean is left: the last one that there was
    if is_lost.any():
        first = int(np.argmax(is_lost))
        low[first:], high[first:] = (low[first - 1], high[first - 1]) if first else (0.0, 1.0)
    e_values = np.exp(np.minimum(wealth(counts, values, np.array([0.5]))[:, 0], _MOST))
    return Sequence(
        e_values, np.maximum(low - step, 0), np.minimum(high + step, 1)
    )  # ends lie between points of the grid


def wealth(counts: Floats, values: Floats, means: Floats) -> Floats:
    """The logarithm of all gamblers' mean wealth, after each pair, against each mean; of shape (n, means).

    Args:
        counts: of each value, after each pair; of shape (n, values).
        values: of pairs' means.
        means: to bet against.
    """
    sizes = 2 * _LARGEST_BET / 2.0 ** np.arange(_GAMBLERS)
    up = np.minimum(sizes, _LARGEST_BET / np.maximum(means[:, None], 1e-9))
    down = -np.minimum(sizes, _LARGEST_BET / np.maximum(1 - means[:, None], 1e-9))
    bets = np.concatenate([up, down], axis=1)  # (means, gamblers)
    gains = np.log1p(bets[None] * (values[:, None] - means)[..., None])  # (values, means, gamblers)
    each = np.tensordot(counts, gains, axes=1)  # (n, means, gamblers)
    most = each.max(axis=2)
    told: Floats = most + np.log(np.exp(each - most[..., None]).mean(axis=2))
    return told
