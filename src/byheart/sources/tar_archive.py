"""Tar archives: the members, in their order; of a packed one, in one pass.

`tarfile` takes a damaged header for the end, and does not insist on the mark at the end: an archive cut short would pass for a smaller
one. Here both are errors. Plain files are records; folders, symbolic links, devices and hidden files are left out.
"""

import io
import tarfile
from collections.abc import Iterator
from functools import partial
from typing import Any, ClassVar, Final, Self

from byheart.errors import InputError
from byheart.sources.faults import faults
from byheart.sources.file import File
from byheart.sources.names import harmless, is_hidden, label_of

_NAME_BYTES: Final = 1 << 20
_NAMES: Final = {
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
}


def tar_members(file: File) -> Iterator[File]:
    """The members of a tar archive, each openable until the next is taken."""
    with faults(file.where, "a tar archive"), file.open() as stream:
        mode = "r:" if stream.seekable() else "r|"
        try:
            with tarfile.open(fileobj=stream, mode=mode, tarinfo=_header_type(), ignore_zeros=True) as tar:  # type: ignore[call-overload]  # a literal of the two
                while (member := tar.next()) is not None:
                    tar.members.clear()  # else it keeps them all
                    if is_record(member, file.where):
                        yield _file(tar, member, file.where)
        except tarfile.TarError as error:
            raise ValueError(str(error)) from error


def is_record(member: tarfile.TarInfo, where: str) -> bool:
    """Whether a member is a file like any other."""
    if member.islnk():
        wanted = f"{where}: {harmless(member.name)}: wanted a file"
        raise InputError(f"{wanted}, got a hard link to {harmless(member.linkname)}: unpack the archive first")
    if member.issparse():
        raise InputError(
            f"{where}: {harmless(member.name)}: wanted a whole file, got a sparse one: unpack the archive first"
        )
    return member.isreg() and not is_hidden(member.name)


def _file(tar: tarfile.TarFile, member: tarfile.TarInfo, where: str) -> File:
    name = harmless(member.name)
    return File(name, f"{where}: {name}", partial(_Member, tar, member), member.size, label_of(name))


class _Member(io.RawIOBase):
    """The bytes of a member: forwards only."""

    def __init__(self, tar: tarfile.TarFile, member: tarfile.TarInfo) -> None:
        self._stream = tar.extractfile(member)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            return self._stream.readinto(buffer) if self._stream is not None else 0  # type: ignore[attr-defined]  # it is a BufferedReader
        except tarfile.TarError as error:
            raise EOFError(str(error)) from error


def _header_type() -> type[tarfile.TarInfo]:
    """Headers of one archive, that remember whether its end was marked."""

    class Header(tarfile.TarInfo):
        has_ended: ClassVar[bool] = False

        @classmethod
        def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
            is_mark = len(buf) == tarfile.BLOCKSIZE and not any(buf)
            if len(buf) < tarfile.BLOCKSIZE and not (cls.has_ended and not buf):
                raise EOFError("the mark at its end is missing")
            cls.has_ended = is_mark or not buf
            try:
                header = super().frombuf(buf, encoding, errors)
            except tarfile.HeaderError as error:
                if cls.has_ended:
                    raise
                raise ValueError(f"a header in it is damaged: {error}") from error
            if header.size < 0 or (header.type in _NAMES and header.size > _NAME_BYTES):
                raise ValueError(f"a header in it claims {header.size:,} bytes")
            return header

    return Header
