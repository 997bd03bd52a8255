"""Samples on a terminal, or in a pipe.

Text is written as it is. A text without a line break is a line. One with line breaks, or one that begins as the header
does, is a block: the header `<<< BYTES SOURCE:LOCATOR`, that many bytes, and a line break. A single sample has no header,
and no line break after it if it ends in one.
Other records are told in a table, a line each.
"""

import sys
from collections.abc import Callable, Iterable
from typing import Final

import click
import pyarrow as pa

from byheart._names import printable
from byheart.batch import Batch
from byheart.cli import screen, table, words
from byheart.cli.table import Column
from byheart.report.telling import tell
from byheart.saving.samples import about, contents

_HEADER: Final = b"<<< "
_LOOK_AT: Final = 200

Cells = tuple[list[Column], list[list[str]]]


def show(batches: Iterable[Batch], kind: str, count: int) -> None:
    """Write samples to standard output."""
    if kind == "text":
        _show_texts(batches, alone=count == 1)
    else:
        _show_table(batches, _cells_of_rows if kind == "row" else _cells_of_others)


def _show_texts(batches: Iterable[Batch], *, alone: bool) -> None:
    out = sys.stdout.buffer
    to_terminal = sys.stdout.isatty()
    for batch in batches:
        told = b"".join(text + b"\n" for text in _texts(batch, alone=alone))
        out.write(screen.tame(told.decode()).encode() if to_terminal else told)
    out.flush()


def _texts(batch: Batch, *, alone: bool) -> list[bytes]:
    """What to write of each sample, but for the line break that ends it."""
    texts = contents(batch)
    if alone:
        return [text.removesuffix(b"\n") for text in texts]
    blocks = [b"\n" in text or text.startswith(_HEADER) for text in texts]
    if any(blocks):
        for number, (source, locator) in enumerate(batch.origins):
            if blocks[number]:
                told = f"{len(texts[number])} {printable(source)}:{locator}\n"
                texts[number] = _HEADER + told.encode() + texts[number]
    return texts


def _show_table(batches: Iterable[Batch], cells_of: Callable[[Batch], Cells]) -> None:
    """A line a sample: as many of the first columns as fit, as wide as the first samples need."""
    columns: list[Column] = []
    hidden = 0
    for batch in batches:
        found, cells = cells_of(batch)
        if not columns:
            columns = table.fit(found, cells[:_LOOK_AT], screen.width())
            hidden = len(found) - len(columns)
            table.header(columns)
        table.rows(columns, cells)
    if hidden:
        click.echo(f"and {words.counted(hidden, 'more column')}: --json or -o FILE.csv has all of them")


def _cells_of_rows(batch: Batch) -> Cells:
    fields = list(batch.to_arrow().type)
    columns = [Column(printable(field.name), right=_is_number(field.type)) for field in fields]
    cells = [[_cell(value) for value in row.values()] for row in batch]
    if batch.labels is not None:
        columns.append(Column("label"))
        cells = [[*row, _cell(label)] for row, label in zip(cells, batch.labels, strict=True)]
    return columns, cells


def _cells_of_others(batch: Batch) -> Cells:
    columns = [Column("index", right=True), Column(batch.kind, most=48), Column("label"), Column("source")]
    cells = []
    for record, told in zip(batch, about(batch), strict=True):
        label = "" if told["label"] is None else printable(told["label"])
        weight = f", {words.size(len(record))}" if isinstance(record, bytes) else ""
        source = printable(f"{told['source']}:{told['locator']}")
        cells.append([words.count(told["index"]), tell(batch.kind, record) + weight, label, source])
    if batch.labels is None:
        del columns[2]
        cells = [[*row[:2], row[3]] for row in cells]
    return columns, cells


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    return "" if value is None else printable(str(value))


def _is_number(type_: pa.DataType) -> bool:
    return bool(pa.types.is_integer(type_) or pa.types.is_floating(type_) or pa.types.is_decimal(type_))
