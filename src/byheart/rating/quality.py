"""How each rater goes about it: for whoever runs a study. Nobody is left out by this: that rule is settled beforehand (`excluding`). It needs no more than Python has."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from byheart.rating.ledger import Kept
from byheart.rating.plan import Plan
from byheart.rating.rows import Row, is_simulated, rows

TOO_FAST: Final = 300.0
"""Milliseconds: nobody has seen two samples, and chosen, by then."""
_ATTENTIVE: Final = 0.9  # as `verdict` has it of the panel, which would load numpy
_FAST_SHARE: Final = 0.1
_FEWEST: Final = 20  # judgments, before a side may be said to be preferred
_BEYOND: Final = 3.3  # standard errors: of honest raters, whose sides are a coin's, one in a thousand
_LUCK: Final = 7  # doublings: of honest raters, one in a hundred has so long a run


@dataclass(frozen=True, slots=True)
class Quality:
    """One rater.

    Attributes:
        rater: who.
        judgments: of all sorts.
        catches: of catch pairs; `catch_right` of them right.
        catch_right: see there.
        median_ms: to respond; None without judgments.
        left_share: of choices of the left side.
        longest_run: of choices of one side in a row.
        too_fast: the share of choices in less than 300 ms.
        flags: what is unusual, in words.
        is_simulated: whether nobody sat there.
    """

    rater: str
    judgments: int
    catches: int
    catch_right: int
    median_ms: float
    left_share: float
    longest_run: int
    too_fast: float
    flags: tuple[str, ...]
    is_simulated: bool


def quality(plan: Plan, kept: Iterable[Kept]) -> tuple[Quality, ...]:
    """Each rater who judged, in the order of their first judgments.

    >>> from byheart.rating.ledger import Judgment
    >>> from byheart.rating.plan import Pair, Trial
    >>> plan = Plan((Pair("catch", 4, 9, (0, -1)),), ((Trial(0, is_first_left=True),),), ())
    >>> (told,) = quality(plan, [Kept(Judgment(0, 0, True, 180.0, "k", "key"), 0, "a", 0.0)])
    >>> told.catch_right, told.flags
    (1, ('too fast',))
    """
    of_rater: dict[str, list[Row]] = defaultdict(list)
    for row in rows(plan, kept):
        of_rater[row.kept.rater].append(row)
    return tuple(_quality(rater, own) for rater, own in of_rater.items())


def _quality(rater: str, own: Sequence[Row]) -> Quality:
    choices = [row.kept.judgment for row in own]
    catches = [row.chose_first for row in own if row.pair.purpose == "catch"]
    left = sum(one.chose_left for one in choices) / len(own)
    longest = max(sum(1 for _ in run) for _, run in groupby(one.chose_left for one in choices))
    too_fast = sum(one.milliseconds < TOO_FAST for one in choices) / len(own)
    flags = {
        "inattentive": sum(catches) < _ATTENTIVE * len(catches) and _is_unlucky(sum(catches), len(catches)),
        "too fast": too_fast >= _FAST_SHARE,
        "one side": len(own) >= _FEWEST and abs(left - 0.5) > _BEYOND * 0.5 / math.sqrt(len(own)),
        "long run": longest >= _LUCK + math.log2(len(own)),
    }
    return Quality(
        rater,
        len(own),
        len(catches),
        sum(catches),
        median([one.milliseconds for one in choices]),
        left,
        longest,
        too_fast,
        tuple(name for name, is_so in flags.items() if is_so),
        is_simulated(rater),
    )


def _is_unlucky(right: int, catches: int) -> bool:
    """Whether an attentive rater, of .90, has as few right with a probability of less than 1 %."""
    chances = (math.comb(catches, k) * _ATTENTIVE**k * (1 - _ATTENTIVE) ** (catches - k) for k in range(right + 1))
    return sum(chances) < 0.01


def median(values: Sequence[float]) -> float:
    """The middle one, or the mean of the middle two.

    >>> median([3.0, 1.0]), median([5.0, 1.0, 2.0])
    (2.0, 2.0)
    """
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2
