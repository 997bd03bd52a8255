"""Bytes, images and audio: kept bit for bit, as they were encoded."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
import pyarrow as pa

from byheart import _native
from byheart.errors import InputError
from byheart.records.chunk import Values
from byheart.records.fingerprint import Bytes, Offsets


@dataclass(frozen=True, slots=True)
class BlobKind:
    """A kind whose records are byte strings."""

    name: str

    def field(self, first: Values) -> pa.Field:
        """`large_binary`, whatever the records."""
        return pa.field("x", pa.large_binary(), nullable=False)

    def encode(self, values: Values, field: pa.Field) -> pa.Array:
        """Bytes as they are; a PIL image as a PNG."""
        if isinstance(values, pa.Array):
            return without_nulls(values.cast(field.type))
        items = values if isinstance(values, list) else list(values)
        if set(map(type, items)) - {bytes}:
            items = [self._bytes(item) for item in items]
        return pack(items, field.type)

    def canonical(self, column: pa.Array, field: pa.Field) -> tuple[Bytes, Offsets]:
        """The bytes themselves."""
        return views(column)

    def decode(self, column: pa.Array, field: pa.Field) -> list[Any]:
        """The bytes themselves."""
        records: list[Any] = column.to_pylist()
        return records

    def _bytes(self, item: object) -> bytes:
        if isinstance(item, str):
            return item.encode()
        if isinstance(item, (bytes, bytearray, memoryview)):
            return bytes(item)
        if self.name == "image" and hasattr(item, "save"):
            png = BytesIO()
            item.save(png, "PNG")
            return png.getvalue()
        raise InputError(f"records: wanted bytes, got {type(item).__name__}")


def without_nulls(column: pa.Array) -> pa.Array:
    """The column, if it has no null."""
    if column.null_count:
        wanted = f"wanted a value in each record, got {column.null_count} empty ones (null)"
        raise InputError(f"records: {wanted}: drop them first")
    return column


def pack(items: list[bytes] | list[str], type_: pa.DataType) -> pa.Array:
    """Lay a list of bytes, or of str as UTF-8, end to end."""
    if _native.kernels is None:
        return pa.array(items, type_)
    offsets = np.empty(len(items) + 1, np.int64)
    data = np.empty(_native.kernels.measure(items, offsets), np.uint8)
    _native.kernels.pack(items, offsets, data)
    return pa.Array.from_buffers(type_, len(items), [None, pa.py_buffer(offsets), pa.py_buffer(data)])


def views(column: pa.Array) -> tuple[Bytes, Offsets]:
    """The data and the offsets of a variable-sized column, without a copy."""
    _, offsets, data = column.buffers()
    bounds = np.frombuffer(offsets, np.int64, len(column) + 1, column.offset * 8) if offsets else np.zeros(1, np.int64)
    return np.frombuffer(data, np.uint8) if data else np.empty(0, np.uint8), bounds
