"""Counting the distinct records of a version: once, and kept in `indexes/`, which may be deleted at any time."""

import json
from contextlib import suppress
from pathlib import Path

import numpy as np

from byheart import _files
from byheart.errors import StorageError
from byheart.memory.snapshot import Snapshot


def distinct(snapshot: Snapshot) -> int:
    """How many records differ, with their labels: by fingerprint (two that differ share one once in 2^64)."""
    if snapshot.root is None:
        return _count(snapshot)
    path = snapshot.root / "indexes" / f"distinct-{snapshot.manifest.sha256}.json"
    known = _known(path)
    if known is not None:
        return known
    count = _count(snapshot)
    with suppress(StorageError, FileNotFoundError):  # a memory that can only be read is counted again each time
        _files.replace(path, json.dumps({"distinct": count}).encode())
        for other in path.parent.glob("distinct-*.json"):
            if other != path:
                _files.remove(other)
    return count


def _known(path: Path) -> int | None:
    """What was counted before; None where nothing was, or what stands there is not a count."""
    try:
        count = json.loads(path.read_bytes())["distinct"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return count if isinstance(count, int) and count >= 0 else None


def _count(snapshot: Snapshot) -> int:
    parts = [np.empty(0, np.uint64)]
    for segment in snapshot.segments:
        live = segment.live(np.ones(segment.entry.rows, np.int64)).astype(bool)
        parts.append(segment.numbers("h")[live])
    hashes = np.sort(np.concatenate(parts))
    return int(np.count_nonzero(np.diff(hashes))) + bool(len(hashes))
