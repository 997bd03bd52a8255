"""Exact nearest neighbours by looking at every pair, within a budget of RAM.

Of each block of lower bounds (`blocks`), those are kept that are no more than the k-th smallest upper bound so far (`candidates`); what is left in
the end is measured in float64. So the answer is that of float64 for every row, whatever the rounding, and ties go to the lower index.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from byheart.errors import InputError
from byheart.neighbours import blocks, mutual
from byheart.neighbours.blocks import Board, Boards, Floats, Indices, Matrix, Operand, Space, Work
from byheart.neighbours.candidates import Candidates

_FIRST: Final = 256  # columns: the first limits are sorted out of so many


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
    if alone and len(slabs) == 1 and mutual.has_room(len(points), k, how):
        mutual.answer(space, points, space.columns(points, slabs[0]), (found.distances, found.indices), how)
        return found
    parts = blocks.parts(len(queries), how)
    boards = Boards(parts, blocks.columns_at_once(points))
    for number, slab in enumerate(slabs):
        search = _Search(space, queries, space.columns(points, slab), found, boards, alone)
        blocks.in_threads(search.answer, parts, how.part(number, len(slabs)))
    return found


@dataclass(frozen=True, slots=True)
class _Search:
    """The neighbours in one slab of the points, merged with those of the slabs before."""

    space: Space
    queries: Matrix
    columns: Operand
    found: Neighbours
    boards: Boards
    alone: bool

    def answer(self, part: slice) -> None:
        """Find those of some of the queries."""
        best = self.found.distances[part], self.found.indices[part]
        rows = self.space.rows(self.queries, part)
        kept = Candidates(self.space, rows, self.columns, best)
        with self.boards.one() as board:
            self._look(part, rows, kept, board)
        kept.settle()

    def _look(self, part: slice, rows: Operand, kept: Candidates, board: Board) -> None:
        """At all columns: few at first, that the limits are soon drawn."""
        most = blocks.columns_at_once(self.queries)
        step, at = min(max(_FIRST, 2 * self.found.indices.shape[1]), most), 0
        while at < len(self.columns):
            block = board.product(rows.factor, self.columns.factor[at : at + step])
            if self.alone:
                own = np.arange(part.start, part.stop) - self.columns.start - at
                here = np.flatnonzero((own >= 0) & (own < block.shape[1]))
                block[here, own[here]] = np.inf
            if at == 0:
                kept.limit(block, at)
            pairs = board.below(block, kept.limits[:, None])
            kept.add(pairs[0], pairs[1] + at, block[pairs])
            at, step = at + step, min(2 * step, most)
