"""Rows out of Python: nothing is dropped, rounded or made into something else on its way into a table."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from byheart import InputError, MemGEN
from byheart.records.casting import lossless


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
