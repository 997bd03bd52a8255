"""A file a record, in a folder or a zip, beside an index of them.

The index is `index.byheart.jsonl`, one line a file, in order: `file`, label, index, fingerprint, source, locator. It gets its
name when all is there; and whoever learns the folder learns the samples alone.
"""

import json
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from byheart import _files
from byheart._names import SAMPLES_INDEX
from byheart.errors import MemoryExistsError
from byheart.saving.samples import Samples, about, contents
from byheart.saving.single import suffix_of, to_file

_NO_DATE: Final = (1980, 1, 1, 0, 0, 0)  # the same samples make the same zip


def save_folder(batches: Iterable[Samples], path: Path) -> int:
    """Fill a new or empty folder; give back the number of samples.

    Raises:
        MemoryExistsError: it holds something already.
        StorageError: it cannot be written to; nothing is left behind.
    """
    if path.is_dir() and any(path.iterdir()):
        raise MemoryExistsError(f"{path} is a folder that holds files already: choose another one, or empty it")
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
