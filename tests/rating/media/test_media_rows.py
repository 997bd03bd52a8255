"""Rows that give nothing away but what they say."""

import datetime as dt
import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_wine

from byheart.errors import InputError
from byheart.rating.media import cells, rows
from byheart.rating.media.bodies import FORMS
from byheart.rating.media.formats import audit_bodies, audit_originals
from byheart.rating.media.preparation import preparation

DAY = dt.datetime.fromisoformat("2020-05-06")


def wines() -> list[dict[str, float]]:
    """178 wines, with one to three places after the point."""
    data = load_wine()
    names = [str(name) for name in data.feature_names]
    return [dict(zip(names, map(float, row), strict=True)) for row in np.random.default_rng(0).permutation(data.data)]


def told(record: Any, survey: Sequence[Any]) -> list[list[str]]:
    read: list[list[str]] = json.loads(preparation("row", survey).prepare(record))
    return read


def sent(records: Sequence[Any]) -> list[bytes]:
    decided = preparation("row", records)
    bodies = [decided.prepare(record) for record in records]
    return [FORMS["row"].pad(body, max(map(len, bodies))) for body in bodies]


@pytest.mark.parametrize(
    ("column", "wanted"),
    [
        ([1, 2.0, "3", Decimal(4), True], ["1", "2", "3", "4", "1"]),
        ([1.25, 2.5, 3.125, 4.75], ["1.2", "2.5", "3.1", "4.8"]),
        ([31, 47, 33.71828, 50.1], ["31", "47", "34", "50"]),
        ([-0.2, 0, 1, 2], ["0", "0", "1", "2"]),
        ([1.5e-9, 2.25e-9], ["1.500e-09", "2.250e-09"]),
        ([True, "FALSE", "true"], ["true", "false", "true"]),
        ([None, float("nan"), "NA", " n/a ", "", "?", 7], [*["(missing)"] * 6, "7"]),
        ([dt.date(2020, 1, 2), "2021-03-04", DAY], ["2020-01-02", "2021-03-04", "2020-05-06"]),
        ([DAY.replace(hour=7, minute=8), "2020-05-06"], ["2020-05-06 07:08:00", "2020-05-06 00:00:00"]),
        (["007", "008"], ["007", "008"]),
        ([" Ulm ", "K\u00f6ln\u200b\n", b"Bonn"], ["Ulm", "K\u00f6ln", "Bonn"]),
        ([["a", 1], {"b": None}], ['["a", 1]', '{"b": null}']),
        ([float("inf"), 1], ["inf", "1"]),
        ([10**30, 1], [str(10**30), "1"]),
    ],
)
def test_a_column_is_written_in_one_way(column: list[Any], wanted: list[str]) -> None:
    survey = [{"a": value} for value in column]
    assert [told(record, survey) for record in survey] == [[["a", value]] for value in wanted]


@given(st.floats(-1e9, 1e9), st.integers(0, 6))
def test_a_number_is_written_to_within_half_of_its_last_place(value: float, places: int) -> None:
    written = cells.Numbers(places).write(value)
    assert abs(float(written) - value) <= 0.5000001 * 10.0**-places + abs(value) * 1e-12
    assert len(written.partition(".")[2]) == places
    assert not (written.startswith("-") and float(written) == 0)


def test_columns_come_in_the_order_of_the_real_ones_and_only_those_that_both_have() -> None:
    survey = [{"b": 1, "a": 2, "id": 3}, {"a": 5, "b": 4, "score": 9}]
    assert told(survey[1], survey) == [["b", "4"], ["a", "5"]]
    assert "id, score" in preparation("row", survey).description
    with pytest.raises(InputError, match="a column that both sides have"):
        preparation("row", [{"a": 1}, {"b": 1}])
    with pytest.raises(InputError, match="got none named a"):
        preparation("row", survey).prepare({"b": 1})


@pytest.mark.parametrize(
    "change",
    [
        lambda row: {name: value + 1e-7 for name, value in row.items()},
        lambda row: {name: float(round(value)) for name, value in row.items()},
        lambda row: {name: f" {value}" for name, value in row.items()},
    ],
    ids=["more places", "fewer places", "spaces"],
)
def test_how_numbers_are_written_is_told_before_and_not_after(change: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    real, made = wines()[:89], [change(row) for row in wines()[89:]]
    assert audit_originals("row", real, made).is_told
    bodies = sent([*real, *made])
    assert not audit_bodies("row", bodies[:89], bodies[89:]).is_told
    monkeypatch.setattr(cells, "writer", lambda _: str)
    bodies = sent([*real, *made])
    assert audit_bodies("row", bodies[:89], bodies[89:]).is_told


def test_rows_of_text_in_another_order_come_out_alike() -> None:
    row = wines()[0]
    other = {name: str(value) for name, value in reversed(row.items())}
    assert audit_originals("row", [row] * 20, [other] * 20).feature == "numbers as text"
    assert len(set(sent([row, other]))) == 1


def test_cells_that_are_missing_on_one_side_are_told() -> None:
    made = [row | {"ash": None} for row in wines()[89:]]
    bodies = sent([*wines()[:89], *made])
    found = audit_bodies("row", bodies[:89], bodies[89:])
    assert found.is_told
    assert "missing" in found.feature


def test_broken_rows_have_their_cells_in_the_wrong_columns() -> None:
    decided = preparation("row", wines())
    for row in wines()[:20]:
        good, bad = json.loads(decided.prepare(row)), json.loads(decided.degrade(row, 5))
        assert [name for name, _ in good] == [name for name, _ in bad]
        assert sum(one != other for one, other in zip(good, bad, strict=True)) >= len(good) - 2
        assert sum(value == rows.BROKEN for _, value in bad) == len(good) // 3
    assert decided.degrade(wines()[0], 5) == decided.degrade(wines()[0], 5) != decided.degrade(wines()[0], 6)


def test_content_is_what_is_read() -> None:
    decided = preparation("row", [{"a": 1.0}, {"a": 2}])
    assert decided.content(decided.prepare({"a": 1})) == decided.content(decided.prepare({"a": "1.0"}).ljust(99))
    assert decided.content(decided.prepare({"a": 1})) != decided.content(decided.prepare({"a": 2}))


def test_what_is_no_row_is_told() -> None:
    with pytest.raises(InputError, match="row: wanted names"):
        preparation("row", [{"a": 1}]).prepare(["a"])
    with pytest.raises(InputError, match="rows: wanted names"):
        preparation("row", ["a"])
    with pytest.raises(InputError, match="at least one record"):
        preparation("row", [])
