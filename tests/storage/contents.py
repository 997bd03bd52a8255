"""What the tests of storage share: all that a version holds."""

from pathlib import Path
from typing import Any

import numpy as np

from byheart import MemGEN
from byheart.batch import Batch
from byheart.memory import manifest as m
from byheart.memory.checking import check

Contents = list[tuple[Any, str | None]]


def contents(root: Path, version: int | None = None) -> Contents:
    """Every record of a version with its label, in order, each compared with its fingerprint on the way."""
    snapshot = MemGEN(root, version=version).snapshot
    batch = Batch(snapshot, np.arange(len(snapshot)), verify=True)
    return list(zip(batch, batch.labels or [None] * len(batch), strict=True))


def contents_if_any(root: Path) -> Contents | None:
    """The same of the newest version; None where there is no memory."""
    return contents(root) if m.versions(root) else None


def require_sound(root: Path) -> None:
    """Nothing is damaged; what dead writers left goes with a repair, and then nothing is left over."""
    assert check(root, repair=True).ok
    report = check(root)
    assert report.ok
    assert report.leftovers == ()
    assert list((root / "writers").iterdir()) == []
