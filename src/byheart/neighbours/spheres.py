"""Who lies within whose sphere: the counts that precision, recall, density and coverage are made of, exactly.

Each point has a radius; of two sets of points, each pair is looked at once (`blocks`): is the one within the other's sphere, or the other
within the one's? Where rounding could decide, float64 does. Spheres are closed, as in Kynkaanniemi et al. (2019): a copy is within the
sphere of its original even where that has no extent, because it is repeated.
"""

from dataclasses import dataclass
from threading import Lock

import numpy as np
import numpy.typing as npt

from byheart.errors import InputError
from byheart.neighbours import blocks
from byheart.neighbours.blocks import Floats, Indices, Matrix, Operand, Singles, Space, Work


@dataclass(frozen=True, slots=True)
class Spheres:
    """Points, each with a radius.

    Attributes:
        centres: of shape (n, d).
        radii: of shape (n,), 0 or more.
    """

    centres: Matrix
    radii: Floats


@dataclass(frozen=True, slots=True)
class Inside:
    """Of two sets of spheres, how many of the other each centre is within.

    Attributes:
        first: spheres of the second set around each centre of the first; int64 of shape (n,).
        second: spheres of the first set around each centre of the second; int64 of shape (m,).
        held: centres of the first set within each sphere of the second; int64 of shape (m,).
        inner: as `first`, less the spheres that it is on the surface of, unless they are a point; int64 of shape (n,).
    """

    first: Indices
    second: Indices
    held: Indices
    inner: Indices


def inside(first: Spheres, second: Spheres, how: Work | None = None) -> Inside:
    """Count who is within whose sphere, in one pass over all pairs.

    Args:
        first: n spheres.
        second: m spheres.
        how: threads, RAM, and whom to tell how many of the first are done.

    Raises:
        InputError: a number is not finite, or the shapes do not match.

    >>> import numpy as np
    >>> found = inside(
    ...     Spheres(np.array([[0.0], [5.0]]), np.array([0.5, 4.0])), Spheres(np.array([[1.0]]), np.array([1.0]))
    ... )
    >>> found.first.tolist(), found.second.tolist(), found.held.tolist(), found.inner.tolist()
    ([1, 0], [1], [1], [0, 0])
    """
    how = how or Work()
    first, second = _checked(first, "first"), _checked(second, "second", first.centres.shape[1])
    n, m = len(first.radii), len(second.radii)
    out = Inside(*(np.zeros(count, np.int64) for count in (n, m, m, n)))
    space = Space.of(second.centres)
    slabs = blocks.fitting(second.centres, how)
    parts = blocks.parts(len(first.radii), how)
    for number, slab in enumerate(slabs):
        counts = _Counts(space, first, space.columns(second.centres, slab), second.radii[slab], out)
        blocks.in_threads(counts.add, parts, how.part(number, len(slabs)))
    return out


def _checked(spheres: Spheres, name: str, width: int | None = None) -> Spheres:
    centres, radii = blocks.checked(spheres.centres, name, width), np.asarray(spheres.radii, np.float64)
    if radii.shape != (len(centres),) or not (radii >= 0).all():
        raise InputError(f"{name}: wanted a radius of 0 or more for each of {len(centres)} points, got {radii.shape}")
    return Spheres(centres, radii)


class _Counts:
    """The pairs with one slab of the second set."""

    def __init__(self, space: Space, first: Spheres, columns: Operand, radii: Floats, out: Inside) -> None:
        self.space, self.first, self.columns, self.radii, self.out = space, first, columns, radii, out
        self.limits = _limits(radii)
        self._adding = Lock()

    def add(self, part: slice) -> None:
        """Count the pairs of some of the first set."""
        rows, radii = self.space.rows(self.first.centres, part), self.first.radii[part]
        limits, most = _limits(radii)[:, None], blocks.columns_at_once(self.columns.points)
        board = blocks.Board(len(rows), most)
        around, inner = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)
        theirs, held = np.zeros(len(self.columns), np.int64), np.zeros(len(self.columns), np.int64)
        for slab in blocks.slabs(len(self.columns), 1, most):
            block = board.product(rows.factor, self.columns.factor[slab])
            ours, who = board.below(block, self.limits[slab])
            ours, who, on_surface = self._within(rows, block, slab, (ours, who), self.radii[slab][who])
            around += np.bincount(ours, minlength=len(rows))
            inner += np.bincount(ours[~on_surface], minlength=len(rows))
            held[slab] += np.bincount(who, minlength=block.shape[1])
            ours, who = board.below(block, limits)
            _, who, _ = self._within(rows, block, slab, (ours, who), radii[ours])
            theirs[slab] += np.bincount(who, minlength=block.shape[1])
        slab = slice(self.columns.start, self.columns.start + len(self.columns))
        with self._adding:
            self.out.first[part] += around
            self.out.inner[part] += inner
            self.out.second[slab] += theirs
            self.out.held[slab] += held

    def _within(
        self, rows: Operand, block: Singles, slab: slice, pairs: tuple[Indices, Indices], reach: Floats
    ) -> tuple[Indices, Indices, npt.NDArray[np.bool_]]:
        """Those of the pairs in a block that are no further apart than their reach, and whether just as far, which is not nothing."""
        first, second = pairs[0], pairs[1] + slab.start
        upper = self.space.above(block[pairs].astype(np.float64), rows.norms[first], self.columns.norms[second])
        is_inside = upper < np.square(reach) * (1 - blocks.ROUNDED)
        unsure = np.flatnonzero(~is_inside)
        apart = blocks.distances(rows.points, self.columns.points, (first[unsure], second[unsure]))
        is_inside[unsure] = apart <= reach[unsure]
        on_surface = np.zeros(len(first), np.bool_)
        on_surface[unsure] = (apart == reach[unsure]) & (apart > 0)
        return first[is_inside], pairs[1][is_inside], on_surface[is_inside]


def _limits(radii: Floats) -> Singles:
    return blocks.at_most(np.square(radii) * (1 + blocks.ROUNDED))
