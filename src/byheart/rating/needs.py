"""What a study needs, before it is made: judgments, pairs, raters, catch trials."""

import sys
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from byheart._optional import require
from byheart.errors import InputError
from byheart.rating.design import CONTROL, Asked, sizes
from byheart.rating.planning import judgments
from byheart.rating.verdict import ALPHA, ATTENTIVE

LOOKING: Final = 0.96
"""The share of catch trials that people who look get right."""
CATCHES: Final = 206
"""Catch trials that it takes, by `catches_wanted`: for whoever cannot wait for scipy."""
_MOST: Final = 5_000
_MOST_CATCHES: Final = 50  # percent of trials


@dataclass(frozen=True, slots=True)
class Needs:
    """So much it takes to show a coin within the margin, if it is one.

    Attributes:
        independent: judgments, if none hung together.
        effect: of the design: how many times as many it takes, since those of one rater, and of one pair, do.
        judgments: so many then.
        pairs: of a real and a generated sample.
        raters: with so many trials each as was asked for.
        catches: catch trials that all of them see together.
        catches_wanted: so many it takes until the lower limit of the share right is .90, where people who look get 96 % right.
        catch: the least share of trials, in percents, that gives so many, and no less than was asked for.
    """

    independent: int
    effect: float
    judgments: int
    pairs: int
    raters: int
    catches: int
    catches_wanted: int
    catch: float


def needs(
    margin: float, power: float = 0.9, *, asked: Asked | None = None, of_raters: float = 0.0, of_pairs: float = 0.02
) -> Needs:
    """Say what it takes.

    Args:
        margin: in (0, 1/2).
        power: in (0, 1).
        asked: raters a pair, trials a rater, share of catch trials.
        of_raters: the correlation of judgments by one rater.
        of_pairs: the same, of one pair.

    Raises:
        InputError: a number is out of its range.

    >>> told = needs(0.05)
    >>> told.independent, told.judgments, told.pairs, told.raters
    (1104, 1127, 564, 27)
    >>> told.catches, told.catches_wanted, told.catch
    (162, 206, 0.16)
    """
    asked = asked or Asked()
    for name, told in (("raters", of_raters), ("pairs", of_pairs)):
        if not 0 <= told <= 1:
            raise InputError(f"correlation of {name}: wanted 0 to 1, got {told:g}")
    counting = max(round(asked.trials * (1 - asked.catch - CONTROL)), 1)
    effect = 1 + (counting - 1) * of_raters + (asked.raters_per_pair - 1) * of_pairs
    independent = judgments(margin, power)
    wanted = judgments(margin, power, effect=effect)
    pairs = max(-(-wanted // asked.raters_per_pair), 2)
    raters, catches = _panel(asked, pairs)
    looked = catches_wanted()
    shares = (asked.catch, *(percent / 100 for percent in range(int(asked.catch * 100) + 1, _MOST_CATCHES + 1)))
    enough = (share for share in shares if _panel(replace(asked, catch=share), pairs)[1] >= looked)
    return Needs(
        independent,
        effect,
        wanted,
        pairs,
        raters,
        catches,
        looked,
        next(enough, asked.catch),
    )


def _panel(asked: Asked, pairs: int) -> tuple[int, int]:
    """How many raters a study of so many pairs has, and how many catch trials they see."""
    told = sizes(replace(asked, pairs=pairs), real=sys.maxsize, generated=[pairs])
    return told.slots, told.slots * told.slot_catches


def catches_wanted(looking: float = LOOKING, power: float = 0.9) -> int:
    """The fewest catch trials that show a panel to have looked, if each is got right with that probability.

    >>> catches_wanted() == CATCHES, catches_wanted(power=0.8)
    (True, 167)
    """
    binom = require("scipy.stats", "rate").binom
    counts = np.arange(1, _MOST)
    fewest = binom.isf(ALPHA / 2, counts, ATTENTIVE) + 1  # right ones, from which on the lower limit is .90
    short = counts[binom.sf(fewest - 1, counts, looking) < power]
    return int(short[-1]) + 1  # the power is a saw: from here on, it is never too little again
