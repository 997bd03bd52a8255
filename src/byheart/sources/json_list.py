"""A JSON file that holds one list: its items are the records; read as it comes, so that it may be of any length."""

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import count
from typing import Any, Final

import pyarrow as pa

from byheart.errors import InputError
from byheart.records import Chunk
from byheart.sources.base import CHUNK_BYTES, RECORD_BYTES, Options
from byheart.sources.file import File, too_large
from byheart.sources.json_lines import as_record, value_of
from byheart.sources.json_rows import batch_of, schema_of, widened
from byheart.sources.reading import each
from byheart.sources.tables import require_rows

_SPACE: Final = re.compile(r"[ \t\n\r]*")
_CUT: Final = 16  # an error this near the end of what was read may come from the cut
_DECODE: Final = json.JSONDecoder().raw_decode


def read_json_list(files: Iterable[File], options: Options) -> Iterator[Chunk]:
    """The items: objects as rows, or one field of each, or what else is in the list."""
    settled = _settle(files) if options.field is None else None
    return each(files, options, partial(_chunks, settled=settled), "a JSON file that holds one list")


def _settle(files: Iterable[File]) -> pa.Schema | None:
    schema = None
    for file in files:
        if file.is_once:
            return None
        for first, items in _numbered(file):
            if schema is None and not isinstance(items[0], dict):
                return None
            where = _told(file, first, len(items))
            schema = widened(schema, schema_of(items, where), where)
    return schema


def _chunks(file: File, options: Options, settled: pa.Schema | None) -> Iterator[Chunk]:
    schema = settled
    for first, items in _numbered(file):
        if options.field is not None:
            places = (f"{file.where}, item {i}" for i in count(first + 1))
            values = [value_of(item, options.field, where) for item, where in zip(items, places, strict=False)]
            yield Chunk([as_record(value) for value in values], file.name, first)
        elif schema is None and not isinstance(items[0], dict):
            yield Chunk([as_record(item) for item in items], file.name, first)
        else:
            require_rows(options, file.where)
            where = _told(file, first, len(items))
            schema = schema or schema_of(items, where)
            yield Chunk(batch_of(items, schema, where), file.name, first)


def _told(file: File, first: int, number: int) -> str:
    return f"{file.where}, items {first + 1:,} to {first + number:,}"


def _numbered(file: File) -> Iterator[tuple[int, list[Any]]]:
    """The items, those that end in one block together, with the number of the first."""
    number = 0
    for items in _items(file):
        if items:
            yield number, items
        number += len(items)


def _items(file: File) -> Iterator[list[Any]]:
    """The items of each block; one that is cut by its end comes with the next."""
    decode = codecs.getincrementaldecoder("utf-8-sig")().decode
    text, expected, more = "", "[", True
    with file.open() as stream:
        while more:
            block = stream.read(max(CHUNK_BYTES, len(text)))  # an item of many blocks is not tried again at each
            more = bool(block)
            text += decode(block, final=not more)
            items, text, expected = _scanned(text, expected, file, is_all=not more)
            yield items
            if len(text) > RECORD_BYTES:
                raise too_large(file.where)
    if expected != "end":
        raise EOFError("the list does not end")


def _scanned(text: str, expected: str, file: File, *, is_all: bool) -> tuple[list[Any], str, str]:
    """The whole items that `text` begins with, the rest of it, and what is expected next: "[", "item", "item or ]", "," or "end"."""
    items: list[Any] = []
    at = _skip(text, 0)
    while at < len(text):
        found = text[at]
        if expected == "[":
            if found != "[":
                remedy = "learn it with --by file, or name it .jsonl if there is one value a line"
                raise InputError(f"{file.where}: wanted a JSON file that holds one list, got {found!r} first: {remedy}")
            at, expected = at + 1, "item or ]"
        elif found == "]" and expected in {"item or ]", ","}:
            at, expected = at + 1, "end"
        elif expected == ",":
            if found != ",":
                raise ValueError(f"{found!r} where a comma should be")
            at, expected = at + 1, "item"
        elif expected == "end":
            raise ValueError("there is more after the list")
        else:
            end = _end_of_item(text, at, items, is_all=is_all)
            if end is None:
                break
            at, expected = end, ","
        at = _skip(text, at)
    return items, text[at:], expected


def _end_of_item(text: str, at: int, items: list[Any], *, is_all: bool) -> int | None:
    """Append the item that begins at `at`, and say where it ends; None if more of the text has to be seen."""
    try:
        item, end = _DECODE(text, at)
    except json.JSONDecodeError as error:
        if not is_all and (error.pos >= len(text) - _CUT or error.msg.startswith("Unterminated")):
            return None
        raise
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if end == len(text) and not is_all:  # a number may go on
        return None
    items.append(item)
    return end


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
