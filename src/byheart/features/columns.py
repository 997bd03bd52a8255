"""`column:NAME`: rows by a column of vectors that their owner made: embeddings in Parquet, Arrow or JSON lines.

A row where it is null is left out, and counted.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from byheart.errors import InputError
from byheart.features.arrays import Doubles, origin
from byheart.features.base import FITTED_ON, Records, Vectors, few
from byheart.registry import nearest


class Column:
    """A column of lists of numbers."""

    kinds: Sequence[str] = ("row",)

    def __init__(self, name: str) -> None:
        self.name = f"column:{name}"
        self._column = name

    def fit(self, samples: Sequence[Records], seed: int) -> "FittedColumn":
        """Find the column, and how many numbers it has."""
        type_ = samples[0].field.type
        names = [field.name for field in type_]
        if self._column not in names:
            raise InputError(f"no column {self._column!r}: {nearest(self._column, names)}")
        inner = type_.field(self._column).type
        if not _is_list(inner) or not _is_number(inner.value_type):
            raise InputError(f"column {self._column!r}: wanted a list of numbers in each row, got {inner}")
        for sample in samples:
            lists = _child(few(sample, FITTED_ON, seed), self._column).drop_null()
            if len(lists):
                _require_width(lists, len(lists[0]), self._column)
                return FittedColumn(self._column, len(lists[0]), origin(_doubles(lists).reshape(len(lists), -1)))
        raise InputError(f"column {self._column!r}: wanted lists of numbers, got nulls only")


class FittedColumn:
    """Vectors of one width."""

    def __init__(self, name: str, width: int, taken_from: Doubles) -> None:
        self.width = width
        self._name, self._taken_from = name, taken_from

    def vectors(self, x: pa.Array, field: pa.Field) -> Vectors:
        """The numbers, in float32.

        Raises:
            InputError: a row has more or fewer of them.
        """
        del field  # its name says which
        lists = _child(x, self._name)
        readable = np.asarray(lists.is_valid())
        _require_width(lists.drop_null(), self.width, self._name)
        points = np.zeros((len(x), self.width), np.float32)
        numbers = _doubles(lists.drop_null()).reshape(-1, self.width) - self._taken_from
        with np.errstate(over="ignore"):  # infinities are told of where the points are checked
            points[readable] = numbers.astype(np.float32)
        return Vectors(points, readable)


def _require_width(lists: pa.Array, width: int, name: str) -> None:
    lengths = np.unique(np.asarray(pc.list_value_length(lists)))
    odd = lengths[lengths != width]
    if len(odd):
        raise InputError(f"column {name!r}: wanted {width} numbers in each row, got {odd[0]}")


def _doubles(lists: pa.Array) -> Doubles:
    numbers: Doubles = lists.flatten().cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    return numbers


def _child(rows: pa.Array, name: str) -> Any:
    return rows.flatten()[rows.type.get_field_index(name)]


def _is_list(type_: pa.DataType) -> bool:
    return bool(pa.types.is_large_list(type_) or pa.types.is_fixed_size_list(type_) or pa.types.is_list(type_))


def _is_number(type_: pa.DataType) -> bool:
    return bool(pa.types.is_integer(type_) or pa.types.is_floating(type_) or pa.types.is_decimal(type_))
