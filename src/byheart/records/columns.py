"""Columns made of buffers, and back: Arrow's own `array` and `to_numpy` import pandas, where it is installed, only to ask whether it is meant.

That takes as long as all else, and a Ctrl-C meanwhile is lost.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from byheart.records.blob import pack


def numbers(values: npt.NDArray[Any]) -> pa.Array:
    """A column of numbers, without a copy where they lie side by side.

    >>> numbers(np.array([1, 2, 3])).to_pylist()
    [1, 2, 3]
    """
    buffer = pa.py_buffer(np.ascontiguousarray(values))
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [None, buffer])


def as_numpy(column: pa.Array) -> npt.NDArray[Any]:
    """A column of numbers without nulls, where it lies.

    >>> as_numpy(numbers(np.array([1, 2, 3]))[1:]).tolist()
    [2, 3]
    """
    dtype = column.type.to_pandas_dtype()
    buffer = column.buffers()[1]
    if not len(column) or buffer is None:
        return np.empty(0, dtype)
    return np.frombuffer(buffer, dtype, len(column), column.offset * np.dtype(dtype).itemsize)


def strings(values: Sequence[str | None]) -> pa.Array:
    """A column of `large_string`, with a null for each None.

    >>> strings(["a", None, "bc"]).to_pylist()
    ['a', None, 'bc']
    """
    column = pack([value or "" for value in values], pa.large_string())
    valid = np.array([value is not None for value in values], bool)
    if valid.all():
        return column
    _, offsets, data = column.buffers()
    bits = pa.py_buffer(np.packbits(valid, bitorder="little"))
    return pa.Array.from_buffers(pa.large_string(), len(values), [bits, offsets, data])
