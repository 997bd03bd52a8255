"""The share of copies in what a generator puts out, with its interval.

Of the generator's output a share pi are copies, which are all seen; the others are seen by chance. If that is as often as held-out records are, then what is not seen is
1 - F_G = (1 - pi) (1 - F_H), and pi = 1 - (1 - F_G) / (1 - F_H), as an attributable fraction in epidemiology. The lower limit puts together the limits of the
two rates (Clopper and Pearson, 1934) on the scale of logarithms (Donner and Zou, 2012, "Closed-form confidence intervals for functions of the normal mean and
standard deviation": MOVER).

The upper limit takes nothing off for chance: it is that of F_G. A generator whose other samples are rarely like a real record, as of independent columns, could else put out as many copies
as held-out recurs in train, and be cleared. Of copies of kinds that are not seen it says nothing: it is of the stated kinds.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from byheart._optional import require

LEVEL: Final = 0.95


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many records are seen as copies."""

    hits: int
    records: int

    @property
    def value(self) -> float:
        """The share; 0 of none."""
        return self.hits / self.records if self.records else 0.0

    def ends(self, tail: float) -> tuple[float, float]:
        """The interval of Clopper and Pearson, with so much of probability beyond either end.

        >>> [round(end, 4) for end in Rate(0, 1000).ends(0.025)]
        [0.0, 0.0037]
        """
        beta = require("scipy.stats", "judge").beta
        low = beta.ppf(tail, self.hits, self.records - self.hits + 1) if self.hits else 0.0
        high = beta.ppf(1 - tail, self.hits + 1, self.records - self.hits) if self.hits < self.records else 1.0
        return float(low), float(high)


@dataclass(frozen=True, slots=True)
class Share:
    """A share of copies.

    Attributes:
        value: its estimate, in [0, 1].
        low, high: 95 % interval; at least `low`, and of the stated kinds at most `high`.
    """

    value: float
    low: float
    high: float


def share(made: Rate, real: Rate | None, *, tail: float = (1 - LEVEL) / 2) -> Share:
    """The share of copies among generated records.

    Args:
        made: who of the generated records are seen.
        real: who of held-out; None where there are none: then chance is not known, and any of those seen may be no copy.
        tail: the probability beyond either end.

    >>> told = share(Rate(50, 1000), Rate(0, 1000))
    >>> round(told.value, 3), round(told.low, 3), round(told.high, 3)
    (0.05, 0.037, 0.065)
    >>> share(Rate(3, 1000), Rate(3, 1000)).low
    0.0
    """
    low_made, high = made.ends(tail)
    if real is None or not real.records:
        return Share(made.value, 0.0, high)
    _, high_real = real.ends(tail)
    kept_made, kept_real = 1 - made.value, 1 - real.value
    if kept_real == 0:  # all held-out records are seen: it tells nothing
        return Share(0.0, 0.0, high)
    value = max(1 - kept_made / kept_real, 0.0)
    if kept_made == 0:  # no logarithm: the two rates' own ends, which say less
        return Share(value, max(1 - (1 - low_made) / (1 - high_real), 0.0), high)
    down = math.hypot(math.log(kept_made / (1 - low_made)), math.log((1 - high_real) / kept_real))
    return Share(value, max(1 - kept_made / kept_real * math.exp(down), 0.0), high)


Rates: TypeAlias = tuple[Rate, Rate | None]


def at_least(limits: Sequence[Rates], found: Rates | None = None, *, unseen: int = 0) -> Share:
    """The share by several limits.

    Copies that any of them shows are copies: the lower limit is the largest of theirs, each at its part of the error. The upper limit is that of the widest that was fixed
    beforehand, which sees all the stated kinds; and, where samples were named by their rank, that of these.

    Args:
        limits: how many are seen at each that was fixed beforehand, the widest last.
        found: how many at the score that was found to name samples from; None where there is none. It is an error that there is one, where nothing is copied, with the
            probability of the discoveries alone.
        unseen: samples that could not be compared, and may all be copies.
    """
    tail = (1 - LEVEL) / 2
    levels = [*limits, *([found] if found else [])]
    each = [share(*rates, tail=tail / (len(limits) + 1)) for rates in levels]
    wide = [Rate(min(made.hits + unseen, made.records), made.records) for made, _ in levels[len(limits) - 1 :]]
    value = max(one.value for one in each)
    return Share(value, max(one.low for one in each), max(value, *(one.ends(tail)[1] for one in wide)))
