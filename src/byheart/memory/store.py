"""A memory on disk: opening a version, and publishing the next.

Rule 1: a version is published by creating its manifest, exclusively, when all that it lists is on the disk.
Rule 2: who loses the race to publish starts again from the version that won: nothing of either is lost.
Rule 3: a writer's files begin with its name, and it holds the lock `writers/<name>.lock` while it lives.
"""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from byheart import _files
from byheart.errors import ConflictError, InputError, MemoryExistsError
from byheart.memory import manifest as m
from byheart.memory.manifest import SEGMENTS_A_PAGE, Learn, Manifest, SegmentEntry

FOLDERS: Final = ("pages", "segments", "tombstones", "writers", "indexes")
_TRIES: Final = 1000


@dataclass(frozen=True, slots=True)
class Writer:
    """One writing process: its name, and the memory that it writes to."""

    root: Path
    name: str


@contextmanager
def writing(root: Path) -> Iterator[Writer]:
    """Take part in writing to the memory at `root`, which need not exist yet; leave no trace if that fails.

    Raises:
        MemoryExistsError: something else is there.
        StorageError: it cannot be written to.
    """
    new = not root.exists()
    if (
        not new
        and not m.versions(root)
        and (not root.is_dir() or {entry.name for entry in root.iterdir()} - set(FOLDERS))
    ):
        raise MemoryExistsError(f"{root} is there already and is not a memory: choose another path")
    _files.make_folder(root)
    for folder in FOLDERS:
        _files.make_folder(root / folder)
    name = uuid.uuid4().hex
    try:
        with _files.Lock(root / "writers" / f"{name}.lock"):
            yield Writer(root, name)
    finally:
        if new and not m.versions(root):
            for folder in FOLDERS:
                _files.remove_folder(root / folder)
            _files.remove_folder(root)


@dataclass(frozen=True, slots=True)
class Addition:
    """What a writer adds: segments of one kind, and how they were learned."""

    kind: str
    structure: str
    schema: str
    segments: tuple[SegmentEntry, ...]
    learn: Learn


def append(writer: Writer, addition: Addition) -> Manifest:
    """Publish a version with the segments after those that are there."""

    def next_version(base: Manifest | None) -> Manifest:
        if base is None:
            pages = m.write_pages(writer.root, uuid.uuid4().hex, addition.segments, [addition.learn])
            return version_of(None, "learn", addition, tuple(pages), m.totals(addition.segments))
        require_same(base, addition, writer.root)
        kept, segments, learns = base.pages, list(addition.segments), [addition.learn]
        if kept and kept[-1].segments < SEGMENTS_A_PAGE:  # the last page is not full: write it anew
            last = m.read_page(writer.root, kept[-1])
            kept, segments, learns = kept[:-1], [*last.segments, *segments], [*last.learns, *learns]
        pages = m.write_pages(writer.root, uuid.uuid4().hex, segments, learns)
        sums = zip((base.records, base.rows, base.payload), m.totals(addition.segments), strict=True)
        return version_of(base, "learn", addition, (*kept, *pages), tuple(map(sum, sums)))

    return publish(writer.root, next_version)


def overwrite(writer: Writer, addition: Addition) -> Manifest:
    """Publish a version that holds these segments only."""

    def next_version(base: Manifest | None) -> Manifest:
        pages = m.write_pages(writer.root, uuid.uuid4().hex, addition.segments, [addition.learn])
        return version_of(base, "learn", addition, tuple(pages), m.totals(addition.segments))

    return publish(writer.root, next_version)


def create(writer: Writer, addition: Addition) -> Manifest:
    """Publish the first version."""

    def next_version(base: Manifest | None) -> Manifest:
        if base is not None:
            raise ConflictError(
                f"{writer.root}: another process has made a memory there meanwhile: --append to add to it"
            )
        pages = m.write_pages(writer.root, uuid.uuid4().hex, addition.segments, [addition.learn])
        return version_of(None, "learn", addition, tuple(pages), m.totals(addition.segments))

    return publish(writer.root, next_version)


def require_same(base: Manifest, addition: Addition, root: Path) -> None:
    """Refuse records of another kind than those that are there."""
    kind, structure = addition.kind, addition.structure
    if base.kind != kind:
        raise InputError(
            f"{root} holds {base.kind} records, got {kind}: learn them into another memory, or say --kind {base.kind}"
        )
    if base.structure != structure:
        raise InputError(f"{root} is a {base.structure}, got {structure}: leave --structure out to append")
    if base.schema != addition.schema:
        raise InputError(f"{root} holds records of another shape, type or columns: learn these into another memory")


def publish(root: Path, next_version: Callable[[Manifest | None], Manifest]) -> Manifest:
    """Publish what `next_version` makes of the newest version, again and again until no one came between."""
    for attempt in range(_TRIES):
        base = m.load(root) if m.versions(root) else None
        new = next_version(base)
        try:
            _files.publish(m.manifest_path(root, new.version), new.encode())
        except FileExistsError:
            for page in set(new.pages) - set(base.pages if base else ()):
                _files.remove(root / "pages" / page.file)
            time.sleep(0.001 * min(attempt, 50))
            continue
        return new
    raise ConflictError(f"{root}: other writers were always faster, {_TRIES} times: try again when there are fewer")


def segments_of(root: Path, manifest: Manifest) -> Iterator[SegmentEntry]:
    """Every segment of a version, in order."""
    for page in manifest.pages:
        yield from m.read_page(root, page).segments


def learns_of(root: Path, manifest: Manifest) -> list[Learn]:
    """The provenance of a version, in order."""
    return [learn for page in manifest.pages for learn in m.read_page(root, page).learns]


def now() -> str:
    """UTC, ISO 8601, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def version_of(
    base: Manifest | None, operation: str, addition: Addition, pages: tuple[m.PageEntry, ...], totals: tuple[int, ...]
) -> Manifest:
    """The version after `base` (the first where that is None), of an addition's kind."""
    records, rows, size = totals
    return Manifest(
        version=base.version + 1 if base else 1,
        previous=base.sha256 if base else "",
        created=now(),
        operation=operation,
        kind=addition.kind,
        structure=addition.structure,
        schema=addition.schema,
        records=records,
        rows=rows,
        payload=size,
        pages=pages,
    )
