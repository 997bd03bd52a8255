"""Sliced Wasserstein-2 distance: the mean distance of the samples' projections to lines, where it is the distance of sorted values.

(mean over directions of W2^2)^1/2 (Rabin et al., 2011, "Wasserstein barycenter and its application to texture mixing"; Bonneel et al., 2015). The
directions are uniform on the sphere, from the seed, and the same for all sets of members. The projections are sorted once: the members of a
set, read in that order, are sorted too.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from byheart.judging.metric import About, Members, Setting, Traits, enough
from byheart.neighbours.blocks import Floats, Indices, Matrix

_DIRECTIONS: Final = 256
_TITLE: Final = "sliced Wasserstein"


class SlicedStatistic:
    """The distance for any two sets of members.

    Args:
        points: of shape (n, d).
        directions: unit vectors, of shape (d, directions).
    """

    def __init__(self, points: Matrix, directions: Floats) -> None:
        self.cost = 1000.0 * len(points) * directions.shape[1]
        self._projected = points.astype(np.float64) @ directions
        self._order: Indices = self._projected.argsort(axis=0, kind="stable").T.copy()
        self._sorted = np.take_along_axis(self._projected, self._order.T, axis=0).T.copy()  # (directions, n)

    def __call__(self, sample: Members, reference: Members) -> Floats:
        """The values for each pair of sets of members."""
        for members in (sample, reference):
            enough(members, 1, _TITLE)
        return np.array([[self._distance(a, b)] for a, b in zip(sample, reference, strict=True)])

    def _distance(self, sample: npt.NDArray[np.bool_], reference: npt.NDArray[np.bool_]) -> float:
        first, second = (
            self._sorted[members[self._order]].reshape(len(self._order), -1) for members in (sample, reference)
        )
        return float(np.sqrt(squared_wasserstein(first, second).mean()))


def squared_wasserstein(first: Floats, second: Floats) -> Floats:
    """W2^2 between two sets of sorted values: the integral of the squared difference of their quantile functions.

    Args:
        first: of shape (k, n), each row sorted.
        second: of shape (k, m), each row sorted.

    >>> import numpy as np
    >>> squared_wasserstein(np.array([[0.0, 2.0]]), np.array([[1.0, 1.0, 4.0]])).round(9).tolist()
    [2.0]
    """
    n, m = first.shape[1], second.shape[1]
    if n == m:
        equal: Floats = np.square(first - second).mean(axis=1)
        return equal
    steps = np.unique(np.concatenate([np.arange(1, n + 1) * m, np.arange(1, m + 1) * n]))  # of n m, exactly
    widths = np.diff(steps, prepend=0) / (n * m)
    squared: Floats = np.square(first[:, (steps - 1) // m] - second[:, (steps - 1) // n]) @ widths
    return squared


class SlicedWasserstein:
    """The sliced Wasserstein-2 distance as a metric."""

    abouts: Sequence[About] = (
        About(
            "sliced_wasserstein", _TITLE, "low", None, "Bonneel et al., 2015, Sliced and Radon Wasserstein barycenters"
        ),
    )

    traits = Traits()

    def over(self, points: Matrix, setting: Setting) -> SlicedStatistic:
        """The statistic over pooled points."""
        drawn = np.random.Generator(np.random.Philox(key=setting.seed)).normal(size=(points.shape[1], _DIRECTIONS))
        return SlicedStatistic(points, drawn / np.linalg.norm(drawn, axis=0))
