"""MAUVE: the area under the divergence frontier of two histograms, 1 where they are the same.

For mixtures R = w P + (1 - w) Q the frontier is the curve of exp(-c KL(Q | R)) and exp(-c KL(P | R)), c = 5 (Pillutla et al., 2021, "MAUVE: measuring the
gap between neural text and human text using divergence frontiers", Section 2). P and Q count the points of either sample in the cells of a k-means
clustering of both together: as published, of their directions, along the principal components that have 90 % of the variance (not whitened: the
authors' own code does not), with one cell for 20 pooled points, which for samples of one size is their n / 10.

Another start of k-means gives another value, with a standard deviation of .01 to .04 for 500 to 1,000 normal points in each sample: as much as another
sample gives, or another model. So here it is the mean over five starts, from the seed, which has half of that.
The clusterings are of the pooled points, whoever is in which sample, and are made once: a permutation only counts anew.
It is biased: few points fill the cells unevenly, so even fresh data have less than 1. Compare it with the held-out row.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from byheart import draws
from byheart._optional import require
from byheart.judging.cells import Cells
from byheart.judging.clusters import k_means
from byheart.judging.directions import directions
from byheart.judging.metric import About, Members, Setting, Traits, enough
from byheart.neighbours import Work
from byheart.neighbours.blocks import Floats, Indices, Matrix

STARTS: Final = 5
_SCALING: Final = 5.0
_VARIANCE: Final = 0.9
_POINTS: Final = 20  # pooled, a cell
_WEIGHTS: Final = np.linspace(1e-6, 1 - 1e-6, 25)  # of P in the mixtures, as published
_TITLE: Final = "MAUVE"


class MauveStatistic:
    """The area for any two sets of members, averaged over clusterings.

    Args:
        codes: of shape (clusterings, n): the cell of each point.
    """

    def __init__(self, codes: Indices) -> None:
        self._cells = Cells(codes)
        self.cost = 100.0 * codes.size + 2e4 * self._cells.divisions * self._cells.most

    def __call__(self, sample: Members, reference: Members) -> Floats:
        """The values for each pair of sets of members."""
        for members in (sample, reference):
            enough(members, 1, _TITLE)
        return self._cells.compared(sample, reference, lambda a, b: frontier_area(_shares(a), _shares(b)))


def _shares(counts: Floats) -> Floats:
    shares: Floats = counts / counts.sum(axis=-1, keepdims=True)
    return shares


def frontier_area(p: Floats, q: Floats) -> Floats:
    """The area under the frontier of histograms, in (0, 1].

    Args:
        p: shares of the cells, of shape (..., cells), that add up to 1.
        q: the same, of the other sample.

    >>> same = np.array([0.5, 0.5, 0.0])
    >>> float(frontier_area(same, same))
    1.0
    """
    entropy = require("scipy.special", "judge").entr
    plain = np.zeros(p.shape[:-1])
    across, up = [plain + 1], [plain]  # where R is Q the curve comes down to the axis: KL(P | Q) may be anything
    for weight in _WEIGHTS:
        mixture = weight * p + (1 - weight) * q
        logs = np.log(mixture, out=np.zeros_like(mixture), where=mixture > 0)
        for coordinates, one in ((across, q), (up, p)):
            divergence = -(entropy(one) + one * logs).sum(axis=-1)
            coordinates.append(np.exp(-_SCALING * np.maximum(divergence, 0)))  # less than 0 by rounding alone
    x, y = np.array([*across, plain]), np.array([*up, plain + 1])
    area: Floats = ((x[:-1] - x[1:]) * (y[:-1] + y[1:]) / 2).sum(axis=0)  # by trapezia: the same, whichever axis is up
    return area


def clusterings(points: Matrix, seed: int, how: Work) -> Indices:
    """The cell of each point, of shape (STARTS, n): k-means from several starts, or where few points differ, these themselves."""
    unit = directions(points)
    count = max(round(len(unit) / _POINTS), 2)
    distinct, codes = np.unique(unit, axis=0, return_inverse=True)
    if len(distinct) <= count:
        return np.broadcast_to(codes.reshape(1, -1), (STARTS, len(unit)))
    solver = "covariance_eigh" if unit.shape[1] <= len(unit) else "full"
    reduced = require("sklearn.decomposition", "judge").PCA(_VARIANCE, svd_solver=solver).fit_transform(unit)
    fitted = k_means(reduced, count, [draws.split(seed, start) for start in range(STARTS)], how)
    return np.array([one.labels_ for one in fitted], np.int64)


class Mauve:
    """MAUVE as a metric."""

    abouts: Sequence[About] = (
        About(
            "mauve",
            _TITLE,
            "high",
            None,
            "Pillutla et al., 2021, MAUVE: measuring the gap between neural text and human text",
            (0, 1),
        ),
    )

    traits = Traits(least=50)

    def over(self, points: Matrix, setting: Setting) -> MauveStatistic:
        """The statistic over pooled points."""
        return MauveStatistic(clusterings(points, setting.seed, setting.how))
