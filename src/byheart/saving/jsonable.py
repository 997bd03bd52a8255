"""Cells of a table as JSON has them, and back."""

import base64
import math
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from byheart.errors import InputError


def jsonable(value: object) -> Any:
    """A value as JSON can hold it: bytes as base64; dates, decimals and numbers that are not finite as text.

    >>> jsonable({"age": 39, "height": float("nan"), "photo": b"abc"})
    {'age': 39, 'height': 'nan', 'photo': 'YWJj'}
    """
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, Mapping):
        return {str(name): jsonable(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [jsonable(inner) for inner in value]
    return str(value)


def from_jsonable(row: Mapping[str, Any], columns: pa.StructType) -> dict[str, Any]:
    """The row of a table with these columns that `jsonable` made `row` of.

    Raises:
        InputError: a column is missing, or its value is not of its type.

    >>> from_jsonable({"age": 39, "photo": "YWJj"}, pa.struct([("age", pa.int64()), ("photo", pa.binary())]))
    {'age': 39, 'photo': b'abc'}
    """
    missing = [field.name for field in columns if field.name not in row]
    extra = [name for name in row if columns.get_field_index(name) < 0]
    if missing or extra:
        wanted = ", ".join(field.name for field in columns)
        raise InputError(f"row: wanted a JSON object with the columns {wanted}, got one with {', '.join(row)}")
    return {field.name: _cell(row[field.name], field) for field in columns}


def _cell(value: object, field: pa.Field) -> Any:
    try:
        if isinstance(value, str) and is_binary(field.type):
            value = base64.b64decode(value, validate=True)
        if isinstance(value, str):
            return pa.array([value]).cast(field.type)[0].as_py()
        return pa.array([value], field.type)[0].as_py()
    except (pa.ArrowException, ValueError, TypeError) as error:
        raise InputError(f"row: column {field.name!r}: wanted {field.type}, got {value!r}") from error


def is_binary(type_: pa.DataType) -> bool:
    """Whether a column of this type holds bytes."""
    tests = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary)
    return any(test(type_) for test in tests)
