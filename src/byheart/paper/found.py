"""What a section found; kept on the disk, so that a run that was interrupted goes on from there."""

import base64
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, TypeAlias, get_args

from byheart.paper.claims import Claim, Verdict
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
    """What `Found.kept` gave.

    Raises:
        ValueError: it gave something else.
    """
    try:
        told = json.loads(kept)
        parts = [part if isinstance(part, str) else _figure(part) for part in told["parts"]]
        claims = [_claim(claim) for claim in told["claims"]]
        rest = [dict(told[name]) for name in ("numbers", "timings", "stand_ins")]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"not what was found: {error}") from error
    return Found(parts, claims, *rest)


def _figure(told: dict[str, Any]) -> Figure:
    figure = Figure(**{**told, "pdf": base64.b64decode(told["pdf"])})
    _check(re.fullmatch(r"[a-z0-9-]+", figure.name), "a figure's name")  # files have it
    _check(all(isinstance(one, str) for one in (figure.caption, figure.alt, figure.svg, figure.narrow)), "a figure")
    return figure


def _claim(told: dict[str, Any]) -> Claim:
    claim = Claim(**told)
    texts = (claim.claim, claim.place, claim.number, claim.detail)
    _check(claim.verdict in get_args(Verdict) and all(isinstance(one, str) for one in texts), "a claim")
    return claim


def _check(is_so: object, what: str) -> None:
    if not is_so:
        raise ValueError(what)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
