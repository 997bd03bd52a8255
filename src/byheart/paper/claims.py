"""What the paper claims, and what came of it: every verdict is computed."""

from dataclasses import dataclass
from typing import Any, Final, Literal

Verdict = Literal["holds", "holds, with a caveat", "does not hold", "not settled", "not tried"]
"""Not settled: it was tried, and what was measured leaves it open. Not tried: it cannot be, or what it takes is not here."""

OURS: Final = "not in the paper"
"""The place of a claim that this project makes, beside those of the paper."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One of them.

    Attributes:
        claim: in a sentence.
        place: in the paper: "3.2, Theorem 2"; or `OURS`.
        verdict: what came of it.
        number: that the verdict rests on, with its unit; "" where there is none.
        detail: how it was tried, and what the caveat is.
        is_timed: whether the verdict or the number rests on times, or on bytes of RAM, which differ from run to run.
    """

    claim: str
    place: str
    verdict: Verdict
    number: str
    detail: str
    is_timed: bool = False

    @property
    def is_ours(self) -> bool:
        """Whether it is this project's, not the paper's."""
        return self.place == OURS

    @property
    def shown(self) -> str:
        """The number for people, marked if it differs from run to run."""
        return f"{self.number} (differs from run to run)" if self.is_timed and self.number else self.number

    def told(self) -> dict[str, Any]:
        """It, in types that JSON has."""
        return {
            "claim": self.claim,
            "section": self.place,
            "verdict": self.verdict,
            "number": self.number,
            "detail": self.detail,
            "is_timed": self.is_timed,
        }


def holds(is_so: bool | None, *, caveat: bool = False) -> Verdict:
    """A verdict from what was found; None: that leaves it open.

    >>> holds(True), holds(True, caveat=True), holds(False), holds(None)
    ('holds', 'holds, with a caveat', 'does not hold', 'not settled')
    """
    if is_so is None:
        return "not settled"
    return "does not hold" if not is_so else "holds, with a caveat" if caveat else "holds"
