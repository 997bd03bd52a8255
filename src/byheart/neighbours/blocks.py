"""Squared distances of all pairs, a block at a time: lower bounds that no rounding can break, from matrix products in float32.

Rule 1: far from the origin the differences of float32 would be lost, so points are centred first, in float64.
Rule 2: |x - y|^2 = |x|^2 + |y|^2 - 2 x.y is one matrix product: x gets two columns, |x|^2 and 1, and y, doubled and turned round, 1 and |y|^2.
Rule 3: n products that are rounded and added in any order are off by at most gamma_n times the sum of their sizes, gamma_n = nu / (1 - nu)
        (Higham, 2002, "Accuracy and Stability of Numerical Algorithms", Section 3.1); here by at most `slack` (|x|^2 + |y|^2).
Rule 4: so each entry, less that, is a lower bound: those who are below a threshold are measured again in float64, as differences.
"""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Final, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from byheart._optional import require
from byheart.errors import InputError

Matrix: TypeAlias = npt.NDArray[np.floating]
Floats: TypeAlias = npt.NDArray[np.float64]
Singles: TypeAlias = npt.NDArray[np.float32]
Indices: TypeAlias = npt.NDArray[np.int64]
Tell: TypeAlias = Callable[[int, int], None]
T = TypeVar("T")

ROWS: Final = 1024  # of a block: the more, the faster is the product, and the slower is what is done with it
_COLUMNS: Final = 1024
_WIDE: Final = 512  # dimensions, from which on the product takes so much of the time that it has twice as many columns
_APART: Final = 16
_FEWEST: Final = 512  # rows of a block: it may have so few, that each thread has some
ROUNDED: Final = 1e-12  # a square root that is squared gives back what it was taken of, to so much of it
_UNIT: Final = float(np.finfo(np.float32).eps) / 2
_LARGEST: Final = 1e15  # squares of more, added up, would leave the range of float32
_MEDIAN_OF: Final = 256
_CACHED: Final = 1 << 20  # bytes in float64 that are worked on together: what stays in the cache of a core


@dataclass(frozen=True, slots=True)
class Work:
    """How to go about it.

    Attributes:
        threads: how many at once.
        budget: bytes of RAM to take beyond the points and the answer, about; fewer take longer.
        tell: called with how much is done, and of how much.
    """

    threads: int = field(default_factory=lambda: os.cpu_count() or 1)
    budget: int = 512 << 20
    tell: Tell | None = None

    def part(self, number: int, of: int) -> "Work":
        """The same, of part `number` of some: what is told then counts in all."""
        tell = self.tell
        if tell is None or of == 1:
            return self
        return replace(self, tell=lambda done, total: tell(number * total + done, of * total))


@dataclass(frozen=True, slots=True)
class Operand:
    """Points as a factor of the product.

    Attributes:
        points: of shape (n, d), as they were given.
        start: which of all the points is the first of these.
        factor: float32 of shape (n, d + 2).
        norms: their squared norms, less what rounding may add, float64 of shape (n,).
    """

    points: Matrix
    start: int
    factor: Singles
    norms: Floats

    def __len__(self) -> int:
        return len(self.norms)


@dataclass(frozen=True, slots=True)
class Space:
    """What all points of one comparison share.

    Attributes:
        centre: float64 of shape (d,), subtracted from each.
        slack: the share of |x|^2 + |y|^2 that rounding may take or add.
    """

    centre: Floats
    slack: float

    @classmethod
    def of(cls, points: Matrix) -> "Space":
        """Centred at the median of some points, of about 256 of them: a mean is where outliers pull it."""
        few = points[:: max(len(points) // _MEDIAN_OF, 1)]
        centre = np.median(few.astype(np.float64), axis=0) if len(few) else np.zeros(points.shape[1])
        roundings = (points.shape[1] + 8) * _UNIT  # of the products, of the points themselves, of their norms
        return cls(centre, 2.2 * roundings / (1 - roundings))

    def rows(self, points: Matrix, part: slice) -> Operand:
        """Some of the points whose neighbours are looked for."""
        return self._operand(points, part, 1.0, -2)

    def columns(self, points: Matrix, part: slice) -> Operand:
        """Some of the points that are looked at."""
        return self._operand(points, part, -2.0, -1)

    def _operand(self, points: Matrix, part: slice, scale: float, norm_at: int) -> Operand:
        mine = points[part]
        count, width = mine.shape
        factor = np.empty((count, width + 2), np.float32)
        factor[:, width:] = 1
        norms = np.empty(count)
        for slab in slabs(count, 8 * width, _CACHED):
            centred = mine[slab] - self.centre
            norms[slab] = np.einsum("ij,ij->i", centred, centred)
            if not norms[slab].max() < _LARGEST**2:
                raise InputError(f"numbers: wanted at most {_LARGEST:g} from their mean, got more: scale them first")
            factor[slab, :width] = centred
        if scale != 1:
            factor[:, :width] *= scale  # by a power of two: exactly
        norms *= 1 - self.slack
        factor[:, norm_at] = norms
        return Operand(mine, part.start, factor, norms)

    def above(self, lower: Floats, rows: Floats, columns: Floats) -> Floats:
        """The upper bounds to some lower ones, given the norms of both their points."""
        upper: Floats = lower + 2 * self.slack / (1 - self.slack) * (rows + columns)
        return upper


def checked(points: npt.ArrayLike, name: str, width: int | None = None) -> Matrix:
    """Points as they can be compared: a matrix of finite floating-point numbers, with `width` dimensions where that is told.

    Raises:
        InputError: they are not; `name` says which ones.
    """
    matrix = np.asanyarray(points)
    if matrix.ndim != 2 or matrix.dtype.kind not in "fiub":
        wanted = "numbers of shape (points, dimensions)"
        raise InputError(f"{name}: wanted {wanted}, got {matrix.dtype} of shape {matrix.shape}")
    if width is not None and matrix.shape[1] != width:
        raise InputError(f"{name}: wanted {width} dimensions, as the others have, got {matrix.shape[1]}")
    if matrix.dtype not in {np.dtype(np.float32), np.dtype(np.float64)}:
        matrix = matrix.astype(np.float64)
    for slab in slabs(len(matrix), 8 * matrix.shape[1]):
        rows = np.flatnonzero(~np.isfinite(matrix[slab]).all(axis=1))
        if len(rows):
            raise InputError(f"{name}: wanted finite numbers, got NaN or infinity in row {slab.start + rows[0]}")
    return matrix


def slabs(count: int, width: int, budget: int = 16 << 20) -> Iterator[slice]:
    """Runs of [0, count) that take at most `budget` bytes each, at `width` bytes an entry."""
    step = max(budget // max(width, 1), 1)
    yield from (slice(start, min(start + step, count)) for start in range(0, count, step))


def parts(count: int, how: Work) -> list[slice]:
    """Rows to be worked on together: as many parts for each thread, where there are enough rows."""
    turns = -(-count // (how.threads * ROWS))
    return list(slabs(count, 1, max(-(-count // max(how.threads * turns, 1)), _FEWEST)))


def fitting(points: Matrix, how: Work) -> list[slice]:
    """Slabs of the points whose factor takes half of the budget at most; the other half is for the blocks."""
    return list(slabs(len(points), 4 * (points.shape[1] + 2), how.budget // 2))


def columns_at_once(points: Matrix) -> int:
    """How many columns a block has."""
    return _COLUMNS * (2 if points.shape[1] >= _WIDE else 1)


def distances(rows: Matrix, columns: Matrix, pairs: tuple[Indices, Indices]) -> Floats:
    """The Euclidean distance of each pair of a row and a column, from their differences, in float64."""
    first, second = pairs
    out = np.empty(len(first))
    for slab in slabs(len(first), 8 * rows.shape[1], _CACHED):
        difference = np.subtract(rows[first[slab]], columns[second[slab]], dtype=np.float64)
        np.einsum("ij,ij->i", difference, difference, out=out[slab])
    return np.sqrt(out, out=out)


def at_most(squares: Floats) -> Singles:
    """Limits to squared distances in float32, none of them lowered by rounding."""
    with np.errstate(over="ignore"):
        return np.nextafter(squares.astype(np.float32), np.float32(np.inf))


class Board:
    """Room for one block after the other: memory that is new each time would take as long as what is done in it.

    Rows that are a multiple of 2,048 bytes apart would share the few places of the cache that these may use: they are put further apart.
    """

    def __init__(self, rows: int, columns: int) -> None:
        self._block = np.empty(rows * (columns + _APART), np.float32)
        self._is_below = np.empty(rows * columns, np.bool_)

    def product(self, rows: Singles, columns: Singles) -> Singles:
        """The lower bounds of all pairs of at most so many rows and columns; they last until the next ones are asked for."""
        width = len(columns)
        stride = width + _APART * (width % 512 == 0)
        block = self._block[: len(rows) * stride].reshape(len(rows), stride)[:, :width]
        return np.matmul(rows, columns.T, out=block)

    def below(self, block: Singles, limits: Singles) -> tuple[Indices, Indices]:
        """The rows and columns of the entries of a block that are at most their limits, which are broadcast to it."""
        is_below = self._is_below[: block.size].reshape(block.shape)
        places = np.flatnonzero(np.less_equal(block, limits, out=is_below).reshape(-1))
        rows, columns = np.divmod(places, block.shape[1])
        return rows, columns


class Boards:
    """A board for each thread that is at work, handed on from part to part."""

    def __init__(self, parts: Sequence[slice], columns: int) -> None:
        self._size = max((part.stop - part.start for part in parts), default=0), columns
        self._free: list[Board] = []

    @contextmanager
    def one(self) -> Iterator[Board]:
        """One that nobody else has."""
        try:
            board = self._free.pop()
        except IndexError:
            board = Board(*self._size)
        yield board
        self._free.append(board)


def in_threads(work: Callable[[slice], T], parts: Sequence[slice], how: Work) -> list[T]:
    """Do each part, in threads that share nothing: the matrix products within take one core each."""
    total = parts[-1].stop if parts else 0
    with one_core(), ThreadPoolExecutor(how.threads) as pool:
        futures = {pool.submit(work, part): part for part in parts}
        try:
            done = 0
            for future in as_completed(futures):
                future.result()
                done += futures[future].stop - futures[future].start
                if how.tell is not None:
                    how.tell(done, total)
        except BaseException:  # Ctrl-C too: what has not begun shall not
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        return [future.result() for future in futures]


def one_core() -> Any:
    """While it lasts, numpy's own products take one core each: small ones on several wait for each other, and on a busy machine for long."""
    return _controller("scipy.linalg" in sys.modules).limit(limits=1, user_api="blas")


@cache
def _controller(has_scipy: bool) -> Any:  # noqa: ARG001  # scipy brings a library of its own: looked for anew once it is loaded
    """What limits the threads of numpy's products, and scipy's; looked for once each, since that takes milliseconds."""
    return require("threadpoolctl", "judge").ThreadpoolController()
