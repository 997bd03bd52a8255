"""Compaction: segments written anew without the rows that were forgotten, small ones together, the order kept.

Rule 1: every record is compared with its fingerprint on the way, and every byte with its digest: damage is reported, never written
        down as if it were sound.
Rule 2: it gives way. Where another writer has changed a segment that was being rewritten, nothing is published.
Rule 3: `compact` leaves no older version, and lists what it could not remove; `merge_small` leaves them all.
"""

import mmap
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from byheart import _files
from byheart.errors import ConflictError, DamagedError, StorageError
from byheart.memory import indexes, retention, store
from byheart.memory import manifest as m
from byheart.memory.gather import Rows
from byheart.memory.manifest import Learn, Manifest, SegmentEntry
from byheart.memory.membership import Membership
from byheart.memory.reading import pieces
from byheart.memory.segment import SEGMENT_BYTES, SEGMENT_SOURCES, Segment
from byheart.memory.snapshot import Snapshot
from byheart.memory.store import Addition, Attempt, Writer
from byheart.memory.writer import SegmentWriter

MERGE_AT: Final = 16  # so many small segments in a row become one
_SMALLEST_TIER: Final = 64 << 10
_BYTES_LOOKED_FOR: Final = 16 << 20
_ROWS_IN_RAM: Final = 2_000_000  # of which the fingerprints are sorted at once: 72 MB


@dataclass(frozen=True, slots=True)
class Compacted:
    """What a `compact` did: the version it made, and the files that may still hold what was forgotten."""

    version: int
    undeletable: tuple[str, ...]


def compact(root: Path) -> Compacted:
    """Take what was forgotten off the disk, and every older version with it.

    Raises:
        ConflictError: another writer changed what was being rewritten; nothing was lost: run it again.
        DamagedError: a record is not what was learned: nothing was removed.
    """
    m.load(root)  # no memory, or a damaged one: said before anything is made
    with store.writing(root) as writer:
        snapshot = Snapshot.open(root)
        try:
            gone = _forgotten_bytes(snapshot)
            manifest = _rewrite(writer, snapshot)
        except DamagedError as error:
            if store.is_there(root, snapshot.manifest):
                raise
            raise ConflictError(f"{root}: another writer compacted it meanwhile: run it again") from error
    undeletable = retention.drop(root, [version for version in m.versions(root) if version < manifest.version])
    undeletable += indexes.sweep(root)
    undeletable += _purge(root, gone)
    for folder in store.FOLDERS:  # a power cut must not bring back what has been removed
        _files.fsync_folder(root / folder)
    return Compacted(manifest.version, tuple(sorted({str(path) for path in undeletable})))


def merge_small(writer: Writer, newest: Manifest) -> Manifest:
    """Make one segment of the last ones, if enough of them are small: each record is rewritten three times at most.

    Returns the newest version: gives way, and returns what it was given, where anything stands against it.
    """
    if not newest.pages or newest.pages[-1].segments < MERGE_AT:
        return newest
    name = f"{writer.name}-merged"
    try:
        last = m.read_page(writer.root, newest.pages[-1])
        run = _small_run([_size(segment) for segment in last.segments])
        if run < MERGE_AT:
            return newest
        snapshot = Snapshot(
            newest,
            [Segment(entry, writer.root, x_type=newest.field.type) for entry in last.segments[-run:]],
            writer.root,
        )
        merged = _written(writer, name, snapshot, range(run))
        return store.publish(writer, _replacing(last.segments[-run:], tuple(merged), "merge"))
    except (ConflictError, DamagedError, StorageError):
        if not store.has_published(writer.root, writer.name, newest.version):
            store.remove_all(writer.root, name)
        return newest


def each_once(writer: Writer, addition: Addition) -> Addition:
    """A hashmap that was too large to learn in RAM at once: its segments written anew, with each record in one of them only."""
    rows = sum(entry.rows for entry in addition.segments)
    if len(addition.segments) < 2 or rows > _ROWS_IN_RAM:
        return addition
    segments = [Segment(entry, writer.root) for entry in addition.segments]
    snapshot = Snapshot(addition.manifest(None, (), addition.segments), segments, writer.root)
    counts = _merged_counts(snapshot)
    if counts.unchanged:
        return addition
    written = _written(writer, f"{writer.name}-once", snapshot, range(len(segments)), counts)
    for entry in addition.segments:
        for folder, file in entry.files():
            _files.remove(writer.root / folder / file.file)
    return replace(addition, segments=tuple(written))


def _size(segment: SegmentEntry) -> int:
    """The bytes of a segment; one that may be closed by the number of its sources is as large as it gets."""
    return segment.payload if segment.rows < SEGMENT_SOURCES else SEGMENT_BYTES


def _small_run(sizes: Sequence[int]) -> int:
    """How many segments at the end are of the lowest tier that has enough of them (64 kB, 1 MB, 16 MB)."""
    tier = _SMALLEST_TIER
    while tier <= SEGMENT_BYTES // MERGE_AT:
        big = [i for i, size in enumerate(sizes) if size > tier]
        run = len(sizes) - (big[-1] + 1 if big else 0)
        if run >= MERGE_AT:
            return run
        tier *= MERGE_AT
    return 0


def _rewrite(writer: Writer, snapshot: Snapshot) -> Manifest:
    """Publish a version in which no segment has tombstones, and (hashmap) no record stands twice."""
    old = tuple(segment.entry for segment in snapshot.segments)
    counts = _merged_counts(snapshot) if snapshot.manifest.structure == "hashmap" else None
    new: list[SegmentEntry] = []
    for stays, group in groupby(range(len(old)), lambda i: _may_stay(old, i) and (counts is None or counts.unchanged)):
        numbers = list(group)
        if stays:
            new += [old[i] for i in numbers]
        else:
            new += _written(writer, f"{writer.name}-{numbers[0]}", snapshot, numbers, counts)
    return store.publish(writer, _replacing(old, tuple(new), "compact"))


def _written(
    writer: Writer, name: str, snapshot: Snapshot, numbers: Sequence[int], counts: "_Counts | None" = None
) -> list[SegmentEntry]:
    """Segments that hold the live records of others."""
    counted = snapshot.manifest.structure == "hashmap"
    with SegmentWriter(writer.root, name, counted=counted, distinct=counts is not None) as out:
        names = {name for number in numbers for name in snapshot.segments[number].names}
        for piece in pieces(snapshot, numbers, None if counts is None else counts.of_rows):
            out.add(piece.with_columns(labelled="label" in names, weighted="weight" in names))
        return [segment.entry for segment in out.finish()]


def _may_stay(entries: Sequence[SegmentEntry], i: int) -> bool:
    """Whether a segment is as it should be: nothing forgotten in it, and large or without small neighbours."""

    def whole(k: int) -> bool:
        return entries[k].tombstones is None

    def small(k: int) -> bool:
        return 0 <= k < len(entries) and entries[k].live_payload < SEGMENT_BYTES // 2

    return whole(i) and not (small(i) and (small(i - 1) or small(i + 1)))


def _replacing(old: tuple[SegmentEntry, ...], new: tuple[SegmentEntry, ...], operation: str) -> store.NextVersion:
    """What publishes `new` in place of the segments `old`, which lie side by side; other pages stay as they are."""

    def next_version(newest: Manifest | None, attempt: Attempt) -> Manifest:
        root = attempt.root
        if newest is None:
            raise ConflictError(f"{root}: the memory was removed meanwhile")
        if new == old:
            return newest
        pages = [m.read_page(root, entry) for entry in newest.pages]
        segments = tuple(segment for page in pages for segment in page.segments)
        at = next((i for i in range(len(segments)) if segments[i : i + len(old)] == old), None)
        if at is None:
            raise ConflictError(f"{root}: another writer changed what was being rewritten: run it again")
        ends = np.cumsum([len(page.segments) for page in pages])
        first, last = np.searchsorted(ends, [at, at + len(old) - 1], side="right").tolist()
        learns = [learn for page in pages[first : last + 1] for learn in page.learns]
        whole = (*segments[:at], *new, *segments[at + len(old) :])
        if operation == "compact":
            learns = _still_told(root, learns, old, whole)
        begin = int(ends[first]) - len(pages[first].segments)
        stop = int(ends[last]) - len(old) + len(new)
        written = attempt.pages(whole[begin:stop], learns)
        listed = (*newest.pages[:first], *written, *newest.pages[last + 1 :])
        return store.after(newest, operation, listed, m.totals(whole))

    return next_version


def _still_told(
    root: Path, learns: Sequence[Learn], old: Sequence[SegmentEntry], left: Sequence[SegmentEntry]
) -> list[Learn]:
    """The learns, without the names of sources that only forgotten records came from."""

    def names(entries: Sequence[SegmentEntry]) -> set[str]:
        return {source for entry in entries for source in Segment(entry, root).sources}

    gone = names(old) - names(left)
    return [replace(learn, sources=tuple(s for s in learn.sources if s not in gone)) for learn in learns]


@dataclass(frozen=True, slots=True)
class _Counts:
    """The occurrences that each row of a hashmap shall have when it is rewritten: all of its record's at the first, 0 at the others."""

    of_rows: Rows
    unchanged: bool


def _merged_counts(snapshot: Snapshot) -> _Counts:
    starts = snapshot.gather.segment_starts.tolist()
    parts = [segment.live(segment.numbers("n").astype(np.int64)) for segment in snapshot.segments]
    counts = np.concatenate([np.empty(0, np.int64), *parts])
    first, twins = Membership(snapshot).twins()
    np.add.at(counts, first, counts[twins])
    counts[twins] = 0
    forgot = any(segment.entry.tombstones for segment in snapshot.segments)
    return _Counts(counts, unchanged=not forgot and not len(twins) and len(starts) > 0)


def _forgotten_bytes(snapshot: Snapshot) -> list[bytes] | None:
    """The bytes of the rows under tombstones; None where they are too many to look for, or (rows of a table) not in one place."""
    dead = sum(s.entry.tombstones.payload for s in snapshot.segments if s.entry.tombstones)
    if dead > _BYTES_LOOKED_FOR or (dead and pa.types.is_struct(snapshot.field.type)):
        return None
    found = []
    for segment, start in zip(snapshot.segments, snapshot.gather.segment_starts.tolist(), strict=False):
        data, ends = snapshot.kind.canonical(snapshot.x(segment.tombstones + start), snapshot.field)
        whole = data.tobytes()
        found += [whole[a:b] for a, b in pairwise(ends.tolist()) if b > a]
    return found


def _purge(root: Path, gone: list[bytes] | None) -> list[Path]:
    """Remove indexes, and what dead writers left; the files beyond the newest version that may still hold one of `gone`."""
    files = [path for path in root.rglob("*") if path.is_file()]
    unneeded = set(store.unneeded(root, store.own_files(root), lambda: store.needed_files(root)))
    needed = store.needed_files(root)
    found = []
    for path in sorted(set(files) - needed):
        if path in unneeded:
            with suppress(StorageError):
                store.remove_unneeded(path)
                continue
        if gone is None or _holds(path, gone):
            found.append(path)
    return found


def _holds(path: Path, records: list[bytes]) -> bool:
    """Whether a file holds one of some records; True where it cannot be read."""
    try:
        if not path.stat().st_size:
            return False
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            return any(mapped.find(record) >= 0 for record in records)
    except FileNotFoundError:  # whoever it was has removed it
        return False
    except OSError:
        return True
