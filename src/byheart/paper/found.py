"""What a section found; kept on the disk, so that a run that was interrupted goes on from there."""

import base64
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, TypeAlias

from byheart.paper.claims import Claim
from byheart.paper.figures import Figure

Part: TypeAlias = "str | Figure"
"""HTML that `report.page` made, or a figure."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a section found.

    Attributes:
        parts: of its text, in order.
        claims: what came of them.
        numbers: all that was measured and does not depend on times, in types that JSON has.
        timings: what does.
        stand_ins: what stood in for data, or for a package, that could not be had: by the name of what is missing, what there is instead.
    """

    parts: Sequence[Part]
    claims: Sequence[Claim]
    numbers: dict[str, Any] = field(default_factory=dict)
    timings: dict[str, Any] = field(default_factory=dict)
    stand_ins: dict[str, str] = field(default_factory=dict)

    @property
    def figures(self) -> list[Figure]:
        """Those among its parts."""
        return [part for part in self.parts if isinstance(part, Figure)]

    def kept(self) -> bytes:
        """As bytes for the disk."""
        parts = [part if isinstance(part, str) else asdict(part) | {"pdf": _text(part.pdf)} for part in self.parts]
        claims = [asdict(claim) for claim in self.claims]
        told = {"parts": parts, "claims": claims, "numbers": self.numbers, "timings": self.timings}
        told["stand_ins"] = self.stand_ins
        return json.dumps(told, allow_nan=False).encode()


def found_of(kept: bytes) -> Found:
    """What `Found.kept` gave."""
    told = json.loads(kept)
    parts = [
        part if isinstance(part, str) else Figure(**{**part, "pdf": base64.b64decode(part["pdf"])})
        for part in told["parts"]
    ]
    return Found(
        parts, [Claim(**claim) for claim in told["claims"]], told["numbers"], told["timings"], told["stand_ins"]
    )


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
