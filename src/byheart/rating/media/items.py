"""The samples of a study on the disk: one file of bodies, end to end, and an index that says where each begins.

They are read where they are, by position, from as many threads as there are; nothing stays in RAM but the index. Neither numpy nor Pillow is imported: a server
stays small.
"""

import json
import os
import zlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Final, Self, cast

from byheart import _files
from byheart.errors import DamagedError, FormatError, InputError
from byheart.rating.media.bodies import FORMS, checked
from byheart.rating.study import KINDS, Kind

VERSION: Final = 1
BODIES: Final = "bodies.bin"
INDEX: Final = "index.json"


def write_items(folder: "str | os.PathLike[str]", kind: Kind, bodies: Iterable[bytes]) -> None:
    """Write the samples of a study; on the disk when this returns.

    Args:
        folder: made if it is not there; the items that it held are replaced.
        kind: of the samples.
        bodies: one an item, in order, as `Preparation.prepare` gives them; taken one at a time.

    Raises:
        InputError: there are none, or one is empty or too large to pad the others to.
        StorageError: the disk refused.
    """
    path = Path(folder)
    _files.make_folder(path)
    sizes, sums = [], []
    with _files.replacing(path / BODIES) as file:
        for body in bodies:
            file.write(checked(kind, body))
            sizes.append(len(body))
            sums.append(zlib.crc32(body))
        if not sizes:
            raise InputError("items: wanted at least one sample, got none")
    length = FORMS[kind].length(min(sizes), max(sizes))
    told = {"version": VERSION, "kind": kind, "length": length, "sizes": sizes, "crc32": sums}
    _files.replace(path / INDEX, json.dumps(told, separators=(",", ":")).encode())


@dataclass(frozen=True, slots=True)
class _Index:
    kind: Kind
    length: int
    offsets: tuple[int, ...]
    sums: tuple[int, ...]


class Items:
    """The samples of a study, opened; any number of threads may read.

    Args:
        folder: that `write_items` wrote.

    Raises:
        InputError: there are none.
        FormatError: they are of a newer version, or no items at all.
        DamagedError: the file is cut short.
    """

    def __init__(self, folder: "str | os.PathLike[str]") -> None:
        self._path = Path(folder)
        self._lock = Lock()
        self._descriptor: int | None = None
        try:
            told = (self._path / INDEX).read_bytes()
            self._index = _read_index(told, self._path / INDEX)
            self._descriptor = os.open(self._path / BODIES, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        except FileNotFoundError as error:
            raise InputError(
                f"{folder}: wanted the items of a study, got none: `byheart rate new` makes them"
            ) from error
        found, wanted = os.fstat(self._descriptor).st_size, self._index.offsets[-1]
        if found != wanted:
            self.close()
            raise DamagedError(
                f"{self._path / BODIES}: wanted {wanted:,} bytes, got {found:,}: bring it back from a copy"
            )

    @property
    def kind(self) -> Kind:
        """The kind of the samples."""
        return self._index.kind

    @property
    def content_type(self) -> str:
        """What HTTP calls them."""
        return FORMS[self.kind].content_type

    @property
    def length(self) -> int:
        """The length of every body, in bytes."""
        return self._index.length

    def __len__(self) -> int:
        return len(self._index.sums)

    def unpadded(self, item: int) -> bytes:
        """The body as it was written.

        Raises:
            IndexError: there is no such item.
            DamagedError: it is not what was written.
        """
        if not 0 <= item < len(self):
            raise IndexError(f"item: wanted 0 to {len(self) - 1}, got {item}")
        start, end = self._index.offsets[item : item + 2]
        body = self._read(start, end - start)
        if zlib.crc32(body) != self._index.sums[item]:
            raise DamagedError(f"{self._path / BODIES}: item {item} is not what was written: bring it back from a copy")
        return body

    def body(self, item: int) -> bytes:
        """The body, padded to the one length of all.

        Raises:
            IndexError: there is no such item.
            DamagedError: it is not what was written.
        """
        return FORMS[self.kind].pad(self.unpadded(item), self.length)

    def close(self) -> None:
        """Let the file go; it may be asked twice."""
        with self._lock:
            descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        with suppress(AttributeError):  # of what could not be opened
            self.close()

    def _read(self, start: int, size: int) -> bytes:
        descriptor = self._descriptor
        if descriptor is None:
            raise ValueError("the items are closed")
        if hasattr(os, "pread"):
            return os.pread(descriptor, size, start)
        with self._lock:  # Windows has no read by position
            os.lseek(descriptor, start, os.SEEK_SET)
            return os.read(descriptor, size)


def _read_index(told: bytes, path: Path) -> _Index:
    try:
        index: Any = json.loads(told)
        version = index["version"]
        sizes, sums = [int(size) for size in index["sizes"]], tuple(int(crc) for crc in index["crc32"])
        kind, length = str(index["kind"]), int(index["length"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise FormatError(f"{path}: wanted the index of a study's items, got something else") from error
    if version != VERSION:
        raise FormatError(f"{path}: wanted version {VERSION}, got {version!r}: a newer byheart wrote it; update")
    is_one = kind in KINDS and sizes and len(sizes) == len(sums) and min(sizes) > 0
    if not is_one or length != FORMS[kind].length(min(sizes), max(sizes)):
        raise FormatError(f"{path}: wanted the index of a study's items, got one that contradicts itself")
    offsets = [0]
    for size in sizes:
        offsets.append(offsets[-1] + size)
    return _Index(cast("Kind", kind), length, tuple(offsets), sums)
