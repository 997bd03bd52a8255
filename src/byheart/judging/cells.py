"""Histograms of any sets of members, over cells that the points were put into once."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from byheart._optional import require
from byheart.judging.metric import Members
from byheart.neighbours import blocks
from byheart.neighbours.blocks import Floats, Indices

Compare: TypeAlias = Callable[[Floats, Floats], Floats]


class Cells:
    """Several divisions of the same points into cells.

    Args:
        codes: of shape (divisions, n): the cell that each point is in, from 0 on; -1 for none.

    >>> cells = Cells(np.array([[0, 1, 1, 0], [2, -1, 0, 0]]))
    >>> cells.counts(np.array([[True, True, True, False]])).tolist()
    [[[1.0, 2.0, 0.0], [1.0, 0.0, 1.0]]]
    """

    def __init__(self, codes: Indices) -> None:
        self.divisions, count = codes.shape
        self.most = int(codes.max()) + 1
        division, point = np.nonzero(codes >= 0)
        places = division * self.most + codes[division, point]
        ones = np.ones(len(places), np.float32)  # exact up to 2^24, and there are fewer points
        shape = self.divisions * self.most, count
        self._is_in = require("scipy.sparse", "judge").csr_array((ones, (places, point)), shape=shape)

    def counts(self, members: Members) -> Floats:
        """How many members each cell holds.

        Args:
            members: of shape (b, n).

        Returns:
            float64 of shape (b, divisions, cells): as many cells as the division with the most has, those that others lack being empty.
        """
        held = self._is_in @ members.T.astype(np.float32)
        counts: Floats = held.T.reshape(len(members), self.divisions, self.most).astype(np.float64)
        return counts

    def compared(self, sample: Members, reference: Members, by: Compare) -> Floats:
        """What `by` makes of the counts of each pair of sets, averaged over the divisions, of shape (b, 1)."""
        out = np.empty((len(sample), 1))
        for slab in blocks.slabs(len(out), 8 * self.divisions * self.most):
            out[slab, 0] = by(self.counts(sample[slab]), self.counts(reference[slab])).mean(axis=1)
        return out
