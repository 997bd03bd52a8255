"""Arrays are vectors already: their numbers, in order."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from byheart.errors import InputError
from byheart.features.base import Records, Vectors
from byheart.records.array import array_type, to_numpy


class Numbers:
    """The numbers of each array, as they are."""

    kinds: Sequence[str] = ("array",)

    def fit(self, samples: Sequence[Records], seed: int) -> "FittedNumbers":
        """There is nothing to fit but the number of numbers."""
        del seed  # nothing is drawn
        dtype, shape = array_type(samples[0].field)
        if dtype.kind == "c":
            raise InputError(f"features: wanted real numbers, got {dtype}: judge their real and imaginary parts")
        return FittedNumbers(int(np.prod(shape, dtype=np.int64)))


class FittedNumbers:
    """Arrays of one size."""

    def __init__(self, width: int) -> None:
        self.width = width

    def vectors(self, x: pa.Array, field: pa.Field) -> Vectors:
        """The numbers, in float32."""
        with np.errstate(over="ignore"):  # infinities are told of where the points are checked
            points = to_numpy(x, field).reshape(len(x), -1).astype(np.float32)
        return Vectors(points, np.ones(len(x), np.bool_))
