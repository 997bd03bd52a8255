"""The files of a folder that may be shown, and what was passed over, by the reason.

Rule 1: what is hidden does not count (.DS_Store, .git). Rule 2: links are not followed: one that leads out of the folder would show what nobody named, and one that stays would show a sample
twice. Rule 3: pipes, sockets and devices are not opened. Rule 4: an empty file is no sample.
"""

import os
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from byheart.sources.faults import faults
from byheart.sources.file import File
from byheart.sources.files import Files
from byheart.sources.folder import is_memory
from byheart.sources.names import harmless, is_hidden, label_of

LINKS: Final = "links"
ODD: Final = "pipes, sockets or devices"
EMPTY: Final = "empty files"
_REMEDIES: Final = {LINKS: "name the folder that they lead to, or copy what they lead to (`cp -rL`)"}


@dataclass(frozen=True, slots=True)
class Listing:
    """Some files.

    Attributes:
        folder: that they are in.
        files: sorted by name.
        passed: how many were passed over, by the reason.
    """

    folder: str
    files: list[File]
    passed: Counter[str] = field(default_factory=Counter)

    def as_files(self) -> Files:
        """What sources read."""
        return Files(self.folder, lambda: iter(self.files))


def told(name: str, passed: "Counter[str]") -> str:
    """What was passed over, in a sentence; "" where nothing was.

    >>> told("photos", Counter({LINKS: 2, EMPTY: 1}))
    'photos: passed over 2 links, 1 empty files: name the folder that they lead to, or copy what they lead to (`cp -rL`)'
    """
    counts = [f"{count:,} {reason}" for reason, count in passed.items() if count]
    if not counts:
        return ""
    remedies = [_REMEDIES[reason] for reason in passed if reason in _REMEDIES]
    return ": ".join([name, f"passed over {', '.join(counts)}", *remedies])


def listing(folder: str) -> Listing:
    """The files below a folder.

    Raises:
        InputError: it cannot be read.
    """
    made = Listing(folder, [])
    made.files.extend(_walk(folder, f"{folder}/", made.passed))
    return made


def _walk(folder: str, top: str, passed: Counter[str]) -> Iterator[File]:
    """The files below a folder, however deep; their names begin after `top`."""
    waiting = [_entries(folder)]
    while waiting:
        entry = next(waiting[-1], None)
        if entry is None:
            waiting.pop()
        elif entry.is_symlink():
            passed[LINKS] += 1
        elif entry.is_dir(follow_symlinks=False):
            if not is_memory(entry.path):
                waiting.append(_entries(entry.path))
        else:
            with faults(entry.path):
                about = entry.stat(follow_symlinks=False)
            if not stat.S_ISREG(about.st_mode):
                passed[ODD] += 1
            elif not about.st_size:
                passed[EMPTY] += 1
            else:
                yield _file(entry.path, top, about.st_size)


def _entries(folder: str) -> Iterator[os.DirEntry[str]]:
    with faults(folder), os.scandir(folder) as entries:
        return iter(sorted((entry for entry in entries if not is_hidden(entry.name)), key=lambda entry: entry.name))


def _file(path: str, top: str, size: int) -> File:
    name = harmless(path.removeprefix(top))
    return File(name, path, partial(open, path, "rb", buffering=0), size, label_of(name), Path(path))
