"""Rows of a table as vectors: each column on a scale of its own, fitted once, so that columns of all sorts weigh alike.

Numbers, dates and times, by default: asinh of (v - median) / scale, which is linear in the bulk and logarithmic in heavy tails, where one value would
outweigh all columns; the scale is that of a normal distribution with the same quartiles. Categories: one number each, 0 or 1, so that two that
differ are as far apart as two draws of a number are on average; those beyond the 64 most frequent are hashed. A value that is
missing is at the median, with a 1 in a column that says so. Nothing is dropped, and equal rows stay equal.

Two other scales are for those who compare with what others report, and suffer where a value lies far out: one such, and the rest of its column counts for little.
`GOWER`: numbers over their range, categories that differ 1 apart (Gower, 1971, "A general coefficient of similarity and some of its properties"; there
the absolute differences are added up, here their squares, as everywhere in a judgment). `ONE_HOT`: numbers less their mean, over their standard
deviation, as scikit-learn's StandardScaler and OneHotEncoder have it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from byheart.errors import InputError
from byheart.features.base import FITTED_ON, Records, Singles, Vectors, few
from byheart.records.columns import as_numpy

Doubles: TypeAlias = npt.NDArray[np.float64]

_CATEGORIES: Final = 64
_HASHED: Final = 16
_QUARTILES_APART: Final = 1.349  # standard deviations of a normal distribution
_FAR: Final = 1e3


@dataclass(frozen=True, slots=True)
class Scale:
    """What becomes of a column.

    Attributes:
        of: where known numbers have their 0, and how long their 1 is.
        category: what stands for a category.
        is_bent: whether large numbers become their logarithms, about.
    """

    of: Callable[[Doubles], tuple[float, float]]
    category: float = 1.0
    is_bent: bool = False


def _by_quartiles(known: Doubles) -> tuple[float, float]:
    low, median, high = np.percentile(known, [25, 50, 75])
    return median, (high - low) / _QUARTILES_APART or known.std()  # more than half of them are one value


def _by_range(known: Doubles) -> tuple[float, float]:
    return known.min(), known.max() - known.min()


def _by_deviation(known: Doubles) -> tuple[float, float]:
    return known.mean(), known.std()


ROBUST: Final = Scale(_by_quartiles, is_bent=True)
GOWER: Final = Scale(_by_range, category=0.5**0.5)
ONE_HOT: Final = Scale(_by_deviation)


class Table:
    """Mixed columns on one scale."""

    kinds: Sequence[str] = ("row",)

    def __init__(self, scale: Scale = ROBUST) -> None:
        self._scale = scale

    def fit(self, samples: Sequence[Records], seed: int) -> "FittedTable":
        """Fit each column's scale or categories to as many records of each sample."""
        most = min(FITTED_ON, *(len(sample) for sample in samples))
        rows = pa.concat_arrays([few(sample, most, seed) for sample in samples])
        return fit_columns(rows, self._scale)


def fit_columns(rows: pa.StructArray, scale: Scale = ROBUST) -> "FittedTable":
    """Fit each column's scale or categories to some rows."""
    fields = zip(rows.type, rows.flatten(), strict=True)
    return FittedTable({field.name: _column(child, field.name, scale) for field, child in fields})


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
    zero: float
    one: float
    missing: float
    is_bent: bool
    width: int = 2

    @classmethod
    def of(cls, column: pa.Array, scale: Scale) -> "_Numbers":
        values = as_floats(column)
        known = values[np.isfinite(values)]
        if not len(known):
            return cls(0.0, 1.0, 0.0, scale.is_bent)
        with np.errstate(over="ignore"):
            zero, one = scale.of(known)
        if not 0 < one < np.inf:  # all are one value, or they are too far apart to say
            one = 1.0
        return cls(float(zero), float(one), float(np.median(known)), scale.is_bent)

    def vectors(self, column: pa.Array) -> Singles:
        values = as_floats(column)
        missing = np.isnan(values)
        with np.errstate(over="ignore"):
            scaled = (np.where(missing, self.missing, values) - self.zero) / self.one
        bent = np.arcsinh(scaled) if self.is_bent else scaled
        bounded = np.clip(bent, -_FAR, _FAR)  # infinities are far, and equal
        return np.stack([bounded, missing], axis=1).astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Categories:
    known: dict[str, int]
    width: int
    one: float

    @classmethod
    def of(cls, column: pa.Array, scale: Scale) -> "_Categories":
        counts = pc.value_counts(_words(column).drop_null()).to_pylist()
        counts.sort(key=lambda item: (-item["counts"], item["values"]))
        frequent = [item["values"] for item in counts[:_CATEGORIES]]
        return cls({word: number for number, word in enumerate(frequent)}, len(frequent) + _HASHED + 1, scale.category)

    def vectors(self, column: pa.Array) -> Singles:
        words = _words(column).dictionary_encode()
        numbers = np.array([self._number(word) for word in words.dictionary.to_pylist()] + [self.width - 1], np.int64)
        places = as_numpy(words.indices.fill_null(len(numbers) - 1))
        out = np.zeros((len(column), self.width), np.float32)
        out[np.arange(len(column)), numbers[places]] = self.one
        return out

    def _number(self, word: str) -> int:
        return self.known[word] if word in self.known else len(self.known) + _hash(word) % _HASHED


def _column(column: pa.Array, name: str, scale: Scale) -> "_Column":
    type_ = column.type
    if pa.types.is_null(type_) or pa.types.is_nested(type_):
        remedy = "drop it" if pa.types.is_null(type_) else f"drop it, or judge by it alone: column:{name}"
        raise InputError(f"column {name!r}: wanted numbers, dates or categories, got {type_}: {remedy}")
    if is_number(type_):
        return _Numbers.of(column, scale)
    return _Categories.of(column, scale)


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
