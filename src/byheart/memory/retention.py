"""Retention: how long old versions are kept for time travel, and how they go.

Rule 1: the last 10 versions stay, and those that are younger than 7 days.
Rule 2: all manifests that go do so before any file that only they need, so that no manifest ever names a file that has gone.
Rule 3: a file that leaves a version never comes back in a later one: what neither the version before nor the one after needs, of
        those that stay, no version needs. (It is not always the oldest that go: clocks differ, and disks refuse.)
"""

from bisect import bisect
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from byheart import _files
from byheart.errors import ByheartError, DamagedError, MemoryNotFoundError, StorageError
from byheart.memory import indexes, store
from byheart.memory import manifest as m

VERSIONS_KEPT: Final = 10
KEPT_FOR: Final = timedelta(days=7)


def sweep(root: Path) -> None:
    """Remove the versions that Rule 1 does not keep; give way where the disk or a damaged manifest does not let it."""
    old = m.versions(root)[:-VERSIONS_KEPT]
    with suppress(ByheartError):
        if gone := [version for version in old if _is_old(root, version)]:
            drop(root, gone)
            indexes.sweep(root)


def drop(root: Path, versions: list[int]) -> list[Path]:
    """Remove versions, and the files that no other version needs; those that cannot be removed are returned."""
    needed = _needed_beside(root, versions) if versions else set[Path]()
    files, undeletable = set[Path](), []
    for version in versions:
        listed = set[Path]()
        with suppress(ByheartError):  # a damaged page: what it lists is swept by `check --repair`
            listed = store.files_of(root, m.load(root, version)) - needed
        manifest = m.manifest_path(root, version)
        try:
            _files.remove(manifest)
        except StorageError:
            undeletable += [manifest, *sorted(listed - {manifest})]
            needed |= listed
        files |= listed - {manifest}
    if versions:
        _files.fsync_folder(root)
    for file in sorted(files - needed):
        try:
            _files.remove(file)
        except StorageError:
            undeletable.append(file)
    return undeletable


def _needed_beside(root: Path, gone: list[int]) -> set[Path]:
    """The files of the versions that stay, on both sides of each that goes."""
    while True:
        stay = sorted(set(m.versions(root)) - set(gone))
        sides = {at for version in gone for at in (bisect(stay, version) - 1, bisect(stay, version))}
        beside = [stay[at] for at in sides if 0 <= at < len(stay)]
        try:
            return set().union(*(store.files_of(root, m.load(root, version)) for version in beside))
        except (MemoryNotFoundError, DamagedError):
            if all(m.manifest_path(root, version).exists() for version in beside):
                raise  # else another process has swept one just now


def _is_old(root: Path, version: int) -> bool:
    created = datetime.fromisoformat(m.load(root, version).created)
    return datetime.now(UTC) - created > KEPT_FOR
