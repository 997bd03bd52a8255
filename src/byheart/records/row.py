"""Rows of a table: a struct column, whose fields are the table's columns with their own types.

Canonical bytes of a row: `cells.py`, and docs/format.md, "Rows".
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import xxhash

from byheart.errors import InputError
from byheart.records.casting import lossless
from byheart.records.cells import canonical_rows
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
        _check_names(batch.schema.names)
        return pa.field("x", pa.struct([_plain(field) for field in batch.schema]), nullable=False)

    def encode(self, values: Values, field: pa.Field) -> pa.Array:
        """Columns by name, cast to the memory's types if nothing is lost."""
        batch = _table(values)
        _check_names(batch.schema.names)
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
        children = column.flatten()
        return canonical_rows(prefix, [children[i] for i in order], len(column))

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


def _check_names(names: list[str]) -> None:
    """Each column has a name of its own."""
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"table: wanted one column of each name, got {twice!r} twice: rename one")


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
