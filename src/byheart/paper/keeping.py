"""The folder of a run: marked as one, locked while a run writes into it, with what was found in finished sections.

What was found is taken over by a run that asks for the same, with the same code and packages; unless data stood in then that may be had now.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from byheart import _files
from byheart.errors import InputError, MemoryExistsError
from byheart.paper.asking import Asked
from byheart.paper.found import Found, found_of
from byheart.paper.library import NAMES
from byheart.paper.sections import Section

MARKER: Final = ".byheart-paper"
_LOCK: Final = ".lock"
_WORK: Final = ".work"
_KEPT: Final = "kept"
_CACHE: Final = "cache"
_FOLDERS: Final = ("", _KEPT, _CACHE, "figures")
_PACKAGES: Final = (
    *("byheart", "numpy", "pyarrow", "scipy", "scikit-learn", "matplotlib", "pillow", "pydivsufsort"),
    *("python-flint", "copulas", "pandas", "markovify", "torch", "playwright"),
)


@contextmanager
def taken(out: Path) -> Iterator[None]:
    """Have the folder for oneself: a new one, an empty one, or one of an earlier run, freed of what that did not finish.

    Raises:
        InputError: another run has it.
        MemoryExistsError: it holds something else.
    """
    if out.is_dir() and any(out.iterdir()) and not (out / MARKER).exists():
        raise MemoryExistsError(f"{out} holds something else: name another folder by --out")
    for folder in _FOLDERS:
        _files.make_folder(out / folder)
    _files.replace(out / MARKER, b"A folder of `byheart paper`: it writes, and removes, what is in here.\n")
    lock = out / _LOCK
    if lock.exists() and not os.access(lock, os.R_OK | os.W_OK):
        raise InputError(f"{lock} belongs to another user's run: name another folder by --out")
    if _files.is_locked(lock):
        raise InputError(f"another run writes into {out}: wait for it, or name another folder by --out")
    with _files.Lock(lock):
        for folder in _FOLDERS:
            for left in (out / folder).glob("*.tmp"):  # of a run that was killed while it wrote
                _files.remove(left)
        yield


@contextmanager
def workshop(out: Path) -> Iterator[tuple[Path, Path]]:
    """A folder that is empty at first and gone in the end, and the one of what takes long to make."""
    folder = out / _WORK
    _files.remove_all(folder)
    _files.make_folder(folder)
    try:
        yield folder, out / _CACHE
    finally:
        _files.remove_all(folder)


def kept(out: Path, section: Section, asked: Asked, say: Callable[[str], None]) -> Found | None:
    """What was found before; None where there is nothing that can be taken over."""
    path = _path(out, section, asked)
    if section.is_of_page or not path.is_file():
        return None
    try:
        found = found_of(path.read_bytes())
    except ValueError:
        say(f"{path} is damaged: {section.title} is done again")
        return None
    return None if not asked.is_offline and NAMES & found.stand_ins.keys() else found


def keep(out: Path, section: Section, asked: Asked, found: Found) -> None:
    """For the next run."""
    _files.replace(_path(out, section, asked), found.kept())


@cache
def packages() -> dict[str, str]:
    """Those that have a say in what is found, with their versions."""
    told = {}
    for name in _PACKAGES:
        try:
            told[name] = version(name)
        except PackageNotFoundError:
            continue
    return told


def _path(out: Path, section: Section, asked: Asked) -> Path:
    told = [asked.is_quick, asked.seed, asked.is_offline, packages(), _code()]
    return out / _KEPT / f"{section.name}-{hashlib.sha256(json.dumps(told).encode()).hexdigest()[:12]}.json"


@cache
def _code() -> str:
    """Of all that computes."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.parent.rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()
