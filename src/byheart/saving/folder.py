"""A file a record, in a folder or a zip, beside an index of them.

The index is `index.byheart.jsonl`, one line a file, in order: `file`, label, index, fingerprint, source, locator. It gets its
name when all is there; and whoever learns the folder learns the samples alone.
"""

import json
import re
import uuid
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from byheart import _files
from byheart._names import SAMPLES_INDEX
from byheart.errors import MemoryExistsError
from byheart.saving.samples import Samples, about, contents
from byheart.saving.single import suffix_of, to_file

_NAME: Final = re.compile(r"\d{6,}\.[a-z0-9]+")  # of a file that is written here
_NO_DATE: Final = (1980, 1, 1, 0, 0, 0)  # the same samples make the same zip


def save_folder(batches: Iterable[Samples], path: Path, *, overwrite: bool = False) -> int:
    """Fill a new or empty folder, or (`overwrite`) one that samples were saved in before; give back the number of samples.

    Of what is there, only the files that its index names are replaced, and only when all the new ones are on the disk.

    Raises:
        MemoryExistsError: it holds something that may not be replaced.
        StorageError: it cannot be written to; nothing is left behind.
    """
    if not path.is_dir() or not any(path.iterdir()):
        return _fill(path, batches)
    before = _saved_before(path)
    if before is None:
        told = "choose another one, or empty it (--overwrite replaces saved samples alone)"
        raise MemoryExistsError(f"{path} is a folder that holds files already: {told}")
    if not overwrite:
        raise MemoryExistsError(f"{path} holds saved samples already: choose another folder, or say --overwrite")
    made = path / f".{uuid.uuid4().hex}.tmp"
    try:
        written = _fill(made, batches)
        _put_in_place(made, path, before)
    finally:
        _files.remove_tree(made)
    return written


def _fill(path: Path, batches: Iterable[Samples]) -> int:
    """Fill a new or empty folder."""
    new = not path.exists()
    _files.make_folder(path)
    written = 0
    try:
        with _files.replacing(path / SAMPLES_INDEX) as index:
            for name, data, entry in _files_of(batches):
                _files.write_new(path / name, data)
                index.write(entry)
                written += 1
    except BaseException:
        for entry_path in path.iterdir():
            _files.remove(entry_path)
        if new:
            _files.remove_folder(path)
        raise
    return written


def _saved_before(path: Path) -> list[str] | None:
    """The files that the index of a folder names; None where there is none that `save_folder` wrote."""
    try:
        lines = (path / SAMPLES_INDEX).read_text("utf-8").split("\n")
        names = [str(json.loads(line)["file"]) for line in lines if line]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return names if all(map(_NAME.fullmatch, names)) else None


def _put_in_place(made: Path, path: Path, before: list[str]) -> None:
    """Move the new files to where the old ones are; the index goes first, and comes last."""
    names = sorted(entry.name for entry in made.iterdir() if entry.name != SAMPLES_INDEX)
    others = [name for name in sorted({*names} - {*before}) if (path / name).exists()]
    if others:
        told = f"{others[0]}, which its index does not name"
        raise MemoryExistsError(f"{path} holds {told}: choose another folder, or move it away")
    for name in (SAMPLES_INDEX, *before):
        _files.remove(path / name)
    for name in (*names, SAMPLES_INDEX):
        _files.move(made / name, path / name)
    _files.fsync_folder(path)


def save_zip(batches: Iterable[Samples], path: Path) -> int:
    """Write a zip of the same files, stored as they are; give back the number of samples."""
    entries = []
    with _files.replacing(path) as file, zipfile.ZipFile(file, "w") as archive:
        for name, data, entry in _files_of(batches):
            archive.writestr(zipfile.ZipInfo(name, _NO_DATE), data)
            entries.append(entry)
        archive.writestr(zipfile.ZipInfo(SAMPLES_INDEX, _NO_DATE), b"".join(entries))
    return len(entries)


def _files_of(batches: Iterable[Samples]) -> Iterator[tuple[str, bytes, bytes]]:
    """For each sample: the name of its file, its bytes, and its line of the index."""
    number = 0
    for samples in batches:
        for (suffix, data), told in zip(_records(samples), about(samples), strict=True):
            name = f"{number:06d}{suffix}"
            number += 1
            line = json.dumps({"file": name, "label": told.pop("label"), **told}, ensure_ascii=False)
            yield name, data, line.encode() + b"\n"


def _records(samples: Samples) -> Iterator[tuple[str, bytes]]:
    if samples.kind in {"array", "row"}:
        return (to_file(samples.kind, record) for record in samples)
    if samples.kind == "text":
        return ((".txt", data) for data in contents(samples))
    return ((suffix_of(data), data) for data in contents(samples))
