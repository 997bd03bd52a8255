"""Records of every kind, as hypothesis makes them up, and how they are compared bit for bit."""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst


@dataclass(frozen=True, slots=True)
class Records:
    """Some records.

    Attributes:
        kind: of the records.
        data: as `fit` takes them.
        keys: one for each, alike where the records are the same bit for bit.
    """

    kind: str
    data: Any
    keys: list[Any]

    def part(self, start: int, stop: int) -> "Records":
        """Some of them."""
        data = self.data.slice(start, stop - start) if isinstance(self.data, pa.RecordBatch) else self.data[start:stop]
        return Records(self.kind, data, self.keys[start:stop])


def _few(records: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    """Lists in which some records come more than once."""
    return st.lists(records, min_size=1, max_size=6).flatmap(
        lambda known: st.lists(st.sampled_from(known), min_size=1, max_size=25)
    )


def _blobs(kind: str, head: bytes) -> st.SearchStrategy[Records]:
    items = _few(st.binary(max_size=40).map(lambda tail: head + tail))
    return items.map(lambda found: Records(kind, found, [("bytes", item) for item in found]))


texts = _few(st.text(max_size=20)).map(lambda found: Records("text", found, found))

DTYPES: Final = st.one_of(
    npst.boolean_dtypes(),
    npst.integer_dtypes(endianness="?"),
    npst.unsigned_integer_dtypes(endianness="?"),
    npst.floating_dtypes(sizes=(16, 32, 64), endianness="?"),
    npst.complex_number_dtypes(sizes=(64, 128), endianness="?"),
)


@st.composite
def arrays(draw: st.DrawFn) -> Records:
    """Of any type, byte order and shape (single numbers too), any bits in the floats."""
    dtype, shape = draw(DTYPES), draw(npst.array_shapes(min_dims=0, max_dims=3, max_side=3))
    width = dtype.itemsize * int(np.prod(shape))
    if dtype.kind == "b":
        items = draw(_few(st.lists(st.booleans(), min_size=width, max_size=width).map(bytes)))
    else:
        items = draw(_few(st.binary(min_size=width, max_size=width)))
    data = np.frombuffer(b"".join(items), dtype).reshape(len(items), *shape)
    return Records("array", data, [array_key(item) for item in data])


def array_key(item: Any) -> Any:
    """Its type, shape, and bits in the order that a memory has."""
    array = np.asarray(item)
    little = array.dtype.newbyteorder("<")
    return little.str, array.shape, array.astype(little).tobytes()


def _lists(type_: pa.DataType, items: st.SearchStrategy[Any]) -> tuple[pa.DataType, st.SearchStrategy[Any]]:
    return type_, st.lists(items, max_size=3)


whole = st.integers(-(2**31), 2**31 - 1)
odd_floats = st.one_of(st.floats(), st.sampled_from([0.0, -0.0, float("nan"), float("inf"), 5e-324]))
wide = st.integers(-(2**63), 2**63 - 1)
sevens = st.integers(0, 86_400 * 10**6 - 1)

CELLS: Final[list[tuple[pa.DataType, st.SearchStrategy[Any]]]] = [
    (pa.bool_(), st.booleans()),
    *((getattr(pa, f"int{b}")(), st.integers(-(2 ** (b - 1)), 2 ** (b - 1) - 1)) for b in (8, 16, 32, 64)),
    *((getattr(pa, f"uint{b}")(), st.integers(0, 2**b - 1)) for b in (8, 16, 32, 64)),
    (pa.float16(), st.floats(width=16).map(np.float16)),
    (pa.float32(), st.floats(width=32)),
    (pa.float64(), odd_floats),
    (pa.string(), st.text(max_size=6)),
    (pa.large_string(), st.text(max_size=6)),
    (pa.binary(), st.binary(max_size=6)),
    (pa.binary(3), st.binary(min_size=3, max_size=3)),
    (pa.date32(), whole),
    (pa.timestamp("ns"), wide),
    (pa.timestamp("us", "Europe/Zurich"), wide),
    (pa.time64("ns"), sevens),
    (pa.time32("ms"), st.integers(0, 86_399_999)),
    (pa.duration("s"), wide),
    (pa.decimal128(12, 3), st.integers(-(10**11), 10**11).map(lambda i: Decimal(i).scaleb(-3))),
    (pa.dictionary(pa.int8(), pa.string()), st.sampled_from(["red", "green", ""])),
    (pa.null(), st.none()),
    _lists(pa.list_(pa.int16()), st.none() | st.integers(-5, 5)),
    _lists(pa.large_list(pa.string()), st.none() | st.text(max_size=3)),
    (pa.list_(pa.float32(), 2), st.lists(st.floats(width=32, allow_nan=False), min_size=2, max_size=2)),
    (pa.struct({"a": pa.int8(), "b": pa.string()}), st.fixed_dictionaries({"a": st.integers(-9, 9), "b": st.none()})),
    _lists(pa.list_(pa.struct({"when": pa.date32()})), st.fixed_dictionaries({"when": st.none() | st.integers(0, 99)})),
]
names = st.text(st.characters(categories=["L", "N", "P", "Z"]), min_size=1, max_size=8)


@st.composite
def rows(draw: st.DrawFn) -> Records:
    """A table of any columns, with nulls, odd floats and some rows twice."""
    columns = draw(st.dictionaries(names, st.sampled_from(CELLS), min_size=1, max_size=4))
    taken = draw(_few(st.integers(0, 4)))
    arrays_ = [pa.array(draw(st.lists(st.none() | cell, min_size=5, max_size=5)), t) for t, cell in columns.values()]
    table = pa.RecordBatch.from_arrays(arrays_, list(columns)).take(pa.array(taken))
    return Records("row", table, row_keys(table))


def row_keys(table: Any) -> list[Any]:
    """What tells the rows of a table apart: each cell by its bits, whatever the order of the columns."""
    order = sorted(table.schema.names)
    columns = [_cells(table.column(name)) for name in order]
    return [tuple(zip(order, row, strict=True)) for row in zip(*columns, strict=True)]


def _cells(column: Any) -> list[Any]:
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if pa.types.is_temporal(column.type):  # Python's own times have no nanoseconds, and not all years
        column = column.view(pa.int64() if column.type.bit_width == 64 else pa.int32())
    return [_bits(cell) for cell in column.to_pylist()]


def _bits(value: Any) -> Any:
    if isinstance(value, (float, np.floating)):
        return "nan" if np.isnan(value) else struct.pack("<d", value)
    if isinstance(value, list):
        return tuple(_bits(item) for item in value)
    if isinstance(value, dict):
        return tuple((name, _bits(item)) for name, item in sorted(value.items()))
    return value


def without_signs_of_zero(key: Any) -> Any:
    """The key of a row as a hashmap sees it: 0.0 and -0.0 are the same (docs/format.md)."""
    zero, minus = struct.pack("<d", 0.0), struct.pack("<d", -0.0)
    return tuple((name, zero if cell == minus else cell) for name, cell in key)


def key_of(kind: str) -> Callable[[Any], Any]:
    """What a sampled record is compared by; rows are compared as a table instead."""
    keys: dict[str, Callable[[Any], Any]] = {"text": str, "array": array_key}
    return keys.get(kind, lambda item: ("bytes", item))


KINDS: Final[dict[str, st.SearchStrategy[Records]]] = {
    "bytes": _blobs("bytes", b""),
    "text": texts,
    "image": _blobs("image", b"\x89PNG\r\n\x1a\n"),
    "audio": _blobs("audio", b"fLaC"),
    "array": arrays(),
    "row": rows(),
}
