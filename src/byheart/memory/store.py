"""A memory on disk: opening a version, and publishing the next.

Rule 1: a version is published by creating its manifest, exclusively, when all that it lists is on the disk; and under a lock, while
        its predecessor is the newest: the name of a version that was swept is free again, and must not be taken.
Rule 2: who loses the race to publish starts again from the version that won: nothing of either is lost.
Rule 3: a writer's files begin with its name, and it holds the lock `writers/<name>.lock` while it lives. What it wrote
        and did not publish it removes; if it is killed, `check --repair` does.
"""

import os
import re
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from byheart import _files
from byheart._names import MEMORY_FOLDERS
from byheart.errors import ByheartError, ConflictError, DamagedError, InputError, MemoryExistsError, MemoryNotFoundError
from byheart.memory import manifest as m
from byheart.memory.manifest import SEGMENTS_A_PAGE, Learn, Manifest, PageEntry, SegmentEntry

FOLDERS: Final = MEMORY_FOLDERS
_TRIES: Final = 1000


@dataclass(frozen=True, slots=True)
class Writer:
    """One writing process: its name, and the memory that it writes to."""

    root: Path
    name: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a writer to publish: what it writes for it bears its name."""

    root: Path
    name: str

    def pages(self, segments: Iterable[SegmentEntry], learns: Iterable[Learn] = ()) -> tuple[PageEntry, ...]:
        """Write as many pages as the segments need."""
        return m.write_pages(self.root, f"{self.name}-{uuid.uuid4().hex}", segments, learns)

    def discard(self) -> None:
        """Remove what was written: someone else was faster."""
        remove_all(self.root, self.name)


NextVersion = Callable[[Manifest | None, Attempt], Manifest]


@contextmanager
def writing(root: Path) -> Iterator[Writer]:
    """Take part in writing to the memory at `root`, which need not exist yet; leave no trace if that fails.

    Raises:
        MemoryExistsError: something else is there.
        StorageError: it cannot be written to.
    """
    there = m.versions(root)
    new = not root.exists()
    if not new and not there and (not root.is_dir() or {entry.name for entry in root.iterdir()} - set(FOLDERS)):
        raise MemoryExistsError(f"{root} is there already and is not a memory: choose another path")
    name = uuid.uuid4().hex
    try:
        for folder in ("", *FOLDERS):
            _files.make_folder(root / folder)
        with _files.Lock(root / "writers" / f"{name}.lock"):
            try:
                yield Writer(root, name)
            except BaseException:
                if not has_published(root, name, there[-1] if there else 0):
                    remove_all(root, name)
                raise
    finally:
        if new and not m.versions(root):
            for folder in FOLDERS:
                _files.remove_folder(root / folder)
            _files.remove_folder(root)


def publish(writer: Writer, next_version: NextVersion) -> Manifest:
    """Publish what `next_version` makes of the newest version, again and again until no one came between.

    Where it gives the newest version back, there is nothing to change.
    """
    root = writer.root
    for number in range(_TRIES):
        base = m.load(root) if m.versions(root) else None
        attempt = Attempt(root, f"{writer.name}-{uuid.uuid4().hex[:12]}")
        try:
            new = next_version(base, attempt)
        except (ConflictError, DamagedError):
            if base is None or is_there(root, base):
                raise
            attempt.discard()
            continue
        if new is base:
            return new
        new = replace(new, writer=writer.name)
        for folder in ("pages", "segments", "tombstones"):
            _files.fsync_folder(root / folder)
        if _is_published(root, base, new, root / "writers" / f"{attempt.name}.tmp"):
            return new
        attempt.discard()
        time.sleep(0.001 * min(number, 50))
    raise ConflictError(f"{root}: other writers were always faster, {_TRIES} times: try again when there are fewer")


def _is_published(root: Path, base: Manifest | None, new: Manifest, temporary: Path) -> bool:
    """Publish `new`, if `base` is the newest still; whether that was so."""
    with _files.Lock(root / "writers" / "publish.lock"):
        if m.versions(root)[-1:] != ([base.version] if base else []):
            return False
        try:
            _files.publish(m.manifest_path(root, new.version), new.encode(), temporary)
        except FileExistsError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Addition:
    """What a writer adds: segments of one kind, and how they were learned."""

    kind: str
    structure: str
    schema: str
    segments: tuple[SegmentEntry, ...]
    learn: Learn

    def create(self, base: Manifest | None, attempt: Attempt) -> Manifest:
        """The first version."""
        if base is not None:
            wanted = "another process has made a memory there meanwhile"
            raise ConflictError(f"{attempt.root}: {wanted}: --append to add to it")
        return self.overwrite(None, attempt)

    def append(self, base: Manifest | None, attempt: Attempt) -> Manifest:
        """A version with the segments after those that are there."""
        if base is None:
            return self.overwrite(None, attempt)
        self.require_same(base, attempt.root)
        kept, segments, learns = base.pages, list(self.segments), [self.learn]
        if kept and kept[-1].segments < SEGMENTS_A_PAGE:  # the last page is not full: write it anew
            last = m.read_page(attempt.root, kept[-1])
            kept, segments, learns = kept[:-1], [*last.segments, *segments], [*last.learns, *learns]
        records, rows, payload = m.totals(self.segments)
        totals = base.records + records, base.rows + rows, base.payload + payload
        return after(base, "learn", (*kept, *attempt.pages(segments, learns)), totals)

    def overwrite(self, base: Manifest | None, attempt: Attempt) -> Manifest:
        """A version that holds these segments only."""
        pages = attempt.pages(self.segments, [self.learn])
        return self.manifest(base, pages, self.segments)

    def manifest(
        self, base: Manifest | None, pages: tuple[PageEntry, ...], segments: Iterable[SegmentEntry]
    ) -> Manifest:
        """The version after `base` (the first where that is None), of these records' kind."""
        records, rows, payload = m.totals(segments)
        return Manifest(
            version=base.version + 1 if base else 1,
            previous=base.sha256 if base else "",
            created=now(),
            operation="learn",
            writer="",
            kind=self.kind,
            structure=self.structure,
            schema=self.schema,
            records=records,
            rows=rows,
            payload=payload,
            pages=pages,
        )

    def require_same(self, base: Manifest, root: Path) -> None:
        """Refuse records of another kind than those that are there."""
        if base.kind != self.kind:
            remedy = f"learn them into another memory, or say --kind {base.kind}"
            raise InputError(f"{root} holds {base.kind} records, got {self.kind}: {remedy}")
        if base.structure != self.structure:
            raise InputError(
                f"{root} is a {base.structure}, got {self.structure}: leave --structure out to append to it"
            )
        if base.schema != self.schema:
            remedy = "learn these into another memory"
            raise InputError(f"{root} holds records of another shape, type or columns: {remedy}")


def after(base: Manifest, operation: str, pages: tuple[PageEntry, ...], totals: tuple[int, int, int]) -> Manifest:
    """The version after `base`, of the same kind; `totals` are its live records, rows and bytes."""
    records, rows, payload = totals
    return replace(
        base,
        version=base.version + 1,
        previous=base.sha256,
        created=now(),
        operation=operation,
        pages=pages,
        records=records,
        rows=rows,
        payload=payload,
    )


def segments_of(root: Path, manifest: Manifest) -> Iterator[SegmentEntry]:
    """Every segment of a version, in order."""
    for page in manifest.pages:
        yield from m.read_page(root, page).segments


def learns_of(root: Path, manifest: Manifest) -> list[Learn]:
    """The provenance of a version, in order."""
    return [learn for page in manifest.pages for learn in m.read_page(root, page).learns]


def files_of(root: Path, manifest: Manifest) -> set[Path]:
    """Every file that a version needs, its manifest included."""
    files = {m.manifest_path(root, manifest.version)}
    for page in manifest.pages:
        files.add(root / "pages" / page.file)
        for segment in m.read_page(root, page).segments:
            files.update(root / folder / entry.file for folder, entry in segment.files())
    return files


def needed_files(root: Path) -> set[Path]:
    """Every file that a version needs."""
    files = set[Path]()
    for version in m.versions(root):
        with suppress(MemoryNotFoundError):  # it has been swept meanwhile
            manifest = m.load(root, version)
            try:
                files |= files_of(root, manifest)
            except DamagedError:
                if is_there(root, manifest):
                    raise
    return files


def unneeded(root: Path, files: Iterable[Path], needed: Callable[[], set[Path]]) -> list[Path]:
    """Those of a memory's `files` that no version needs and no living writer holds.

    The order is what makes it safe: a writer that publishes and leaves while this runs was alive when its files were listed, or is
    no longer when `needed` is asked, which then knows what it has published.
    """
    listed = list(files)
    living = living_writers(root)
    kept = needed()
    return sorted(path for path in listed if path not in kept and writer_of(path) not in living)


def own_files(root: Path) -> Iterator[Path]:
    """The files in the memory's own folders, whoever left them."""
    for folder in FOLDERS:
        yield from (path for path in (root / folder).glob("*") if path.is_file())


def remove_unneeded(path: Path) -> None:
    """Remove a file that `unneeded` has told of."""
    if path.suffix == ".lock":
        _files.remove_unless_locked(path)
    else:
        _files.remove(path)


def is_there(root: Path, manifest: Manifest) -> bool:
    """Whether a version has not been swept meanwhile: its manifest goes first."""
    return m.manifest_path(root, manifest.version).exists()


def remove_all(root: Path, prefix: str) -> None:
    """Remove every file whose name begins with a writer's."""
    for folder in FOLDERS:
        with suppress(FileNotFoundError), os.scandir(root / folder) as entries:
            for entry in entries:
                if entry.name.startswith(prefix) and not entry.name.endswith(".lock"):
                    _files.remove(Path(entry.path))


def living_writers(root: Path) -> set[str]:
    """The names of the writers that hold their locks."""
    return {lock.stem for lock in (root / "writers").glob("*.lock") if _files.is_locked(lock)}


def writer_of(path: Path) -> str:
    """The name that a file's name begins with."""
    return re.split(r"[-.]", path.name, maxsplit=1)[0]


def now() -> str:
    """UTC, ISO 8601, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def has_published(root: Path, name: str, since: int) -> bool:
    """Whether a writer has published a version after `since`: then its files are in use. True too if that cannot be told."""
    try:
        return any(m.load(root, version).writer == name for version in m.versions(root) if version > since)
    except (ByheartError, OSError):
        return True
