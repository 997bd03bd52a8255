"""Parquet files: a batch at a time, however large their row groups."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import pyarrow as pa

from byheart.records import Chunk
from byheart.sources.base import CHUNK_BYTES, Options
from byheart.sources.file import File
from byheart.sources.reading import each
from byheart.sources.tables import no_field, require_rows, table_chunks

_PAGE_BYTES: Final = 1 << 20
_ROWS: Final = 16_384
_FEW: Final = 64


def read_parquet(files: Iterable[File], options: Options) -> Iterator[Chunk]:
    """The rows, or one column of them."""
    return each(files, options, _rows, "a Parquet file")


def _rows(file: File, options: Options) -> Iterator[Chunk]:
    import pyarrow.parquet as pq  # noqa: PLC0415  # costs 20 ms, and few sources are Parquet

    require_rows(options, file.where)
    with file.at_random() as stream:
        parquet = pq.ParquetFile(pa.PythonFile(stream, mode="r"), buffer_size=_PAGE_BYTES, pre_buffer=False)
        columns = None if options.field is None else [_column(parquet.schema_arrow, options.field, file)]
        yield from table_chunks(_batches(parquet, columns), file.name, options.field)


def _column(schema: pa.Schema, field: str, file: File) -> str:
    found = next((name for name in (field, field.partition(".")[0]) if name in schema.names), None)
    if found is None:
        raise no_field(file.where, field, schema.names)
    return found


def _batches(parquet: Any, columns: list[str] | None) -> Iterator[pa.RecordBatch]:
    """Batches of about 2 MB. How many rows that is, the footer tells roughly, and the batches before precisely."""
    largest = _first_rows(parquet, columns)
    for group in range(parquet.num_row_groups):
        told = parquet.metadata.row_group(group)
        estimate = max(largest, told.total_byte_size / max(told.num_rows, 1))
        rows = max(1, min(_ROWS, int(CHUNK_BYTES / estimate)))
        for batch in parquet.iter_batches(rows, row_groups=[group], columns=columns, use_threads=False):
            largest = max(largest, batch.nbytes / max(batch.num_rows, 1))
            yield batch


def _first_rows(parquet: Any, columns: list[str] | None) -> float:
    """The bytes of a row, by the first few: the footer counts a text that comes often once."""
    first = (
        next(parquet.iter_batches(_FEW, columns=columns, use_threads=False), None) if parquet.num_row_groups else None
    )
    return 1.0 if first is None else max(1.0, first.nbytes / max(first.num_rows, 1))
