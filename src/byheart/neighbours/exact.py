"""Exact nearest neighbours by looking at every pair, within a budget of RAM.

Of each block of lower bounds (`blocks`), those are kept that are no more than the k-th smallest upper bound so far; what is left in the
end is measured in float64. So the answer is that of float64 for every row, whatever the rounding, and ties go to the lower index.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from byheart.errors import InputError
from byheart.neighbours import blocks
from byheart.neighbours.blocks import Floats, Indices, Matrix, Operand, Singles, Space, Work

_FIRST: Final = 256  # columns: the first limits are sorted out of so many
_CROWD: Final = 4  # times k candidates a row are too many: the limits are drawn closer


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The nearest points of each query, nearest first; of equal distances the lower index.

    Attributes:
        distances: Euclidean; float64 of shape (queries, k).
        indices: which points; int64 of shape (queries, k).
    """

    distances: Floats
    indices: Indices

    def __len__(self) -> int:
        return len(self.indices)


def nearest(queries: Matrix, points: Matrix | None = None, *, k: int = 1, how: Work | None = None) -> Neighbours:
    """The k nearest points of each query.

    Args:
        queries: numbers of shape (n, d).
        points: numbers of shape (m, d); None for the queries themselves, each without itself (but with its duplicates).
        k: how many, at most m (m - 1 without itself).
        how: threads, RAM, and whom to tell how many queries are done.

    Raises:
        InputError: a number is not finite, the shapes do not match, or there are fewer than k points.

    >>> import numpy as np
    >>> found = nearest(np.array([[0.0], [10.0]]), np.array([[9.0], [1.0], [1.0]]), k=2)
    >>> found.indices.tolist(), found.distances.tolist()
    ([[1, 2], [0, 1]], [[1.0, 1.0], [1.0, 9.0]])
    """
    how = how or Work()
    alone = points is None
    queries = blocks.checked(queries, "queries")
    points = queries if points is None else blocks.checked(points, "points", queries.shape[1])
    if not 1 <= k <= len(points) - alone:
        raise InputError(f"k: wanted 1 to {len(points) - alone} neighbours, as there are points, got {k}")
    space = Space.of(points)
    found = Neighbours(np.full((len(queries), k), np.inf), np.full((len(queries), k), -1, np.int64))
    slabs = blocks.fitting(points, how)
    for number, slab in enumerate(slabs):
        search = _Search(space, queries, space.columns(points, slab), found, alone=alone)
        blocks.in_threads(search.answer, blocks.parts(len(queries)), how.part(number, len(slabs)))
    return found


class _Search:
    """The neighbours in one slab of the points, merged with those of the slabs before."""

    def __init__(self, space: Space, queries: Matrix, columns: Operand, found: Neighbours, *, alone: bool) -> None:
        self.space, self.queries, self.columns, self.found, self.alone = space, queries, columns, found, alone
        self.turned = columns.factor.T

    def answer(self, part: slice) -> None:
        """Find those of some of the queries."""
        rows = self.space.rows(self.queries, part)
        k = self.found.indices.shape[1]
        kept = _Candidates(self.space, rows, self.columns, self.found.distances[part, -1], k)
        step, at = max(_FIRST, 2 * k), 0
        while at < len(self.columns):
            block = rows.factor @ self.turned[:, at : at + step]
            if self.alone:
                own = np.arange(part.start, part.stop) - self.columns.start - at
                here = np.flatnonzero((own >= 0) & (own < block.shape[1]))
                block[here, own[here]] = np.inf
            kept.add(block, at)
            at, step = at + step, min(2 * step, blocks.COLUMNS)
        kept.tighten()
        distances = blocks.distances(rows.points, self.columns.points, (kept.rows, kept.columns))
        self._merge(part, kept.rows, kept.columns + self.columns.start, distances)

    def _merge(self, part: slice, rows: Indices, indices: Indices, distances: Floats) -> None:
        """Keep the k nearest of these and of what was found before."""
        found, (count, k) = self.found, self.found.indices[part].shape
        rows = np.concatenate([np.repeat(np.arange(count), k), rows])
        indices = np.concatenate([found.indices[part].reshape(-1), indices])
        distances = np.concatenate([found.distances[part].reshape(-1), distances])
        order = np.lexsort((indices, distances, rows))
        starts = np.searchsorted(rows[order], np.arange(count))
        best = order[starts[:, None] + np.arange(k)]
        found.indices[part], found.distances[part] = indices[best], distances[best]


class _Candidates:
    """Pairs of a query and a point that may be neighbours, by their bounds."""

    def __init__(self, space: Space, rows: Operand, columns: Operand, known: Floats, k: int) -> None:
        self.space, self.row_norms, self.column_norms, self.k = space, rows.norms, columns.norms, k
        self.limits = np.square(known) * (1 + blocks.ROUNDED)  # of what may come: the k-th nearest so far, squared
        self.rows, self.columns = np.empty(0, np.int64), np.empty(0, np.int64)
        self.lower = np.empty(0)
        self._new: list[tuple[Indices, Indices, Floats]] = []
        self._count = 0

    def add(self, block: Singles, start: int) -> None:
        """Keep what is below the limits; column 0 of the block is column `start` of all."""
        if start == 0 and block.shape[1] > self.k:  # the k smallest of the first ones give a first limit
            lower = np.partition(block, self.k - 1, axis=1)[:, self.k - 1].astype(np.float64)
            largest = np.full(len(block), self.column_norms[: block.shape[1]].max())
            np.minimum(self.limits, self.space.above(lower, self.row_norms, largest), out=self.limits)
        rows, columns = blocks.below(block, blocks.at_most(self.limits)[:, None])
        self._new.append((rows, columns + start, block[rows, columns].astype(np.float64)))
        self._count += len(rows)
        if self._count > max(_CROWD * self.k * len(block), len(self.rows)):  # which it doubles at least
            self.tighten()

    def tighten(self) -> None:
        """Lower each limit to the k-th smallest upper bound, and drop what is above it."""
        told = [(self.rows, self.columns, self.lower), *self._new]
        rows, columns, lower = (np.concatenate(column) for column in zip(*told, strict=True))
        upper = self.space.above(lower, self.row_norms[rows], self.column_norms[columns])
        order = np.lexsort((upper, rows))
        starts = np.searchsorted(rows[order], np.arange(len(self.limits) + 1))
        full = np.flatnonzero(np.diff(starts) >= self.k)
        self.limits[full] = np.minimum(self.limits[full], upper[order[starts[full] + self.k - 1]])
        keep = (lower <= self.limits[rows]) & np.isfinite(lower)
        self.rows, self.columns, self.lower = rows[keep], columns[keep], lower[keep]
        self._new.clear()
        self._count = 0
