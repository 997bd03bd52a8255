"""Approximate nearest neighbours, by faiss: for searches where a neighbour may be missed, among more points than can be looked at one by one.

The points are put into cells around centres that k-means finds, and a query looks into the nearest of these only ("inverted file": Jegou,
Douze and Schmid, 2011, "Product quantization for nearest neighbor search", Section IV; Douze et al., 2024, "The Faiss library").
Rule 1: how many cells are looked into is measured, not guessed: some of the queries are answered exactly too, and as many cells are looked into
        as find of these what was asked for.
Rule 2: whoever is found is measured again in float64, so distances are those of `exact`; they can only be too large.
Rule 3: no judgment uses it: the copy that is missed would be the one that was looked for.
"""

from typing import Any, Final

import numpy as np

from byheart._optional import require
from byheart.errors import InputError
from byheart.neighbours import blocks
from byheart.neighbours.blocks import Floats, Indices, Matrix, Singles, Work
from byheart.neighbours.exact import Neighbours, nearest

_MEASURED_ON: Final = 256  # queries
_A_CELL: Final = 64  # points that k-means is fitted to, for each cell
_SPARE: Final = 4  # neighbours more than wanted: rounding may have put these behind others


def nearest_approximately(
    queries: Matrix, points: Matrix, *, k: int = 1, recall: float = 0.95, how: Work | None = None
) -> Neighbours:
    """The k nearest points of each query, or most of these.

    Args:
        queries: numbers of shape (n, d).
        points: numbers of shape (m, d).
        k: how many, at most m.
        recall: the share of the neighbours that is to be found, above 0 and below 1: measured on 256 of the queries.
        how: threads, and whom to tell; faiss takes as much RAM as the points in float32, and the budget is for the exact part.

    Returns:
        Neighbours as `nearest` gives them, some of them further than those that there are.

    Raises:
        InputError: a number is not finite, the shapes do not match, there are fewer than k points, or there can be no such recall.
        MissingExtraError: faiss is not installed.
    """
    faiss, how = require("faiss", "faiss"), how or Work()
    queries = blocks.checked(queries, "queries")
    points = blocks.checked(points, "points", queries.shape[1])
    if not 1 <= k <= len(points):
        raise InputError(f"k: wanted 1 to {len(points)} neighbours, as there are points, got {k}")
    if not 0 < recall < 1:
        raise InputError(f"recall: wanted a share between 0 and 1, got {recall}: `nearest` finds all neighbours")
    few = queries[:: max(len(queries) // _MEASURED_ON, 1)]
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(how.threads)
    try:
        cells = _Cells(faiss, points, k)
        cells.look_into_enough(few, nearest(few, points, k=k, how=Work(how.threads, how.budget)), recall)
        return cells.nearest(queries, how)
    finally:
        faiss.omp_set_num_threads(before)


class _Cells:
    """The points, by the cells that they lie in."""

    def __init__(self, faiss: Any, points: Matrix, k: int) -> None:
        self._points, self._k = points, k
        self._centre = blocks.Space.of(points).centre  # far from the origin float32 would lose the differences
        count = max(int(np.sqrt(len(points))), 1)
        self._index = faiss.index_factory(points.shape[1], f"IVF{count},Flat")
        self._index.cp.min_points_per_centroid, self._index.cp.max_points_per_centroid = 1, _A_CELL
        self._index.train(self._centred(points[:: max(len(points) // (count * _A_CELL), 1)]))
        for slab in blocks.slabs(len(points), 4 * points.shape[1]):
            self._index.add(self._centred(points[slab]))

    def look_into_enough(self, queries: Matrix, exact: Neighbours, recall: float) -> None:
        """Double the cells that are looked into, until so much is found of what there is."""
        while self._index.nprobe < self._index.nlist:
            if recall_of(self.nearest(queries, Work()), exact) >= recall:
                return
            self._index.nprobe = min(2 * self._index.nprobe, self._index.nlist)

    def nearest(self, queries: Matrix, how: Work) -> Neighbours:
        """The nearest points in the cells that are looked into; of a query that finds too few there, exactly."""
        found = Neighbours(np.empty((len(queries), self._k)), np.empty((len(queries), self._k), np.int64))
        for slab in blocks.slabs(len(queries), 1, blocks.ROWS):
            found.distances[slab], found.indices[slab] = self._some(queries[slab])
            if how.tell is not None:
                how.tell(slab.stop, len(queries))
        return found

    def _some(self, queries: Matrix) -> tuple[Floats, Indices]:
        k = self._k
        _, indices = self._index.search(self._centred(queries), min(k + _SPARE, len(self._points)))
        rows, places = np.nonzero(indices >= 0)
        apart = np.full(indices.shape, np.inf)
        apart[rows, places] = blocks.distances(queries, self._points, (rows, indices[rows, places]))
        order = np.lexsort((indices, apart), axis=1)[:, :k]
        apart, indices = np.take_along_axis(apart, order, 1), np.take_along_axis(indices, order, 1)
        short = np.flatnonzero(np.isinf(apart[:, -1]))
        if len(short):
            exact = nearest(queries[short], self._points, k=k)
            apart[short], indices[short] = exact.distances, exact.indices
        return apart, indices

    def _centred(self, points: Matrix) -> Singles:
        return (points - self._centre).astype(np.float32)


def recall_of(found: Neighbours, exact: Neighbours) -> float:
    """The share of neighbours that are no further than the k-th nearest: those at one distance are as good as each other.

    >>> exact = Neighbours(np.array([[1.0, 2.0]]), np.array([[3, 4]]))
    >>> recall_of(Neighbours(np.array([[1.0, 5.0]]), np.array([[3, 7]])), exact)
    0.5
    """
    return float((found.distances <= exact.distances[:, -1:] * (1 + blocks.ROUNDED)).mean())
