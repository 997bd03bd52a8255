"""Arrays are vectors already: their numbers, in order, told from 0 unless they lie very far from it for how little they differ."""

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from byheart.errors import InputError
from byheart.features.base import FITTED_ON, Records, Vectors, few
from byheart.records.array import array_type, to_numpy

Doubles: TypeAlias = npt.NDArray[np.float64]

_FAR: Final = 1e4  # standard deviations from 0


class Numbers:
    """The numbers of each array."""

    kinds: Sequence[str] = ("array",)

    def fit(self, samples: Sequence[Records], seed: int) -> "FittedNumbers":
        """Count the numbers, and see what to tell them from."""
        dtype, shape = array_type(samples[0].field)
        if dtype.kind == "c":
            raise InputError(f"features: wanted real numbers, got {dtype}: judge their real and imaginary parts")
        real = [_doubles(few(sample, FITTED_ON, seed), sample.field) for sample in samples]
        return FittedNumbers(int(np.prod(shape, dtype=np.int64)), origin(np.concatenate(real)))


class FittedNumbers:
    """Arrays of one size.

    Args:
        width: their numbers.
        taken_from: what each is told from; float64 of shape (width,).
    """

    def __init__(self, width: int, taken_from: Doubles) -> None:
        self.width = width
        self._taken_from = taken_from

    def vectors(self, x: pa.Array, field: pa.Field) -> Vectors:
        """The numbers, in float32."""
        with np.errstate(over="ignore"):  # infinities are told of where the points are checked
            points = (_doubles(x, field) - self._taken_from).astype(np.float32)
        return Vectors(points, np.ones(len(x), np.bool_))


def origin(points: Doubles) -> Doubles:
    """What to tell each dimension from: 0, or its median where that is so far away that float32 would lose how values differ.

    >>> origin(np.array([[1.0, 1.7e9], [2.0, 1.7e9 + 60]])).tolist()
    [0.0, 1700000030.0]
    """
    known = np.where(np.isfinite(points), points, 0)
    with np.errstate(over="ignore"):  # what is too large for its square is not far from 0 for how it differs
        median, spread = np.median(known, axis=0), known.std(axis=0)
    told: Doubles = np.where(np.abs(median) > _FAR * spread, median, 0)
    return told


def _doubles(x: pa.Array, field: pa.Field) -> Doubles:
    told: Doubles = to_numpy(x, field).reshape(len(x), -1).astype(np.float64)
    return told
