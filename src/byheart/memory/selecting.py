"""Selections: the records that a condition chooses, and how likely each is drawn; worked out once a version, never by rejection.

Rule 1: a draw names a unit in [0, total). Without weights a unit is an occurrence; with weights it is a quantum of weight.
Rule 2: whole-number weights are their own quanta, and exact. Others are scaled so that all together are about 2^62: each is off by
        half a quantum or one part in 2^52, whichever is more, and what is above 0 has at least one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from byheart.errors import InputError, WhereError
from byheart.memory.gather import Rows
from byheart.memory.segment import Segment
from byheart.records.columns import numbers, strings
from byheart.registry import nearest

_QUANTA: Final = 2**62
_ELSEWHERE: Final[dict[str, Callable[[int], pa.Array]]] = {  # what so many rows have that were learned without
    "label": lambda rows: pa.nulls(rows, pa.large_string()),
    "weight": lambda rows: numbers(np.ones(rows)),
}


@dataclass(frozen=True, slots=True)
class Selection:
    """Chosen rows.

    Attributes:
        firsts: the first occurrence of each, int64 of shape (rows,).
        counts: its units, int64 of shape (rows,); None where each has one.
        ends: the units, cumulated; None where `counts` is.
        total: all the units.
        weighted: whether a unit is a quantum of weight, and not an occurrence.
    """

    firsts: Rows
    counts: Rows | None
    ends: Rows | None
    total: int
    weighted: bool

    def occurrences(self, units: Rows) -> Rows:
        """The occurrence that each unit stands for."""
        if self.counts is None or self.ends is None:
            return self.firsts[units]
        at = np.searchsorted(self.ends, units, side="right")
        if self.weighted:
            return self.firsts[at]
        return self.firsts[at] + units - (self.ends[at] - self.counts[at])


def chosen(segment: Segment, field: pa.Field, where: str | None) -> npt.NDArray[np.bool_]:
    """Whether each row of a segment is live and meets a condition.

    Raises:
        WhereError: the condition cannot be read, or names a column that is not there.
    """
    live = np.ones(segment.entry.rows, bool)
    live[segment.tombstones] = False
    if where is not None:
        from byheart.memory.where import parse  # noqa: PLC0415  # brings pyarrow.compute, slow to import

        expression = parse(where)
        for number, batch in enumerate(segment.batches):
            met = expression.evaluate(partial(_column, segment, number, field))
            start = segment.batch_starts[number]
            live[start : start + batch.num_rows] &= met.fill_null(False).to_numpy(zero_copy_only=False)
    return live


def select(segments: Sequence[Segment], field: pa.Field, where: str | None, weights: str | None) -> Selection:
    """The live rows that meet `where`, each as likely as its occurrences, times the column `weights` if one is named.

    Raises:
        WhereError: as for `chosen`; no record meets the condition; or the column is not one of non-negative numbers.
    """
    firsts, counts, heavy = [np.empty(0, np.int64)], [np.empty(0, np.int64)], [np.empty(0)]
    before = 0
    if weights == "weight" and not any("weight" in column_names(segment, field) for segment in segments):
        raise WhereError("weights: wanted records with weights, got none: learn them with `sample_weight`")
    for segment in segments:
        rows = np.flatnonzero(chosen(segment, field, where))
        ends = segment.ends
        occurrences = np.ones(len(rows), np.int64) if ends is None else np.diff(ends, prepend=0)[rows]
        firsts.append(before + (rows if ends is None else ends[rows] - occurrences))
        counts.append(occurrences)
        if weights is not None:
            heavy.append(_weights(segment, field, weights)[rows])
        before += segment.entry.live_records
    first, count = np.concatenate(firsts), np.concatenate(counts)
    if not len(first):
        raise WhereError(f"where: no record of {before:,} meets {where!r}: check it with `byheart info`")
    if weights is not None:
        count = _quanta(np.concatenate(heavy[1:]), count, weights)
        first, count = first[count > 0], count[count > 0]
    elif (count == 1).all():
        return Selection(first, None, None, len(first), weighted=False)
    ends = np.cumsum(count)
    return Selection(first, count, ends, int(ends[-1]), weighted=weights is not None)


def column_names(segment: Segment, field: pa.Field) -> list[str]:
    """What `where` can name: the columns of a table, and what every record has."""
    names = [inner.name for inner in field.type] if pa.types.is_struct(field.type) else []
    kept = [name for name in ("label", "weight") if name in segment.names]
    own = ["source", "locator", *kept]
    if _is_sized(field.type):
        own.append("size")
    if pa.types.is_large_string(field.type):
        own.append("record")
    return [*names, *(name for name in own if name not in names)]


def _column(segment: Segment, number: int, field: pa.Field, name: str) -> pa.Array:
    """A column of batch `number` by the name that `where` has for it; a table's own columns come first."""
    batch = segment.batches[number]
    if pa.types.is_struct(field.type) and field.type.get_field_index(name) >= 0:
        return segment.column(number, "x").field(name)
    if name not in column_names(segment, field):
        if name in _ELSEWHERE:
            return _ELSEWHERE[name](batch.num_rows)
        known = column_names(segment, field)
        raise WhereError(f"where: no column {name!r}: {nearest(name, known)}")
    if name == "source":
        return strings(segment.sources).take(segment.column(number, "source"))
    if name == "size":
        offsets = np.frombuffer(batch.column("x").buffers()[1], np.int64, batch.num_rows + 1)
        return numbers(np.diff(offsets))
    return segment.column(number, "x" if name == "record" else name)


def _is_sized(type_: pa.DataType) -> bool:
    return bool(pa.types.is_large_string(type_) or pa.types.is_large_binary(type_))


def _weights(segment: Segment, field: pa.Field, name: str) -> npt.NDArray[Any]:
    """The weight of each row, as numbers."""
    parts = [_column(segment, number, field, name) for number in range(len(segment.batches))]
    column = pa.chunked_array(parts).combine_chunks()
    number = pa.types.is_integer(column.type) or pa.types.is_floating(column.type)
    if not number or column.null_count:
        got = f"{column.null_count:,} empty cells (null)" if number else str(column.type)
        raise InputError(f"weights: wanted a column of numbers, 0 or more, got {got} in {name!r}")
    numbers: npt.NDArray[Any] = column.to_numpy(zero_copy_only=False)
    return numbers


def _quanta(weights: npt.NDArray[Any], occurrences: Rows, name: str) -> Rows:
    """Rule 2."""
    if not np.isfinite(weights).all() or (weights < 0).any() or not (weights > 0).any():
        raise InputError(f"weights: wanted finite numbers, 0 or more and not all 0, in {name!r}")
    whole = (weights == np.floor(weights)).all()
    shares = weights / np.float64(weights.max())  # their sum is finite
    total = float(np.dot(shares, occurrences.astype(np.float64)))
    if whole and total * float(weights.max()) < _QUANTA:
        return weights.astype(np.int64) * occurrences
    scaled = np.rint(shares * (_QUANTA / total)).astype(np.int64)
    return np.maximum(scaled, weights > 0) * occurrences
