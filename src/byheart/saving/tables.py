"""Samples as one table: CSV, JSON lines, Parquet, Arrow.

Rows keep their columns. Other records are one column, called by their kind: `text`, `image`, ... Where the memory has
labels, the column `label` follows.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyarrow as pa

from byheart import _files
from byheart.errors import InputError
from byheart.saving.jsonable import is_binary, jsonable
from byheart.saving.samples import Samples


def to_batch(samples: Samples) -> pa.RecordBatch:
    """The table that samples make up.

    An array's column is a fixed-size list, with dtype and shape in the metadata of its field.
    """
    x = samples.to_arrow()
    if samples.kind == "row":
        columns = dict(zip((field.name for field in x.type), x.flatten(), strict=True))
    else:
        columns = {samples.kind: x}
    if samples.labels is not None:
        name = "label"
        while name in columns:
            name += "_"
        columns[name] = pa.array(samples.labels, pa.large_string())
    batch = pa.RecordBatch.from_pydict(columns)
    if samples.kind == "array":
        numbers = samples.to_numpy()
        metadata = {"dtype": numbers.dtype.str, "shape": json.dumps(numbers.shape[1:])}
        field = batch.schema.field(0).with_metadata(metadata)
        batch = batch.cast(batch.schema.set(0, field))
    return batch


def save_csv(batches: Iterable[Samples], path: Path) -> int:
    """Comma-separated values with a line of names; text in quotes, null as nothing."""
    import pyarrow.csv as pc  # noqa: PLC0415  # only who saves CSV waits for it

    def open_writer(sink: pa.PythonFile, schema: pa.Schema) -> Any:
        if any(is_binary(field.type) for field in schema):
            raise pa.ArrowInvalid("CSV is text")
        return pc.CSVWriter(sink, schema)

    return _save(batches, path, open_writer)


def save_parquet(batches: Iterable[Samples], path: Path) -> int:
    """Parquet, with Arrow's types kept."""
    import pyarrow.parquet as pq  # noqa: PLC0415  # only who saves Parquet waits for it

    return _save(batches, path, pq.ParquetWriter)


def save_arrow(batches: Iterable[Samples], path: Path) -> int:
    """An Arrow IPC file (Feather, version 2)."""
    return _save(batches, path, pa.ipc.new_file)


def save_jsonl(batches: Iterable[Samples], path: Path) -> int:
    """An object a line; what JSON has no type for is text (`jsonable`)."""
    written = 0
    with _files.replacing(path) as file:
        for samples in batches:
            file.write(b"".join(_lines(samples)))
            written += len(samples)
    return written


def _lines(samples: Samples) -> Iterator[bytes]:
    for row in to_batch(samples).to_pylist():
        yield json.dumps(jsonable(row), ensure_ascii=False).encode() + b"\n"


def _save(batches: Iterable[Samples], path: Path, open_writer: Callable[[Any, pa.Schema], Any]) -> int:
    written = 0
    with _files.replacing(path) as file, ExitStack() as stack:
        sink = pa.PythonFile(file, "w")
        writer = None
        for samples in batches:
            batch = to_batch(samples)
            if writer is None:
                writer = stack.enter_context(_opened(open_writer, sink, batch.schema, path))
            writer.write_batch(batch)
            written += len(samples)
    return written


def _opened(open_writer: Callable[[Any, pa.Schema], Any], sink: pa.PythonFile, schema: pa.Schema, path: Path) -> Any:
    try:
        return open_writer(sink, schema)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        odd = [field for field in schema if is_binary(field.type) or pa.types.is_nested(field.type)] or list(schema)
        told = ", ".join(f"{field.name} ({field.type})" for field in odd)
        raise InputError(f"{path}: this format cannot hold the columns {told}: save as .parquet or .arrow") from error
