"""Parts of an audit that are done, kept in a folder until all are: who is interrupted goes on from there, to the same answer.

Rule 1: a part is used only by an audit of the same records, options and versions: their digest names the folder's parts.
Rule 2: a part is written in one piece (`_files.replace`), with its own digest; what is damaged is worked out anew.
"""

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import xxhash

from byheart import _files

Arrays: TypeAlias = Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where parts are kept; without a folder, nowhere.

    Attributes:
        folder: that exists, or None.
        digest: of what is audited, and how.
    """

    folder: Path | None = None
    digest: str = ""

    def part(self, name: str, make: Callable[[], Arrays]) -> Arrays:
        """A part: as it was kept, or made now and kept."""
        if self.folder is None:
            return make()
        path = self.folder / f"{self.digest}-{name}.part"
        known = _read(path)
        if known is None:
            known = make()
            _files.replace(path, _written(known))
        return known

    def clear(self) -> None:
        """Remove the parts: all is done."""
        for path in [] if self.folder is None else self.folder.glob(f"{self.digest}-*.part"):
            _files.remove(path)


def _written(arrays: Arrays) -> bytes:
    out = io.BytesIO()
    np.savez(out, **arrays)  # type: ignore[arg-type]  # its one option is no name of ours
    told = out.getvalue()
    return xxhash.xxh64_digest(told) + told


def _read(path: Path) -> Arrays | None:
    try:
        told = path.read_bytes()
        if xxhash.xxh64_digest(told[8:]) != told[:8]:
            return None
        with np.load(io.BytesIO(told[8:]), allow_pickle=False) as arrays:
            return dict(arrays)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None
