"""What may be looked at at any time: bets on pairs, as they are complete, and a confidence sequence that knows that raters differ.

Two sequences are made, and of the two the wider one is told:

* of bets (`betting`): it holds for as few pairs as one likes, if pairs are independent;
* of clusters: the estimate of `clustered` after each pair, with the boundary of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2024, "Time-uniform central limit theory and asymptotic
  confidence sequences", Theorem 2.2), error * sqrt(2 (u + 1) / u * log(sqrt(u + 1) / alpha)), u growing with the share of the pairs that are complete and chosen to be narrowest when all are. It holds
  for many raters, however much they differ. With few degrees of freedom, the factor is the quantile of Student's t that is as far out.

The e-value needs neither: it is of the sharp null (see `betting`).
"""

from collections.abc import Sequence as Ordered
from dataclasses import dataclass
from typing import Final

import numpy as np

from byheart._optional import require
from byheart.rating import betting
from byheart.rating.choices import Choices, Floats, Indices
from byheart.rating.clustered import mean

POINTS: Final = 200
_RATERS: Final = 5  # from so many on, Student's t may stand in for what clusters do


@dataclass(frozen=True, slots=True)
class Running:
    """What was known as pairs were complete; at some points of it.

    Attributes:
        judgments: of complete pairs, so far; int64 of shape (n,).
        value: the share; float64 of shape (n,).
        low, high: between which it lies at all times, with a probability of 1 - alpha; float64 of shape (n,).
        e: evidence against the coin at these points, an e-value each; float64 of shape (n,).
        best: the largest of them at any time, also between these points. It is no e-value itself (its expectation is above 1): 1 / best is a p-value, whenever one stops.
    """

    judgments: Indices
    value: Floats
    low: Floats
    high: Floats
    e: Floats
    best: float

    @property
    def interval(self) -> tuple[float, float]:
        """The last one; all of [0, 1] before any pair is complete."""
        return (float(self.low[-1]), float(self.high[-1])) if len(self.low) else (0.0, 1.0)

    @property
    def e_value(self) -> float:
        """Against the coin, after the last pair; 1 before any is complete."""
        return float(self.e[-1]) if len(self.e) else 1.0

    @property
    def p_value(self) -> float:
        """Of the coin, at whatever time."""
        return min(1 / self.best, 1.0)


def running(
    choices: Choices, complete: Ordered[int], *, planned: int, alpha: float = betting.ALPHA, points: int = POINTS
) -> Running:
    """Follow a study.

    Args:
        choices: that count.
        complete: the pairs whose judgments are all there, in the order in which they became so; those without a judgment that counts are passed over.
        planned: how many pairs there will be.
        alpha: the probability of being wrong, at whatever time.
        points: how many of the last looks are told; there are 200, or one after each pair.
    """
    place = {pair: at for at, pair in enumerate(complete)}
    at = np.array([place.get(pair, -1) for pair in choices.pairs.tolist()], np.int64)
    inside = choices.only(at >= 0)
    order = np.argsort(at[at >= 0], kind="stable")
    inside = Choices(inside.raters[order], inside.pairs[order], inside.chose[order])
    if not len(inside):
        none = np.empty(0)
        return Running(np.empty(0, np.int64), none, none, none, none, 1.0)
    starts = np.flatnonzero(np.diff(inside.pairs, prepend=-1))
    ends = np.append(starts[1:], len(inside))
    right = np.add.reduceat(inside.chose, starts)
    looks = np.unique(np.linspace(len(ends) - 1, 0, min(POINTS, len(ends))).astype(np.int64))
    bets = betting.sequence(right / (ends - starts), alpha=alpha, at=looks)
    told = looks[-points:]
    halves = np.array(
        [
            half_width(inside.only(np.arange(len(inside)) < ends[one]), (one + 1) / max(planned, len(ends)), alpha)
            for one in told
        ]
    )
    value = np.cumsum(right)[told] / ends[told]
    low = np.maximum(np.minimum(bets.low[-points:], value - halves), 0)
    high = np.minimum(np.maximum(bets.high[-points:], value + halves), 1)
    return Running(ends[told], value, low, high, bets.e_values[told], float(max(bets.e_values.max(), 1.0)))


def half_width(choices: Choices, share: float, alpha: float) -> float:
    """Half the width of the sequence of clusters, when a share of the pairs is complete; 1 where raters are too few."""
    told = mean(choices)
    if len(np.unique(choices.raters)) < _RATERS or not np.isfinite(told.error):
        return 1.0
    u = share * (-2 * np.log(alpha) + np.log(-2 * np.log(alpha)) + 1)  # narrowest at about share 1
    factor = np.sqrt(2 * (u + 1) / u * np.log(np.sqrt(u + 1) / alpha))
    stats = require("scipy.stats", "rate")
    return told.error * float(stats.t.isf(stats.norm.sf(factor), told.freedom))
