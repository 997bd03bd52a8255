"""The only code that writes files.

Rule 1: what has been returned from is on the disk: files are fsynced before they are named, folders after.
Rule 2: a file that others may read is never changed: it is written under a name of its own, then published whole.
Rule 3: a full disk, a read-only folder or a missing permission becomes one `StorageError` with a remedy.
Rule 4: digests of files are XXH3-128: they find accidents, not adversaries.
"""

import errno
import os
import shutil
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import xxhash

from byheart import _native
from byheart.errors import StorageError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_LOCK_SECONDS = 60.0
_BLOCK = 2 << 20

_REMEDIES = {
    errno.ENOSPC: "the disk is full: free some space and run it again",
    errno.EDQUOT: "the disk quota is used up: free some space and run it again",
    errno.EROFS: "the file system is read-only: choose another place",
    errno.EACCES: "no permission to write there: choose another place, or change its permissions",
    errno.EPERM: "no permission to write there: choose another place, or change its permissions",
    errno.ENOTDIR: "a part of the path is a file: choose another place",
    errno.EMFILE: "too many open files: raise the limit (`ulimit -n`)",
}


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn the failures of the file system that a user can mend into a `StorageError`."""
    try:
        yield
    except FileExistsError:
        raise
    except OSError as error:
        if isinstance(error, StorageError) or error.errno not in _REMEDIES:
            raise
        raise StorageError(error.errno, f"cannot write {path}: {_REMEDIES[error.errno]}") from error


class NewFile:
    """A file that did not exist, with the digest of what was written to it; closing puts it on the disk.

    It is written in whole blocks of 2 MiB, the size of a huge page: the system then keeps it in RAM as such, and the random
    reads of a large memory miss its address tables far less. Each block begins its way to the disk at once.
    """

    def __init__(self, path: Path, *, told: Path | None = None) -> None:
        self.path = path
        self.size = 0
        self._block = memoryview(bytearray(_BLOCK))  # what is not a whole one yet
        self._held = 0
        self._written = 0
        self._cut = 0
        self._digest = xxhash.xxh3_128()
        with explained(told or path):  # a name for the time being tells nobody anything
            flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)
            self._descriptor: int | None = os.open(path, flags, 0o666)

    @property
    def closed(self) -> bool:
        """Whether nothing more can be written."""
        return self._descriptor is None

    def cut(self) -> tuple[int, str]:
        """The bytes written since the last cut: how many, and their XXH3-128 in hexadecimal."""
        digest, self._digest = self._digest.hexdigest(), xxhash.xxh3_128()
        size, self._cut = self.size - self._cut, self.size
        return size, digest

    def write(self, data: bytes | memoryview) -> int:
        """Write all of `data`; what fills no block waits for more, or for the end."""
        if self._descriptor is None:
            raise ValueError("the file is closed")
        view = memoryview(data).cast("B") if len(data) else memoryview(b"")
        self._digest.update(view)
        self.size += len(view)
        left = view
        if self._held:
            left = self._hold(view)
            if self._held == _BLOCK:
                self._put(self._descriptor, self._block)
                self._held = 0
        whole = len(left) - len(left) % _BLOCK
        self._put(self._descriptor, left[:whole])
        self._hold(left[whole:])
        return len(view)

    def flush(self) -> None:
        """The end of the file is what puts the last block."""

    def close(self) -> None:
        """Put the file on the disk; a failed fsync raises, and the file must not be used."""
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            try:
                self._put(descriptor, self._block[: self._held])
                with explained(self.path):
                    _fsync(descriptor)
            finally:
                os.close(descriptor)

    def _hold(self, view: memoryview) -> memoryview:
        """Take what the block has room for; the rest."""
        fits = min(len(view), _BLOCK - self._held)
        self._block[self._held : self._held + fits] = view[:fits]
        self._held += fits
        return view[fits:]

    def _put(self, descriptor: int, view: memoryview) -> None:
        """Give bytes to the system."""
        with explained(self.path):
            left = view
            while left:
                left = left[os.write(descriptor, left) :]
        if len(view) >= _BLOCK and _native.kernels is not None:
            _native.kernels.will_sync(descriptor, self._written, len(view))
        self._written += len(view)

    def discard(self) -> None:
        """Close and remove the file: it is not wanted."""
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            os.close(descriptor)
        remove(self.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self.discard()
            return
        try:
            self.close()
        except OSError:  # what the disk has not taken is of no use, and may be what fills it
            remove(self.path)
            raise


def publish(path: Path, data: bytes, temporary: Path) -> None:
    """Create `path` with `data`, whole or not at all, on the disk when this returns; `temporary` is its name meanwhile.

    Raises:
        FileExistsError: someone else has published it.
        StorageError: the disk refused.
    """
    try:  # from before there is a file: an interrupt may come as soon as there is one
        with NewFile(temporary) as file:
            file.write(data)
        with explained(path):
            _name_exclusively(temporary, path)
    finally:
        remove(temporary)
    fsync_folder(path.parent)


def replace(path: Path, data: bytes | memoryview) -> None:
    """Write `data` to `path`, in place of what may be there: whole or not at all."""
    with replacing(path) as file:
        file.write(data)


@contextmanager
def replacing(path: Path) -> Iterator[NewFile]:
    """A file that takes the name `path`, from what may have it, when the block ends well: whole or not at all.

    Raises:
        StorageError: its folder does not exist, or cannot be written to.
    """
    if not path.parent.is_dir():
        raise StorageError(errno.ENOENT, f"cannot write {path}: there is no folder {path.parent}: make it first")
    temporary = path.with_name(f"{path.name}.{uuid.uuid4().hex}.tmp")
    try:  # as in `publish`
        with NewFile(temporary, told=path) as file:
            yield file
        with explained(path):
            os.replace(temporary, path)
    finally:
        remove(temporary)
    fsync_folder(path.parent)


def write_new(path: Path, data: bytes | memoryview) -> None:
    """Create a small file that can be made again: an exception to Rule 1, it is not fsynced."""
    with explained(path), open(path, "xb") as file:
        file.write(data)


def write_private(path: Path, data: bytes) -> None:
    """Create a small file that its owner alone may read; on the disk when this returns."""
    with explained(path):
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            _fsync(descriptor)
    fsync_folder(path.parent)


def make_folder(path: Path) -> None:
    """Create a folder and its parents, on the disk when this returns; an existing one is left as it is."""
    if path.is_dir():
        return
    make_folder(path.parent)
    with explained(path), suppress(FileExistsError):
        os.mkdir(path)
        fsync_folder(path.parent)
    if not path.is_dir():
        raise StorageError(errno.ENOTDIR, f"cannot write {path}: it is a file, not a folder: choose another place")


def remove(path: Path) -> None:
    """Remove a file that may have gone already."""
    with explained(path), suppress(FileNotFoundError):
        os.unlink(path)


def move(path: Path, name: Path) -> None:
    """Give a file another name, in place of what may have it; whoever moves the last one puts the folder on the disk."""
    with explained(name):
        os.replace(path, name)


def rename_folder(path: Path, name: Path) -> None:
    """Give a folder, whose files are on the disk, a name that is free; on the disk when this returns."""
    fsync_folder(path)
    with explained(name):
        os.rename(path, name)
    fsync_folder(name.parent)


def remove_tree(path: Path) -> None:
    """Remove a folder of files, and no folders, that may have gone already."""
    with explained(path), suppress(FileNotFoundError):
        for name in os.listdir(path):
            remove(path / name)
        os.rmdir(path)


def remove_all(path: Path) -> None:
    """Remove a folder with all that is in it, that may have gone already; links are removed, and not followed."""
    with explained(path), suppress(FileNotFoundError):
        shutil.rmtree(path)


def remove_folder(path: Path) -> None:
    """Remove an empty folder; one that is not empty is left."""
    with suppress(OSError):
        os.rmdir(path)


def fsync_folder(path: Path) -> None:
    """Put the names in a folder on the disk (Windows does so by itself)."""
    if sys.platform == "win32":
        return
    with explained(path):
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            _fsync(descriptor)
        finally:
            os.close(descriptor)


class Lock:
    """An exclusive lock that the operating system lets go when the process ends, however it ends.

    Raises:
        StorageError: another process has held it for a minute.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        deadline = time.monotonic() + _LOCK_SECONDS
        while time.monotonic() < deadline:
            with explained(path):
                self._descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o666)
            if _try_lock(self._descriptor) and _is_at(self._descriptor, path):
                return
            os.close(self._descriptor)
            time.sleep(0.001)  # who looks whether it is locked holds it for a moment too, and may remove it
        held = f"{path} has been held by another process for {_LOCK_SECONDS:.0f} seconds: see what it waits for"
        raise StorageError(errno.EWOULDBLOCK, held)

    def release(self) -> None:
        """Let go, and remove the file."""
        if sys.platform == "win32":  # an open file cannot be removed there
            os.close(self._descriptor)
            remove(self.path)
        else:
            remove(self.path)
            os.close(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def is_locked(path: Path) -> bool:
    """Whether a living process holds the lock at `path`; True where that may not be asked."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    except PermissionError:
        return True
    try:
        return not _try_lock(descriptor)
    finally:
        os.close(descriptor)


def remove_unless_locked(path: Path) -> bool:
    """Remove the lock at `path`, unless a living process holds it; whether it is gone."""
    with explained(path):
        try:
            descriptor = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            return True
        try:
            free = _try_lock(descriptor)
            if free and sys.platform != "win32":  # while it is held: no one can take it in between
                remove(path)
        finally:
            os.close(descriptor)
        if free:
            remove(path)
    return free


def _is_at(descriptor: int, path: Path) -> bool:
    """Whether an open file still has its name."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False


def _try_lock(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in {errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK}:
            return False
        raise
    return True


def _fsync(descriptor: int) -> None:
    if sys.platform == "darwin":
        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)  # fsync alone stops at the drive's cache there
    else:
        os.fsync(descriptor)


def _name_exclusively(temporary: Path, path: Path) -> None:
    """Give the file its name, unless the name is taken."""
    if sys.platform == "win32":
        os.rename(temporary, path)  # refuses to replace
        return
    try:
        os.link(temporary, path)
    except FileExistsError:
        if os.stat(temporary).st_nlink != 2:  # NFS may lose the answer to a link that it has made
            raise
