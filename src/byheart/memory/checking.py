"""Checking: every byte of a memory against its digests, and what dead writers left behind.

Rule 1: each manifest, page and file of every version that is kept is read whole; a damaged batch is looked into, record by record.
Rule 2: repair removes only what no version needs and no living writer holds; damage is reported, never papered over.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from byheart.errors import ByheartError, DamagedError, FormatError
from byheart.memory import indexes, store
from byheart.memory import manifest as m
from byheart.memory.gather import Rows
from byheart.memory.manifest import FileEntry, Manifest, SegmentEntry
from byheart.memory.segment import Segment, digest_of
from byheart.memory.snapshot import Snapshot
from byheart.records.columns import as_numpy

UNKNOWN_FORMAT: Final = "of a format that this version does not know"
_OF_INDEX: Final = (
    "does not match its digest: an index, which --repair removes, and which is made anew when it is needed"
)


@dataclass(frozen=True, slots=True)
class Damage:
    """Something that is not as it was written.

    Attributes:
        file: the file, relative to the memory.
        segment: the segment that it belongs to, or None.
        record: the index of the record in the newest version that has it, as `sample` gives it; None where it cannot be told.
        what: in words.
    """

    file: str
    segment: str | None
    record: int | None
    what: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found.

    Attributes:
        damage: all of it, in the order of the versions, the newest first.
        leftovers: files that no version needs, relative to the memory; harmless.
        repaired: those of them that were removed.
        versions: how many versions were checked.
        files: how many files.
        size: how many bytes.
    """

    damage: tuple[Damage, ...]
    leftovers: tuple[str, ...]
    repaired: tuple[str, ...]
    versions: int
    files: int
    size: int

    @property
    def ok(self) -> bool:
        """Whether nothing is damaged."""
        return not self.damage


def check(root: Path, *, repair: bool = False) -> Report:
    """Read every byte of every version, and compare it with its digest.

    Args:
        root: the memory.
        repair: whether to remove what dead writers left behind.

    Raises:
        MemoryNotFoundError: there is no memory.
    """
    there = m.versions(root)
    if not there:
        m.load(root)  # raises, and says why
    checker = _Checker(root)
    checker.check_all()
    leftovers = store.unneeded(root, _sweepable(root), checker.check_all)
    if checker.blind:
        leftovers = []
    outlived = indexes.outlived(root)
    wrong = list(checker.check_indexes(outlived))
    repaired = []
    if repair:
        for path in leftovers:
            store.remove_unneeded(path)
        for folder in [*outlived, *{path.parent for path in wrong}]:
            indexes.remove(folder)
        repaired = [str(path.relative_to(root)) for path in [*leftovers, *outlived, *wrong]]
    else:
        checker.damage += [Damage(str(path.relative_to(root)), None, None, _OF_INDEX) for path in wrong]
    leftovers += outlived
    return Report(
        tuple(checker.damage),
        tuple(str(path.relative_to(root)) for path in leftovers),
        tuple(repaired),
        len(checker.versions),
        len(checker.seen),
        checker.size,
    )


class _Checker:
    """What has been seen so far: a file that several versions share is read once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._after: Manifest | None = None
        self.damage: list[Damage] = []
        self.seen: set[Path] = set()
        self.size = 0
        self.versions: set[int] = set()
        self.blind = False  # a manifest or a page cannot be read: what it needs is not known

    def check_all(self) -> set[Path]:
        """Check the versions that have not been checked yet, the newest first; every file that one of them needs."""
        for version in sorted(set(m.versions(self._root)) - self.versions, reverse=True):
            seen, damaged, blind = set(self.seen), len(self.damage), self.blind
            self._check_version(version)
            if m.manifest_path(self._root, version).exists():
                self.versions.add(version)
            else:  # swept meanwhile: its files may have gone
                self.seen, self.blind = seen, blind
                del self.damage[damaged:]
        return self.seen

    def check_indexes(self, outlived: list[Path]) -> Iterator[Path]:
        """Check the files of the indexes that are of use; those that are not as they were written."""
        for index in indexes.there(self._root):
            if index.folder not in outlived:
                self.seen.update(index.folder / name for name in index.files)
                self.size += sum(size for size, _ in index.files.values())
                yield from (index.folder / name for name in index.differences())

    def _check_version(self, version: int) -> None:
        """Check a manifest, and every file that it lists and that has not been checked yet."""
        path = m.manifest_path(self._root, version)
        self.seen.add(path)
        following, self._after = self._after, None
        try:
            manifest = m.load(self._root, version)
        except (ByheartError, OSError) as error:
            self.blind = True
            self._report(path, None, _told(error))
            return
        self.size += len(manifest.encode())
        self._after = manifest
        if following is not None and following.version == version + 1 and following.previous != manifest.sha256:
            self._report(path, None, "not the version that the next one was made from")
        records = 0
        for number, entry in enumerate(manifest.pages):
            records += self._check_page(manifest, number, entry)
        if not self.damage and records != manifest.records:
            self._report(path, None, f"its pages hold {records:,} records, not the {manifest.records:,} that it says")

    def _check_page(self, manifest: Manifest, number: int, entry: m.PageEntry) -> int:
        path = self._root / "pages" / entry.file
        fresh = path not in self.seen
        self.seen.add(path)
        try:
            page = m.read_page(self._root, entry)
        except ByheartError as error:
            self.blind = True
            if fresh:
                self._report(path, None, _told(error))
            return 0
        self.size += entry.size * fresh
        for at, segment in enumerate(page.segments):
            self._check_segment(manifest, (number, at), segment)
        return sum(segment.live_records for segment in page.segments)

    def _check_segment(self, manifest: Manifest, place: tuple[int, int], entry: SegmentEntry) -> None:
        for folder, file in entry.files():
            path = self._root / folder / file.file
            if path in self.seen:
                continue
            self.seen.add(path)
            self.size += file.size
            stretches = [*((b.size, b.digest) for b in entry.batches), (None, file.digest)] if file is entry else None
            for what, batch in _differences(path, file, stretches or [(None, file.digest)]):
                records = [] if batch is None else list(self._damaged_records(manifest, place, batch))
                for record, told in records or [(None, what)]:
                    self._report(path, entry.file, told, record)

    def _damaged_records(
        self, manifest: Manifest, place: tuple[int, int], batch: int
    ) -> Iterator[tuple[int | None, str]]:
        """The records of a damaged batch that are not what was learned, as far as it can be read."""
        try:
            snapshot = Snapshot.open(self._root, manifest.version)
            pages = [len(m.read_page(self._root, page).segments) for page in manifest.pages[: place[0]]]
            number = sum(pages) + place[1]
            segment = snapshot.segments[number]
            wrong = _wrong_rows(snapshot, segment, batch)
            rows = wrong + snapshot.gather.segment_starts[number]
            live = ~np.isin(wrong, segment.tombstones)
            for row, alive in zip(rows, live.tolist(), strict=True):
                at = np.array([row])
                source, locator = snapshot.origins(at)[0]
                told = f"the record learned from {source}:{locator} is not what was learned"
                yield int(snapshot.occurrences(at)[0]) if alive else None, told
        except (ByheartError, pa.ArrowException, IndexError, ValueError):
            return  # the batch cannot be read: it is reported as a whole

    def _report(self, path: Path, segment: str | None, what: str, record: int | None = None) -> None:
        self.damage.append(Damage(str(path.relative_to(self._root)), segment, record, what))


def _wrong_rows(snapshot: Snapshot, segment: Segment, batch: int) -> Rows:
    """The rows of a batch, numbered through the segment, whose fingerprints are not those of their bytes."""
    labels = segment.column(batch, "label").to_pylist() if "label" in segment.names else None
    now = snapshot.fingerprints_of(segment.column(batch, "x"), labels)
    wrong: Rows = np.flatnonzero(now != as_numpy(segment.column(batch, "h"))) + segment.batch_starts[batch]
    return wrong


def _differences(
    path: Path, entry: FileEntry, stretches: list[tuple[int | None, str]]
) -> Iterator[tuple[str, int | None]]:
    """What is wrong with a file: the words, and the number of the batch where it is in one."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            if size != entry.size:
                yield f"wanted {entry.size:,} bytes, got {size:,}", None
                return
            file.seek(0)
            for number, (length, digest) in enumerate(stretches):
                if digest_of(file, entry.size - file.tell() if length is None else length) != digest:
                    in_batch = length is not None
                    where = f"batch {number}" if in_batch else "what follows the last batch"
                    told = f"{where} does not match its digest" if len(stretches) > 1 else "does not match its digest"
                    yield told, number if in_batch else None
    except FileNotFoundError:
        yield "missing", None
    except OSError as error:
        yield f"cannot be read ({error.strerror})", None


def _sweepable(root: Path) -> Iterator[Path]:
    """The files that writers make; an index may be made again at any time, and is not a writer's."""
    return (path for path in store.own_files(root) if path.parent.name != "indexes")


def _told(error: Exception) -> str:
    if isinstance(error, FormatError):
        return UNKNOWN_FORMAT
    if isinstance(error, DamagedError) and "missing" in str(error):
        return "missing"
    return "damaged"
