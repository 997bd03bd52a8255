"""What is asked of a run."""

import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from byheart import _names
from byheart.errors import InputError
from byheart.paper.sections import SECTIONS
from byheart.paper.stage import Copy
from byheart.registry import nearest

_MOST: Final = 50_000_000  # bytes of a copy of the paper


@dataclass(frozen=True, slots=True)
class Asked:
    """What to run.

    Attributes:
        is_quick: 3 minutes; else 40.
        only: names of sections; none: all.
        seed: of all that is random.
        is_offline: fetch nothing.
        paper: a copy of the paper that the user has (`copy_of`).
    """

    is_quick: bool = True
    only: tuple[str, ...] = ()
    seed: int = 0
    is_offline: bool = False
    paper: Copy | None = None

    def __post_init__(self) -> None:
        names = [section.name for section in SECTIONS]
        asked = [name.strip() for told in self.only for name in told.split(",")]  # as people write them
        object.__setattr__(self, "only", tuple(name.casefold().replace("-", "_") for name in asked))
        for name in self.only:
            if name not in names:
                raise InputError(f"--only: no section {name!r}: {nearest(name, names)}")


def copy_of(path: Path) -> Copy:
    """Read a copy of the paper: once, so that it is the same for all sections.

    Raises:
        InputError: it is no file, or an empty one, or larger than any paper.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        found = None
    if found is None or not stat.S_ISREG(found.st_mode):
        raise InputError(f"--paper: wanted a file, got {path}: check the path")
    if not 0 < found.st_size <= _MOST:
        got = "an empty file" if not found.st_size else f"{found.st_size / 1e6:,.0f} MB"
        raise InputError(f"--paper: wanted a copy of the paper, of at most {_MOST / 1e6:.0f} MB, got {got}: {path}")
    return Copy(_names.printable(path.name), path.read_bytes())
