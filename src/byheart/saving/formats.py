"""The formats that samples are saved in, by the end of the path."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Final

from byheart.errors import InputError, MemoryExistsError
from byheart.registry import Registry, nearest
from byheart.saving import folder, plain, tables
from byheart.saving.samples import Samples

Save = Callable[[Iterable[Samples], Path, int], int]


@dataclass(frozen=True, slots=True)
class Format:
    """How one format is written, and the kinds of record that it can hold (None: all)."""

    save: Save
    kinds: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """What was saved: where, and how many samples."""

    path: Path
    samples: int


def _whatever_the_total(save_: Callable[[Iterable[Samples], Path], int]) -> Save:
    return lambda batches, path, _: save_(batches, path)


_CELLS: Final = frozenset({"text", "row"})
_FILES: Final = frozenset({"image", "audio", "bytes"})

FORMATS: Final = Registry[Format]("format")
FORMATS.add(".txt", Format(plain.save_txt, frozenset({"text"})))
FORMATS.add(".jsonl", Format(_whatever_the_total(tables.save_jsonl), _CELLS))
FORMATS.add(".csv", Format(_whatever_the_total(tables.save_csv), _CELLS))
FORMATS.add(".parquet", Format(_whatever_the_total(tables.save_parquet)))
FORMATS.add(".arrow", Format(_whatever_the_total(tables.save_arrow)))
FORMATS.add(".npy", Format(plain.save_npy, frozenset({"array"})))
FORMATS.add(".zip", Format(_whatever_the_total(folder.save_zip)))


def save(
    batches: Iterable[Samples], where: str | PathLike[str], *, kind: str, total: int, overwrite: bool = False
) -> Saved:
    """Save samples as one file, in the format that its suffix names, or as a folder with a file each.

    Args:
        batches: at least one; only one is looked at at a time.
        where: a file, or a folder (it exists, ends in a slash, or has no suffix). What fails leaves nothing there.
            A single image, recording or file may have the suffix of its own: it is written as it is.
        kind: of all the samples.
        total: how many there are in all the batches.
        overwrite: whether a file, or the samples that were saved in a folder before, may be replaced; any other folder must be new or empty.

    Raises:
        MemoryExistsError: something is there already.
        InputError: the suffix is none of `FORMATS`, or its format cannot hold such records.
        StorageError: it cannot be written.
    """
    path = Path(where)
    suffix = path.suffix.lower()
    if path.is_dir() or not suffix or str(where).endswith(("/", os.sep)):
        if path.is_file():
            raise MemoryExistsError(f"{path} is a file, and a name without a suffix is a folder: choose another name")
        return Saved(path, folder.save_folder(batches, path, overwrite=overwrite))
    format_ = _format_of(path, suffix, kind, total)
    if path.exists() and not overwrite:
        raise MemoryExistsError(f"{path} is there already: choose another name, or say --overwrite")
    if not path.parent.is_dir():
        raise InputError(f"{path}: there is no folder {path.parent}: make it first")
    return Saved(path, format_.save(batches, path, total))


def _format_of(path: Path, suffix: str, kind: str, total: int) -> Format:
    if suffix not in FORMATS:
        if total == 1 and kind in _FILES:
            return Format(_whatever_the_total(plain.save_as_it_is))
        raise InputError(f"{path}: cannot save as {suffix}: {nearest(suffix, FORMATS)}, or a folder (no suffix)")
    format_ = FORMATS[suffix]
    if format_.kinds is not None and kind not in format_.kinds:
        fit = [name for name in FORMATS if FORMATS[name].kinds is None or kind in (FORMATS[name].kinds or ())]
        raise InputError(f"{path}: {suffix} cannot hold {kind} records: wanted a folder (no suffix), {', '.join(fit)}")
    return format_
