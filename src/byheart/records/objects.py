"""Any Python object, in RAM only: the very objects that were learned are given back.

Rule 1: two objects are the same record if they are equal and of one type; those that cannot be hashed, only if they are one object.
Rule 2: a column holds each object's number; its canonical bytes are the number of the first one that it equals.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from byheart.records.array import to_numpy
from byheart.records.chunk import Values
from byheart.records.fingerprint import Bytes, Offsets


@dataclass(frozen=True, slots=True)
class ObjectKind:
    """A kind whose records are Python objects."""

    name: ClassVar[str] = "object"
    _objects: list[Any] = field(default_factory=list)
    _first: dict[Hashable, int] = field(default_factory=dict)
    _alike: list[int] = field(default_factory=list)

    def field(self, first: Values) -> pa.Field:
        """The numbers of the objects, as arrays of one int64."""
        return pa.field("x", pa.binary(8), nullable=False, metadata={"dtype": "<i8", "shape": "[]"})

    def encode(self, values: Values, field: pa.Field) -> pa.Array:
        """Keep the objects, and number them."""
        start = len(self._objects)
        for item in _items(values):
            number = len(self._objects)
            self._objects.append(item)
            self._alike.append(self._first.setdefault(_key(item), number))
        return _column(np.arange(start, len(self._objects)))

    def find(self, values: Values) -> pa.Array:
        """The numbers of objects that equal these; -1 where none does."""
        return _column(np.array([self._first.get(_key(item), -1) for item in _items(values)], np.int64))

    def canonical(self, column: pa.Array, field: pa.Field) -> tuple[Bytes, Offsets]:
        """The number of the first object that each equals."""
        numbers = to_numpy(column, field)
        firsts = np.where(numbers < 0, numbers, np.array([*self._alike, -1], np.int64)[numbers])
        return firsts.view(np.uint8), np.arange(len(firsts) + 1, dtype=np.int64) * 8

    def decode(self, column: pa.Array, field: pa.Field) -> list[Any]:
        """The objects."""
        return [self._objects[number] for number in to_numpy(column, field).tolist()]


def _items(values: Values) -> Iterable[Any]:
    """The records as objects: the rows of a table, not its columns."""
    return values.to_pylist() if isinstance(values, (pa.Array, pa.RecordBatch)) else values


def _column(numbers: npt.NDArray[np.int64]) -> pa.Array:
    return pa.Array.from_buffers(pa.binary(8), len(numbers), [None, pa.py_buffer(numbers)])


def _key(item: Any) -> Hashable:
    try:
        hash(item)
    except TypeError:
        return object, id(item)
    return type(item), item
