"""The page cache: what of a folder's files is in RAM."""

import ctypes
import mmap
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

_SETTLED = 0.01  # of a file's pages may stay: another process has them mapped, or the system will not let go


def sync(folder: Path) -> None:
    """Put all files of a folder, and their names, on the disk."""
    for path in [*_files(folder), *_folders(folder)]:
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)


def drop(folder: Path) -> None:
    """Take all files of a folder out of RAM.

    Raises:
        RuntimeError: they are still there.
    """
    for path in _files(folder):
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)
    left = resident(folder)
    if left > _SETTLED:
        raise RuntimeError(f"{left:.0%} of {folder.parent.name}/{folder.name} is still in RAM")


def resident(folder: Path) -> float:
    """The share of the files' pages that are in RAM."""
    total = there = 0
    for path in _files(folder):
        size = path.stat().st_size
        if not size:
            continue
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY) as mapped:
            pages = np.zeros(-(-size // mmap.PAGESIZE), np.uint8)
            held = (ctypes.c_char * size).from_buffer(mapped)
            ctypes.CDLL(None).mincore(
                ctypes.c_void_p(ctypes.addressof(held)), ctypes.c_size_t(size), ctypes.c_void_p(pages.ctypes.data)
            )
            del held
        total += len(pages)
        there += int((pages & 1).sum())
    return there / total if total else 0.0


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _folders(folder: Path) -> Iterator[Path]:
    return (path for path in [folder, *folder.rglob("*")] if path.is_dir())
