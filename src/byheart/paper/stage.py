"""Where a section works: its folder, the data, how large a run it is, and how it tells how far it has come."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from byheart.paper.library import Library

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of the paper that the user has.

    Attributes:
        name: of its file, as it can be printed.
        data: its bytes.
    """

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Stage:
    """A section's.

    Attributes:
        folder: where it may make what it likes; removed when it is done.
        cache: where what takes long to make is kept for the next run, such as weights of trained models.
        is_quick: whether the whole paper shall take 3 minutes, not 40.
        seed: of all that is random.
        library: the data.
        tell: how far it has come, in [0, 1], and what it is at.
        paper: a copy of the paper that the user has; None: there is none.
        so_far: the page as it is so far, in HTML: what the sections before found.
    """

    folder: Path
    cache: Path
    is_quick: bool
    seed: int
    library: Library
    tell: Callable[[float, str], None]
    paper: Copy | None
    so_far: Callable[[], bytes]

    def pick(self, quick: T, full: T) -> T:
        """One for a quick run, the other for a full one."""
        return quick if self.is_quick else full
