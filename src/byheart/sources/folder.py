"""Files of a local disk: one, those of a folder and its sub-folders, or those that a pattern matches; sorted by name.

What is hidden (.git, .DS_Store), what is no file (a pipe, a device, a link to nothing), and memories are left out. Links are followed,
unless they lead back to a folder that they are in.
"""

import glob
import os
import stat
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from byheart._names import MEMORY_FOLDERS, printable
from byheart.errors import InputError
from byheart.registry import nearby
from byheart.sources.faults import faults
from byheart.sources.file import File
from byheart.sources.files import Files
from byheart.sources.names import harmless, is_hidden, label_of

_WILD: Final = "*?["
_MANIFEST: Final = f"manifest-{'[0-9]' * 10}.json"


def local_files(text: str) -> Files:
    """What a path or a pattern names. A file's label is the first folder below that path, or below the fixed part of the pattern.

    Raises:
        InputError: nothing is there, or no file.
    """
    path = Path(text)
    with faults(text):
        if path.is_dir() and is_memory(text):
            raise InputError(f"{text}: wanted files, got a memory: sample it into a folder or a file first")
        if path.is_dir():
            return Files(text, partial(_walk, text, f"{text}/"))
        if path.exists():
            return Files(text, partial(_single, text), is_named=True)
    if any(c in text for c in _WILD):
        return Files(text, partial(_matching, text), is_named=True)
    raise InputError(f"{text}: no such file or folder: {nearby(path) or 'check the path'}")


def _single(path: str) -> Iterator[File]:
    """A file; a pipe can be read once only, a device not at all."""
    with faults(path):
        about = Path(path).stat()
    if stat.S_ISFIFO(about.st_mode):
        yield File(printable(path), path, partial(open, path, "rb", buffering=0), is_once=True)
    elif stat.S_ISREG(about.st_mode):
        yield File(printable(path), path, partial(open, path, "rb", buffering=0), about.st_size, path=Path(path))
    else:
        raise InputError(f"{path}: wanted a file or a folder, got a device or a socket: copy what it gives into a file")


def _matching(pattern: str) -> Iterator[File]:
    top = pattern[: min(pattern.find(c) for c in _WILD if c in pattern)].rpartition("/")[0]
    for path in sorted(glob.glob(pattern, recursive=True)):  # noqa: PTH207  # Path.glob takes no absolute pattern
        if Path(path).is_file():
            yield _file(path, top)
        elif is_memory(path):
            raise InputError(f"{pattern}: wanted files, got a memory, {printable(path)}: name each memory by itself")
        elif Path(path).is_dir() and "**" not in pattern:
            yield from _walk(path, top)


def _walk(folder: str, top: str) -> Iterator[File]:
    """The files below a folder, whose names begin after `top`."""
    open_ = [_listed(folder)]
    above = [_identity(folder)]
    while open_:
        entry = next(open_[-1], None)
        if entry is None:
            open_.pop()
            above.pop()
        elif entry.is_dir() and not is_memory(entry.path):
            identity = _identity(entry.path)
            if identity not in above:
                open_.append(_listed(entry.path))
                above.append(identity)
        elif entry.is_file():
            yield _file(entry.path, top)


def is_memory(folder: str) -> bool:
    """Whether a folder is a memory, or becomes one: what is learned is what was learned, not the files that hold it.

    Folders that are empty may be missing, where it was copied by what knows files alone.
    """
    path = Path(folder)
    return all((path / name).is_dir() for name in MEMORY_FOLDERS) or (
        (path / "segments").is_dir() and any(path.glob(_MANIFEST))
    )


def _listed(folder: str) -> Iterator[os.DirEntry[str]]:
    with faults(folder), os.scandir(folder) as entries:
        return iter(sorted((entry for entry in entries if not is_hidden(entry.name)), key=lambda entry: entry.name))


def _identity(folder: str) -> tuple[int, int]:
    with faults(folder):
        about = Path(folder).stat()
    return about.st_dev, about.st_ino


def _file(path: str, top: str) -> File:
    name = harmless(path.removeprefix(top))
    with faults(path):
        size = Path(path).stat().st_size
    return File(name, path, partial(open, path, "rb", buffering=0), size, label_of(name), Path(path))
