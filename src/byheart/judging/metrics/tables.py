"""Tables: are the columns, and the pairs of them, distributed as in the reference?

Column shapes: of each column, 1 less the Kolmogorov-Smirnov distance of its numbers, or the total variation distance of its categories; pair trends:
of each pair, 1 less half the difference of the correlations of numbers, or less the total variation distance of the joint categories, numbers
being cut at their tenths; each averaged (as SDMetrics' quality report has them; Patki, Wedge and Veeramachaneni, 2016, "The Synthetic Data
Vault"). 1 is the same. Missing values are a category; in a column of numbers they count as one beyond all others.
"""

from collections.abc import Sequence
from itertools import combinations
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from byheart.errors import InputError
from byheart.features.table import as_floats, is_number
from byheart.judging.metric import About, Members, NotOfTheseError, Setting, Traits, enough
from byheart.neighbours.blocks import Floats, Indices, Matrix

_PAPER: Final = "Patki, Wedge and Veeramachaneni, 2016, The Synthetic Data Vault"
_TENTHS: Final = np.linspace(0, 1, 11)[1:-1]


class ShapeStatistic:
    """Column shapes for any two sets of members.

    Args:
        columns: of each, whether it has an order, and the number of each record's value: equal values have one number, larger ones of numbers larger.
    """

    def __init__(self, columns: Sequence[tuple[bool, Indices]]) -> None:
        self._columns = columns
        self.cost = 1200.0 * sum(len(codes) for _, codes in columns)

    def __call__(self, sample: Members, reference: Members) -> Floats:
        """The values for each pair of sets of members."""
        n, m = enough(sample, 1, "column shapes"), enough(reference, 1, "column shapes")
        total = np.zeros(len(sample))
        for is_ordered, codes in self._columns:
            ours, theirs = (_counts(members, codes) / size[:, None] for members, size in ((sample, n), (reference, m)))
            apart = (
                np.abs(np.cumsum(ours - theirs, axis=1)).max(axis=1)
                if is_ordered
                else np.abs(ours - theirs).sum(axis=1) / 2
            )
            total += 1 - apart
        return (total / len(self._columns))[:, None]


class TrendStatistic:
    """Pair trends for any two sets of members.

    Args:
        numbers: columns of numbers, NaN where there is none.
        categories: all columns as categories, the numbers first, and in the same order.
    """

    def __init__(self, numbers: Sequence[Floats], categories: Sequence[Indices]) -> None:
        self._numbers = np.array([_filled(one) for one in numbers])
        joint = [
            (a, b) for a, b in combinations(range(len(categories)), 2) if b >= len(numbers)
        ]  # pairs of numbers have correlations
        self._joint = [dense(categories[a] * (categories[b].max() + 1) + categories[b]) for a, b in joint]
        self._pairs = len(numbers) * (len(numbers) - 1) // 2 + len(joint)
        if not self._pairs:
            raise NotOfTheseError("pair trends: wanted two columns or more, got one")
        self.cost = 700.0 * len(categories[0]) * self._pairs

    def __call__(self, sample: Members, reference: Members) -> Floats:
        """The values for each pair of sets of members."""
        n, m = enough(sample, 2, "pair trends"), enough(reference, 2, "pair trends")
        total = np.zeros(len(sample))
        for codes in self._joint:
            ours, theirs = (_counts(members, codes) / size[:, None] for members, size in ((sample, n), (reference, m)))
            total += 1 - np.abs(ours - theirs).sum(axis=1) / 2
        if len(self._numbers) > 1:
            above = np.triu_indices(len(self._numbers), 1)
            for row, (a, b) in enumerate(zip(sample, reference, strict=True)):
                apart = _correlations(self._numbers[:, a]) - _correlations(self._numbers[:, b])
                total[row] += (1 - np.abs(apart[above]) / 2).sum()
        return (total / self._pairs)[:, None]


def _counts(members: Members, codes: Indices) -> Floats:
    """How many members of each set have each value: of shape (b, values)."""
    values = int(codes.max()) + 1
    rows, places = np.nonzero(members)
    counts = np.bincount(rows * values + codes[places], minlength=len(members) * values)
    return counts.reshape(len(members), values).astype(np.float64)


def _correlations(numbers: Floats) -> Floats:
    """Pearson's, of every pair of rows; 0 where one of them is constant."""
    centred = numbers - numbers.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    unit = np.divide(
        centred, lengths, out=np.zeros_like(centred), where=lengths > 1e-12 * np.abs(numbers).max(initial=1)
    )
    correlations: Floats = unit @ unit.T
    return correlations


def _known(numbers: Floats) -> Floats:
    """Those that are finite; 0 where none is."""
    known = numbers[np.isfinite(numbers)]
    return known if len(known) else np.zeros(1)


def _filled(numbers: Floats) -> Floats:
    """The mean in place of what is missing, and the extremes in place of infinities."""
    known = _known(numbers)
    filled: Floats = np.clip(np.where(np.isnan(numbers), known.mean(), numbers), known.min(), known.max())
    return filled


def dense(values: npt.NDArray[np.generic]) -> Indices:
    """A number for each value, from 0 on: equal ones have one number, larger ones a larger."""
    codes: Indices = np.unique(values, return_inverse=True)[1].astype(np.int64)
    return codes


def _columns(setting: Setting) -> tuple[list[Floats], list[Indices]]:
    """The columns of numbers, and the others as categories."""
    records = setting.records
    if records is None or not pa.types.is_struct(records.type):
        raise InputError("column shapes: wanted rows of a table, got other records")
    numbers, categories = [], []
    for child in records.flatten():
        if is_number(child.type):
            numbers.append(as_floats(child))
        elif not pa.types.is_nested(child.type):
            codes = pc.fill_null(child.dictionary_encode().indices, -1)
            categories.append(dense(np.asarray(codes)))
    if not numbers and not categories:
        raise NotOfTheseError("metrics of columns: wanted numbers, dates or categories, got lists only")
    return numbers, categories


class _OfTable:
    """What both metrics of tables share."""

    traits = Traits(kinds=("row",))

    def __init__(self, name: str, title: str) -> None:
        self.abouts: Sequence[About] = (About(name, title, "high", 1.0, _PAPER, (0, 1)),)


class ColumnShapes(_OfTable):
    """Column shapes as a metric."""

    def __init__(self) -> None:
        super().__init__("column_shapes", "column shapes")

    def over(self, points: Matrix, setting: Setting) -> ShapeStatistic:
        """The statistic over pooled records."""
        del points  # it is of the values themselves
        numbers, categories = _columns(setting)
        ordered = [(True, dense(np.where(np.isnan(one), np.inf, one))) for one in numbers]
        return ShapeStatistic([*ordered, *((False, codes) for codes in categories)])


class PairTrends(_OfTable):
    """Pair trends as a metric."""

    def __init__(self) -> None:
        super().__init__("pair_trends", "pair trends")

    def over(self, points: Matrix, setting: Setting) -> TrendStatistic:
        """The statistic over pooled records."""
        del points  # as above
        numbers, categories = _columns(setting)
        cut = [dense(np.searchsorted(np.quantile(_known(one), _TENTHS), one)) for one in numbers]
        return TrendStatistic(numbers, [*cut, *categories])
