"""Judgments beside the plan: what each rater saw, and which was the real one. It needs no more than Python has, so that a server may use it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from byheart.rating.ledger import Kept
from byheart.rating.plan import Pair, Plan, Trial

Side = Literal["left", "right"]
SIMULATED: Final = "simulated-"
"""How simulated raters are called. A person's HMAC is hexadecimal, and can not begin so."""


@dataclass(frozen=True, slots=True)
class Row:
    """A judgment, and its pair.

    Attributes:
        kept: as it is in the ledger.
        pair: what was judged.
        trial: how it was shown.
    """

    kept: Kept
    pair: Pair
    trial: Trial

    @property
    def chose_first(self) -> bool:
        """Whether the pair's first sample was chosen: of a catch pair, the right one."""
        return self.kept.judgment.chose_left == self.trial.is_first_left

    @property
    def is_against_real(self) -> bool:
        """Whether it counts for the share: a study pair, of a real sample and a generated one."""
        return self.pair.purpose == "study" and 0 in self.pair.players

    @property
    def generator(self) -> int | None:
        """The number of the generator that stood against the real one; None for all other pairs."""
        return max(self.pair.players) if self.is_against_real else None

    @property
    def chose_real(self) -> bool | None:
        """Whether the real sample was chosen (of a catch pair, the undamaged one); None where both or neither are real."""
        if self.pair.purpose == "catch":
            return self.chose_first
        return self.chose_first == (self.pair.players[0] == 0) if self.is_against_real else None

    @property
    def real_side(self) -> Side | None:
        """Where the real (the undamaged) one stood; None where both or neither are real."""
        if self.chose_real is None:
            return None
        return "left" if self.chose_real == self.kept.judgment.chose_left else "right"


def rows(plan: Plan, kept: Iterable[Kept]) -> Iterator[Row]:
    """Every judgment with its pair, in the order in which they came in.

    >>> from byheart.rating.ledger import Judgment
    >>> plan = Plan((Pair("study", 4, 9, (0, 1)),), ((Trial(0, is_first_left=False),),), ())
    >>> (row,) = rows(plan, [Kept(Judgment(0, 0, True, 900.0, "k", "key"), 0, "a", 0.0)])
    >>> row.chose_real, row.real_side
    (False, 'right')
    """
    for one in kept:
        trial = plan.slots[one.slot][one.judgment.trial]
        yield Row(one, plan.pairs[trial.pair], trial)


def is_simulated(rater: str) -> bool:
    """Whether it is one of `simulating`'s.

    >>> is_simulated("simulated-0007"), is_simulated("3fa9")
    (True, False)
    """
    return rater.startswith(SIMULATED)
