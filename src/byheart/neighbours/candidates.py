"""Pairs of a query and a point that may be neighbours: by their bounds, then by their distances in float64.

Rule 1: who is above the k-th smallest upper bound of a query is none of its k neighbours.
Rule 2: there are never more than a few times k pairs a query, or those that there are get measured: where hosts of points are equally near,
        bounds tell nothing, and would fill the RAM.
Rule 3: of equal distances the lower index comes first.
"""

from threading import Lock
from typing import Final

import numpy as np

from byheart.neighbours import blocks
from byheart.neighbours.blocks import Floats, Indices, Operand, Singles, Space

_CROWD: Final = 4  # times k pairs a query are too many: the limits are drawn closer
BYTES: Final = 3 * 20 * _CROWD  # that k times so many take for each query, with what works on them
_LOW: Final = np.uint64(2**32 - 1)


class Candidates:
    """Those of some queries, among the points of one slab.

    Args:
        space: what the points share.
        rows: the queries.
        columns: the points.
        best: the k nearest so far, distances and indices, of shape (queries, k): they are replaced by nearer ones.
    """

    def __init__(self, space: Space, rows: Operand, columns: Operand, best: tuple[Floats, Indices]) -> None:
        self._space, self._columns, self._best = space, columns, best
        self._queries, self._norms = rows.points, rows.norms
        self._k = best[0].shape[1]
        self._pairs: list[tuple[Indices, Indices, Singles]] = []
        self._count = self._settled = 0
        self._adding = Lock()
        self.limits = _reach(best[0][:, -1])

    def limit(self, block: Singles, start: int) -> None:
        """Draw the first limits: from the k smallest entries of each row of a block, whose column 0 is column `start` of all."""
        if block.shape[1] > self._k:
            lower = np.partition(block, self._k - 1, axis=1)[:, self._k - 1].astype(np.float64)
            largest = np.full(len(block), self._columns.norms[start : start + block.shape[1]].max())
            np.minimum(self.limits, blocks.at_most(self._space.above(lower, self._norms, largest)), out=self.limits)

    def add(self, rows: Indices, columns: Indices, lower: Singles) -> None:
        """Keep some pairs, whose squared distances are no less than `lower`; threads may add at once."""
        with self._adding:
            self._pairs.append((rows, columns, lower))
            self._count += len(rows)
            if self._count > max(_CROWD * self._k * len(self._norms), 2 * self._settled):
                self._tighten()
                if self._count > _CROWD * self._k * len(self._norms):
                    self._measure()
                self._settled = self._count

    def settle(self) -> None:
        """Measure all pairs that are left: the nearest become the best."""
        if self._pairs:
            self._tighten()
            self._measure()

    def _tighten(self) -> None:
        """Lower each limit to the k-th smallest upper bound, and drop what is above it."""
        rows, columns, lower = (np.concatenate(column) for column in zip(*self._pairs, strict=True))
        norms = self._norms[rows], self._columns.norms[columns]
        upper = blocks.at_most(np.maximum(self._space.above(lower.astype(np.float64), *norms), 0))
        keys = rows.astype(np.uint64) << np.uint64(32) | upper.view(np.uint32)  # as bits, floats from 0 on are in order
        keys.sort()
        counts = np.bincount(rows, minlength=len(self._norms))
        full = np.flatnonzero(counts >= self._k)
        last = keys[(np.cumsum(counts) - counts)[full] + self._k - 1] & _LOW
        self.limits[full] = np.minimum(self.limits[full], last.astype(np.uint32).view(np.float32))
        keep = np.flatnonzero((lower <= self.limits[rows]) & np.isfinite(lower))
        self._pairs = [(rows[keep], columns[keep], lower[keep])]
        self._count = len(keep)

    def _measure(self) -> None:
        """Keep the k nearest of these pairs and of the best."""
        rows, columns, _ = self._pairs.pop()
        self._count = 0
        best, nearest = self._best
        count, k = best.shape
        apart = np.concatenate(
            [best.reshape(-1), blocks.distances(self._queries, self._columns.points, (rows, columns))]
        )
        indices = np.concatenate([nearest.reshape(-1), columns + self._columns.start])
        rows = np.concatenate([np.repeat(np.arange(count), k), rows])
        order = np.lexsort((indices, apart, rows))
        counts = np.bincount(rows, minlength=count)
        chosen = order[(np.cumsum(counts) - counts)[:, None] + np.arange(k)]
        best[:], nearest[:] = apart[chosen], indices[chosen]
        np.minimum(self.limits, _reach(best[:, -1]), out=self.limits)


def _reach(distances: Floats) -> Singles:
    """Limits that let pass whoever is at most so far."""
    return blocks.at_most(np.square(distances) * (1 + blocks.ROUNDED))
