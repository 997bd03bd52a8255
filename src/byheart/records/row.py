"""Rows of a table: a struct column, whose fields are the table's columns with their own types.

Canonical bytes of a row (docs/format.md, "Rows"): XXH64 of the schema, then each column in the order of the names: 0 where it is
null, else 1 and the value; numbers little-endian with one NaN and no -0.0, strings and bytes behind their length.
"""

import json
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash

from byheart.errors import InputError
from byheart.records.casting import lossless
from byheart.records.chunk import Values
from byheart.records.fingerprint import Bytes, Offsets


@dataclass(frozen=True, slots=True)
class RowKind:
    """A kind whose records are rows of a table, given back as dicts."""

    name: ClassVar[str] = "row"

    def field(self, first: Values) -> pa.Field:
        """A struct of the columns; dictionary-encoded ones as their values (an Arrow file cannot replace dictionaries)."""
        batch = _table(first)
        if not batch.num_columns:
            raise InputError("table: wanted at least one column, got none")
        names = batch.schema.names
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise InputError(f"table: wanted one column of each name, got {twice!r} twice: rename one")
        return pa.field("x", pa.struct([_plain(field) for field in batch.schema]), nullable=False)

    def encode(self, values: Values, field: pa.Field) -> pa.Array:
        """Columns by name, cast to the memory's types if nothing is lost."""
        batch = _table(values)
        if isinstance(values, list):  # what none of them says is null in all
            unsaid = [f.name for f in field.type if f.name not in batch.schema.names]
            columns = [*batch.columns, *(pa.nulls(len(values)) for _ in unsaid)]
            batch = pa.RecordBatch.from_arrays(columns, [*batch.schema.names, *unsaid])
        missing = [f.name for f in field.type if f.name not in batch.schema.names]
        extra = [name for name in batch.schema.names if field.type.get_field_index(name) < 0]
        if missing or extra:
            wanted = f"wanted the columns {', '.join(f.name for f in field.type)}"
            got = "; ".join(f"{word} {', '.join(names)}" for word, names in (("no", missing), ("also", extra)) if names)
            raise InputError(f"table: {wanted}, got {got}: rename or drop them, or learn into another memory")
        columns = []
        for wanted_field in field.type:
            column = batch.column(wanted_field.name)
            try:
                columns.append(lossless(column, wanted_field.type))
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
                got = f"got {column.type} that does not fit: {str(error).splitlines()[0]}"
                raise InputError(
                    f"table: column {wanted_field.name!r}: wanted {wanted_field.type} as before, {got}"
                ) from error
        return pa.StructArray.from_arrays(columns, fields=list(field.type))

    def canonical(self, column: pa.Array, field: pa.Field) -> tuple[Bytes, Offsets]:
        """The canonical bytes of each row."""
        order = sorted(range(field.type.num_fields), key=lambda i: field.type.field(i).name)
        described = ";".join(f"{field.type.field(i).name}:{field.type.field(i).type}" for i in order)
        prefix = np.frombuffer(xxhash.xxh64_intdigest(described.encode()).to_bytes(8, "little"), np.uint8)
        cells = [_cells(child) for child in (column.flatten()[i] for i in order)]
        n = len(column)
        lengths = sum((length for _, length in cells), start=np.full(n, 8, np.int64))
        offsets = np.zeros(n + 1, np.int64)
        np.cumsum(lengths, out=offsets[1:])
        out = np.empty(int(offsets[-1]), np.uint8)
        at = offsets[:-1].copy()
        out[at[:, None] + np.arange(8)] = prefix
        at += 8
        for data, length in cells:
            _scatter(out, at, data, length)
            at += length
        return out, offsets

    def decode(self, column: pa.Array, field: pa.Field) -> list[Any]:
        """One dict each.

        Raises:
            InputError: a value is beyond what Python's own types hold, such as a date after the year 9999.
        """
        try:
            records: list[Any] = column.to_pylist()
        except (OverflowError, ValueError) as error:
            raise InputError(f"rows: {error}: Python has no object for a value, `to_arrow` does") from error
        return records


def _plain(field: pa.Field) -> pa.Field:
    return pa.field(field.name, _plain_type(field.type))


def _plain_type(type_: pa.DataType) -> pa.DataType:
    """The type with values where they are encoded or viewed, and with wide offsets: what every reader of Arrow files knows."""
    if pa.types.is_dictionary(type_) or pa.types.is_run_end_encoded(type_):
        return _plain_type(type_.value_type)
    if type_ in {pa.string(), pa.string_view()}:
        return pa.large_string()
    if type_ in {pa.binary(), pa.binary_view()}:
        return pa.large_binary()
    if pa.types.is_struct(type_):
        return pa.struct([_plain(inner) for inner in type_])
    if pa.types.is_list(type_) or pa.types.is_large_list(type_) or pa.types.is_list_view(type_):
        return pa.large_list(_plain_type(type_.value_type))
    return type_


def _table(values: Values) -> pa.RecordBatch:
    if isinstance(values, pa.RecordBatch):
        return values
    if isinstance(values, pa.StructArray):
        return pa.RecordBatch.from_struct_array(values)
    items = list(values)
    odd = next((item for item in items if not isinstance(item, dict)), None)
    if odd is not None:
        raise InputError(f"rows: wanted a dict of columns for each, got {type(odd).__name__}")
    columns = {}
    for name in dict.fromkeys(name for item in items for name in item):
        try:
            columns[str(name)] = pa.array([item.get(name) for item in items])
        except (pa.ArrowException, OverflowError, ValueError) as error:
            got = str(error).split("\n", 1)[0]
            raise InputError(f"rows: column {name!r}: wanted values of one type, got others: {got}") from error
    return pa.RecordBatch.from_pydict(columns)


def _cells(column: pa.Array) -> tuple[Bytes, npt.NDArray[np.int64]]:
    """Each cell's canonical bytes end to end, and how many each has."""
    n = len(column)
    valid = np.ones(n, bool) if column.null_count == 0 else np.asarray(column.is_valid())
    values, sizes = _values(column.drop_null())
    length = np.ones(n, np.int64)
    length[valid] += sizes
    if column.null_count == 0 and values.ndim == 2:
        return np.concatenate([np.ones((n, 1), np.uint8), values], axis=1).reshape(-1), length
    out = np.zeros(int(length.sum()), np.uint8)
    at = np.cumsum(length) - length
    out[at] = valid
    _scatter(out, at[valid] + 1, values.reshape(-1), sizes)
    return out, length


def _values(column: pa.Array) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """The bytes of values that are not null: (n, width) where all have one width, else end to end."""
    type_ = column.type
    n = len(column)
    if pa.types.is_boolean(type_):
        column = column.cast(pa.uint8())
    elif pa.types.is_temporal(type_) and not pa.types.is_interval(type_):
        column = column.view(pa.int64() if type_.bit_width == 64 else pa.int32())
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        numbers = column.to_numpy(zero_copy_only=False)
        if pa.types.is_floating(type_):
            with np.errstate(invalid="ignore"):  # what a signalling NaN would warn of
                numbers = np.where(np.isnan(numbers), numbers.dtype.type(np.nan), numbers + numbers.dtype.type(0))
        little = np.ascontiguousarray(numbers, numbers.dtype.newbyteorder("<"))
        width = little.dtype.itemsize
        return little.view(np.uint8).reshape(n, width), np.full(n, width, np.int64)
    if pa.types.is_null(type_):
        return np.empty(0, np.uint8), np.zeros(0, np.int64)
    if not _is_bytes_like(type_):
        told = [json.dumps(item, sort_keys=True, default=str) for item in column.to_pylist()]
        column = pa.array(told, pa.large_string())
    column = column.cast(pa.large_binary())
    _, offset_buffer, data_buffer = column.buffers()
    if n == 0:
        return np.empty(0, np.uint8), np.zeros(0, np.int64)
    offsets = np.frombuffer(offset_buffer, np.int64, n + 1, column.offset * 8)
    sizes = np.diff(offsets)
    out = np.empty(int(sizes.sum()) + 8 * n, np.uint8)
    at = np.cumsum(sizes + 8) - (sizes + 8)
    out[at[:, None] + np.arange(8)] = sizes.astype("<i8").view(np.uint8).reshape(n, 8)
    data = np.frombuffer(data_buffer, np.uint8) if data_buffer is not None else np.empty(0, np.uint8)
    _scatter(out, at + 8, data[offsets[0] : offsets[-1]], sizes)
    return out, sizes + 8


def _is_bytes_like(type_: pa.DataType) -> bool:
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    return any(test(type_) for test in tests)


def _scatter(out: Bytes, at: npt.NDArray[np.int64], data: Bytes, sizes: npt.NDArray[np.int64]) -> None:
    """Put the pieces of `data`, laid end to end, at the places `at` of `out`."""
    begins = np.cumsum(sizes) - sizes
    out[np.repeat(at - begins, sizes) + np.arange(len(data))] = data
