"""Whether what a manifest or a page says can be: its digest may be right, and whoever wrote it may still mean harm.

Rule 1: numbers are whole, not negative, and small enough that sums of them fit 64 bits.
Rule 2: the column of the records is one that their kind has.
"""

from dataclasses import fields
from typing import Any, Final

import numpy as np
import pyarrow as pa

from byheart.errors import ByheartError, DamagedError
from byheart.records.array import array_type, record_width

LARGEST_JSON: Final = 64 << 20  # bytes; a million segments are listed in less
_LARGEST: Final = 2**53


def require_types(value: Any) -> None:
    """Refuse an entry whose numbers and texts are something else.

    Raises:
        DamagedError: one is.
    """
    for field in fields(value):
        found = getattr(value, field.name)
        is_number = type(found) is int and 0 <= found < _LARGEST
        if (field.type is int and not is_number) or (field.type is str and not isinstance(found, str)):
            raise DamagedError(f"the memory has {field.name} = {found!r:.40}, which cannot be")


def require_column(kind: str, field: pa.Field) -> None:
    """Refuse a column `x` that records of this kind do not have.

    Raises:
        DamagedError: they do not have it.
    """
    type_ = field.type
    tests = {"text": pa.types.is_large_string, "row": pa.types.is_struct, "array": lambda _: _is_array(field)}
    if not tests.get(kind, pa.types.is_large_binary)(type_):
        raise DamagedError(f"the memory says that its {kind} records are stored as {type_}, which cannot be")


def _is_array(field: pa.Field) -> bool:
    try:
        dtype, shape = array_type(field)
        width = record_width(field)
    except (KeyError, TypeError, ValueError, ByheartError):
        return False
    if dtype.kind not in "biufc" or not all(type(n) is int and 0 < n < _LARGEST for n in shape):
        return False
    numbers = int(np.prod(shape, dtype=object))
    if pa.types.is_fixed_size_list(field.type):
        stored = field.type.value_type.bit_width // 8 if pa.types.is_primitive(field.type.value_type) else 0
        return bool(field.type.list_size == numbers and stored == dtype.itemsize)
    return bool(
        pa.types.is_fixed_size_binary(field.type) and field.type.byte_width == numbers * dtype.itemsize == width
    )
