"""Far away: s3://, https://, memory:// and whatever else fsspec opens: a file, a folder or a pattern, read a block at a time."""

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from byheart._names import printable
from byheart._optional import require
from byheart.errors import ByheartError, InputError, MissingExtraError
from byheart.registry import nearest
from byheart.sources.faults import faults
from byheart.sources.file import File
from byheart.sources.files import Files
from byheart.sources.names import harmless, is_hidden, label_of

_PAGES: Final = ("http://", "https://")  # where a folder is a page, and * or ? is part of an address
_ADDRESS: Final = re.compile(r"\w+://[^\s'\"<>]+")
_EXTRAS: Final = {"s3": "s3", "s3a": "s3"}


def remote_files(address: str) -> Files:
    """The file at an address; those below it, if it is a folder; or those that match it, if it is a pattern.

    Raises:
        MissingExtraError: what opens such addresses is not installed.
        InputError: nothing is there, or it cannot be reached.
    """
    fsspec = require("fsspec", "remote")
    protocol = address.partition("://")[0].rpartition("::")[2]
    name = public(address)
    if protocol not in fsspec.available_protocols():
        raise InputError(f"{name}: no address begins so: {nearest(protocol, fsspec.available_protocols())}")
    try:
        with faults(name), _told():
            system, path = fsspec.url_to_fs(address)
            is_page = address.startswith(_PAGES)
            if not is_page and any(c in path for c in "*?["):
                folder = path[: min(path.find(c) for c in "*?[" if c in path)].rpartition("/")[0]
                return Files(
                    name, partial(_walk, system, folder, partial(system.glob, path, detail=True)), is_named=True
                )
            if not is_page and system.isdir(path):
                return Files(name, partial(_walk, system, path, partial(system.find, path, detail=True)))
            size = system.info(path).get("size")
    except ImportError as error:
        raise MissingExtraError(f"{name}: {error}: pip install 'byheart[{_EXTRAS.get(protocol, 'remote')}]'") from error
    return Files(name, lambda: iter([File(name, name, partial(_Stream, system, path), size)]), is_named=True)


def public(address: str) -> str:
    """An address without what may be a secret: names of users, passwords and signatures.

    >>> public("https://me:word@host/a.csv?signature=x"), public("s3://bucket/a.csv")
    ('https://host/a.csv', 's3://bucket/a.csv')
    """
    parts = urlsplit(address)
    return printable(urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", "")))


def _walk(system: Any, folder: str, listed: Callable[[], dict[str, dict[str, Any]]]) -> Iterator[File]:
    """The files of a folder, sorted by name; hidden ones are left out."""
    with _told():
        found = sorted(listed().items())
    top = system._strip_protocol(folder).rstrip("/")  # noqa: SLF001  # fsspec has no other way to compare paths
    for path, about in found:
        below = path.removeprefix(top)
        if about.get("type") == "file" and not is_hidden(below):
            name = harmless(below)
            where = printable(system.unstrip_protocol(path))
            yield File(name, where, partial(_Stream, system, path), about.get("size"), label_of(name))


@contextmanager
def _told() -> Iterator[None]:
    """Every file system has errors of its own: an `OSError` of each."""
    try:
        yield
    except (ByheartError, ImportError, OSError):
        raise
    except Exception as error:
        told = _ADDRESS.sub(lambda found: public(found[0]), str(error))
        raise OSError(f"{type(error).__name__}: {told}") from error


class _Stream(io.RawIOBase):
    """A file of fsspec, with a place of its own: some file systems hand out one and the same file twice."""

    def __init__(self, system: Any, path: str) -> None:
        with _told():
            self._file = system.open(path, "rb")
        self._size = getattr(self._file, "size", None)
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._size is not None

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if self._size is None:
            raise OSError("what is there can be read only once, from the beginning")
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def readinto(self, buffer: Any) -> int:
        with _told():
            if self._size is not None:
                self._file.seek(self._at)
            data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()
