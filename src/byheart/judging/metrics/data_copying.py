"""C_T, a test of data-copying: are the sample's distances to train smaller than those of held-out records, where they lie?

In each cell of a partition of the space, Mann and Whitney's U of the distances to the nearest train record, as a z-score; averaged over
the cells with 20 records of the sample or more, by held-out's share of them (Meehan, Chaudhuri and Dasgupta, 2020, "A non-parametric test to detect
data-copying in generative models", Section 4.2). Below 0: nearer. Though made of z-scores it is none: it spreads less, the more
cells there are, and grows with the sizes; its p-value is by permutation, which ties do no harm.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from byheart._optional import require
from byheart.judging.metric import About, Members, enough
from byheart.judging.metrics.copying import CopyMetric
from byheart.neighbours.blocks import Floats, Indices

LEAST: Final = 20


class CellStatistic:
    """C_T for any two sets of members.

    Args:
        distances: of each point to its nearest train record, shape (n,).
        cells: the part of the space it lies in, shape (n,).
    """

    def __init__(self, distances: Floats, cells: Indices) -> None:
        self.cost = 200.0 * len(distances)
        rank = require("scipy.stats", "judge").rankdata
        members = [np.flatnonzero(cells == cell) for cell in np.unique(cells)]
        self._cells = [cell[np.argsort(distances[cell], kind="stable")] for cell in members]
        starts = [np.unique(rank(distances[cell], "min"), return_index=True)[1] for cell in self._cells]
        self._starts: list[Indices] = starts  # of runs of equal distances

    def __call__(self, sample: Members, reference: Members) -> Floats:
        """The values for each pair of sets of members."""
        enough(reference, 1, "C_T")
        sums, weights = np.zeros(len(sample)), np.zeros(len(sample))
        for cell, starts in zip(self._cells, self._starts, strict=True):
            ours, theirs = sample[:, cell], reference[:, cell]
            scores, used = z_scores(ours, theirs, starts)
            share = np.where(used, theirs.sum(axis=1), 0)
            sums += share * scores
            weights += share
        return np.divide(sums, weights, out=np.zeros(len(sums)), where=weights > 0)[:, None]


def z_scores(ours: Members, theirs: Members, starts: Indices) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Mann and Whitney's z of each row, for points in the order of their distances; and whether there are enough of both.

    Args:
        ours: bool of shape (b, n).
        theirs: bool of shape (b, n).
        starts: where runs of equal distances begin, int64.
    """
    mine, other = (np.add.reduceat(members.astype(np.float64), starts, axis=1) for members in (ours, theirs))
    n, m = mine.sum(axis=1), other.sum(axis=1)
    wins = (mine * (np.cumsum(other, axis=1) - other / 2)).sum(
        axis=1
    )  # pairs where ours is further away, ties at one half
    used = (n >= LEAST) & (m > 0)
    spread = np.sqrt(n * m * (n + m + 1) / 12)
    return np.divide(wins - n * m / 2, spread, out=np.zeros(len(n)), where=used), used


def data_copying() -> CopyMetric:
    """C_T as a metric."""
    paper = "Meehan, Chaudhuri and Dasgupta, 2020, A non-parametric test to detect data-copying"
    about = About("c_t", "C_T", "low", 0.0, paper)
    return CopyMetric(about, lambda near: CellStatistic(near.distances[:, 0], near.cells), least=2 * LEAST)
