"""All distances at once, in float64, for what needs each of them: a few thousand points."""

from typing import Final

import numpy as np

from byheart.neighbours import blocks
from byheart.neighbours.blocks import Floats, Matrix

_CANCELLED: Final = 1e-6  # of |x|^2 + |y|^2: a smaller difference has lost half of its digits


def squared_distances(points: Matrix) -> Floats:
    """|x - y|^2 of every pair, float64 of shape (n, n): from products, and where these cancel from differences.

    >>> import numpy as np
    >>> squared_distances(np.array([[1e6, 0.0], [1e6, 3.0], [1e6, 3.0]]))[1].tolist()
    [9.0, 0.0, 0.0]
    """
    centred = points - np.median(points, axis=0).astype(np.float64)
    norms = np.einsum("ij,ij->i", centred, centred)
    out: Floats = centred @ centred.T
    for slab in blocks.slabs(len(out), 8 * len(out)):
        part = out[slab]
        sums = norms[slab, None] + norms
        np.subtract(sums, 2 * part, out=part)
        rows, columns = np.divmod(np.flatnonzero(part < _CANCELLED * sums), len(out))
        part[rows, columns] = np.square(blocks.distances(points[slab], points, (rows, columns)))
    return out
