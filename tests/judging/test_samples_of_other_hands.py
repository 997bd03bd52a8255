"""A table that another program wrote is compared by what it means, in the memory's types."""

import datetime as dt
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from byheart import MemGEN
from byheart.errors import InputError
from byheart.judging.samples import Train, read

_DAYS = [dt.date(2024, 5, day) for day in (1, 2, 3)]


@pytest.fixture
def train(tmp_path: Path) -> Train:
    table = pa.table(
        {
            "day": pa.array(_DAYS),
            "zip": ["007", "100", "x1"],
            "age": pa.array([39, 40, None], pa.int64()),
            "share": pa.array([0.1, 0.2, 0.3], pa.float32()),
            "is_new": [True, False, None],
        }
    )
    pq.write_table(table, tmp_path / "train.parquet")
    return Train(MemGEN().fit(tmp_path / "train.parquet").snapshot)


def test_a_csv_means_what_the_memory_holds(train: Train, tmp_path: Path) -> None:
    made = tmp_path / "made.csv"
    made.write_text(
        "age,day,zip,share,is_new\n39.0,2024-05-01,007,0.1,true\n40,2024-05-02,100,.2,false\n,2024-05-03,x1,0.3,\n"
    )
    told = read(made, "generated", train)
    assert told.fingerprints.tolist() == train.fingerprints.tolist()


def test_numbers_in_text_and_labels_as_numbers_are_read(train: Train) -> None:
    rows = [{"day": "2024-05-01", "zip": 100, "age": " 39 ", "share": "0.1", "is_new": 1}]
    told = read(pa.RecordBatch.from_pylist(rows), "generated", train).x(np.array([0])).to_pylist()[0]
    assert (told["day"], told["zip"], told["age"], told["is_new"]) == (_DAYS[0], "100", 39, True)
    assert told["share"] == pytest.approx(0.1)


@pytest.mark.parametrize(("name", "value"), [("age", "39 y"), ("age", 39.5), ("day", "May"), ("age", "39.5")])
def test_what_means_nothing_is_refused(train: Train, name: str, value: object) -> None:
    row = {"day": "2024-05-01", "zip": "1", "age": 39, "share": 0.5, "is_new": True, name: value}
    with pytest.raises(InputError, match=f"generated: table: column '{name}': wanted"):
        read(pa.RecordBatch.from_pylist([row]), "generated", train)


def test_learning_is_as_strict_as_before(train: Train) -> None:
    """What is learned is kept as it is, or refused: a memory does not guess."""
    model = MemGEN().fit(pa.table({"day": pa.array(_DAYS)}))
    with pytest.raises(InputError, match="another sort of value"):
        model.partial_fit(pa.table({"day": ["2024-05-01"]}))
