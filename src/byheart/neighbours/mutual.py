"""The nearest neighbours of points among themselves: each block of pairs is worked out once, and used for its rows and for its columns.

So half of the products do. First each part is compared with itself, which gives all points their first limits; then every two parts.
"""

from dataclasses import dataclass, replace

import numpy as np

from byheart.neighbours import blocks
from byheart.neighbours.blocks import Boards, Floats, Indices, Matrix, Operand, Space, Work
from byheart.neighbours.candidates import BYTES, Candidates


def has_room(count: int, k: int, how: Work) -> bool:
    """Whether half of the budget holds what must be kept of so many points until all are done."""
    return count * k * BYTES <= how.budget // 2


def answer(space: Space, points: Matrix, columns: Operand, found: tuple[Floats, Indices], how: Work) -> None:
    """Find the neighbours of each of the points, which are also the columns."""
    parts = blocks.parts(len(points), how)
    pairs = _Pairs(space, points, columns, found, parts, Boards(parts, parts[0].stop))
    quiet = replace(how, tell=None)
    kept = blocks.in_threads(pairs.within, parts, quiet)
    blocks.in_threads(lambda part: pairs.between(part, kept), parts, how)
    blocks.in_threads(lambda part: kept[parts.index(part)].settle(), parts, quiet)


@dataclass(frozen=True, slots=True)
class _Pairs:
    space: Space
    points: Matrix
    columns: Operand
    found: tuple[Floats, Indices]
    parts: list[slice]
    boards: Boards

    def within(self, part: slice) -> Candidates:
        """Of a part's points with each other."""
        rows = self.space.rows(self.points, part)
        kept = Candidates(self.space, rows, self.columns, (self.found[0][part], self.found[1][part]))
        with self.boards.one() as board:
            block = board.product(rows.factor, self.columns.factor[part])
            np.fill_diagonal(block, np.inf)  # nobody is a neighbour of oneself
            kept.limit(block, part.start)
            first, second = board.below(block, kept.limits[:, None])
            kept.add(first, second + part.start, block[first, second])
        return kept

    def between(self, part: slice, kept: list[Candidates]) -> None:
        """Of a part's points with those of each later part."""
        number = self.parts.index(part)
        rows, mine = self.space.rows(self.points, part), kept[number]
        with self.boards.one() as board:
            for other, theirs in zip(self.parts[number + 1 :], kept[number + 1 :], strict=True):
                block = board.product(rows.factor, self.columns.factor[other])
                first, second = board.below(block, mine.limits[:, None])
                mine.add(first, second + other.start, block[first, second])
                first, second = board.below(block, theirs.limits)
                theirs.add(second, first + part.start, block[first, second])
