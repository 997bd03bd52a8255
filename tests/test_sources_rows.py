"""Rows out of Python: nothing is dropped, rounded or made into something else on its way into a table."""

import json
import math
import struct
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import xxhash
from hypothesis import given
from hypothesis import strategies as st

from byheart import InputError, MemGEN
from byheart.records.casting import lossless
from byheart.records.row import RowKind


def learned(*steps: Any) -> list[Any]:
    model = MemGEN()
    for step in steps:
        model.partial_fit(step)
    drawn = model.sample(len(model), 0, replace=False)
    return [record for _, record in sorted(zip(drawn.indices.tolist(), drawn, strict=True), key=lambda pair: pair[0])]


def test_a_column_that_only_a_later_row_has_is_kept() -> None:
    assert learned([{"a": 1}, {"b": "x"}]) == [{"a": 1, "b": None}, {"a": None, "b": "x"}]


def test_a_row_that_says_nothing_is_a_row_of_nulls() -> None:
    assert learned([{"a": 1}], [{}], [{"a": 2}, {}]) == [{"a": 1}, {"a": None}, {"a": 2}, {"a": None}]


@pytest.mark.parametrize(
    ("first", "later"),
    [
        (1, 2.5),
        (1, "7"),
        ("x", 7),
        (1, True),
        (True, 2),
        (0.5, 2**60 + 1),
        (b"x", "x"),
        ({"x": 1}, {"x": 1, "y": 2}),
        ([1], [2.5]),
        ([{"x": 1}], [{"y": 2}]),
        (1, 2**70),
    ],
)
def test_a_value_that_would_be_changed_is_refused(first: Any, later: Any) -> None:
    with pytest.raises(InputError, match="column 'a': wanted"):
        learned([{"a": first}], [{"a": later}])


@pytest.mark.parametrize(
    ("first", "later"),
    [(0.5, 2), (1, None), ([1], []), ({"x": 1, "y": 2}, {"x": 3, "y": None}), (1, 2.0), ([0.5], [float("inf")])],
)
def test_a_value_that_loses_nothing_is_taken(first: Any, later: Any) -> None:
    assert learned([{"a": first}], [{"a": later}]) == [{"a": first}, {"a": later}]


@given(st.lists(st.floats(), min_size=1))
def test_floats_are_narrowed_only_where_none_is_rounded(numbers: list[float]) -> None:
    column = pa.array(numbers, pa.float64())
    with np.errstate(over="ignore"):
        is_exact = np.array_equal(np.array(numbers), np.array(numbers, np.float32).astype(np.float64), equal_nan=True)
    if is_exact:
        assert str(lossless(column, pa.float32()).to_pylist()) == str(numbers)
    else:
        with pytest.raises(pa.ArrowInvalid):
            lossless(column, pa.float32())


# canonical bytes


def told(value: Any, type_: pa.DataType) -> bytes:
    """A cell as docs/format.md has it, by Python alone."""
    if value is None:
        return b"\0"
    if pa.types.is_boolean(type_):
        return b"\1" + bytes([value])
    if pa.types.is_integer(type_):
        return b"\1" + int(value).to_bytes(type_.bit_width // 8, "little", signed=pa.types.is_signed_integer(type_))
    if pa.types.is_floating(type_):
        number = math.nan if math.isnan(value) else value + 0.0
        return b"\1" + struct.pack("<d" if type_.bit_width == 64 else "<f", number)
    data = value if isinstance(value, bytes) else value.encode() if isinstance(value, str) else None
    if data is None:
        data = json.dumps(value, sort_keys=True, default=str).encode()
    return b"\1" + len(data).to_bytes(8, "little") + data


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=9)
columns: dict[str, tuple[pa.DataType, st.SearchStrategy[Any]]] = {
    "truth": (pa.bool_(), st.booleans()),
    "whole": (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    "small": (pa.uint16(), st.integers(0, 65535)),
    "number": (pa.float64(), st.floats()),
    "half": (pa.float32(), st.floats(width=32)),
    "text": (pa.large_string(), texts),
    "data": (pa.large_binary(), st.binary(max_size=9)),
    "list": (pa.large_list(pa.int64()), st.lists(st.integers(0, 9), max_size=3)),
    "never": (pa.null(), st.none()),
}


@given(st.data())
def test_canonical_bytes_are_those_of_the_format(data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(sorted(columns)), min_size=1, max_size=5, unique=True))
    count = data.draw(st.integers(1, 6))
    start = data.draw(st.integers(0, count - 1))
    cells = {name: data.draw(st.lists(columns[name][1] | st.none(), min_size=count, max_size=count)) for name in names}
    batch = pa.record_batch({name: pa.array(cells[name], columns[name][0]) for name in names})
    kind = RowKind()
    field = kind.field(batch)
    found, offsets = kind.canonical(kind.encode(batch, field)[start:], field)
    order = sorted(names)
    schema = ";".join(f"{name}:{columns[name][0]}" for name in order)
    prefix = xxhash.xxh64_intdigest(schema.encode()).to_bytes(8, "little")
    for i, row in enumerate(range(start, count)):
        expected = prefix + b"".join(told(cells[name][row], columns[name][0]) for name in order)
        assert bytes(found[offsets[i] : offsets[i + 1]]) == expected
