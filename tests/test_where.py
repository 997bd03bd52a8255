"""Conditions: what they choose, and what is said of those that cannot be read."""

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from byheart import MemGEN, WhereError
from byheart.memory.where import parse

COLUMNS = {
    "a": pa.array([1, 2, None, 4]),
    "u": pa.array([1, 2**64 - 1, None, 4], pa.uint64()),
    "s": pa.array(["x", "it's", None, "y"]),
    "b": pa.array([True, False, None, True]),
    "d": pa.array([date(2020, 1, 1), date(2021, 1, 1), None, date(2022, 1, 1)]),
    "m": pa.array([Decimal("1.50"), None, Decimal(3), Decimal(4)]),
    "two words": pa.array([1.5, 2.0, None, 4.0], pa.float32()),
}


@pytest.mark.parametrize(
    ("where", "met"),
    [
        ("a = 1", [0]),
        ("a == 1 or a=4", [0, 3]),
        ("a <> 2", [0, 3]),
        ("not a = 1", [1, 3]),
        ("NOT (a = 1 OR a IS NULL)", [1, 3]),
        ("a in (1, 2.5, 4.0)", [0, 3]),
        ("a not in (1)", [1, 3]),
        ("a < 2.5 and a > -1e3", [0, 1]),
        ("a = 99999999999999999999999", []),
        ("u > -1", [0, 1, 3]),
        ("u = 18446744073709551615", [1]),
        ("s like '%t%'", [1]),
        ("s not like '_'", [1]),
        ("s = 'it''s'", [1]),
        ("s is null", [2]),
        ("s is not null and b", [0, 3]),
        ("not b", [1]),
        ("b = true", [0, 3]),
        ("d >= '2021-01-01'", [1, 3]),
        ("m = 1.5 or m in (3)", [0, 2]),
        ('"two words" = 1.5', [0]),
    ],
)
def test_a_condition_chooses_what_it_says_and_nulls_follow_sql(where: str, met: list[int]) -> None:
    answer = parse(where).evaluate(COLUMNS.__getitem__).to_pylist()
    assert [row for row, yes in enumerate(answer) if yes] == met


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("", "the name of a column, got the end"),
        ("a =", "got the end"),
        ("(a = 1", r"`\)`"),
        ("a = 1 b = 2", "and, or, or the end, got `b`"),
        ("s = 5", "write '5', in quotes"),
        ("a = 'x'", "a is int64"),
        ("s", "not true or false"),
        ("a = null", "is null"),
        ("d = 'x'", "not such a value"),
        ("s = 'x", "a quote that is opened must be closed"),
        ("a; drop", "cannot read"),
        ("__import__('os')", "and, or, or the end"),
        ("a = __import__('os')", "a number, true, false, or a text"),
        ("(" * 200 + "a = 1" + ")" * 200, "levels"),
        ("a = 1" + " or a = 1" * 2000, "characters"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(where: str, said: str) -> None:
    with pytest.raises(WhereError, match=said):
        parse(where).evaluate(COLUMNS.__getitem__)


@given(st.text(max_size=40))
def test_no_text_makes_the_parser_fail_in_another_way(text: str) -> None:
    with suppress(WhereError):
        assert parse(text).names()


def test_a_name_that_is_not_there_is_met_with_the_nearest() -> None:
    model = MemGEN().fit([{"age": 3, "label": "own"}], ["outer"])
    with pytest.raises(WhereError, match="did you mean 'age'"):
        model.sample(where="aeg = 3")
    assert model.sample(where="label = 'own'")[0]["age"] == 3  # a table's own column comes before the memory's
