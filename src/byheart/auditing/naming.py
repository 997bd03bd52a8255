"""Which samples are named as copies: those below the highest of three scores, each of which passes on its own.

* By rank: the score that Benjamini and Hochberg find in the p-values by held-out records, at three quarters of alpha. To name few of many takes as many held-out
  records (`conformal.fewest`).
* By rate: two limits that were fixed beforehand (the same record; or seen by any evidence), where those below are more than held-out records would be, by Fisher's
  exact test at an eighth of alpha each, and chance explains at most alpha of them. So a handful of verbatim copies is named without a million held-out records.

Where nothing is copied, someone is named with a probability of alpha at most. Where something is, of each of the three sets at most alpha is expected to be false; one holds the other, so the
largest is no worse. (docs/audit-calibration.md: measured.)
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from byheart.auditing import conformal
from byheart.auditing.share import Rate
from byheart.neighbours.blocks import Floats

Bools = npt.NDArray[np.bool_]

RANKED: Final = 0.75
_RATED: Final = 0.125
_TAIL: Final = 0.1  # of the threshold: so much of it may be seen by chance
_LEAST: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Scores:
    """What is known of n records.

    Attributes:
        values: their scores: below 0 for what is the same as an original, else in [0, 1]; float64 of shape (n,).
        is_same: whether they are the same as an original; bool of shape (n,).
    """

    values: Floats
    is_same: Bools

    def __len__(self) -> int:
        return len(self.values)


def limit(fail_above: float) -> float:
    """The score from which down a record is seen, where so large a share of copies is too much."""
    return max(_TAIL * fail_above, _LEAST)


@dataclass(frozen=True, slots=True)
class Level:
    """A limit that was fixed beforehand, and who is below it.

    Attributes:
        name: what they are: "the same record".
        made: of generated records; bool of shape (n,).
        real: of held-out records; bool of shape (m,).
    """

    name: str
    made: Bools
    real: Bools

    @property
    def rate_made(self) -> Rate:
        """How many of the generated records."""
        return Rate(int(self.made.sum()), len(self.made))

    @property
    def rate_real(self) -> Rate | None:
        """How many of held-out; None where there are none."""
        return Rate(int(self.real.sum()), len(self.real)) if len(self.real) else None

    @property
    def rates(self) -> tuple[Rate, Rate | None]:
        """Both."""
        return self.rate_made, self.rate_real

    def is_beyond_chance(self, alpha: float) -> bool:
        """Whether they are more than held-out records would be, and chance explains at most alpha of them."""
        made, real = self.rate_made, self.rate_real
        if real is None or not made.hits or real.value > alpha * made.value:
            return False
        return conformal.more_than_chance(made.hits, made.records, real.hits, real.records) <= _RATED * alpha


def levels(made: Scores, real: Scores | None, fail_above: float) -> list[Level]:
    """The limits, each fixed by train and by what was asked, before a generated or held-out record was looked at."""
    real = real or Scores(np.zeros(0), np.zeros(0, np.bool_))
    near = limit(fail_above)
    return [
        Level("the same record", made.is_same, real.is_same),
        Level("the same or near", made.values <= near, real.values <= near),
    ]


def fewest_same(generated: int, heldout: int, alpha: float) -> int | None:
    """How many records have to be the same as an original to be named by their rate, if none of held-out is; None where not even all are enough.

    >>> fewest_same(1000, 1000, 0.05), fewest_same(1000, 3, 0.05), fewest_same(2, 2, 0.05)
    (8, 818, None)
    """
    counts = range(1, generated + 1)  # the more, the less it is chance
    at = bisect_left(
        counts, 1, key=lambda hits: conformal.more_than_chance(hits, generated, 0, heldout) <= _RATED * alpha
    )
    return counts[at] if at < generated else None


def ranked(made: Scores, real: Scores, alpha: float) -> Level | None:
    """Those whose p-values Benjamini and Hochberg's procedure passes, at its part of alpha; None where there are none."""
    passed = conformal.discoveries(conformal.p_values(made.values, real.values), RANKED * alpha)
    if not passed.any():
        return None
    highest = made.values[passed].max()
    return Level("near enough to be named", passed, real.values <= highest)


def named(limits: Sequence[Level], found: Level | None, alpha: float) -> Bools:
    """Which samples are copies, at a false discovery rate of alpha.

    Args:
        limits: two that were fixed beforehand.
        found: by rank.
        alpha: in (0, 1).
    """
    is_copy = np.zeros_like(limits[0].made)
    for level in (*(level for level in limits if level.is_beyond_chance(alpha)), *([found] if found else [])):
        is_copy |= level.made
    return is_copy
