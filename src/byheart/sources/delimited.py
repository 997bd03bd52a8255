"""CSV and TSV: rows whose columns are whole numbers, numbers or text, whichever loses nothing.

Rule 1: a column is of whole numbers if every cell, written as a number again, is the same text; else of numbers if every cell is one
(without leading zeros: 007 is a name); else of text. All cells of all files are looked at before the first row is learned; of what can
be read once only, those of the first 2 MB, and a later cell that does not fit is an error.
Rule 2: in a column of numbers, an empty cell, NA, null, NaN and the like are null; in a column of text they are what they are.
Rule 3: the first line names the columns, unless one of its cells is a number: then they are c0, c1, ... (`Options.header` decides).
Rule 4: commas, semicolons or tabs part the cells of a CSV: what the first line has most of. The spaces after them do not count if
every cell of the first line but the first begins with one.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final, Self

import pyarrow as pa
import pyarrow.compute as pc

from byheart.errors import InputError
from byheart.records import Chunk
from byheart.sources.base import RECORD_BYTES, Options
from byheart.sources.columns import ColumnTypes, is_number
from byheart.sources.faults import faults
from byheart.sources.file import File
from byheart.sources.lines import check_encoding, not_utf8
from byheart.sources.reading import each
from byheart.sources.row_blocks import end_of_rows, row_blocks
from byheart.sources.tables import no_field, require_rows, table_chunks

_SEPARATORS: Final = ",;\t"
_WANTED: Final = "a table as text (CSV)"


def read_csv(files: Iterable[File], options: Options) -> Iterator[Chunk]:
    """The rows, or one column of them."""
    return _read(files, options, "")


def read_tsv(files: Iterable[File], options: Options) -> Iterator[Chunk]:
    """The rows, or one column of them; tabs part the cells."""
    return _read(files, options, "\t")


def _read(files: Iterable[File], options: Options, separator: str) -> Iterator[Chunk]:
    types = ColumnTypes()
    rows: dict[str, int] = {}
    for file in files:
        require_rows(options, file.where)
        with faults(file.where, _WANTED):
            if not file.is_once:
                rows[file.where] = 0
                for batch in _cells(file, options, separator):
                    types.look_at(batch)
                    rows[file.where] += batch.num_rows
    return each(files, options, partial(_rows, types=types, separator=separator, expected=rows), _WANTED)


def _rows(
    file: File, options: Options, *, types: ColumnTypes, separator: str, expected: dict[str, int]
) -> Iterator[Chunk]:
    first = 0
    for batch in _cells(file, options, separator):
        if file.is_once:
            if first == 0:
                types.look_at(batch)
            types.require_same(batch, file.where, first)
        elif first + batch.num_rows > expected[file.where]:
            raise _changed(file)
        yield from table_chunks([types.typed(batch)], file.name, options.field, first)
        first += batch.num_rows
    if first != expected.get(file.where, first):
        raise _changed(file)


def _changed(file: File) -> InputError:
    return InputError(
        f"{file.where}: wanted a file that stays as it is, got one that changed meanwhile: learn it again"
    )


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the cells lie, by the first line."""

    names: list[str]
    separator: str
    has_header: bool
    is_spaced: bool

    @classmethod
    def of(cls, first: str, options: Options, separator: str) -> Self:
        """Rules 3 and 4."""
        separator = separator or max(_SEPARATORS, key=lambda each: len(_split(first, each)))
        cells = _split(first, separator)
        is_spaced = len(cells) > 1 and all(cell.startswith(" ") for cell in cells[1:])
        if is_spaced:
            cells = [cell.lstrip(" ") for cell in cells]
        has_header = options.header
        if has_header is None:
            has_header = not any(map(is_number, cells))
        names = [cell if has_header and cell else f"c{i}" for i, cell in enumerate(cells)]
        return cls(names, separator, has_header, is_spaced)

    def stripped(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Without the spaces that belong to the separator."""
        if not self.is_spaced:
            return batch
        columns = [
            cells if name == self.names[0] else pc.utf8_ltrim(cells, " ")
            for name, cells in zip(batch.schema.names, batch.columns, strict=True)
        ]
        return pa.RecordBatch.from_arrays(columns, batch.schema.names)


def _cells(file: File, options: Options, separator: str) -> Iterator[pa.RecordBatch]:
    """The rows below the header, all cells as text."""
    with file.open() as stream:
        check_encoding(file, stream)
        first, line = _first_line(stream, separator or _SEPARATORS)
        layout = _Layout.of(_decoded(first, file, line), options, separator)
        _check(layout.names, options.field, file)
        line += _lines(first) if layout.has_header else 0
        rows = 0
        for block in row_blocks(b"" if layout.has_header else first, stream, layout.separator, file):
            with faults(f"{file.where}, below row {rows:,}", f"{len(layout.names)} cells in each row"):
                try:
                    batches = _parsed(block, layout, options.field)
                except pa.ArrowInvalid:
                    _decoded(block, file, line)
                    raise
            line += _lines(block)
            for batch in batches:
                yield layout.stripped(batch)
                rows += batch.num_rows


def _decoded(block: bytes, file: File, line: int) -> str:
    """As text; an error names the line, where the block begins with this one (from 1)."""
    try:
        return block.decode()
    except UnicodeDecodeError as error:
        raise not_utf8(error, file.where, line) from error


def _lines(block: bytes) -> int:
    return block.count(b"\n" if b"\n" in block else b"\r")


def _parsed(block: bytes, layout: _Layout, field: str | None) -> list[pa.RecordBatch]:
    import pyarrow.csv as pcsv  # noqa: PLC0415  # costs 10 ms, and few sources are CSV

    names = layout.names
    return pcsv.read_csv(  # type: ignore[no-any-return]  # pyarrow is untyped
        pa.BufferReader(block),
        read_options=pcsv.ReadOptions(use_threads=False, block_size=len(block) + 1, column_names=names),
        parse_options=pcsv.ParseOptions(delimiter=layout.separator, newlines_in_values=True),
        convert_options=pcsv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), include_columns=names if field is None else [field]
        ),
    ).to_batches()


def _check(names: list[str], field: str | None, file: File) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"{file.where}: wanted one column of each name, got {twice!r} twice: rename one")
    if field is not None and field not in names:
        raise no_field(file.where, field, names)


def _first_line(stream: io.BufferedReader, separators: str) -> tuple[bytes, int]:
    """The first line that is not blank, with those that a quote in it goes on in; and its number, from 1."""
    line, number = b"\n", 0
    while line and not line.strip():
        line = stream.readline(RECORD_BYTES)
        number += 1
    while not any(end_of_rows(line, each) for each in separators) and (more := stream.readline(RECORD_BYTES)):
        line += more
    return line, number


def _split(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(line, newline=""), delimiter=separator), [])
    except csv.Error as error:
        raise ValueError(str(error)) from error
