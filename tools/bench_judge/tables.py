"""The distance to the closest record, of rows of a table: half numbers, half categories, some of them missing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa

ROWS: Final = 2000
_NUMBERS: Final = 5
_CATEGORIES: Final = 5


@dataclass(frozen=True, slots=True)
class _Rows:
    """Records of a table, as an extractor reads them."""

    name: str
    column: pa.Array
    kind: str = "row"

    @property
    def field(self) -> pa.Field:
        """The type of its column."""
        return pa.field("record", self.column.type)

    def __len__(self) -> int:
        return len(self.column)

    def x(self, which: Any) -> pa.Array:
        """Some of the records."""
        return self.column.take(pa.array(which))


def byheart(threads: int) -> Callable[[], dict[str, float]]:
    """Columns on one scale, and the nearest in these."""
    from byheart.features.table import Table  # noqa: PLC0415  # here, as with all others
    from byheart.neighbours import Work, nearest  # noqa: PLC0415  # as above

    def run(count: int) -> dict[str, float]:
        train, made = (_Rows(f"sample {seed}", _struct(columns(seed, count))) for seed in (0, 1))
        every, fitted = np.arange(count), Table().fit([train, made], 0)
        points = [fitted.vectors(rows.x(every), rows.field).points for rows in (made, train)]
        return {"mean distance": float(nearest(*points, how=Work(threads=threads)).distances.mean())}

    run(100)
    return lambda: run(ROWS)


def sdmetrics(_threads: int) -> Callable[[], dict[str, float]]:
    """Its own distance, of all pairs."""
    import pandas as pd  # noqa: PLC0415  # as above
    from sdmetrics.single_table.privacy.dcr_utils import calculate_dcr  # noqa: PLC0415  # as above

    kinds = {name: "numerical" if name.startswith("number") else "categorical" for name in columns(0, 1)}
    metadata = {"columns": {name: {"sdtype": kind} for name, kind in kinds.items()}}

    def run(count: int) -> dict[str, float]:
        train, made = (pd.DataFrame(columns(seed, count)) for seed in (0, 1))
        return {"mean distance": float(calculate_dcr(made, train, metadata).mean())}

    run(100)
    return lambda: run(ROWS)


def columns(seed: int, count: int) -> dict[str, Sequence[Any]]:
    """The columns of a table, by name."""
    rng = np.random.default_rng(seed)
    told: dict[str, Sequence[Any]] = {f"number {i}": rng.lognormal(size=count).tolist() for i in range(_NUMBERS)}
    words = np.array(["red", "green", "blue", "black", "white", None], object)
    return told | {f"category {i}": words[rng.integers(0, len(words), count)].tolist() for i in range(_CATEGORIES)}


def _struct(told: dict[str, Sequence[Any]]) -> pa.Array:
    return pa.StructArray.from_arrays([pa.array(values) for values in told.values()], names=list(told))
