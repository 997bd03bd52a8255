"""What makes up one version of a memory: the manifest, the pages that it lists, and the segments that they list.

    manifest-0000000007.json ──> pages/<uuid>.json, ... ──> segments/<uuid>.arrow, tombstones/<uuid>.arrow, ...

The complete manifest with the highest number is the truth. Rule 1: nothing here is ever changed once published.
Rule 2: a manifest holds its own SHA-256 and its predecessor's; a damaged one is an error, never passed over, since
the version before it may hold records that were to be forgotten. Rule 3: pages are bounded, so that an append
writes one page and one manifest, however many segments there are.
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Self

import pyarrow as pa

from byheart import _files
from byheart.errors import DamagedError, FormatError, MemoryNotFoundError
from byheart.memory.missing import missing
from byheart.memory.plausible import LARGEST_JSON, require_column, require_types

FORMAT: Final = "byheart-memory"
FORMAT_VERSION: Final = 1
SEGMENTS_A_PAGE: Final = 64
_BYTES_A_ROW: Final = 20  # at least: fingerprint, source and locator
_NAME = re.compile(r"manifest-(\d{10})\.json")
_SAFE_NAME = re.compile(r"[0-9a-zA-Z-]+\.(arrow|json)")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file beside the manifest: its name, size in bytes and XXH3-128."""

    file: str
    size: int
    digest: str

    def __post_init__(self) -> None:
        require_types(self)
        if not _SAFE_NAME.fullmatch(self.file):
            raise DamagedError(f"the memory lists a file called {self.file!r}, which cannot be one of its own")


@dataclass(frozen=True, slots=True)
class BatchEntry:
    """A record batch of a segment: its rows, the occurrences that they stand for, and its stretch of the file.

    The stretch begins where that of the batch before it ended (the first, at the start of the file).
    """

    rows: int
    records: int
    size: int
    digest: str

    def __post_init__(self) -> None:
        require_types(self)


@dataclass(frozen=True, slots=True)
class Tombstones(FileEntry):
    """The rows of a segment that were forgotten: how many, and the occurrences and bytes (`payload`) that they stood for."""

    rows: int
    records: int
    payload: int


@dataclass(frozen=True, slots=True)
class SegmentEntry(FileEntry):
    """An immutable file of records; its own `digest` is that of what follows the last batch.

    `rows`, `records` (occurrences) and `payload` (the records' own bytes) count what the file holds; `live_...` what is left of it.
    """

    rows: int
    records: int
    payload: int
    batches: tuple[BatchEntry, ...]
    sources: FileEntry | None = None
    tombstones: Tombstones | None = None

    @property
    def live_records(self) -> int:
        """Occurrences that have not been forgotten."""
        return self.records - (self.tombstones.records if self.tombstones else 0)

    @property
    def live_rows(self) -> int:
        """Rows that have not been forgotten."""
        return self.rows - (self.tombstones.rows if self.tombstones else 0)

    @property
    def live_payload(self) -> int:
        """Bytes of the rows that have not been forgotten."""
        return self.payload - (self.tombstones.payload if self.tombstones else 0)

    def files(self) -> Iterator[tuple[str, FileEntry]]:
        """Every file of this segment, with its folder."""
        yield "segments", self
        if self.sources:
            yield "segments", self.sources
        if self.tombstones:
            yield "tombstones", self.tombstones

    @classmethod
    def from_json(cls, json_: Json) -> Self:
        """The inverse of `asdict`."""
        known = dict(json_)
        known["batches"] = tuple(BatchEntry(**batch) for batch in known["batches"])
        known["sources"] = FileEntry(**known["sources"]) if known["sources"] else None
        known["tombstones"] = Tombstones(**known["tombstones"]) if known["tombstones"] else None
        return cls(**known)


@dataclass(frozen=True, slots=True)
class Learn:
    """The provenance of one `learn`: what, when (UTC, ISO 8601), how, and how long it took (s)."""

    sources: tuple[str, ...]
    time: str
    options: Json
    records: int
    payload: int
    seconds: float

    def __post_init__(self) -> None:
        require_types(self)


@dataclass(frozen=True, slots=True)
class Page:
    """Up to 64 segments, in order, and the learns that made them."""

    segments: tuple[SegmentEntry, ...]
    learns: tuple[Learn, ...]

    def encode(self) -> bytes:
        """As canonical JSON."""
        return _canonical({"segments": [asdict(s) for s in self.segments], "learns": [asdict(x) for x in self.learns]})

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """The inverse of `encode`."""
        found = json.loads(data)
        learns = tuple(Learn(**{**learn, "sources": tuple(learn["sources"])}) for learn in found["learns"])
        return cls(tuple(SegmentEntry.from_json(s) for s in found["segments"]), learns)


@dataclass(frozen=True, slots=True)
class PageEntry(FileEntry):
    """A page, and what it holds in all."""

    segments: int
    records: int


@dataclass(frozen=True)
class Manifest:
    """One version of a memory.

    Attributes:
        version: from 1.
        previous: the SHA-256 of the manifest before it; empty for the first.
        created: UTC, ISO 8601.
        operation: what made it: learn, forget, compact or merge.
        writer: the name of the writer that published it.
        kind, structure: of its records.
        schema: the Arrow schema of column `x`, as base64.
        records: live occurrences.
        rows: live rows.
        payload: their bytes.
        pages: where its segments are listed.
    """

    version: int
    previous: str
    created: str
    operation: str
    writer: str
    kind: str
    structure: str
    schema: str
    records: int
    rows: int
    payload: int
    pages: tuple[PageEntry, ...]

    @cached_property
    def field(self) -> pa.Field:
        """The column `x`, with its type and metadata."""
        try:
            return pa.ipc.read_schema(pa.py_buffer(base64.b64decode(self.schema))).field("x")
        except (pa.ArrowException, ValueError, KeyError, OSError) as error:
            raise DamagedError("the memory's schema cannot be read: restore it from a backup") from error

    def encode(self) -> bytes:
        """As canonical JSON around its own SHA-256."""
        body = {"format": FORMAT, "format_version": FORMAT_VERSION, **asdict(self)}
        return _canonical({"manifest": body, "sha256": hashlib.sha256(_canonical(body)).hexdigest()})

    @cached_property
    def sha256(self) -> str:
        """Of the whole file: what the next version calls `previous`."""
        return hashlib.sha256(self.encode()).hexdigest()

    @classmethod
    def decode(cls, data: bytes, path: Path) -> Self:
        """The inverse of `encode`: every byte of the file must be as it was written."""
        damaged = DamagedError(f"{path} is damaged: restore it from a backup, or see `byheart check {path.parent}`")
        try:
            found = json.loads(data)
            body = found["manifest"]
            format_, format_version = body.pop("format"), body.pop("format_version")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise damaged from error
        if format_ != FORMAT:
            raise FormatError(f"{path}: wanted a byheart memory, got {format_!r}")
        if format_version != FORMAT_VERSION:
            wanted = f"this version of byheart reads format {FORMAT_VERSION}"
            raise FormatError(f"{path}: {wanted}, got format {format_version}: upgrade byheart")
        try:
            pages = tuple(PageEntry(**page) for page in body.pop("pages"))
            manifest = cls(**body, pages=pages)
            require_types(manifest)
            require_column(manifest.kind, manifest.field)
            known = manifest.structure in {"list", "hashmap"} and datetime.fromisoformat(manifest.created).tzinfo
        except (TypeError, ValueError, KeyError, DamagedError) as error:
            raise damaged from error
        if not known or manifest.records != sum(page.records for page in pages):
            raise damaged
        if manifest.encode() != data:
            raise damaged
        return manifest


def schema_text(field: pa.Field) -> str:
    """How a manifest holds the type of column `x`."""
    return base64.b64encode(pa.schema([field.with_name("x")]).serialize().to_pybytes()).decode()


def versions(root: Path) -> list[int]:
    """The numbers of the manifests in a folder, in order."""
    try:
        names = [entry.name for entry in root.iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(int(match[1]) for match in map(_NAME.fullmatch, names) if match)


def manifest_path(root: Path, version: int) -> Path:
    """Where a version's manifest is."""
    return root / f"manifest-{version:010d}.json"


def load(root: Path, version: int | None = None) -> Manifest:
    """Read a version, the newest where none is named.

    Raises:
        MemoryNotFoundError: there is no memory, or no such version.
        DamagedError: the manifest is not as it was written.
        FormatError: it is not a memory's, or of a newer format.
    """
    there = versions(root)
    if not there:
        raise missing(root)
    wanted = there[-1] if version is None else version
    if wanted not in there:
        raise MemoryNotFoundError(f"{root} has no version {wanted}: it has {', '.join(map(str, there))}")
    path = manifest_path(root, wanted)
    try:
        data = _read(path)
    except FileNotFoundError:
        if version is None and versions(root) != there:  # a newer one has been published, and this one swept
            return load(root)
        raise MemoryNotFoundError(f"{root} has no version {wanted} any more: leave the version out") from None
    manifest = Manifest.decode(data, path)
    if manifest.version != wanted:
        raise DamagedError(f"{path} holds version {manifest.version}: restore it from a backup")
    return manifest


def read_page(root: Path, entry: PageEntry) -> Page:
    """Read a page and check its digest."""
    path = root / "pages" / entry.file
    try:
        data = _read(path)
    except FileNotFoundError:
        raise DamagedError(f"{path} is missing: restore it from a backup") from None
    if hashlib.sha256(data).hexdigest() != entry.digest:
        raise DamagedError(f"{path} is damaged: restore it from a backup")
    try:
        page = Page.decode(data)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DamagedError(f"{path} is not a page: restore it from a backup") from error
    _require_sums(entry, page.segments)
    return page


def write_pages(
    root: Path, name: str, segments: Iterable[SegmentEntry], learns: Iterable[Learn]
) -> tuple[PageEntry, ...]:
    """Write as many pages as the segments need, `<name>-0.json`, `<name>-1.json` ...: the learns stand on the first."""
    todo, told = list(segments), tuple(learns)
    entries = []
    for number, start in enumerate(range(0, max(len(todo), 1), SEGMENTS_A_PAGE)):
        page = Page(tuple(todo[start : start + SEGMENTS_A_PAGE]), told if start == 0 else ())
        data = page.encode()
        file = f"{name}-{number}.json"
        with _files.NewFile(root / "pages" / file) as new:
            new.write(data)
        digest = hashlib.sha256(data).hexdigest()
        records, _, _ = totals(page.segments)
        entries.append(PageEntry(file, len(data), digest, len(page.segments), records))
    return tuple(entries)


def _require_sums(page: PageEntry, segments: tuple[SegmentEntry, ...]) -> None:
    """Refuse a page whose numbers do not add up, or rows that the file has no room for: RAM is asked for them before it is read."""
    good = page.segments == len(segments) and page.records == sum(segment.live_records for segment in segments)
    for segment in segments:
        batches, dead = segment.batches, segment.tombstones
        good &= segment.rows == sum(batch.rows for batch in batches)
        good &= segment.records == sum(batch.records for batch in batches)
        good &= segment.size >= sum(batch.size for batch in batches)
        good &= all(_BYTES_A_ROW * batch.rows <= batch.size and 0 < batch.rows <= batch.records for batch in batches)
        if dead is not None:
            good &= dead.rows <= segment.rows and dead.records <= segment.records and dead.payload <= segment.payload
    if not good:
        raise DamagedError(f"{page.file} says what does not add up: restore it from a backup")


def _read(path: Path) -> bytes:
    """A manifest or a page, if it is of a size that such have."""
    with path.open("rb") as file:
        data = file.read(LARGEST_JSON + 1)
    if len(data) > LARGEST_JSON:
        raise DamagedError(f"{path} is too large to be one of a memory: restore it from a backup")
    return data


def totals(segments: Iterable[SegmentEntry]) -> tuple[int, int, int]:
    """Live records, rows and bytes."""
    all_ = list(segments)
    return sum(s.live_records for s in all_), sum(s.live_rows for s in all_), sum(s.live_payload for s in all_)


def _canonical(json_: Json) -> bytes:
    return json.dumps(json_, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
