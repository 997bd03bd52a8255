"""Indexes beside a memory: what each was made of, and which have outlived it.

Rule 1: an index is a folder `indexes/<kind>-<name>` that can be made again at any time. It is written under another name, by a writer
        that holds a lock, and gets its own when all of it is on the disk.
Rule 2: its `index.json` says of which rows of which segments it was made, and which of them were forgotten then: it serves every
        version that has these segments as they were, and no other.
Rule 3: it is believed as long as its files are, to the file system, those that were last compared with their digests (size, times of
        change, number); else they are compared again. `check` compares them always.
"""

import json
import mmap
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, Final, Self

import numpy as np
import numpy.typing as npt
import xxhash

from byheart import _files
from byheart.errors import ByheartError, ConflictError, DamagedError, StorageError
from byheart.memory import manifest as m
from byheart.memory import store
from byheart.memory.manifest import SegmentEntry
from byheart.memory.segment import digest_of, opened

_FORMAT: Final = 1
_TOLD: Final = "index.json"
_SEEN: Final = "seen.json"
_BUILDING: Final = ".building"
_SMALL: Final = 1 << 16  # bytes

Entries = Mapping[str, SegmentEntry]


@dataclass(frozen=True, slots=True)
class Pin:
    """Rows [first, last) of a segment, without those forgotten that `tombstones` tells by its digest."""

    segment: str
    digest: str
    tombstones: str
    first: int
    last: int

    @classmethod
    def to(cls, entry: SegmentEntry, first: int, last: int) -> Self:
        """Some rows of a segment as it is."""
        return cls(entry.file, entry.digest, entry.tombstones.digest if entry.tombstones else "", first, last)

    def holds(self, entries: Entries) -> bool:
        """Whether a version has the segment as it was."""
        entry = entries.get(self.segment)
        return entry is not None and self.last <= entry.rows and self == Pin.to(entry, self.first, self.last)


@dataclass(frozen=True, slots=True)
class Index:
    """An index on the disk.

    Attributes:
        folder: where.
        about: what its kind says of it, for JSON.
        pins: what it was made of.
        files: the size and XXH3-128 of each file, by its name.
    """

    folder: Path
    about: Mapping[str, Any]
    pins: tuple[Pin, ...]
    files: Mapping[str, tuple[int, str]]

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Read what it says of itself.

        Raises:
            DamagedError: it cannot be read, or is of another format.
        """
        try:
            told = json.loads((folder / _TOLD).read_bytes())
            body = told["index"]
            pins = tuple(Pin(**pin) for pin in body["pins"])
            files = {name: (int(size), str(digest)) for name, (size, digest) in body["files"].items()}
            index = cls(folder, dict(body["about"]), pins, files)
            is_sound = told["xxh3"] == _digest(body) and body["format"] == _FORMAT and not any("/" in n for n in files)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise DamagedError(f"{folder} is damaged: it is made anew when it is next needed") from error
        if not is_sound:
            raise DamagedError(f"{folder} is damaged: it is made anew when it is next needed")
        return index

    def holds(self, entries: Entries) -> bool:
        """Whether it serves a version that has these segments."""
        return all(pin.holds(entries) for pin in self.pins)

    def array(self, name: str, dtype: npt.DTypeLike, *, is_whole: bool = False) -> npt.NDArray[Any]:
        """A file, mapped for reads here and there, or read as a whole: so are small ones, since a map takes a descriptor as long as it lives."""
        with self._opened(name) as file:
            if is_whole or self.files[name][0] <= _SMALL:
                file.seek(0)
                return np.frombuffer(file.read(), dtype)
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if hasattr(mmap, "MADV_RANDOM"):
            mapped.madvise(mmap.MADV_RANDOM)
        return np.frombuffer(mapped, dtype)

    def is_as_seen(self) -> bool:
        """Whether its files are those that were last compared with their digests."""
        try:
            seen = json.loads((self.folder / _SEEN).read_bytes())
            return bool(seen == self._looks())
        except (OSError, ValueError, RecursionError):
            return False

    def differences(self) -> Iterator[str]:
        """The names of the files that are not as they were written."""
        for name, (size, digest) in self.files.items():
            try:
                with self._opened(name) as file:
                    file.seek(0)
                    if digest_of(file, size) != digest:
                        yield name
            except (DamagedError, OSError):
                yield name

    def require_sound(self) -> None:
        """Compare the files with their digests, if something has happened to them since that was last done.

        Raises:
            DamagedError: one is not as it was written.
        """
        if self.is_as_seen():
            return
        if wrong := list(self.differences()):
            raise DamagedError(f"{self.folder / wrong[0]} is damaged: it is made anew when it is next needed")
        with suppress(StorageError):  # where nothing may be written, they are compared each time
            self.note()

    def note(self) -> None:
        """Note what the files look like, now that they are known to be as they were written."""
        _files.replace(self.folder / _SEEN, json.dumps(self._looks()).encode())

    @contextmanager
    def _opened(self, name: str) -> Iterator[BinaryIO]:
        try:
            with opened(self.folder / name, self.files[name][0]) as file:
                yield file
        except ConflictError as error:
            raise DamagedError(f"{self.folder / name} is missing: it is made anew when it is next needed") from error
        except IsADirectoryError as error:
            raise DamagedError(f"{self.folder / name} is no file: it is made anew when it is next needed") from error

    def _looks(self) -> dict[str, list[int]]:
        looks = {}
        for name in self.files:
            stat = (self.folder / name).stat()
            looks[name] = [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]
        return looks


class Building:
    """An index that is being made."""

    def __init__(self, folder: Path, named: Path) -> None:
        self._folder = folder
        self._named = named
        self._files: dict[str, tuple[int, str]] = {}

    def write(self, name: str, array: npt.NDArray[Any]) -> None:
        """Write a file."""
        with _files.NewFile(self._folder / name) as file:
            file.write(np.ascontiguousarray(array).data.cast("B"))
            self._files[name] = file.cut()

    def end(self, about: Mapping[str, Any], pins: Sequence[Pin]) -> Index:
        """Say what it is; all of it is on the disk then."""
        made = Index(self._folder, about, tuple(pins), self._files)
        body = {
            "format": _FORMAT,
            "about": dict(about),
            "pins": [asdict(pin) for pin in pins],
            "files": self._files,
        }
        made.note()
        _files.replace(self._folder / _TOLD, json.dumps({"index": body, "xxh3": _digest(body)}).encode())
        return replace(made, folder=self._named)


@contextmanager
def building(root: Path, kind: str) -> Iterator[Building]:
    """A new index of a memory: there when the block ends well, else nothing of it is."""
    name = uuid.uuid4().hex
    folder = root / "indexes" / f"{name}-{kind}{_BUILDING}"
    named = root / "indexes" / f"{kind}-{name}"
    _files.make_folder(root / "writers")
    with _files.Lock(root / "writers" / f"{name}.lock"):
        try:
            _files.make_folder(folder)
            yield Building(folder, named)
            _files.rename_folder(folder, named)
        except BaseException:
            with suppress(StorageError):
                _files.remove_tree(folder)
            raise
    if named in outlived(root):  # a version that went meanwhile takes with it what was made of it
        remove(named)
        raise ConflictError(f"{root}: the version that was indexed has been removed meanwhile: run it again")


def there(root: Path, kind: str = "") -> Iterator[Index]:
    """The indexes that can be read; those that cannot are as good as not there."""
    for folder in _folders(root):
        if folder.name.startswith(kind) and not folder.name.endswith(_BUILDING):
            with suppress(DamagedError):
                yield Index.open(folder)


def outlived(root: Path) -> list[Path]:
    """The folders that serve no version that is kept, cannot be read, or were left by writers that are gone."""
    found = []
    versions: list[Entries] | None = None
    for folder in _folders(root):
        if folder.name.endswith(_BUILDING):
            if store.writer_of(folder) not in store.living_writers(root):
                found.append(folder)
            continue
        if versions is None:
            versions = [_entries(root, version) for version in m.versions(root)]
        try:
            index = Index.open(folder)
        except DamagedError:
            found.append(folder)
        else:
            if not any(index.holds(entries) for entries in versions):
                found.append(folder)
    return found


def sweep(root: Path) -> list[Path]:
    """Remove what has been outlived; the files that could not be removed."""
    return [path for folder in outlived(root) for path in remove(folder)]


def remove(folder: Path) -> list[Path]:
    """Remove an index; the files that could not be removed."""
    try:
        _files.remove_tree(folder)
    except OSError:
        return [path for path in folder.rglob("*") if path.is_file()]
    return []


def entries_of(segments: Sequence[SegmentEntry]) -> Entries:
    """The segments of a version, by their files."""
    return {entry.file: entry for entry in segments}


def _entries(root: Path, version: int) -> Entries:
    with suppress(ByheartError):  # damaged, or swept meanwhile
        return entries_of(list(store.segments_of(root, m.load(root, version))))
    return {}


def _folders(root: Path) -> list[Path]:
    return sorted(path for path in (root / "indexes").glob("*") if path.is_dir())


def _digest(body: Any) -> str:
    return xxhash.xxh3_128_hexdigest(json.dumps(body, sort_keys=True).encode())
