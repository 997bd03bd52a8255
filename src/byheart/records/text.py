"""Text: UTF-8, checked, and kept byte for byte."""

from dataclasses import dataclass
from typing import Any, ClassVar

import pyarrow as pa

from byheart.errors import InputError, RecordError
from byheart.records.blob import pack, views, without_nulls
from byheart.records.chunk import Values
from byheart.records.fingerprint import Bytes, Offsets

_REMEDY = "convert it first, or learn it with --kind bytes"


@dataclass(frozen=True, slots=True)
class TextKind:
    """A kind whose records are strings."""

    name: ClassVar[str] = "text"

    def field(self, first: Values) -> pa.Field:
        """`large_string`, whatever the records."""
        return pa.field("x", pa.large_string(), nullable=False)

    def encode(self, values: Values, field: pa.Field) -> pa.Array:
        """Strings as UTF-8; bytes if they are UTF-8."""
        if isinstance(values, pa.Array):
            column = without_nulls(values)
            if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
                column = column.cast(pa.large_binary())
            return _checked(column, field)
        items = values if isinstance(values, list) else list(values)
        if not items:
            return pa.array([], field.type)
        types = set(map(type, items))
        if issubclass(type(items[0]), str):
            other = next((type_ for type_ in types if not issubclass(type_, str)), None)
            if other is not None:
                raise InputError(f"records: wanted text as before, got {other.__name__}")
            try:
                return pack(items, field.type)
            except (UnicodeEncodeError, pa.ArrowInvalid) as error:
                raise InputError(f"records: a string holds half a character (a lone surrogate): {_REMEDY}") from error
        other = next((type_ for type_ in types if not issubclass(type_, (bytes, bytearray, memoryview))), None)
        if other is not None:
            raise InputError(f"records: wanted text, got {other.__name__}")
        return _checked(pack([bytes(item) for item in items], pa.large_binary()), field)

    def canonical(self, column: pa.Array, field: pa.Field) -> tuple[Bytes, Offsets]:
        """The UTF-8 bytes."""
        return views(column)

    def decode(self, column: pa.Array, field: pa.Field) -> list[Any]:
        """Strings."""
        records: list[Any] = column.to_pylist()
        return records


def _checked(column: pa.Array, field: pa.Field) -> pa.Array:
    try:
        return column.cast(field.type)  # checks that bytes are UTF-8
    except pa.ArrowInvalid as error:
        for i, item in enumerate(column.to_pylist()):
            try:
                item.decode()
            except UnicodeDecodeError as bad:
                got = f"byte 0x{item[bad.start]:02x} at {bad.start:,}"
                raise RecordError(f"wanted text in UTF-8, got {got}: {_REMEDY}", i) from error
        raise
