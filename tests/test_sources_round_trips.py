"""What a file holds, as the library that wrote it knows it, is what is learned from it, in the same order."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from byheart.sources import json_lines
from sources import characters, few, learn, lines, texts, writers


@few
@given(st.lists(lines, min_size=1), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_lines_are_what_stands_between_line_ends(tmp_path: Path, written: list[str], end: str, is_marked: bool) -> None:
    text = end.join(written)
    assume(text)
    (tmp_path / "a.txt").write_bytes(text.encode("utf-8-sig" if is_marked else "utf-8"))
    found = learn(tmp_path / "a.txt")
    assert found.records == (written[:-1] if written[-1] == "" else written)
    assert found.locators == list(range(len(found.records)))


paragraphs = st.lists(
    st.lists(st.text("ab \t", min_size=1, max_size=9).filter(str.strip), min_size=1, max_size=4).map("\n".join),
    min_size=1,
)


@few
@given(
    paragraphs,
    st.sampled_from(["\n\n", "\n \t\n", "\n\n\n\n"]),
    st.sampled_from(["", "\n", "\n\n", "\n  "]),
    st.booleans(),
)
def test_paragraphs_are_what_blank_lines_part(
    tmp_path: Path, written: list[str], between: str, after: str, has_returns: bool
) -> None:
    text = between.join(written) + after
    (tmp_path / "a.txt").write_bytes((text.replace("\n", "\r\n") if has_returns else text).encode())
    assert learn(tmp_path / "a.txt", by="paragraph").records == written


def test_blocks_cut_neither_lines_nor_paragraphs(tmp_path: Path) -> None:
    written = [f"{i} {'x' * (i % 5000)}" for i in range(3000)]
    (tmp_path / "a.txt").write_text("\n".join(written))
    (tmp_path / "b.txt").write_text("\n\n".join(written))
    assert learn(tmp_path / "a.txt").records == written
    assert learn(tmp_path / "b.txt", by="paragraph").records == written


def test_a_line_of_many_blocks_is_one_record(tmp_path: Path) -> None:
    written = ["short", "x" * (9 << 20), "end"]
    (tmp_path / "a.txt").write_text("\n".join(written))
    assert learn(tmp_path / "a.txt").records == written


# JSON

numbers = st.integers(-(2**63), 2**63 - 1)
leaves: dict[str, st.SearchStrategy[Any]] = {
    "whole": numbers,
    "number": st.floats(allow_nan=False, allow_infinity=False),
    "mixed": st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9),
    "text": texts | st.sampled_from(["2020-01-01", "2020-01-01T00:00:00Z", "12:30:00", "007", "true", ""]),
    "truth": st.booleans(),
    "list": st.lists(st.integers(-9, 9) | st.none(), max_size=3),
    "texts": st.lists(texts, max_size=3),
    "inside": st.fixed_dictionaries({"a": st.integers(0, 9) | st.none(), "b": texts | st.none()}),
    "deep": st.lists(st.fixed_dictionaries({"c": st.floats(-1, 1) | st.none()}), max_size=2),
}
objects = st.lists(
    st.fixed_dictionaries({}, optional={name: leaf | st.none() for name, leaf in leaves.items()}),
    min_size=1,
    max_size=8,
).filter(any)


def with_nulls(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = {name for row in rows for name in row}
    return [{name: row.get(name) for name in names} for row in rows]


@few
@given(objects, st.booleans(), st.booleans(), st.booleans())
def test_objects_of_json_come_back_as_they_were(
    tmp_path: Path, rows: list[dict[str, Any]], is_ascii: bool, is_list: bool, is_spaced: bool
) -> None:
    if is_list:
        (tmp_path / "a.json").write_text(json.dumps(rows, ensure_ascii=is_ascii, indent=1 if is_spaced else None))
        found = learn(tmp_path / "a.json")
        assert found.locators == list(range(len(rows)))
    else:
        told = [json.dumps(row, ensure_ascii=is_ascii) for row in rows]
        (tmp_path / "a.jsonl").write_bytes(("\n\n" if is_spaced else "\n").join(told).encode())
        found = learn(tmp_path / "a.jsonl")
        assert found.locators == [i * (2 if is_spaced else 1) for i in range(len(rows))]
    assert found.kind == "row"
    assert found.records == with_nulls(rows)


@few
@given(objects)
def test_the_quick_parser_reads_what_pythons_does(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    (tmp_path / "a.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    quick = learn(tmp_path / "a.jsonl").records
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_lines, "quick_batch", lambda *_, **__: None)
        assert learn(tmp_path / "a.jsonl").records == quick


@few
@given(st.lists(texts, min_size=1), st.booleans())
def test_a_field_of_json_lines_is_the_record(tmp_path: Path, written: list[str], is_ascii: bool) -> None:
    rows = [{"id": i, "text": text, "meta": {"text": text, "n": i}} for i, text in enumerate(written)]
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps(row, ensure_ascii=is_ascii) for row in rows), "utf-8")
    for field in ("text", "meta.text"):
        found = learn(tmp_path / "a.jsonl", field=field)
        assert (found.kind, found.records) == ("text", written)
    assert [int(number) for number in learn(tmp_path / "a.jsonl", field="meta.n").records] == list(range(len(rows)))


def test_types_are_settled_by_all_the_objects_of_all_the_files(tmp_path: Path) -> None:
    rows = [{"a": 1, "z": "z" * 100}] * 30_000
    later = [{"a": 2.5, "b": "new"}, {"a": None, "c": {"d": 1}}]
    (tmp_path / "1.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in [*rows, *later]))
    (tmp_path / "2.jsonl").write_text('{"c": {"e": "x"}}\n')
    found = learn(tmp_path)
    assert found.records[0] == {"a": 1.0, "z": "z" * 100, "b": None, "c": None}
    assert found.records[-3:] == [
        {"a": 2.5, "z": None, "b": "new", "c": None},
        {"a": None, "z": None, "b": None, "c": {"d": 1, "e": None}},
        {"a": None, "z": None, "b": None, "c": {"d": None, "e": "x"}},
    ]


def test_lines_of_json_that_are_no_objects_are_records(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('"to be"\n"or not"\n')
    (tmp_path / "b.jsonl").write_text("[1, 2]\n[3, 4]\n")
    (tmp_path / "c.json").write_text('["to be", "or not"]')
    assert learn(tmp_path / "a.jsonl").records == ["to be", "or not"]
    assert np.array_equal(learn(tmp_path / "b.jsonl").records, [[1, 2], [3, 4]])
    assert learn(tmp_path / "c.json").records == ["to be", "or not"]


def test_a_list_of_json_is_cut_nowhere(tmp_path: Path) -> None:
    items = [{"i": i, "x": i / 7, "t": 'é\\"\n' * (i % 300)} for i in range(3000)] + [
        {"i": 1, "x": 0.5, "t": "y" * (3 << 20)}
    ]
    for spaces in (None, 2):
        (tmp_path / "a.json").write_text(json.dumps(items, ensure_ascii=spaces is None, indent=spaces), "utf-8")
        assert learn(tmp_path / "a.json").records == items


# CSV

cells = st.text(characters.filter(lambda c: c != "\0"), max_size=12)


@few
@given(
    st.lists(st.tuples(cells, cells), min_size=1, max_size=9),
    st.sampled_from(",;\t"),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_cells_of_text_come_back_as_python_wrote_them(
    tmp_path: Path, rows: list[tuple[str, str]], separator: str, end: str, are_all_quoted: bool
) -> None:
    assume(
        are_all_quoted or not any("\r" in cell for row in rows for cell in row)
    )  # Python does not quote a lone return
    with (tmp_path / "a.csv").open("w", encoding="utf-8", newline="") as file:
        quoting: Any = csv.QUOTE_ALL if are_all_quoted else csv.QUOTE_MINIMAL
        writer = csv.writer(file, delimiter=separator, lineterminator=end, quoting=quoting)
        writer.writerows([("name", "text"), ("no", "number"), *rows])
    assert learn(tmp_path / "a.csv").records[1:] == [{"name": a, "text": b} for a, b in rows]


@few
@given(
    st.lists(
        st.tuples(numbers, st.floats(allow_nan=False, allow_infinity=False) | st.none(), numbers | st.none()),
        min_size=1,
    )
)
def test_columns_of_numbers_come_back_as_numbers(
    tmp_path: Path, rows: list[tuple[int, float | None, int | None]]
) -> None:
    with (tmp_path / "a.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("a", "b", "c"), *rows])
    found = learn(tmp_path / "a.csv").records
    assert [row["a"] for row in found] == [a for a, _, _ in rows]
    if any(b is not None for _, b, _ in rows):
        assert [row["b"] for row in found] == [b for _, b, _ in rows]
    if any(c is not None for _, _, c in rows):
        assert [row["c"] for row in found] == [c for _, _, c in rows]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1", "2"], [1, 2]),
        (["1", "2.50"], [1.0, 2.5]),
        (["1", ""], [1, None]),
        (["1", "NA"], [1, None]),
        (["007", "8"], ["007", "8"]),
        (["+1", "2"], [1.0, 2.0]),
        (["-0", "1"], [-0.0, 1.0]),
        (["1", "x"], ["1", "x"]),
        (["x", "NA"], ["x", "NA"]),
        (["", "x"], ["", "x"]),
        (["9223372036854775808", "1"], ["9223372036854775808", "1"]),
        (["9007199254740993", "0.5"], ["9007199254740993", "0.5"]),
        (["9007199254740993", "2"], [9007199254740993, 2]),
        (["1e400", "1"], ["1e400", "1"]),
        (["0x10", "1"], ["0x10", "1"]),
        (["1_000", "1"], ["1_000", "1"]),
        (["2020-01-01", "2020-01-02"], ["2020-01-01", "2020-01-02"]),
        (["true", "false"], ["true", "false"]),
        ([" 1", "2"], [" 1", "2"]),
        (["", ""], ["", ""]),
    ],
)
def test_a_column_is_of_numbers_only_if_nothing_is_lost(tmp_path: Path, cells: list[str], expected: list[Any]) -> None:
    (tmp_path / "a.csv").write_text("key,a\n" + "".join(f"k,{cell}\n" for cell in cells))
    found = [row["a"] for row in learn(tmp_path / "a.csv").records]
    assert found == expected
    assert list(map(str, found)) == list(map(str, expected))  # -0.0 is equal to 0.0


def test_a_cell_near_the_end_settles_its_column(tmp_path: Path) -> None:
    filler = "z" * 100
    (tmp_path / "1.csv").write_text("a,b,z\n" + f"12,1,{filler}\n" * 30_000 + "x,2.5,\n")
    (tmp_path / "2.csv").write_text("a,b,z\n3,NA,\n")
    found = learn(tmp_path).records
    assert found[0] == {"a": "12", "b": 1.0, "z": filler}
    assert found[-2:] == [{"a": "x", "b": 2.5, "z": ""}, {"a": "3", "b": None, "z": ""}]


def test_a_table_without_header_is_told_by_its_numbers(tmp_path: Path) -> None:
    (tmp_path / "adult.data").write_text("39, State-gov, 77516, <=50K\n50, Self-emp, 83311, >50K\n\n")
    first = {"c0": 39, "c1": "State-gov", "c2": 77516, "c3": "<=50K"}
    assert learn(tmp_path / "adult.data").records[0] == first
    assert len(learn(tmp_path / "adult.data", header=True).records) == 1
    (tmp_path / "years.csv").write_text("country,1990,1991\nFrance,58.2,58.5\n")
    assert learn(tmp_path / "years.csv", header=True).records == [{"country": "France", "1990": 58.2, "1991": 58.5}]


def test_quotes_count_only_where_a_cell_begins_with_one(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('size,text\n5" disk,x\n6",y\n7,"a ""b""\nc"\n8"9",""\n,"z"\n')
    found = learn(tmp_path / "a.csv").records
    assert [row["size"] for row in found] == ['5" disk', '6"', "7", '8"9"', ""]
    assert [row["text"] for row in found] == ["x", "y", 'a "b"\nc', "", "z"]


def test_a_quote_within_a_cell_and_blank_lines_go_together(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('size,text\n5" disk,x\n\n6" disk,y\n\n')
    assert [row["size"] for row in learn(tmp_path / "a.csv").records] == ['5" disk', '6" disk']


def test_a_row_of_many_blocks_is_one_record(tmp_path: Path) -> None:
    long = "x,\n" * (2 << 20)
    (tmp_path / "a.csv").write_text(f'a,b\n1,"{long}"\n2,y\n')
    assert learn(tmp_path / "a.csv").records == [{"a": 1, "b": long}, {"a": 2, "b": "y"}]


# tables

columns: dict[str, tuple[pa.DataType, st.SearchStrategy[Any]]] = {
    "whole": (pa.int64(), numbers),
    "small": (pa.uint8(), st.integers(0, 255)),
    "half": (pa.float32(), st.floats(width=32, allow_nan=False)),
    "number": (pa.float64(), st.floats(allow_nan=False)),
    "text": (pa.string(), texts),
    "data": (pa.binary(), st.binary(max_size=9)),
    "truth": (pa.bool_(), st.booleans()),
    "day": (pa.date32(), st.dates()),
    "time": (pa.timestamp("us"), st.datetimes()),
    "list": (pa.list_(pa.int32()), st.lists(st.integers(-9, 9), max_size=3)),
    "inside": (
        pa.struct([("a", pa.int8()), ("b", pa.string())]),
        st.fixed_dictionaries({"a": st.integers(0, 9), "b": texts}),
    ),
    "sort": (pa.dictionary(pa.int8(), pa.string()), st.sampled_from(["cat", "dog"])),
}


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    names = draw(st.lists(st.sampled_from(sorted(columns)), min_size=1, max_size=4, unique=True))
    count = draw(st.integers(1, 12))
    cells = {name: draw(st.lists(columns[name][1] | st.none(), min_size=count, max_size=count)) for name in names}
    return pa.table({name: pa.array(cells[name], columns[name][0]) for name in names})


@pytest.mark.parametrize(("name", "write"), writers)
@few
@given(tables())
def test_rows_of_tables_come_back(
    tmp_path: Path, name: str, write: Callable[[pa.Table, Path], None], table: pa.Table
) -> None:
    write(table, tmp_path / name)
    found = learn(tmp_path / name)
    assert found.records == table.to_pylist()
    assert found.locators == list(range(table.num_rows))
    assert found.done == found.total == (tmp_path / name).stat().st_size


@pytest.mark.parametrize(("name", "write"), writers)
def test_a_column_of_a_table_is_the_record(tmp_path: Path, name: str, write: Callable[[pa.Table, Path], None]) -> None:
    table = pa.table(
        {
            "text": ["a", "b"],
            "meta": [{"n": 1, "deep": {"t": "x"}}, {"n": 2, "deep": {"t": "y"}}],
            "v": [[1.0, 2.0]] * 2,
        }
    )
    write(table, tmp_path / name)
    assert learn(tmp_path / name, field="text").records == ["a", "b"]
    assert learn(tmp_path / name, field="meta.deep.t").records == ["x", "y"]
    assert learn(tmp_path / name, field="meta").records == table.column("meta").to_pylist()
    assert np.array_equal(learn(tmp_path / name, field="v").records, [[1, 2], [1, 2]])
