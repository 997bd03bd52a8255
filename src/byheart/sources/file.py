"""A file: bytes with a name, on a disk, in an archive or far away; read as they are stored, or unpacked."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Final

from byheart.errors import InputError
from byheart.sources.base import RECORD_BYTES
from byheart.sources.compression import CODECS, refuse_bomb
from byheart.sources.faults import faults

_BUFFER: Final = 1 << 20
_RAM: Final = 64 << 20

Seekable = io.BufferedReader | io.BytesIO


@dataclass(slots=True)
class File:
    """Bytes with a name.

    Attributes:
        name: what is kept with its records: below the folder or in the archive that was named.
        where: what errors call it.
        opener: opens the bytes as they are stored.
        size: how many are stored; None where that is not known.
        label: the sub-folder that it is in, if any.
        path: where it is on a local disk, if it is.
        is_once: whether it can be read once only, as standard input can.
        done: how many of the stored bytes have been read.
    """

    name: str
    where: str
    opener: Callable[[], Any] = field(repr=False)
    size: int | None = None
    label: str | None = None
    path: Path | None = None
    is_once: bool = False
    done: int = 0

    @property
    def suffix(self) -> str:
        """Its last suffix; of what is compressed (".gz", not ".tgz"), the one before: ".csv" of "a.csv.gz"."""
        path = PurePosixPath(self.name.lower())
        within = PurePosixPath(path.stem).suffix
        return within if within and path.suffix in CODECS and not path.suffix.startswith(".t") else path.suffix

    def stored(self) -> io.BufferedReader:
        """The bytes as they are stored."""
        self.done = 0
        with faults(self.where):
            return io.BufferedReader(_Metered(self, self.opener()), _BUFFER)

    def open(self) -> io.BufferedReader:
        """The bytes, unpacked if the name says that they are packed."""
        packed = self.stored()
        if not self.is_packed:
            return packed
        last = PurePosixPath(self.name).suffix.lower()
        try:
            with faults(self.where, f"a {last} file"):
                return io.BufferedReader(_Unpacked(self, packed, CODECS[last](packed)), _BUFFER)
        except InputError:
            packed.close()
            raise

    def whole(self) -> bytes:
        """All the stored bytes: a record by themselves.

        Raises:
            InputError: there are more than 1 GB of them.
        """
        hint = min(self.size or _BUFFER, RECORD_BYTES)
        parts = []
        self.done = 0
        with faults(self.where), self.opener() as stored:
            while part := stored.read(hint + 1):
                parts.append(part)
                self.done += len(part)
                if self.done > RECORD_BYTES:
                    raise too_large(self.where)
        return b"".join(parts)

    def at_random(self) -> Seekable:
        """The bytes, unpacked, as a stream that can seek."""
        return seekable(self.open(), self.where)

    @property
    def is_packed(self) -> bool:
        """Whether its name says that it is compressed."""
        return PurePosixPath(self.name).suffix.lower() in CODECS


def seekable(stream: io.BufferedReader, where: str) -> Seekable:
    """A stream that can seek: itself, or where it cannot, what is left of it, taken into RAM.

    Raises:
        InputError: it cannot, and more than 64 MB are left.
    """
    if stream.seekable():
        return stream
    with stream:
        data = stream.read(_RAM + 1)
    if len(data) > _RAM:
        got = f"got one of over {_RAM >> 20} MB in which that is not possible"
        raise InputError(f"{where}: wanted a file to go back and forth in, {got}: unpack or download it first")
    return io.BytesIO(data)


def too_large(where: str) -> InputError:
    """What to say of a record that would not fit the RAM."""
    return InputError(f"{where}: wanted records of up to 1 GB, got a larger one: cut it into several, or say --by line")


class _Metered(io.RawIOBase):
    """Stored bytes that say how many were read, and whose failures name the file."""

    def __init__(self, file: File, raw: Any) -> None:
        self._file = file
        self._raw = raw

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return bool(self._raw.seekable())

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        with faults(self._file.where):
            return int(self._raw.seek(offset, whence))

    def tell(self) -> int:
        return int(self._raw.tell())

    def readinto(self, buffer: Any) -> int:
        with faults(self._file.where):
            count = int(self._raw.readinto(buffer) or 0)
        self._file.done += count
        return count

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class _Unpacked(io.RawIOBase):
    """What a decompressor gives, as long as it is no bomb."""

    def __init__(self, file: File, packed: io.BufferedReader, stream: Any) -> None:
        self._file = file
        self._packed = packed
        self._stream = stream
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with faults(self._file.where, "a compressed file"):
            count = int(self._stream.readinto(buffer))
        self._count += count
        refuse_bomb(self._file.where, self._count, self._file.done)
        return count

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
            self._packed.close()
        super().close()
