"""A disk that loses power: what `byheart._files` asks of the system is recorded, and replayed up to any point.

The rules are those of POSIX, no kinder: data is on the disk when its file has been fsynced, a name when its folder has.
Until then each may be there or not, in any combination.
"""

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

FOLDER: Final = -1


@dataclass(frozen=True, slots=True)
class Step:
    """One call: what it was, and what a power cut may undo of it."""

    call: str
    path: str = ""
    file: int = 0
    data: bytes = b""


class RecordedOs:
    """The module `os` as `_files` sees it: every call is made, and written down; fsync is only written down.

    Args:
        on_link: told of every file that has been published by a link.
        deaf_to: "sync" or "sync folder", which are then passed over as if they had not been called.
    """

    def __init__(self, on_link: Callable[[Path], None], deaf_to: str = "") -> None:
        self.steps: list[Step] = []
        self._deaf_to = deaf_to
        self._on_link = on_link
        self._files: dict[str, int] = {}
        self._open: dict[int, int | str] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def open(self, path: Path, flags: int, mode: int = 0o777) -> int:
        new = flags & os.O_CREAT and not os.path.lexists(path)
        descriptor = os.open(path, flags, mode)
        if flags & os.O_DIRECTORY:
            self._open[descriptor] = str(path)
        else:
            if new:
                self._files[str(path)] = len(self.steps)
                self.steps.append(Step("create", str(path), len(self.steps)))
            self._open[descriptor] = self._files[str(path)]
        return descriptor

    def write(self, descriptor: int, data: memoryview) -> int:
        written = os.write(descriptor, data)
        file = self._open[descriptor]
        assert isinstance(file, int)
        self.steps.append(Step("write", file=file, data=bytes(data[:written])))
        return written

    def fsync(self, descriptor: int) -> None:
        what = self._open[descriptor]
        step = Step("sync folder", what) if isinstance(what, str) else Step("sync", file=what)
        if step.call != self._deaf_to:
            self.steps.append(step)

    def close(self, descriptor: int) -> None:
        os.close(descriptor)
        del self._open[descriptor]

    def link(self, source: Path, path: Path) -> None:
        os.link(source, path)
        self._files[str(path)] = self._files[str(source)]
        self.steps.append(Step("name", str(path), self._files[str(path)]))
        self._on_link(path)

    def replace(self, source: Path, path: Path) -> None:
        source.replace(path)
        self._files[str(path)] = self._files.pop(str(source))
        self.steps.append(Step("name", str(path), self._files[str(path)]))
        self.steps.append(Step("unname", str(source)))

    def unlink(self, path: Path) -> None:
        path.unlink()
        del self._files[str(path)]
        self.steps.append(Step("unname", str(path)))

    def mkdir(self, path: Path) -> None:
        path.mkdir()
        self.steps.append(Step("name", str(path), FOLDER))

    def rmdir(self, path: Path) -> None:
        path.rmdir()
        self.steps.append(Step("unname", str(path)))


@dataclass(slots=True)
class _File:
    data: bytearray = field(default_factory=bytearray)
    synced: int = 0


Tree = dict[str, bytes | None]  # None for a folder
Fate = Callable[["Disk"], Tree]


class Disk:
    """What a disk may hold after some steps: kept up to date a step at a time."""

    def __init__(self) -> None:
        self.files: dict[int, _File] = {}
        self.sure: dict[str, int] = {}  # names that are on the disk
        self.maybe: list[tuple[str, int | None]] = []  # later changes of names, None for a removal

    def after(self, step: Step) -> None:
        """Take one step."""
        if step.call == "create":
            self.files[step.file] = _File()
            self.maybe.append((step.path, step.file))
        elif step.call == "name":
            self.maybe.append((step.path, step.file))
        elif step.call == "unname":
            self.maybe.append((step.path, None))
        elif step.call == "write":
            self.files[step.file].data += step.data
        elif step.call == "sync":
            self.files[step.file].synced = len(self.files[step.file].data)
        else:
            _apply(self.sure, [change for change in self.maybe if _folder(change[0]) == step.path])
            self.maybe = [change for change in self.maybe if _folder(change[0]) != step.path]

    def tree(self, kept: list[tuple[str, int | None]], data: Callable[[_File], bytes]) -> Tree:
        """The files and folders, if these changes of names were kept and `data` of each file."""
        names = dict(self.sure)
        _apply(names, kept)
        there: Tree = {}
        for path in sorted(names):  # a folder comes before what is in it
            parent = _folder(path)
            if there.get(parent, b"") is None or parent not in self._folders():
                there[path] = None if names[path] == FOLDER else data(self.files[names[path]])
        return there

    def _folders(self) -> set[str]:
        return {path for names in (self.sure.items(), self.maybe) for path, file in names if file == FOLDER}


def _folder(path: str) -> str:
    return path.rpartition(os.sep)[0]


def _apply(names: dict[str, int], changes: list[tuple[str, int | None]]) -> None:
    for path, file in changes:
        if file is None:
            names.pop(path, None)
        else:
            names[path] = file


def _synced(file: _File) -> bytes:
    return bytes(file.data[: file.synced])


def _torn(file: _File) -> bytes:
    return bytes(file.data[: (file.synced + len(file.data) + 1) // 2])


def _zeroed(file: _File) -> bytes:
    return _synced(file) + bytes(len(file.data) - file.synced)


def _some(seed: int) -> Fate:
    """Any of the names and any of the data, each kept or not as a coin falls."""

    def fate(disk: Disk) -> Tree:
        coin = random.Random(f"{seed} {len(disk.maybe)} {len(disk.files)}")
        kept = [change for change in disk.maybe if coin.random() < 0.5]

        def data(file: _File) -> bytes:
            return coin.choice((_synced, _torn, _zeroed))(file)

        return disk.tree(kept, data)

    return fate


FATES: Final[dict[str, Fate]] = {
    "what was not fsynced is gone": lambda disk: disk.tree([], _synced),
    "names are kept, data is gone": lambda disk: disk.tree(disk.maybe, _synced),
    "names are kept, data is torn": lambda disk: disk.tree(disk.maybe, _torn),
    "names are kept, data is zeros": lambda disk: disk.tree(disk.maybe, _zeroed),
    "all is kept": lambda disk: disk.tree(disk.maybe, lambda file: bytes(file.data)),
    "some is kept (1)": _some(1),
    "some is kept (2)": _some(2),
    "some is kept (3)": _some(3),
}


def power_cuts(steps: list[Step], first: int) -> Iterator[tuple[int, str, Tree]]:
    """Every tree that may be found after `first` steps or more: the number of steps, the fate, and the tree; each tree once."""
    disk, seen = Disk(), set[int]()
    for number in range(len(steps) + 1):
        if number >= first:
            for name, fate in FATES.items():
                tree = fate(disk)
                key = hash((number == len(steps), frozenset(tree.items())))
                if key not in seen:
                    seen.add(key)
                    yield number, name, tree
        if number < len(steps):
            disk.after(steps[number])


def restore(tree: Tree, recorded: Path, root: Path) -> None:
    """Write a tree that was recorded below one folder to another."""
    for path, data in tree.items():
        here = root / os.path.relpath(path, recorded)
        if data is None:
            here.mkdir(parents=True)
        else:
            here.write_bytes(data)
