"""Tables in RAM, or on their way: pandas, polars, pyarrow, DuckDB, and whatever else gives itself as Arrow."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from byheart.errors import InputError
from byheart.records.chunk import Values
from byheart.sources.arrays import array_blocks
from byheart.sources.iterables import item_blocks
from byheart.sources.tables import plain, slices


def is_pandas(data: Any) -> bool:
    """Whether it is a frame or a column of pandas."""
    return type(data).__module__.partition(".")[0] == "pandas" and hasattr(data, "iloc")


def pandas_blocks(data: Any) -> Iterator[Values]:
    """The rows of a frame, without its index; or the values of a column."""
    if data.ndim == 2:
        try:
            table = pa.Table.from_pandas(data, preserve_index=False)
        except pa.ArrowException as error:
            reason = str(error).split("\n", 1)[0]
            raise InputError(f"table: wanted one type in each column: {reason}") from error
        yield from arrow_blocks(table)
    elif isinstance(data.dtype, np.dtype):
        values = data.to_numpy()
        yield from item_blocks(values) if values.dtype == object else array_blocks(values)
    else:
        yield from arrow_blocks(pa.chunked_array(pa.array(data)))


def is_arrow(data: Any) -> bool:
    """Whether it gives itself as Arrow."""
    return hasattr(data, "__arrow_c_stream__") or isinstance(data, pa.Array)


def arrow_blocks(data: Any) -> Iterator[Values]:
    """The rows of a table; or the values of a column."""
    for part in _parts(data):
        for values in slices(part):
            try:
                values.validate(full=True)
            except pa.ArrowInvalid as error:
                raise InputError(f"table: wanted Arrow data that is whole: {error}") from error
            yield plain(values)


def _parts(data: Any) -> Iterable[Any]:
    if isinstance(data, pa.Array):
        return [data]
    if isinstance(data, pa.ChunkedArray):
        return data.chunks  # type: ignore[no-any-return]  # pyarrow is untyped
    try:
        return pa.RecordBatchReader.from_stream(data)  # type: ignore[no-any-return]  # pyarrow is untyped
    except pa.ArrowInvalid:  # no rows: one column
        return pa.chunked_array(data).chunks  # type: ignore[no-any-return]  # pyarrow is untyped
