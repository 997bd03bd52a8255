"""What type a column of text cells has: whole numbers, numbers (the nearest floats), or text, whichever all its cells are."""

import re
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from byheart.errors import InputError
from byheart.records.columns import strings

_NULLS: Final = strings(
    ["", "#N/A", "#N/A N/A", "#NA", "N/A", "NA", "NULL", "NaN", "-NaN", "n/a", "nan", "-nan", "null"]
).cast(pa.string())
_NUMBER: Final = r"^[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?$"
_HAS_POINT: Final = re.compile("[.eE]")
_NULL: Final = pa.nulls(1, pa.string())[0]
_EXACT: Final = 2.0**53  # beyond, a float may be a rounded whole number


class ColumnTypes:
    """The types of columns, narrowed by all the cells that were looked at."""

    def __init__(self) -> None:
        self._types: dict[str, pa.DataType] = {}
        self._could_be_float: dict[str, bool] = {}

    def look_at(self, batch: pa.RecordBatch) -> None:
        """Narrow the types to those that these rows allow."""
        for name, cells in zip(batch.schema.names, batch.columns, strict=True):
            if self._types.get(name) == pa.string():
                continue
            values = cells.filter(pc.invert(_is_null(cells)))
            if not len(values):
                continue
            could_be_float = self._could_be_float.get(name, True) and _are_numbers(values)
            is_whole = self._types.get(name, pa.int64()) == pa.int64() and _are_whole(values)
            self._could_be_float[name] = could_be_float
            self._types[name] = pa.int64() if is_whole else pa.float64() if could_be_float else pa.string()

    def typed(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The rows, in these types; a column in which nothing was found is of text."""
        columns = []
        for name, cells in zip(batch.schema.names, batch.columns, strict=True):
            type_ = self._types.get(name, pa.string())
            numbers = type_ != pa.string()
            columns.append(pc.if_else(_is_null(cells), _NULL, cells).cast(type_) if numbers else cells)
        return pa.RecordBatch.from_arrays(columns, batch.schema.names)

    def require_same(self, batch: pa.RecordBatch, where: str, first: int) -> None:
        """Refuse cells that would have given another type: for what can be read once only.

        Raises:
            InputError: it names the row, from 1, and the column.
        """
        for name, cells in zip(batch.schema.names, batch.columns, strict=True):
            if self._fits(name, cells):
                continue
            row = next(i for i in range(len(cells)) if not self._fits(name, cells.slice(i, 1)))
            wanted = {pa.int64(): "a whole number", pa.float64(): "a number"}[self._types[name]]
            place = f"{where}: row {first + row + 1:,}, column {name!r}"
            raise InputError(
                f"{place}: wanted {wanted} as before, got {cells[row].as_py()!r}: learn it from a file, not a pipe"
            )

    def _fits(self, name: str, cells: pa.Array) -> bool:
        type_ = self._types.get(name, pa.string())
        if type_ == pa.string():
            return True
        values = cells.filter(pc.invert(_is_null(cells)))
        return _are_whole(values) if type_ == pa.int64() else _are_numbers(values)


def is_number(cell: str) -> bool:
    """Whether a cell by itself is a number.

    >>> is_number("-1.5e3"), is_number("007"), is_number("age")
    (True, False, False)
    """
    return _are_numbers(strings([cell]).cast(pa.string()))


def _is_null(cells: pa.Array) -> pa.Array:
    return pc.is_in(cells, value_set=_NULLS)


def _are_whole(values: pa.Array) -> bool:
    try:
        return bool(pc.all(pc.equal(values.cast(pa.int64()).cast(pa.string()), values), min_count=0).as_py())
    except pa.ArrowInvalid:
        return False


def _are_numbers(values: pa.Array) -> bool:
    if not pc.all(pc.match_substring_regex(values, _NUMBER), min_count=0).as_py():
        return False
    column = values.cast(pa.float64())
    numbers = np.frombuffer(column.buffers()[1] or b"", np.float64, len(column), column.offset * 8)
    large = np.flatnonzero(np.abs(numbers) >= _EXACT)
    return not np.isinf(numbers).any() and all(_HAS_POINT.search(values[int(i)].as_py()) for i in large)
