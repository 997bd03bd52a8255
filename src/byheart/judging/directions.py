"""Points as directions: embeddings whose length says nothing, as those of CLIP and of language models."""

import numpy as np

from byheart.neighbours.blocks import Floats, Matrix


def directions(points: Matrix) -> Floats:
    """The points at length 1, float64 of shape (n, d); what lies at 0 has no direction, and stays there.

    >>> directions(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist()
    [[0.6, 0.8], [0.0, 0.0]]
    """
    lengths = np.linalg.norm(points, axis=1, keepdims=True).astype(np.float64)
    unit: Floats = np.divide(points, lengths, out=np.zeros(points.shape), where=lengths > 0)
    return unit
