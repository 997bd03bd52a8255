"""What the tests of storage share: all that a version holds, and what may be learned."""

from pathlib import Path

import numpy as np

from byheart import MemGEN
from byheart.batch import Batch
from byheart.memory import manifest as m

Contents = list[tuple[object, str | None]]


def contents(root: Path, version: int | None = None) -> Contents:
    """Every record of a version with its label, in order, each compared with its fingerprint on the way."""
    snapshot = MemGEN(root, version=version).snapshot
    batch = Batch(snapshot, np.arange(len(snapshot)), verify=True)
    return list(zip(batch, batch.labels or [None] * len(batch), strict=True))


def every_version(root: Path) -> dict[int, Contents]:
    """What each version that is kept holds."""
    return {version: contents(root, version) for version in m.versions(root)}
