"""Rows of a table as vectors: each column on a scale of its own, fitted once, so that columns of all sorts weigh alike.

Numbers, dates and times: asinh of (v - median) / scale, which is linear in the bulk and logarithmic in heavy tails, where one value would outweigh
all columns; the scale is that of a normal distribution with the same quartiles. Categories: one number each, 0 or 1, so that two that
differ are as far apart as two draws of a number are on average; those beyond the 64 most frequent are hashed. A value that is
missing is at the median, with a 1 in a column that says so. Nothing is dropped, and equal rows stay equal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from byheart.errors import InputError
from byheart.features.base import FITTED_ON, Records, Singles, Vectors, few
from byheart.records.columns import as_numpy

_CATEGORIES: Final = 64
_HASHED: Final = 16
_QUARTILES_APART: Final = 1.349  # standard deviations of a normal distribution


class Table:
    """Mixed columns on one scale."""

    kinds: Sequence[str] = ("row",)

    def fit(self, samples: Sequence[Records], seed: int) -> "FittedTable":
        """Fit each column's scale or categories to as many records of each sample."""
        most = min(FITTED_ON, *(len(sample) for sample in samples))
        rows = pa.concat_arrays([few(sample, most, seed) for sample in samples])
        return fit_columns(rows)


def fit_columns(rows: pa.StructArray) -> "FittedTable":
    """Fit each column's scale or categories to some rows."""
    return FittedTable(
        {field.name: _column(child, field.name) for field, child in zip(rows.type, rows.flatten(), strict=True)}
    )


class FittedTable:
    """Columns by name."""

    def __init__(self, columns: dict[str, "_Column"]) -> None:
        self._columns = columns
        self.width = sum(column.width for column in columns.values())

    def vectors(self, x: pa.Array, field: pa.Field) -> Vectors:
        """The columns' vectors, side by side."""
        children = dict(zip((inner.name for inner in field.type), x.flatten(), strict=True))
        told = [column.vectors(children[name]) for name, column in self._columns.items()]
        return Vectors(np.concatenate(told, axis=1), np.ones(len(x), np.bool_))


class _Column(Protocol):
    @property
    def width(self) -> int: ...

    def vectors(self, column: pa.Array) -> Singles: ...


@dataclass(frozen=True, slots=True)
class _Numbers:
    median: float
    scale: float
    width: int = 2

    @classmethod
    def of(cls, column: pa.Array) -> "_Numbers":
        values = as_floats(column)
        known = values[np.isfinite(values)]
        if not len(known):
            return cls(0.0, 1.0)
        low, median, high = np.percentile(known, [25, 50, 75])
        scale = (
            (high - low) / _QUARTILES_APART or known.std() or 1.0
        )  # more than half of them are one value, or all are
        return cls(float(median), float(scale))

    def vectors(self, column: pa.Array) -> Singles:
        values = as_floats(column)
        missing = np.isnan(values)
        scaled = np.arcsinh((np.where(missing, self.median, values) - self.median) / self.scale)
        bounded = np.clip(scaled, -1e3, 1e3)  # infinities are far, and equal
        return np.stack([bounded, missing], axis=1).astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Categories:
    known: dict[str, int]
    width: int

    @classmethod
    def of(cls, column: pa.Array) -> "_Categories":
        counts = pc.value_counts(_words(column).drop_null()).to_pylist()
        counts.sort(key=lambda item: (-item["counts"], item["values"]))
        frequent = [item["values"] for item in counts[:_CATEGORIES]]
        return cls({word: number for number, word in enumerate(frequent)}, len(frequent) + _HASHED + 1)

    def vectors(self, column: pa.Array) -> Singles:
        words = _words(column).dictionary_encode()
        numbers = np.array([self._number(word) for word in words.dictionary.to_pylist()] + [self.width - 1], np.int64)
        places = as_numpy(words.indices.fill_null(len(numbers) - 1))
        out = np.zeros((len(column), self.width), np.float32)
        out[np.arange(len(column)), numbers[places]] = 1
        return out

    def _number(self, word: str) -> int:
        return self.known[word] if word in self.known else len(self.known) + _hash(word) % _HASHED


def _column(column: pa.Array, name: str) -> "_Column":
    type_ = column.type
    if pa.types.is_null(type_) or pa.types.is_nested(type_):
        raise InputError(f"column {name!r}: wanted numbers, dates or categories, got {type_}: drop it")
    if is_number(type_):
        return _Numbers.of(column)
    return _Categories.of(column)


def is_number(type_: pa.DataType) -> bool:
    """Whether values of a type have differences: numbers, dates and times.

    >>> is_number(pa.float32()), is_number(pa.date32()), is_number(pa.bool_()), is_number(pa.large_string())
    (True, True, False, False)
    """
    if pa.types.is_temporal(type_):
        return not pa.types.is_interval(type_)
    return bool(pa.types.is_integer(type_) or pa.types.is_floating(type_) or pa.types.is_decimal(type_))


def as_floats(column: pa.Array) -> npt.NDArray[np.float64]:
    """The values as float64: dates and times in their own units; NaN where there is none."""
    type_ = column.type
    if pa.types.is_temporal(type_):
        column = column.cast(pa.int32() if type_.bit_width == 32 else pa.int64())
    values: npt.NDArray[np.float64] = np.asarray(
        column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False), np.float64
    )
    return values


def _words(column: pa.Array) -> pa.Array:
    if (
        pa.types.is_binary(column.type)
        or pa.types.is_large_binary(column.type)
        or pa.types.is_fixed_size_binary(column.type)
    ):
        return pa.array([None if value is None else value.hex() for value in column.to_pylist()], pa.large_string())
    return column.cast(pa.large_string())


def _hash(word: Any) -> int:

    return xxhash.xxh64_intdigest(word.encode())
