"""What the paper claims, and what came of it: every verdict is computed."""

from dataclasses import dataclass
from typing import Any, Literal

Verdict = Literal["holds", "holds, with a caveat", "does not hold", "not tried"]


@dataclass(frozen=True, slots=True)
class Claim:
    """One of them.

    Attributes:
        claim: in a sentence.
        place: in the paper: "3.2, Theorem 2".
        verdict: what came of it.
        number: that the verdict rests on, with its unit; "" where there is none.
        detail: how it was tried, and what the caveat is.
        is_timed: whether the verdict or the number rests on times, which differ from run to run.
    """

    claim: str
    place: str
    verdict: Verdict
    number: str
    detail: str
    is_timed: bool = False

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


def holds(is_so: bool, *, caveat: bool = False) -> Verdict:
    """A verdict from what was found.

    >>> holds(True), holds(True, caveat=True), holds(False)
    ('holds', 'holds, with a caveat', 'does not hold')
    """
    return "does not hold" if not is_so else "holds, with a caveat" if caveat else "holds"
