"""Which originals agree with a row in many cells, without looking at every pair: a forest of sorted columns.

Each tree has the columns in an order of its own, the telling ones sooner. A row goes down from column to column while more originals agree with it in all of
these than can be looked at; where few enough do, they are candidates, filled up with some that agree in all of them but the last. So rare rows are
found by few cells, common ones by more; a changed cell hides an original in those trees alone where it comes early (Bawa et al., 2005, "LSH Forest",
with a column in place of a hash). Half of the trees compare roughly: rounding hides it in the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from byheart.auditing.coded import Coded, Column
from byheart.auditing.normal_cells import Codes, mixed
from byheart.neighbours.blocks import Indices

TREES: Final = 16
_DEEP: Final = 24
MOST: Final = 16  # candidates of a tree

Places = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class _Level:
    """Originals that agree with more others, in the columns above, than can be looked at.

    Attributes:
        column: which is next.
        hashes: of their cells, this column's included; ascending.
        order: which originals these are: of equal hashes the lower first.
    """

    column: int
    hashes: Codes
    order: Places


@dataclass(frozen=True, slots=True)
class _Tree:
    is_rough: bool
    levels: tuple[_Level, ...]

    @classmethod
    def of(cls, rows: Coded, order: Indices, *, is_rough: bool) -> "_Tree":
        codes = rows.rough if is_rough else rows.exact
        left, hashes = np.arange(len(rows), dtype=np.int32), np.zeros(len(rows), np.uint64)
        levels = []
        for column in order[:_DEEP]:
            hashes = mixed(hashes ^ codes[column, left])
            sort = np.argsort(hashes, kind="stable")
            left, hashes = left[sort], hashes[sort]
            levels.append(_Level(int(column), hashes, left))
            _, back, counts = np.unique(hashes, return_inverse=True, return_counts=True)
            is_left = counts[back] > MOST
            left, hashes = left[is_left], hashes[is_left]
            if not len(left):
                break
        return cls(is_rough, tuple(levels))

    def candidates(self, rows: Coded) -> Places:
        """Of each row, `MOST` at most; -1 where there are no more. Shape (n, MOST)."""
        codes = rows.rough if self.is_rough else rows.exact
        found = np.full((len(rows), MOST), -1, np.int32)
        first = np.sort(self.levels[0].order)[:MOST]
        found[:, : len(first)] = first  # agree in no column, for all that is known
        left, hashes = np.arange(len(rows)), np.zeros(len(rows), np.uint64)
        for level in self.levels:
            hashes = mixed(hashes ^ codes[level.column, left])
            low, high = (np.searchsorted(level.hashes, hashes, side) for side in ("left", "right"))
            counts = (high - low)[:, None]
            places = low[:, None] + np.arange(MOST)
            is_one = np.arange(MOST) < counts
            found[left] = np.where(is_one, level.order[np.minimum(places, len(level.order) - 1)], found[left])
            is_left = counts[:, 0] > MOST
            left, hashes = left[is_left], hashes[is_left]
            if not len(left):
                break
        return found


class Forest:
    """The trees of some originals."""

    def __init__(self, rows: Coded, columns: Sequence[Column], seed: int) -> None:
        rng = np.random.Generator(np.random.Philox(key=seed))
        self._trees = []
        for number in range(TREES):
            is_rough = number % 2 == 1
            bits = np.array([column.bits[is_rough] for column in columns])
            order = np.argsort(rng.exponential(size=len(bits)) / np.maximum(bits, 1e-9))  # drawn, in proportion to bits
            self._trees.append(_Tree.of(rows, order, is_rough=is_rough))

    def candidates(self, rows: Coded) -> Places:
        """Distinct originals for each row, ascending; -1 for what is left, in front or between. Shape (n, k)."""
        found = np.concatenate([tree.candidates(rows) for tree in self._trees], axis=1)
        found.sort(axis=1)
        found[:, 1:][found[:, 1:] == found[:, :-1]] = -1
        return found
