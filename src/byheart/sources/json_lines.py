"""JSON lines: an object a line is a row; with `field`, that field of it is the record."""

import json
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from byheart.errors import InputError
from byheart.records import Chunk
from byheart.sources.base import Options
from byheart.sources.file import File
from byheart.sources.json_rows import batch_of, quick_batch, schema_of, widened
from byheart.sources.lines import line_blocks, not_utf8
from byheart.sources.reading import each
from byheart.sources.tables import no_field, require_rows

_WANTED: Final = "JSON lines"


def read_json_lines(files: Iterable[File], options: Options) -> Iterator[Chunk]:
    """The objects as rows, whose columns hold what all of them have; or one field; or what else stands in the lines."""
    if options.field is not None:
        return each(files, options, _picked, _WANTED)
    return each(files, options, partial(_rows, settled=_settle(files)), _WANTED)


def value_of(record: Any, field: str, where: str) -> Any:
    """A field by its name, or with dots one within an object.

    >>> value_of({"meta": {"text": "to be"}}, "meta.text", "a.jsonl, line 1")
    'to be'
    """
    value, rest = record, field
    while rest:
        names = [*value] if isinstance(value, dict) else []
        name = rest if rest in names else rest.partition(".")[0]
        if name not in names:
            raise no_field(where, field, names)
        value, rest = value[name], rest[len(name) + 1 :]
    if value is None:
        raise InputError(f"{where}: wanted a value in the field {field!r}, got none (null): drop it first")
    return value


def as_record(value: Any) -> Any:
    """A JSON value as a record: numbers and lists are arrays."""
    return value if isinstance(value, (str, dict)) else np.asarray(value)


def _settle(files: Iterable[File]) -> pa.Schema | None:
    """The columns of all the objects, if they can be gone through first; None for lines of another sort."""
    schema = None
    for file in files:
        if file.is_once:
            return None
        for number, block in _numbered(file):
            if schema is None and not _has_objects(block):
                return None
            if schema is None or quick_batch(block, schema) is None:
                records, _ = _parsed(block, number, file)
                if records:
                    where = _told(file, number, len(records))
                    schema = widened(schema, schema_of(records, where), where)
    return schema


def _rows(file: File, options: Options, settled: pa.Schema | None) -> Iterator[Chunk]:
    schema = settled
    if schema is not None:
        require_rows(options, file.where)
    for number, block in _numbered(file):
        batch = None if schema is None else quick_batch(block, schema)
        if batch is not None and batch.num_rows == block.count(b"\n") + (not block.endswith(b"\n")):
            yield Chunk(batch, file.name, number)
            continue
        records, locators = _parsed(block, number, file)
        if not records:
            continue
        where = _told(file, number, len(records))
        if schema is None and not _has_objects(block):
            yield Chunk([as_record(record) for record in records], file.name, locators)
            continue
        if schema is None:
            require_rows(options, file.where)
            schema = schema_of(records, where)
        yield Chunk(batch_of(records, schema, where), file.name, locators)


def _picked(file: File, options: Options) -> Iterator[Chunk]:
    field = options.field or ""
    schema = pa.schema([(field, pa.string())])
    for number, block in _numbered(file):
        batch = None if "." in field else quick_batch(block, schema, other_fields="ignore")
        lines = block.count(b"\n") + (not block.endswith(b"\n"))
        if batch is not None and batch.num_rows == lines and batch.column(0).null_count == 0:
            yield Chunk(batch.column(0), file.name, number)
            continue
        records, locators = _parsed(block, number, file)
        if records:
            wheres = (f"{file.where}, line {i + 1:,}" for i in locators.tolist())
            values = [as_record(value_of(record, field, where)) for record, where in zip(records, wheres, strict=True)]
            yield Chunk(values, file.name, locators)


def _numbered(file: File) -> Iterator[tuple[int, bytes]]:
    """Blocks of lines, each with the number (from 0) of its first."""
    number = 0
    for block in line_blocks(file):
        yield number, block
        number += block.count(b"\n")


def _parsed(block: bytes, number: int, file: File) -> tuple[list[Any], npt.NDArray[np.int64]]:
    """What stands in the lines that are not blank, and the numbers of those."""
    records: list[Any] = []
    numbers: list[int] = []
    for i, line in enumerate(block.split(b"\n"), number):
        if line and not line.isspace():
            try:
                records.append(json.loads(line))
            except UnicodeDecodeError as error:
                raise not_utf8(error, file.where, i + 1) from error
            except (ValueError, RecursionError) as error:
                raise InputError(
                    f"{file.where}, line {i + 1:,}: wanted JSON, got something else ({error}): mend or drop the line"
                ) from error
            numbers.append(i)
    return records, np.array(numbers, np.int64)


def _has_objects(block: bytes) -> bool:
    return block.lstrip().startswith(b"{")


def _told(file: File, number: int, count: int) -> str:
    return f"{file.where}, lines {number + 1:,} to {number + count:,}"
