"""What to say where a memory was wanted, and none is."""

import shlex
from pathlib import Path

from byheart._names import MEMORY_FOLDERS
from byheart.errors import MemoryNotFoundError
from byheart.registry import nearby


def missing(root: Path) -> MemoryNotFoundError:
    """The error for a path at which no memory is: what is there instead, and what to do."""
    if not root.exists():
        near = nearby(root)
        told = "" if near is None else f"{near} "
        return MemoryNotFoundError(
            f"no memory at {root}: {told}`byheart learn SOURCE {shlex.quote(str(root))}` makes one"
        )
    if all((root / name).is_dir() for name in MEMORY_FOLDERS):
        told = "wanted a memory, got one that has no manifest: nothing was learned yet, or it is damaged"
        return MemoryNotFoundError(f"{root}: {told}: learn it anew")
    got = "a folder that is none" if root.is_dir() else "a file"
    learn = f"byheart learn {shlex.quote(str(root))} {shlex.quote(f'{root.resolve().stem}.memory')}"
    return MemoryNotFoundError(f"{root}: wanted a memory, got {got}: learn it first: {learn}")
