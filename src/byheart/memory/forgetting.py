"""Forgetting: exact unlearning. Tombstones hide the rows at once; `compact` takes their bytes off the disk."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from byheart.errors import InputError
from byheart.memory import compacting, retention, store
from byheart.memory import manifest as m
from byheart.memory.manifest import Manifest, SegmentEntry, Tombstones
from byheart.memory.membership import Membership
from byheart.memory.relearning import open_data
from byheart.memory.selecting import chosen
from byheart.memory.snapshot import Snapshot
from byheart.memory.store import Attempt
from byheart.memory.writer import write_column
from byheart.records.chunk import Values
from byheart.records.columns import numbers
from byheart.sources import Options, Source
from byheart.sources.python import PythonSource

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What one `forget` did.

    Attributes:
        records: the occurrences that went.
        version: the version that is without them.
        undeletable: the files that may still hold them, and that could not be removed.
    """

    records: int
    version: int
    undeletable: tuple[str, ...] = ()


def forget(root: Path, *, where: str | None = None, records: Any = None, compact: bool = False) -> Forgotten:
    """Forget what meets a condition, or every occurrence of some records, whatever their labels.

    Args:
        root: the memory.
        where: a condition.
        records: records, as `fit` takes them; those that were never learned are passed over.
        compact: whether the bytes shall go from the disk now, with every older version.

    Raises:
        InputError: neither a condition nor records were given, or both.
    """
    if (where is None) == (records is None):
        raise InputError("forget: wanted a condition (where) or records, one of them")
    asked = [] if records is None else [chunk.values for chunk in _source(records).chunks()]
    gone = 0

    def next_version(base: Manifest | None, attempt: Attempt) -> Manifest:
        nonlocal gone
        base = base or m.load(root)
        snapshot = Snapshot.of(root, base)
        choose = _by_condition(snapshot, where) if where is not None else _by_record(snapshot, asked)
        new = _without(snapshot, choose, attempt)
        gone = base.records - new.records
        return new

    m.load(root)  # no memory, or a damaged one: said before anything is made
    with store.writing(root) as writer:
        manifest = store.publish(writer, next_version)
    if compact:
        compacted = compacting.compact(root)
        return Forgotten(gone, compacted.version, compacted.undeletable)
    retention.sweep(root)
    return Forgotten(gone, manifest.version)


def _source(records: object) -> Source:
    """Records, or a model that has them; never what stands in a file of that name."""
    is_text = isinstance(records, (str, os.PathLike))
    return PythonSource(records) if is_text else open_data(records, Options())


def _by_condition(snapshot: Snapshot, where: str) -> Callable[[int], Mask]:
    return lambda number: chosen(snapshot.segments[number], snapshot.field, where)


def _by_record(snapshot: Snapshot, asked: Sequence[Values]) -> Callable[[int], Mask]:
    index = Membership(snapshot)
    found = [index.rows_of(snapshot.encode(values))[1] for values in asked]
    rows = np.concatenate([np.empty(0, np.int64), *found])
    starts = snapshot.gather.segment_starts

    def choose(number: int) -> Mask:
        mask = np.zeros(snapshot.segments[number].entry.rows, bool)
        mine = rows[(rows >= starts[number]) & (rows < starts[number + 1])]
        mask[mine - starts[number]] = True
        return mask

    return choose


def _without(snapshot: Snapshot, choose: Callable[[int], Mask], attempt: Attempt) -> Manifest:
    """The next version: tombstones where rows go; pages without such stay as they are."""
    base, number, pages, changed = snapshot.manifest, 0, list[m.PageEntry](), False
    left: list[SegmentEntry] = []
    for entry in base.pages:
        page = m.read_page(attempt.root, entry)
        kept = tuple(_bury(snapshot, number + i, choose(number + i), attempt) for i in range(len(page.segments)))
        number += len(kept)
        if kept == page.segments:
            pages.append(entry)
        else:
            changed = True
            pages += attempt.pages(kept, page.learns)
        left += kept
    if not changed:
        return base
    return store.after(base, "forget", tuple(pages), m.totals(left))


def _bury(snapshot: Snapshot, number: int, mask: Mask, attempt: Attempt) -> SegmentEntry:
    """A segment's entry with tombstones at `mask`, and where they were."""
    segment = snapshot.segments[number]
    if not mask.any():
        return segment.entry
    dead = mask.copy()
    dead[segment.tombstones] = True
    file = write_column(attempt.root / "tombstones" / f"{attempt.name}-{number}.arrow", numbers(np.flatnonzero(dead)))
    records = int(segment.numbers("n")[dead].sum(dtype=np.int64)) if "n" in segment.names else int(dead.sum())
    payload = sum(
        int(snapshot.sizes(segment, i)[dead[start : start + batch.num_rows]].sum())
        for i, (batch, start) in enumerate(zip(segment.batches, segment.batch_starts.tolist(), strict=False))
    )
    tombstones = Tombstones(file.file, file.size, file.digest, int(dead.sum()), records, payload)
    return replace(segment.entry, tombstones=tombstones)
