"""The canonical bytes of the rows of a table (docs/format.md, "Rows"), put together column by column."""

import json
from itertools import groupby
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from byheart.records.blob import pack, views
from byheart.records.fingerprint import Bytes, Offsets

_NOTHING: Final = pack([b""], pa.large_binary())[0]

_BYTES_LIKE: Final = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)

Part: TypeAlias = Bytes | Any
"""Some bytes of each row: (rows, width) where all have as many, else a `large_binary` array."""


def canonical_rows(prefix: Bytes, columns: list[pa.Array], rows: int) -> tuple[Bytes, Offsets]:
    """For each row, the prefix and its cells, end to end; and n + 1 offsets."""
    import pyarrow.compute as pc  # noqa: PLC0415  # a third of the time that opening a memory takes

    parts: list[Part] = [np.broadcast_to(prefix, (rows, len(prefix)))]
    for column in columns:
        parts += _cells(column)
    merged: list[Part] = []
    for is_even, alike in groupby(parts, lambda part: isinstance(part, np.ndarray)):
        run = list(alike)
        merged += [np.concatenate(run, axis=1)] if is_even else run
    if len(merged) == 1:
        return merged[0].reshape(-1), np.arange(rows + 1, dtype=np.int64) * merged[0].shape[1]
    return views(pc.binary_join_element_wise(*map(_as_column, merged), _NOTHING))


def _cells(column: pa.Array) -> list[Part]:
    """The bytes of the cells: 0 for null; else 1 and the value, with its length in front where that is not fixed."""
    if pa.types.is_null(column.type):
        return [np.zeros((len(column), 1), np.uint8)]
    numbers = _numbers(column)
    if numbers is not None:
        return [_behind_validity(column, numbers)]
    values = _values(column)
    _, offsets = views(values)
    sizes = np.diff(offsets).astype("<i8").view(np.uint8).reshape(-1, 8)
    return [_behind_validity(column, sizes), values]


def _behind_validity(column: pa.Array, values: Bytes) -> Part:
    """A 1 and the value, or a 0 alone."""
    if column.null_count == 0:
        return np.concatenate([np.ones((len(column), 1), np.uint8), values], axis=1)
    valid = np.asarray(column.is_valid())
    told = np.concatenate([valid[:, None].view(np.uint8), values], axis=1)
    is_said = np.broadcast_to(valid[:, None], told.shape).copy()
    is_said[:, 0] = True
    return _column(told[is_said], is_said.sum(axis=1))


def _numbers(column: pa.Array) -> Bytes | None:
    """The bytes of numbers, whatever stands where there are none, of shape (rows, width); None for other types."""
    type_ = column.type
    if pa.types.is_boolean(type_):
        column = column.cast(pa.uint8())
    elif pa.types.is_temporal(type_) and not pa.types.is_interval(type_):
        column = column.view(pa.int64() if type_.bit_width == 64 else pa.int32())
    sort = {pa.types.is_floating: "f", pa.types.is_signed_integer: "i", pa.types.is_unsigned_integer: "u"}
    kind = next((kind for is_one, kind in sort.items() if is_one(column.type)), None)
    if kind is None:
        return None
    width = column.type.bit_width // 8
    numbers = np.frombuffer(column.buffers()[1] or b"", f"{kind}{width}", len(column), column.offset * width)
    if kind == "f":
        with np.errstate(invalid="ignore"):  # what a signalling NaN would warn of
            numbers = np.where(np.isnan(numbers), numbers.dtype.type(np.nan), numbers + numbers.dtype.type(0))
    little = np.ascontiguousarray(numbers, numbers.dtype.newbyteorder("<"))
    return little.view(np.uint8).reshape(len(column), width)


def _values(column: pa.Array) -> pa.Array:
    """Strings, bytes, and what is told as JSON, as `large_binary`: empty where there are none."""
    if not any(is_one(column.type) for is_one in _BYTES_LIKE):
        told = ["" if item is None else json.dumps(item, sort_keys=True, default=str) for item in column.to_pylist()]
        return pack(told, pa.large_binary())
    values = column.cast(pa.large_binary())
    return values.fill_null(_NOTHING) if column.null_count else values


def _as_column(part: Part) -> pa.Array:
    return part if isinstance(part, pa.Array) else _column(part.reshape(-1), np.full(len(part), part.shape[1]))


def _column(data: Bytes, sizes: npt.NDArray[np.int64]) -> pa.Array:
    offsets = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=offsets[1:])
    return pa.Array.from_buffers(pa.large_binary(), len(sizes), [None, pa.py_buffer(offsets), pa.py_buffer(data)])
