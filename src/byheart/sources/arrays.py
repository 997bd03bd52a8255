"""Arrays: cut into chunks along the first axis; strings become text, structured arrays rows."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from byheart.errors import InputError
from byheart.records.chunk import Values
from byheart.sources.base import CHUNK_BYTES, CHUNK_RECORDS


def array_blocks(array: npt.NDArray[Any]) -> Iterator[Values]:
    """Records of about 2 MB together, without a copy where they are numbers."""
    if array.ndim == 0:
        raise InputError("data: wanted an array whose first axis is the records, got a single number")
    step = rows_of(array[:1].nbytes)
    for start in range(0, len(array), step):
        yield array_values(array[start : start + step])


def rows_of(record_bytes: int) -> int:
    """How many records make about 2 MB.

    >>> rows_of(1024), rows_of(1 << 30)
    (2048, 1)
    """
    return max(1, min(CHUNK_RECORDS, CHUNK_BYTES // max(record_bytes, 1)))


def array_values(block: npt.NDArray[Any]) -> Values:
    """The records of a block as a kind of record takes them: numbers as they are, strings and objects as a list, structures as rows."""
    if block.dtype.names is not None:
        return pa.RecordBatch.from_arrays([_cells(block[name]) for name in block.dtype.names], list(block.dtype.names))
    if block.dtype.kind in "USO":
        items: list[Any] = block.tolist()
        return items
    return block


def _cells(cells: npt.NDArray[Any]) -> pa.Array:
    if cells.dtype.names is not None:
        return pa.StructArray.from_arrays([_cells(cells[name]) for name in cells.dtype.names], list(cells.dtype.names))
    if cells.dtype.kind == "c":
        raise InputError(
            f"rows: wanted numbers, times or texts in each field, got {cells.dtype}: make two fields of it"
        )
    native = np.ascontiguousarray(cells, cells.dtype.newbyteorder("="))
    if native.ndim == 1:
        return pa.array(native)
    return pa.FixedSizeListArray.from_arrays(pa.array(native.reshape(-1)), int(np.prod(native.shape[1:])))
