"""WebDataset tars: members that share a name up to its first dot are one record.

Rule: `--field jpg` says which member is the record; where each record has only one member besides `.cls` and `.json`, that is it. Its label is
what stands in `.cls`, or in the field "label" of `.json`. A member that would be lost is an error, unless `--field` was given.
Source of the convention: https://github.com/webdataset/webdataset.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, Final

import numpy as np

from byheart.errors import InputError
from byheart.records import Chunk
from byheart.sources.base import Options, batched
from byheart.sources.file import File

_LABELS: Final = ("cls", "json")


def is_webdataset(names: list[str]) -> bool:
    """Whether the first members are a record with its label or its text.

    >>> is_webdataset(["0.jpg", "0.cls", "1.jpg", "1.cls"]), is_webdataset(["a.c", "a.h", "b.c"])
    (True, False)
    """
    first = [_parts(name)[1] for name in names if _parts(name)[0] == _parts(names[0])[0]]
    return len(first) > 1 and bool({"cls", "json", "txt"} & set(first))


def read_webdataset(files: Iterable[File], options: Options) -> Iterator[Chunk]:
    """The records with their labels; a record's source is the name of its member."""
    for batch in batched(_samples(files, options), lambda sample: len(sample[1])):
        names, data, labels = (list(column) for column in zip(*batch, strict=True))
        yield Chunk(data, names, np.zeros(len(batch), np.int64), labels)


def _samples(files: Iterable[File], options: Options) -> Iterator[tuple[str, bytes, str | None]]:
    for key, members in groupby(files, lambda file: _parts(file.name)[0]):
        sample: dict[str, tuple[File, bytes]] = {}
        for file in members:
            suffix = _parts(file.name)[1]
            if suffix in sample:
                raise InputError(f"{file.where}: wanted one member of each suffix in a record, got two: rename one")
            if options.field in {None, suffix} or suffix in _LABELS:
                sample[suffix] = file, file.whole()
        yield _record(key, sample, options)


def _record(key: str, sample: dict[str, tuple[File, bytes]], options: Options) -> tuple[str, bytes, str | None]:
    wanted = options.field
    if wanted is None:
        others = [suffix for suffix in sample if suffix not in _LABELS]
        if len(others) != 1:
            got = f"got {len(others)} ({', '.join(others) or 'none'})"
            raise InputError(f"{key}: wanted one member besides .cls and .json, {got}: say which with --field")
        wanted = others[0]
    if wanted not in sample:
        raise InputError(f"{key}: wanted a member .{wanted}, got none: drop the record, or say another with --field")
    file, data = sample[wanted]
    return file.name, data, _label(sample, options)


def _label(sample: dict[str, tuple[File, bytes]], options: Options) -> str | None:
    if "cls" in sample:
        return sample["cls"][1].decode().strip()
    if "json" not in sample or options.field == "json":
        return None
    file, data = sample["json"]
    try:
        told: Any = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{file.where}: wanted JSON, got something else ({error})") from error
    is_labelled = isinstance(told, dict) and "label" in told
    if options.field is None and (not is_labelled or len(told) > 1):
        remedy = "say which member is the record with --field, and the rest is left out"
        raise InputError(f"{file.where}: wanted an object with nothing but a label, got more, or none: {remedy}")
    return str(told["label"]) if is_labelled else None


def _parts(name: str) -> tuple[str, str]:
    """A name up to the first dot of its last part, and what follows it."""
    folder, slash, last = name.rpartition("/")
    key, _, suffix = last.partition(".")
    return f"{folder}{slash}{key}", suffix.lower()
