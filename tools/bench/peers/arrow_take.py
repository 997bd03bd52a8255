"""An Arrow IPC file, mapped, and pyarrow's own `take`."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from tools.bench.workloads import SHAPE, Files, Records, Rows, Workload

_BATCH_BYTES = 8 << 20


class ArrowTake:
    """`column.take(rows)`."""

    name = "pyarrow take"
    modules = ("pyarrow",)
    survives_kill = False

    def takes(self, workload: Workload) -> bool:
        """Anything."""
        return True

    def learn(self, records: Records, folder: Path) -> None:
        """A file of record batches."""
        reader = batches(records)
        with pa.OSFile(str(folder / "x.arrow"), "wb") as file, pa.ipc.new_file(file, reader.schema) as writer:
            for batch in reader:
                writer.write_batch(batch)

    def open(self, folder: Path, files: Files) -> "_Reader":
        """Map the file; its record batches stay as they are, since joining them would copy it all."""
        column = pa.ipc.open_file(pa.memory_map(str(folder / "x.arrow"))).read_all().column(0)
        return _Reader(column)


def batches(records: Records) -> pa.RecordBatchReader:
    """The records as record batches of 8 MB with one column, `x`."""
    is_array = isinstance(records, np.ndarray)
    size = records[0].nbytes if isinstance(records, np.ndarray) else sum(map(len, records[:1000])) // 1000
    step = max(_BATCH_BYTES // size, 1)
    type_ = pa.list_(pa.uint8(), int(np.prod(SHAPE))) if is_array else pa.binary()
    schema = pa.schema([pa.field("x", type_)])

    def made() -> Iterator[pa.RecordBatch]:
        for start in range(0, len(records), step):
            part: Any = records[start : start + step]
            flat = pa.FixedSizeListArray.from_arrays(pa.array(part.reshape(-1)), type=type_) if is_array else None
            yield pa.RecordBatch.from_arrays([pa.array(part, type_) if flat is None else flat], schema=schema)

    return pa.RecordBatchReader.from_batches(schema, made())


def as_arrays(column: Any) -> Any:
    """A column of arrays as one numpy array."""
    return column.combine_chunks().flatten().to_numpy().reshape(-1, *SHAPE)


class _Reader:
    def __init__(self, column: pa.ChunkedArray) -> None:
        self._column = column
        self._chunks = column.chunks
        self._rows = len(self._chunks[0])  # as many in each, save in the last
        self._is_array = pa.types.is_fixed_size_list(column.type)

    def many(self, rows: Rows) -> Any:
        taken = self._column.take(pa.array(rows))
        return as_arrays(taken) if self._is_array else taken

    def stream(self, rows: Sequence[int]) -> Iterator[Any]:
        chunks, n = self._chunks, self._rows
        if self._is_array:
            return (chunks[row // n][row % n].values.to_numpy().reshape(SHAPE).copy() for row in rows)
        return (chunks[row // n][row % n].as_py() for row in rows)
