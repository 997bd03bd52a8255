"""Rows as codes: a column's cells as numbers that are equal where they say the same, exactly or roughly; and how telling each column is.

What is fitted of a column is fitted on train and held-out rows alike: its entropy, how finely it is told roughly, and how common its values are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from byheart.auditing.digits import WRITTEN, on_grid, places, tolerance
from byheart.auditing.normal_cells import MISSING, Codes, mixed, normal
from byheart.auditing.originals import Originals
from byheart.features.base import FITTED_ON, Records, few
from byheart.neighbours.blocks import Floats

Short = npt.NDArray[np.uint32]

_FEW: Final = 10  # percent
_AT_ONCE: Final = 16_384
_NUMBERS: Final = 0.9  # share of a column's cells from which on it is one of numbers, in texts too
_QUARTILES_APART: Final = 1.349  # standard deviations of a normal distribution


@dataclass(frozen=True, slots=True)
class Coded:
    """Some rows, column by column.

    Attributes:
        exact: codes of what the cells say; uint32 of shape (columns, n), half of what they were: they are compared by the million.
        rough: codes that most rounding leaves as they are; the exact ones where a column is no numbers.
        numbers: by the column's place, where it is one of numbers; float64 of shape (n,).
    """

    exact: Short
    rough: Short
    numbers: dict[int, Floats]

    def __len__(self) -> int:
        return int(self.exact.shape[1])


@dataclass(frozen=True, slots=True)
class Column:
    """What is known of a column.

    Attributes:
        name: its own.
        bits: entropy of the exact codes, and of the rough ones.
        unit: the finest power of ten that rough numbers have; None where it is no numbers.
        known: the distinct codes that it was fitted on, ascending.
        counts: how often each came.
        grain: no number is taken for rounded by less than this: so finely are all but a few told.
        sorted: the numbers that it was fitted on, ascending.
    """

    name: str
    bits: tuple[float, float]
    unit: float | None
    known: Short
    counts: Floats
    grain: float
    sorted: Floats

    @classmethod
    def of(cls, name: str, cells: pa.Array) -> "Column":
        """Fit it to some cells."""
        made = normal(cells)
        known, counts = np.unique(_short(made.codes), return_counts=True)
        numbers = made.numbers[np.isfinite(made.numbers)]
        is_numbers = len(numbers) >= _NUMBERS * max((made.codes != MISSING).sum(), 1)
        unit = _unit(numbers) if is_numbers else None
        bits = _entropy(counts), _entropy(np.unique(_rough(made.codes, made.numbers, unit), return_counts=True)[1])
        grain = float(np.percentile(tolerance(numbers), _FEW)) if len(numbers) else 0.0
        return cls(name, bits, unit, known, counts.astype(np.float64), grain, np.sort(numbers))

    @property
    def weight(self) -> float:
        """The root of its entropy: that rows agree where all do says nothing, and one column of distinct numbers outweighs no ten others."""
        return float(self.bits[0] ** 0.5)

    def chance(self, codes: Short) -> Floats:
        """How likely a row has each of some codes: one that never came, as if it had come half a time."""
        total = self.counts.sum() + 1
        at = np.minimum(np.searchsorted(self.known, codes), len(self.known) - 1)
        told: Floats = np.where(self.known[at] == codes, self.counts[at], 0.5) / total
        return told

    def within(self, numbers: Floats) -> Floats:
        """How far from each number another may be, that it was rounded from; 0 where it is told as finely as others, or is none."""
        told = np.nan_to_num(tolerance(numbers))
        told[~((told > self.grain) & (told > np.abs(numbers) * 10.0 ** (1 - WRITTEN)))] = 0.0
        return told

    def near(self, numbers: Floats, within: Floats) -> Floats:
        """How likely a row has a number that near to each of some."""
        low, high = (np.searchsorted(self.sorted, numbers + sign * within) for sign in (-1, 1))
        told: Floats = (high - low + 0.5) / (self.counts.sum() + 1)
        return told


@dataclass(frozen=True, slots=True)
class Coder:
    """Columns by their places."""

    columns: tuple[Column, ...]

    @classmethod
    def fit(cls, samples: Sequence[Records], seed: int, names: Sequence[str] | None = None) -> "Coder":
        """Fit each column, or some, to as many rows of each sample."""
        most = min(FITTED_ON, *(len(sample) for sample in samples))
        rows = pa.concat_arrays([few(sample, most, seed) for sample in samples])
        columns = _by_name(rows)
        return cls(tuple(Column.of(name, columns[name]) for name in names or columns))

    def __call__(self, rows: pa.StructArray) -> Coded:
        """The codes of some rows."""
        by_name = _by_name(rows)
        exact, rough = np.empty((2, len(self.columns), len(rows)), np.uint32)
        numbers = {}
        for at, column in enumerate(self.columns):
            made = normal(by_name[column.name])
            exact[at] = _short(made.codes)
            rough[at] = _short(_rough(made.codes, made.numbers, column.unit))
            if column.unit is not None:
                numbers[at] = made.numbers
        return Coded(exact, rough, numbers)

    def originals(self, originals: Originals) -> Coded:
        """The codes of all originals."""
        steps = range(0, len(originals), _AT_ONCE)
        some = [self(originals.x(np.arange(at, min(at + _AT_ONCE, len(originals))))) for at in steps]
        return Coded(
            np.concatenate([part.exact for part in some], axis=1),
            np.concatenate([part.rough for part in some], axis=1),
            {at: np.concatenate([part.numbers[at] for part in some]) for at in some[0].numbers},
        )


def _short(codes: Codes) -> Short:
    return (codes >> np.uint64(32)).astype(np.uint32)


def _by_name(rows: pa.StructArray) -> dict[str, pa.Array]:
    return dict(zip((field.name for field in rows.type), rows.flatten(), strict=True))


def _unit(numbers: Floats) -> float:
    """A tenth of how far the numbers spread, as a power of ten."""
    if not len(numbers):
        return 0.0
    with np.errstate(over="ignore", invalid="ignore"):
        low, high = np.percentile(numbers, [25, 75])
        spread = (high - low) / _QUARTILES_APART or numbers.std()  # more than half are one value
    return float(places(np.array([spread / 10]))[0]) if 0 < spread < np.inf else 0.0


def _rough(codes: Codes, numbers: Floats, unit: float | None) -> Codes:
    """One digit of each number, and no finer than the unit."""
    if unit is None:
        return codes
    rounded = on_grid(numbers, np.maximum(places(numbers), unit))
    return np.where(np.isnan(numbers), codes, mixed(rounded.view(np.uint64)))


def _entropy(counts: npt.NDArray[np.int64]) -> float:
    shares = counts / counts.sum()
    return float(-(shares * np.log2(shares)).sum())
