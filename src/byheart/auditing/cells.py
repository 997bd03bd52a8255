"""Rows that agree with a train row in nearly all cells: a few are changed, numbers are rounded, whatever their formatting.

The distance is the share of cells that differ, each weighted by how telling its column is. A number that the original's may have been rounded to differs by
as much as any number is likely to be that near. Candidates are those of `row_forest`.

The score takes all to differ by `_MORE`: in dense places, where ten others differ by a cell or two, one that differs by none tells little.

What agrees no more than chance makes some train row agree, were the columns independent, says nothing, however near it is: in a table of few
combinations all of them recur.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from byheart.auditing.coded import Coded, Coder
from byheart.auditing.differing import told
from byheart.auditing.evidence import NEIGHBOURS, Found, Setting, of_each, relative
from byheart.auditing.keeping import Arrays
from byheart.auditing.originals import Asked
from byheart.auditing.row_forest import Forest, Places
from byheart.neighbours import Work, blocks
from byheart.neighbours.blocks import Floats, Indices, Singles

Truths = npt.NDArray[np.bool_]

_BLOCK: Final = 2048  # rows at once
_ROUNDED: Final = np.float32(0.1)  # of its weight a rounded cell differs by, at least
_MORE: Final = 0.15  # by trial, on Adult and Census: less accuses what lies in dense places, more hides rounded copies
_FAR: Final = 1.0  # no cell agrees


class Cells:
    """Agreement of cells."""

    name = "cells"
    kinds: Sequence[str] = ("row",)
    invariance = "rounded numbers, a few changed cells, cells formatted in another way, columns in another order"

    def find(self, setting: Setting, asked: Sequence[Asked]) -> list[Found]:
        """The originals that agree in most cells."""
        return of_each(setting, self.name, asked, _Finder(setting).find)

    def describe(self, made: Mapping[str, Any], original: Mapping[str, Any], distance: float) -> str:
        """How many cells differ, and in which columns."""
        del distance  # that so many cells differ says more
        return told(made, original)


class _Finder:
    """Looks for the originals of rows."""

    def __init__(self, setting: Setting) -> None:
        self._coder = Coder.fit(setting.fitted_on, setting.seed)
        self._rows = self._coder.originals(setting.originals)
        self._forest = Forest(self._rows, self._coder.columns, setting.seed)
        weights = np.array([column.weight for column in self._coder.columns], np.float32)
        self._weights = weights / max(weights.sum(), np.float32(1e-9))
        self._chance = np.log2(len(setting.originals.train))  # bits: one row of so many agrees in these by chance

    def find(self, asked: Asked, how: Work) -> Arrays:
        """The nearest originals of those who ask."""
        parts = list(blocks.slabs(len(asked), 1, _BLOCK))
        found = blocks.in_threads(lambda part: self._block(asked, part), parts, how)
        names = ("scores", "distances", "records")
        return {name: np.concatenate(some) for name, some in zip(names, zip(*found, strict=True), strict=True)}

    def _block(self, asked: Asked, part: slice) -> tuple[Floats, Floats, Indices]:
        rows = self._coder(asked.x(np.arange(part.start, part.stop)))
        candidates = self._forest.candidates(rows)
        candidates[candidates == asked.own[part, None]] = -1
        pairs = np.nonzero(candidates >= 0)
        differ = np.full(candidates.shape, np.inf, np.float32)
        differ[pairs] = self._distances(rows, pairs[0], candidates[pairs])
        order = np.argsort(differ, axis=1, kind="stable")[:, :NEIGHBOURS]  # of equal ones, the lower number
        distances = np.full((len(rows), NEIGHBOURS), np.inf)
        records = np.full((len(rows), NEIGHBOURS), -1)
        distances[:, : order.shape[1]] = np.take_along_axis(differ, order, 1)
        records[:, : order.shape[1]] = np.take_along_axis(candidates, order, 1)
        scores = relative(distances + _MORE, _FAR + _MORE)
        is_chance = self._bits(rows, records[:, 0]) <= self._chance
        scores[is_chance] = np.maximum(scores[is_chance], 1.0)
        return scores, distances, records

    def _distances(self, rows: Coded, asking: Indices, originals: Places) -> Singles:
        """Of pairs: the weighted share of cells that differ."""
        total = np.zeros(len(asking), np.float32)
        for at, weight in enumerate(self._weights):
            differs = rows.exact[at][asking] != self._rows.exact[at][originals]
            total += differs * weight
            if at in rows.numbers:
                self._forgive(total, weight, (rows, at), (asking, originals, differs))
        return total

    def _forgive(
        self, total: Singles, weight: np.float32, of: tuple[Coded, int], pairs: tuple[Indices, Places, Truths]
    ) -> None:
        """Where a number may be the original's, rounded: let it differ by less."""
        (rows, at), (asking, originals, differs) = of, pairs
        numbers, column = rows.numbers[at], self._coder.columns[at]
        tolerance = column.within(numbers)
        which = np.flatnonzero(differs & (tolerance > 0)[asking])
        asking, originals = asking[which], originals[which]
        is_near = np.abs(numbers[asking] - self._rows.numbers[at][originals]) <= tolerance[asking]
        likely = np.maximum(column.near(numbers, tolerance).astype(np.float32), _ROUNDED)
        total[which[is_near]] -= weight * (1 - likely[asking[is_near]])

    def _bits(self, rows: Coded, nearest: Indices) -> Floats:
        """How unlikely it is that a row agrees with each in what its nearest original does: the binary logarithm."""
        bits = np.zeros(len(rows))
        for at, column in enumerate(self._coder.columns):
            agrees = rows.exact[at] == self._rows.exact[at][nearest]
            bits -= np.where(agrees, np.log2(column.chance(rows.exact[at])), 0.0)
            if at in rows.numbers:
                numbers = rows.numbers[at]
                tolerance = column.within(numbers)
                is_near = ~agrees & (tolerance > 0) & (np.abs(numbers - self._rows.numbers[at][nearest]) <= tolerance)
                bits -= np.where(is_near, np.log2(column.near(numbers, tolerance)), 0.0)
        return bits
