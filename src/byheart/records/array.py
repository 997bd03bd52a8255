"""Arrays: all of one shape and type, as one fixed-size value each."""

import json
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from byheart.errors import InputError
from byheart.records.chunk import Values
from byheart.records.fingerprint import Bytes, Offsets


@dataclass(frozen=True, slots=True)
class ArrayKind:
    """A kind whose records are arrays (booleans are stored as uint8, what Arrow has no number for as raw bytes)."""

    name: ClassVar[str] = "array"

    def field(self, first: Values) -> pa.Field:
        """`fixed_size_list` of the number type, or `fixed_size_binary`; dtype and shape in the metadata."""
        block = _block(first)
        dtype, shape = block.dtype, block.shape[1:]
        if dtype.kind not in "biufc" or dtype.itemsize > 16 or (dtype.kind == "f" and dtype.itemsize > 8):
            raise InputError(f"arrays: wanted numbers (bool, int, uint, float, complex), got {dtype}")
        size = int(np.prod(shape, dtype=np.int64))
        if size == 0:
            raise InputError(f"arrays: wanted at least one number in each, got shape {shape}")
        little = dtype.newbyteorder("<")
        metadata = {"dtype": little.str, "shape": json.dumps(shape)}
        if dtype.kind == "c":
            type_: pa.DataType = pa.binary(size * dtype.itemsize)
        else:
            stored = np.dtype(np.uint8) if dtype.kind == "b" else dtype.newbyteorder("=")
            type_ = pa.list_(pa.field("item", pa.from_numpy_dtype(stored), nullable=False), size)
        return pa.field("x", type_, nullable=False, metadata=metadata)

    def encode(self, values: Values, field: pa.Field) -> pa.Array:
        """Without a copy where the array is contiguous already."""
        dtype, shape = array_type(field)
        block = _block(values)
        if block.shape[1:] != shape or block.dtype.newbyteorder("<") != dtype:
            wanted = (
                f"wanted {dtype.name} of shape {shape} as before, got {block.dtype.name} of shape {block.shape[1:]}"
            )
            raise InputError(f"arrays: {wanted}: convert them, or learn them into another memory")
        flat = np.ascontiguousarray(block, dtype).reshape(-1)
        buffer = pa.py_buffer(flat.view(np.uint8))
        if pa.types.is_fixed_size_binary(field.type):
            return pa.Array.from_buffers(field.type, len(block), [None, buffer])
        inner = pa.Array.from_buffers(field.type.value_type, len(flat), [None, buffer])
        return pa.FixedSizeListArray.from_arrays(inner, type=field.type)

    def canonical(self, column: pa.Array, field: pa.Field) -> tuple[Bytes, Offsets]:
        """The numbers, little-endian, in C order."""
        dtype, shape = array_type(field)
        width = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
        offsets = np.arange(len(column) + 1, dtype=np.int64) * width
        if pa.types.is_fixed_size_binary(field.type):
            buffer, start = column.buffers()[1], column.offset * width
        else:
            inner = column.values
            buffer, start = (
                inner.buffers()[1],
                (column.offset * field.type.list_size + inner.offset) * (width // field.type.list_size),
            )
        return np.frombuffer(buffer, np.uint8, len(column) * width, start), offsets

    def decode(self, column: pa.Array, field: pa.Field) -> list[Any]:
        """One array each, copies."""
        return list(to_numpy(column, field).copy())


def array_type(field: pa.Field) -> tuple[np.dtype[Any], tuple[int, ...]]:
    """The dtype and the shape of each record."""
    metadata = field.metadata or {}
    return np.dtype(metadata[b"dtype"].decode()), tuple(json.loads(metadata[b"shape"]))


def record_width(field: pa.Field) -> int | None:
    """The bytes of a record where they are fixed, else None."""
    if not field.metadata or b"dtype" not in field.metadata:
        return None
    dtype, shape = array_type(field)
    return int(np.prod(shape, dtype=np.int64)) * dtype.itemsize


def to_numpy(column: pa.Array, field: pa.Field) -> npt.NDArray[Any]:
    """All the records as one array, (n, *shape), without a copy."""
    dtype, shape = array_type(field)
    data, _ = ArrayKind().canonical(column, field)
    return data.view(dtype).reshape(len(column), *shape)


def _block(values: Values) -> npt.NDArray[Any]:
    if isinstance(values, np.ndarray) and values.dtype != object:
        return values
    if isinstance(values, pa.Array):
        if pa.types.is_fixed_size_list(values.type):
            return np.asarray(values.flatten().to_numpy(zero_copy_only=False)).reshape(len(values), -1)
        return np.asarray(values.to_numpy(zero_copy_only=False))
    if isinstance(values, pa.RecordBatch):
        raise InputError("arrays: wanted arrays, got rows of a table: learn them with --kind row")
    arrays = [np.asarray(item) for item in values]
    odd = next((a for a in arrays if a.shape != arrays[0].shape or a.dtype != arrays[0].dtype), None)
    if odd is not None:
        wanted = f"wanted {arrays[0].dtype} of shape {arrays[0].shape} as before, got {odd.dtype} of shape {odd.shape}"
        raise InputError(f"arrays: {wanted}: bring them to one shape, or learn them as files with --kind bytes")
    return np.stack(arrays) if arrays else np.empty((0,))
