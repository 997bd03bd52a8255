"""All distances at once, in float64, for what needs each of them: a few thousand points."""

from typing import Final

import numpy as np

from byheart.neighbours import blocks
from byheart.neighbours.blocks import Floats, Matrix

_CANCELLED: Final = 1e-6  # of |x|^2 + |y|^2: a smaller difference has lost half of its digits


def squared_distances(points: Matrix, others: Matrix | None = None) -> Floats:
    """|x - y|^2 of every pair, float64 of shape (n, m): from products, and where these cancel from differences.

    Args:
        points: of shape (n, d).
        others: of shape (m, d); None for the points themselves.

    >>> import numpy as np
    >>> squared_distances(np.array([[1e6, 0.0], [1e6, 3.0], [1e6, 3.0]]))[1].tolist()
    [9.0, 0.0, 0.0]
    """
    centre = np.median(points, axis=0).astype(np.float64)
    columns = points if others is None else others
    first = points - centre
    second = first if others is None else others - centre
    norms, theirs = (np.einsum("ij,ij->i", centred, centred) for centred in (first, second))
    out: Floats = first @ second.T
    for slab in blocks.slabs(len(out), 8 * len(columns)):
        part = out[slab]
        sums = norms[slab, None] + theirs
        np.subtract(sums, 2 * part, out=part)
        pairs = np.divmod(np.flatnonzero(part < _CANCELLED * sums), len(columns))
        part[pairs] = np.square(blocks.distances(points[slab], columns, pairs))
    return out
