"""The shards of a version: found among its indexes, and built where they are missing.

Rule 1: the shards that are taken cover each live row once. Those of many rows are taken first: merged ones make others needless.
Rule 2: which shards there are changes how long an answer takes, and no answer.
"""

import errno
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from byheart.errors import DamagedError, InputError, StorageError
from byheart.memory import indexes
from byheart.memory.indexes import Index, Pin
from byheart.memory.snapshot import Snapshot
from byheart.text import building
from byheart.text.alphabet import Alphabet, Places
from byheart.text.building import Arrays, Part

_KIND: Final = "text"
_DTYPES: Final = {
    "text": np.uint8, "suffixes": np.int32, "firsts": np.int32, "keys": np.uint8, "peaks": np.uint8, "begins": np.int64,
    "rows": np.int64, "sums": np.int64,
}  # fmt: skip  # of each file
_NOT_TO_BE_WRITTEN: Final = (errno.EROFS, errno.EACCES, errno.EPERM)
_LAID, _SORTED = 0.1, 0.9  # of the time that a shard takes, about
_WHOLE: Final = {"firsts", "peaks"}  # small, and a part of every search

Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Shard:
    """Some records of a version as one text.

    Attributes:
        arrays: the text, its suffixes, and where its records are in it.
        rows: the row of each record in the version, int64.
        index: where it is on the disk; None in RAM.
    """

    arrays: Arrays
    rows: Places
    index: Index | None = None


def shards_of(
    snapshot: Snapshot,
    alphabet: Alphabet,
    *,
    budget: int | None = None,
    merge: bool = False,
    tell: Tell | None = None,
) -> list[Shard]:
    """The shards of a version, in the order of its records; those that are missing or damaged are built.

    Args:
        snapshot: of texts or bytes.
        alphabet: what is indexed.
        budget: the bytes of RAM that building may take; None for what shards of 2 GiB need.
        merge: whether many small shards become few large ones.
        tell: called with how much is done, and with all, in bytes of text: laying out counts for a tenth of a shard, sorting for most.

    Raises:
        InputError: the records are neither texts nor bytes; or one is too large for the budget.
    """
    if budget is not None and budget < 1:
        raise InputError(f"memory budget: wanted 1 byte or more, got {budget:,}")
    if snapshot.kind.name not in {"text", "bytes"}:
        is_table = snapshot.kind.name == "row"
        remedy = ": learn one of its columns: byheart learn FILE MEMORY --field NAME" if is_table else ""
        wanted = f"wanted texts (or bytes), got a memory of {snapshot.kind.name} records"
        raise InputError(f"{wanted}: only text can be searched{remedy}")
    found, needless = ([], []) if snapshot.root is None else _found(snapshot, alphabet)
    if merge and len(found) > 1:
        needless += [shard.index for shard, _ in found if shard.index is not None]
        found = []
    missing = _missing(snapshot, [part for _, parts in found for part in parts])
    shards = [shard for shard, _ in found]
    total, done = sum(_size(snapshot, part) for part in missing), 0

    def say(size: int, share: float) -> None:
        if tell:
            tell(int(done + size * share), max(total, done + size))

    for new in building.laid(snapshot, missing, alphabet, budget, lambda size: say(size, _LAID)):
        arrays = building.built(snapshot, new, alphabet)
        say(new.size, _SORTED)
        shards.append(_kept(snapshot, new.parts, alphabet, arrays))
        done += new.size
        say(0, 0)
    for index in needless if merge else []:
        indexes.remove(index.folder)
    return sorted(shards, key=lambda shard: int(shard.rows[0]))


def _found(snapshot: Snapshot, alphabet: Alphabet) -> tuple[list[tuple[Shard, list[Part]]], list[Index]]:
    """The shards on the disk that together hold no row twice, and what each holds; and those that hold what these do."""
    root, entries = _root(snapshot), indexes.entries_of([segment.entry for segment in snapshot.segments])
    numbers = {name: number for number, name in enumerate(entries)}
    able = [
        index
        for index in indexes.there(root, _KIND)
        if index.about.get("alphabet") == alphabet.name and index.holds(entries)
    ]
    taken: list[tuple[Shard, list[Part]]] = []
    needless: list[Index] = []
    for index in sorted(able, key=lambda index: sum(pin.last - pin.first for pin in index.pins), reverse=True):
        counted = bool(index.about["counted"])
        parts = [Part(numbers[pin.segment], counted, pin.first, pin.last) for pin in index.pins]
        if any(_overlap(part, other) for part in parts for _, others in taken for other in others):
            needless.append(index)
            continue
        try:
            index.require_sound()
            taken.append((_opened(snapshot, index, parts), parts))
        except DamagedError:
            indexes.remove(index.folder)
    return taken, needless


def _overlap(a: Part, b: Part) -> bool:
    same = (a.segment, a.counted) == (b.segment, b.counted)
    return same and a.first < b.last and b.first < a.last


def _missing(snapshot: Snapshot, there: Iterable[Part]) -> list[Part]:
    """The rows that no part holds."""
    missing = []
    by_segment: dict[tuple[int, bool], list[Part]] = {}
    for part in there:
        by_segment.setdefault((part.segment, part.counted), []).append(part)
    for number, segment in enumerate(snapshot.segments):
        for counted in (False, True)[: 1 + (segment.entry.rows != segment.entry.records)]:
            done = 0
            for part in sorted(by_segment.get((number, counted), []), key=lambda part: part.first):
                missing.append(Part(number, counted, done, part.first))
                done = part.last
            missing.append(Part(number, counted, done, segment.entry.rows))
    return [part for part in missing if part.first < part.last and len(building.rows_of(snapshot, part))]


def _opened(snapshot: Snapshot, index: Index, parts: Sequence[Part]) -> Shard:
    arrays = Arrays(**{  # type: ignore[arg-type]  # only `sums` may be None
        name: index.array(name, dtype, is_whole=name in _WHOLE) if name in index.files else None
        for name, dtype in _DTYPES.items()
    })  # fmt: skip  # one mapping
    return Shard(arrays, _rows(snapshot, parts, index.about["records"], arrays), index)


def _kept(snapshot: Snapshot, parts: Sequence[Part], alphabet: Alphabet, arrays: Arrays) -> Shard:
    """A shard that was built, on the disk where the memory is, unless nothing may be written there."""
    records = [len(building.rows_of(snapshot, part)) for part in parts]
    if snapshot.root is None:
        return Shard(arrays, _rows(snapshot, parts, records, arrays))
    pins = [Pin.to(snapshot.segments[part.segment].entry, part.first, part.last) for part in parts]
    try:
        with indexes.building(snapshot.root, _KIND) as new:
            for name in _DTYPES:
                if getattr(arrays, name) is not None:
                    new.write(name, getattr(arrays, name))
            made = new.end({"alphabet": alphabet.name, "counted": parts[0].counted, "records": records}, pins)
    except StorageError as error:
        if error.errno not in _NOT_TO_BE_WRITTEN:
            raise
        return Shard(arrays, _rows(snapshot, parts, records, arrays))  # who may only read a memory can search it too
    return _opened(snapshot, made, parts)


def _size(snapshot: Snapshot, part: Part) -> int:
    """The bytes of a part, about."""
    entry = snapshot.segments[part.segment].entry
    return 0 if part.counted else entry.payload * (part.last - part.first) // max(entry.rows, 1)


def _rows(snapshot: Snapshot, parts: Sequence[Part], records: Sequence[int], arrays: Arrays) -> Places:
    starts = snapshot.gather.segment_starts[[part.segment for part in parts]]
    rows: Places = arrays.rows + np.repeat(starts, records)
    return rows


def _root(snapshot: Snapshot) -> Path:
    if snapshot.root is None:
        raise InputError("wanted a memory on disk, got one in RAM")
    return snapshot.root
