"""Rows of tables: copies are found through changed cells, rounding and formatting; what chance makes agree is not taken for one."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from sklearn.datasets import load_breast_cancer

from byheart import MemGEN
from byheart.auditing.cells import Cells
from byheart.auditing.evidence import Evidence, Found, Setting
from byheart.auditing.forms_row import row_forms
from byheart.auditing.keys import Keys
from byheart.auditing.normal_cells import normal
from byheart.auditing.originals import Asked, Originals
from byheart.errors import InputError
from byheart.judging.samples import Sample, Train, read

Row = dict[str, Any]


def people(count: int, seed: int) -> list[Row]:
    """Rows of columns that hang together, of all sorts."""
    rng = np.random.default_rng(seed)
    ages = rng.integers(18, 90, count)
    rows = []
    for age in ages.tolist():
        years = int(rng.integers(0, 1 + (age - 17) // 2))
        rows.append(
            {
                "age": age,
                "income": round(float(np.exp(rng.normal(9 + years / 40, 0.6))), 2),
                "years": years,
                "children": int(rng.poisson(1.4)),
                "height": round(float(rng.normal(170, 9)), 1),
                "job": f"Job {min(int(rng.exponential(8)) + age // 30, 40)}",
                "town": f"Town {int(rng.zipf(1.4)) % 60}",
                "sex": "FM"[int(rng.integers(2))],
                "status": ("single", "married", "widowed")[min(int(rng.exponential(age / 60)), 2)],
                "owner": bool(rng.random() < age / 120),
            }
        )
    return rows


class Told:
    """What an evidence finds of some rows, and how many held-out ones score as low."""

    def __init__(self, evidence: Evidence, train: Any, heldout: Any, keys: Sequence[str] = ()) -> None:
        self.train = Train(MemGEN().fit(train).snapshot)
        self.heldout = self.read(heldout)
        self.originals = Originals(self.train)
        self.setting = Setting(self.originals, [self.train, self.heldout], keys=tuple(keys))
        self.evidence = evidence

    def read(self, rows: Any) -> Sample:
        return read(rows if isinstance(rows, pa.Table) else list(rows), "generated", self.train)

    def find(self, rows: Any) -> Found:
        return self.evidence.find(self.setting, [Asked.all_of(self.read(rows))])[0]

    def loo(self, most: int) -> Found:
        return self.evidence.find(self.setting, [self.originals.draw(most, 1)])[0]

    def share(self, rows: Any, level: float = 0.01) -> float:
        """Of the rows, those below what so many held-out ones are below."""
        limit = np.quantile(self.evidence.find(self.setting, [Asked.all_of(self.heldout)])[0].scores, level)
        return float((self.find(rows).scores < limit).mean())


def other(rows: Sequence[Row], number: int, seed: int) -> list[Row]:
    """The rows with so many cells from other rows."""
    rng = np.random.default_rng(seed)
    made = []
    for row in rows:
        row = dict(row)  # noqa: PLW2901  # a copy of it
        for name in rng.choice(list(row), number, replace=False):
            values = [one[name] for one in rows if one[name] != row[name]]
            row[name] = values[int(rng.integers(len(values)))]
        made.append(row)
    return made


@pytest.fixture(scope="module")
def cells() -> Told:
    return Told(Cells(), people(4000, 0), people(2000, 1))


COPIED = people(4000, 0)[:400]


@pytest.mark.parametrize(("number", "least"), [(0, 1.0), (1, 0.98), (2, 0.9), (3, 0.7)])
def test_rows_with_a_few_changed_cells_are_found(cells: Told, number: int, least: float) -> None:
    assert cells.share(other(COPIED, number, 2)) >= least


@pytest.mark.parametrize("digits", [2, 3])
def test_rows_whose_numbers_are_rounded_are_found(cells: Told, digits: int) -> None:
    rounded = [
        {**row, **{name: type(row[name])(float(f"{row[name]:.{digits - 1}e}")) for name in ("age", "income", "height")}}
        for row in COPIED
    ]
    assert cells.share(rounded) >= 0.95


def test_rows_whose_numbers_are_rounded_to_tens_are_found(cells: Told) -> None:
    tens = [
        {**row, **{name: type(row[name])(round(row[name], -1)) for name in ("age", "income", "height")}}
        for row in COPIED
    ]
    assert cells.share(tens) >= 0.95


def test_the_original_is_named_and_told_without_its_values(cells: Told) -> None:
    made = {**COPIED[7], "age": 23, "job": COPIED[7]["job"].upper() + " "}
    found = cells.find([made])
    original = cells.originals.x(found.records[:, 0]).to_pylist()[0]
    assert original == COPIED[7] != made
    told = cells.evidence.describe(made, original, found.distances[0, 0])
    assert told == "1 of 10 cells differs: age"


def test_columns_in_another_order_change_nothing(cells: Told) -> None:
    turned = [dict(reversed(row.items())) for row in COPIED]
    assert cells.find(turned).scores.tolist() == cells.find(COPIED).scores.tolist()


def test_fresh_rows_and_innocent_generators_are_left_alone(cells: Told) -> None:
    """Fresh rows; the columns each for itself; the most common jobs alone; each cell's most common values."""
    rng = np.random.default_rng(5)
    train = people(4000, 0)
    alone = [{name: train[int(rng.integers(4000))][name] for name in train[0]} for _ in range(1000)]
    fresh = people(4000, 6)
    common = [row for row in fresh if row["job"] in {"Job 1", "Job 2", "Job 3"}]
    assert cells.share(fresh) < 0.02
    assert cells.share(alone) < 0.01
    assert cells.share(common) < 0.025


def test_the_scores_of_train_rows_against_the_others_are_those_of_fresh_ones(cells: Told) -> None:
    fresh, own = cells.find(people(2000, 8)).scores, cells.loo(2000).scores
    assert np.quantile(own, [0.01, 0.1, 0.5]) == pytest.approx(np.quantile(fresh, [0.01, 0.1, 0.5]), abs=0.03)


def test_who_else_is_asked_and_in_which_order_changes_nothing(cells: Told) -> None:
    whole, some = cells.find(COPIED), cells.find(COPIED[250:60:-1])
    for name in ("scores", "distances", "records"):
        assert np.array_equal(getattr(whole, name)[250:60:-1], getattr(some, name))


def test_candidates_are_the_nearest_of_all_where_anything_is_near(cells: Told) -> None:
    """Of changed copies, looking at every pair finds no nearer original."""
    made = other(COPIED[:100], 2, 9)
    found = cells.find(made)
    names = [cells.originals.x(found.records[:, 0]).to_pylist()[at] for at in range(100)]
    assert np.mean([name == row for name, row in zip(names, COPIED, strict=False)]) >= 0.95


def test_a_table_of_81_combinations_says_nothing() -> None:
    rng = np.random.default_rng(3)
    rows = [{f"c{at}": "abc"[value] for at, value in enumerate(row)} for row in rng.integers(0, 3, (3000, 4)).tolist()]
    told = Told(Cells(), rows[:2000], rows[2000:])
    assert (told.find(rows[:500]).scores >= 1).all()
    assert (told.find(rows[2000:]).scores >= 1).all()


def test_measurements_that_are_rounded_are_found_in_a_table_of_numbers_alone() -> None:
    """569 tumours by 30 measurements, two digits of each."""
    frame = load_breast_cancer(as_frame=True).frame
    rows = [{str(name): float(value) for name, value in row.items()} for row in frame.to_dict("records")]
    order = np.random.default_rng(0).permutation(len(rows))
    train, heldout = [rows[at] for at in order[:300]], [rows[at] for at in order[300:]]
    told = Told(Cells(), train, heldout)
    assert told.share([{name: float(f"{value:.1e}") for name, value in row.items()} for row in train]) == 1.0


def test_a_table_of_fewer_rows_and_columns_than_are_looked_for_is_read() -> None:
    told = Told(Cells(), [{"a": 1.5}, {"a": None}], [{"a": 2.5}])
    found = told.find([{"a": 1.5}, {"a": float("nan")}])
    assert (
        found.records[:, 0].tolist()
        == told.originals.numbers(told.read([{"a": 1.5}, {"a": None}]).fingerprints).tolist()
    )
    assert np.isinf(found.distances[:, 2:]).all()
    alone = Told(Cells(), [{"a": 1}], [{"a": 2}]).loo(1)
    assert np.isinf(alone.scores).all()
    assert (alone.records == -1).all()


KEYS = ("age", "town", "sex")


@pytest.fixture(scope="module")
def keys() -> Told:
    return Told(Keys(), people(4000, 0), people(2000, 1), KEYS)


def test_keys_are_scored_by_how_many_originals_have_them(keys: Told) -> None:
    rows = people(4000, 0)
    found = keys.find(rows[:300])
    for at, row in enumerate(rows[:300]):
        having = [one for one in rows if all(one[key] == row[key] for key in KEYS)]
        assert int(found.scores[at]) == found.distances[at, 0] == len(having)
        assert (found.records[at] >= 0).sum() == min(len(having), 11)
    assert keys.originals.x(found.records[:, 0]).to_pylist() == rows[:300]  # the other cells agree too


def test_a_train_row_with_keys_of_its_own_finds_none_among_the_others(keys: Told) -> None:
    own, all_ = keys.loo(4000), keys.find(keys.originals.x(np.arange(4000)).to_pylist())
    is_alone = np.floor(all_.scores) == 1
    assert is_alone.any()
    assert np.isinf(own.scores[is_alone]).all()
    assert (np.floor(own.scores[~is_alone]) == np.floor(all_.scores[~is_alone]) - 1).all()
    assert not (own.records == np.arange(4000)[:, None]).any()


def test_of_combinations_that_as_many_have_the_rarer_tells_more() -> None:
    rows = [{"zip": "common", "age": 30 + at % 40} for at in range(80)] + [{"zip": "rare", "age": 99}] * 2
    rows += [{"zip": "common", "age": 75}]
    told = Told(Keys(), rows, rows, ("zip", "age"))
    rare, common = told.find([{"zip": "rare", "age": 99}, {"zip": "common", "age": 75}]).scores
    assert 1 <= rare < common < 2


def test_keys_agree_whatever_their_formatting_and_missing_ones_never() -> None:
    rows: list[Row] = [{"zip": "Ab 1", "age": 30, "x": 1.0}, {"zip": None, "age": 31, "x": 2.0}]
    told = Told(Keys(), rows, rows, ("zip", "age"))
    found = told.find([{"zip": " aB  1", "age": 30, "x": 5.0}, {"zip": None, "age": 31, "x": 2.0}])
    assert np.isfinite(found.scores).tolist() == [True, False]
    assert told.evidence.describe({}, {}, found.distances[0, 0]) == "all keys agree, as those of no other train row do"


def test_a_key_that_is_no_column_is_refused_and_the_nearest_named() -> None:
    with pytest.raises(InputError, match="keys: no column 'aeg': did you mean 'age'"):
        Told(Keys(), COPIED, COPIED, ("aeg",)).find(COPIED)


def test_without_keys_none_is_found() -> None:
    assert np.isinf(Told(Keys(), COPIED, COPIED).find(COPIED).scores).all()


def test_rows_that_differ_in_formatting_alone_have_one_form() -> None:
    one = pa.table({"a": [39, 40, None], "b": ["Sales  rep", "1,5", ""], "c": [0.1 + 0.2, float("nan"), 1234567.0]})
    other_ = pa.table({"c": [0.3, None, 1234567], "b": [" sales rep\n", "1,5", None], "a": [39.0, 40.0, float("nan")]})
    forms = [row_forms(table.to_struct_array().combine_chunks()) for table in (one, other_)]
    assert forms[0].tolist() == forms[1].tolist()
    assert len(set(forms[0].tolist())) == 3


@pytest.mark.parametrize(
    ("one", "other_"),
    [
        ({"a": 1, "b": 2}, {"a": 2, "b": 1}),
        ({"a": 10**17, "b": 2}, {"a": 10**17 + 1, "b": 2}),
        ({"a": 1.00001, "b": 2}, {"a": 1.00002, "b": 2}),
        ({"a": "12345678901234567", "b": 2}, {"a": "12345678901234568", "b": 2}),
        ({"a": "a b", "b": 2}, {"a": "ab", "b": 2}),
        ({"a": [1, 2], "b": 2}, {"a": [1, 3], "b": 2}),
        ({"a": 0, "b": 2}, {"a": None, "b": 2}),
    ],
)
def test_rows_that_say_something_else_have_other_forms(one: Row, other_: Row) -> None:
    assert len(set(row_forms(pa.array([one, other_])).tolist())) == 2


@pytest.mark.filterwarnings("error")
def test_columns_of_every_sort_are_read_and_copies_found() -> None:
    rng = np.random.default_rng(0)
    table = pa.table(
        {
            "none": pa.nulls(90),
            "float": rng.choice([np.inf, -np.inf, np.nan, -0.0, 1e308, -1e308, 5e-324, 1.5], 90),
            "half": rng.normal(size=90).astype(np.float16),
            "large": rng.integers(0, 2**64 - 1, 90, dtype=np.uint64),
            "decimal": pa.array(rng.integers(0, 9999, 90)).cast(pa.decimal128(21, 2)),
            "moment": pa.array(rng.integers(0, 9**12, 90)).cast(pa.timestamp("us", "UTC")),
            "lasts": pa.array(rng.integers(0, 99, 90)).cast(pa.duration("ms")),
            "bytes": [bytes([value]) for value in rng.integers(0, 9, 90).tolist()],
            "list": [[value] for value in rng.integers(0, 9, 90).tolist()],
            "text": rng.choice(
                ["1e400", "nan", " ", "\t", "É", "12345678901234567890", "1,5", "<b>", "\0"], 90
            ).tolist(),
            "truth": [bool(value) for value in rng.integers(0, 2, 90)],
            "same": [7] * 90,
        }
    )
    rows = [{name: table[name][at].as_py() for name in table.column_names} for at in range(2)]
    for evidence in (Cells(), Keys()):
        told = Told(evidence, table.slice(0, 60), table.slice(60), ("moment", "truth"))
        assert told.originals.first[told.find(table.slice(0, 60)).records[:, 0]].tolist() == list(range(60))
        assert "cells differ: " in evidence.describe(rows[0], rows[1], 0.5) or isinstance(evidence, Keys)


def test_numbers_as_text_are_numbers_and_dates_count_by_value() -> None:
    texts = ["39", " 39.0", "3.9E1", "+39", "039", "39 y"]
    assert len(set(normal(pa.array(texts)).codes.tolist())) == 2
    days = pa.array([1, 1, 2], pa.int32()).cast(pa.date32())
    assert len(set(normal(days).codes.tolist())) == 2
