"""A case: what is given, what a peer says of it, what is true, and what byheart says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Figures: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the table. Its words hold `{names}` of the figures that a run finds, so that no number is written by hand.

    Attributes:
        name: of the case, a word or two.
        peer: package, version and function.
        given: the data.
        says: what the peer says.
        true: what it should say.
        ours: what byheart says.
        text: why, in a paragraph.
        run: finds the figures.
        peer_errs: whether by these figures the peer is wrong.
        ours_holds: whether byheart is right.
    """

    name: str
    peer: str
    given: str
    says: str
    true: str
    ours: str
    text: str
    run: Callable[[], Figures]
    peer_errs: Callable[[Figures], bool]
    ours_holds: Callable[[Figures], bool]

    def cells(self, found: Figures) -> list[str]:
        """Its row of the table."""
        told = [part.format(**found) for part in (self.given, self.says, self.true, self.ours)]
        return [f"[{self.name}](#{self.anchor})", self.peer, *told]

    @property
    def anchor(self) -> str:
        """Of its heading, as mkdocs makes it."""
        return "-".join(self.name.lower().replace(",", "").split())
