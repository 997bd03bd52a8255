"""Zip archives: the members, in the order of the directory at the end, of which a piece at a time is read: millions of them fit.

(`zipfile` holds half a kilobyte of each in RAM.) Folders, links and hidden files are left out; what is encrypted, or packed by a rare
method, is refused. The format is that of PKWARE's APPNOTE 6.3, sections 4.3 and 4.5.3.
"""

import io
import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Self

from byheart.errors import InputError
from byheart.sources.compression import refuse_bomb
from byheart.sources.faults import faults
from byheart.sources.file import File, Seekable
from byheart.sources.names import harmless, is_hidden, label_of

_END: Final = struct.Struct("<4s4H2LH")
_END64: Final = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64: Final = struct.Struct("<4sLQL")
_ENTRY: Final = struct.Struct("<4s6H3L5H2L")
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_IN_EXTRA: Final = 0xFFFF_FFFF  # instead of a figure: it stands in the zip64 field
_STORED, _DEFLATED = 0, 8
_UNIX: Final = 3
_PIECE: Final = 1 << 16


def zip_members(file: File) -> Iterator[File]:
    """The members of a zip archive, each openable until the next is taken."""
    with faults(file.where, "a zip archive"), file.at_random() as directory, file.at_random() as archive:
        size = archive.seek(0, io.SEEK_END)
        begin, end, shift = _find_directory(directory, size)
        packed = 0
        directory.seek(begin)
        while directory.tell() < end:
            entry = _Entry.read(directory)
            packed += entry.packed
            if packed > size:
                raise ValueError("its members overlap")
            if entry.is_record:
                yield entry.file(archive, shift, file.where)


@dataclass(frozen=True, slots=True)
class _Entry:
    """What the directory says of a member."""

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    mode: int
    offset: int

    @classmethod
    def read(cls, directory: Seekable) -> Self:
        """The next entry."""
        got = _unpack(_ENTRY, directory, b"PK\x01\x02")
        made_by, _, flags, method, _, _, crc, packed, size, *lengths, _, _, attributes, offset = got
        name, extra, _ = (_exactly(directory, length) for length in lengths)
        size, packed, offset = _figures(extra, (size, packed, offset))
        mode = attributes >> 16 if made_by >> 8 == _UNIX else 0
        return cls(name.decode("utf-8" if flags & 0x800 else "cp437"), flags, method, crc, packed, size, mode, offset)

    @property
    def is_record(self) -> bool:
        """Whether it is a file like any other."""
        is_plain = stat.S_IFMT(self.mode) in {0, stat.S_IFREG}
        return is_plain and not self.name.endswith("/") and not is_hidden(self.name)

    def file(self, archive: Seekable, shift: int, where: str) -> File:
        """The member, as a file."""
        where = f"{where}: {harmless(self.name)}"
        if self.flags & 1:
            raise InputError(f"{where}: wanted a member that can be read, got an encrypted one: unpack it first")
        if self.method not in {_STORED, _DEFLATED}:
            remedy = "unpack it first, or pack it anew"
            raise InputError(f"{where}: wanted it stored or deflated, got compression method {self.method}: {remedy}")
        name = harmless(self.name)
        return File(name, where, partial(_Member, archive, self, shift, where), self.size, label_of(name))


class _Member(io.RawIOBase):
    """The unpacked bytes of a member, whose size and checksum are those of the directory."""

    def __init__(self, archive: Seekable, entry: _Entry, shift: int, where: str) -> None:
        archive.seek(shift + entry.offset)
        *_, name, extra = _unpack(_LOCAL, archive, b"PK\x03\x04")
        self._at = archive.tell() + name + extra
        self._archive = archive
        self._entry = entry
        self._where = where
        self._left = entry.packed
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS) if entry.method == _DEFLATED else None
        self._count = self._crc = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._next(len(buffer))
        buffer[: len(data)] = data
        self._crc = zlib.crc32(data, self._crc)
        self._count += len(data)
        refuse_bomb(self._where, self._count, self._entry.packed)
        if self._count > self._entry.size or (
            not data and (self._count, self._crc) != (self._entry.size, self._entry.crc)
        ):
            raise ValueError("its checksum or its size is another than the archive says")
        return len(data)

    def _next(self, most: int) -> bytes:
        if self._inflater is None:
            return self._stored(most)
        while not self._inflater.eof:
            data = self._inflater.unconsumed_tail or self._stored(_PIECE)
            unpacked = self._inflater.decompress(data, most)
            if unpacked:
                return unpacked
            if not data:
                raise EOFError("it ends early")
        return b""

    def _stored(self, most: int) -> bytes:
        self._archive.seek(self._at)
        data = _exactly(self._archive, min(most, self._left))
        self._at += len(data)
        self._left -= len(data)
        return data


def _find_directory(archive: Seekable, size: int) -> tuple[int, int, int]:
    """Where the directory begins and ends, and what precedes the archive (a program that unpacks itself, say)."""
    tail = min(size, _END.size + 0xFFFF)
    archive.seek(size - tail)
    found = archive.read(tail).rfind(b"PK\x05\x06")
    if found < 0:
        raise ValueError("its end is missing")
    end = size - tail + found
    archive.seek(end)
    _, disk, _, _, _, length, offset, _ = (0, *_unpack(_END, archive, b"PK\x05\x06"))
    archive.seek(max(end - _LOCATOR64.size, 0))
    if archive.read(4) == b"PK\x06\x07":
        end -= _LOCATOR64.size + _END64.size
        archive.seek(max(end, 0))
        _, _, _, disk, _, _, _, length, offset = _unpack(_END64, archive, b"PK\x06\x06")
    begin = end - length
    if disk or begin - offset < 0:
        raise ValueError("its directory is not where it should be")
    return begin, end, begin - offset


def _figures(extra: bytes, figures: tuple[int, int, int]) -> Iterator[int]:
    """The sizes and the offset, from the zip64 field where they are too large for their own."""
    large = b""
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<2H", extra)
        if kind == 1:
            large = extra[4 : 4 + length]
        extra = extra[4 + length :]
    for figure in figures:
        if figure == _IN_EXTRA and len(large) >= 8:
            yield int.from_bytes(large[:8], "little")
            large = large[8:]
        else:
            yield figure


def _unpack(form: struct.Struct, stream: Seekable, signature: bytes) -> tuple[Any, ...]:
    """What follows a signature."""
    found, *rest = form.unpack(_exactly(stream, form.size))
    if found != signature:
        raise ValueError("a part of it is not where its directory says")
    return tuple(rest)


def _exactly(stream: Seekable, count: int) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise EOFError("it ends early")
    return data
