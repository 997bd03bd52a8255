"""Fréchet distance of infinitely many points: what is left of it when its bias has been extrapolated away.

The bias of the distance of n points from m is a multiple of 1 / n + 1 / m to first order. So it is measured of all points, of halves and of quarters
(the mean of both, and of all four), and the straight line through the three is read where 1 / n + 1 / m = 0 (Chong and Forsyth, 2020, "Effectively unbiased
FID and Inception score and where to find them", Section 4). There the reference is as large as it is, and only the sample is made
smaller; here both are, so that what either lacks is made up for. Which quarter a point is in comes from the seed, once: all sets of members share it.
It varies more than the distance itself, and may be negative. For fresh data it is about 0 where a quarter has more points than there are dimensions; with
fewer the line is a curve, and it can be compared with the held-out row alone.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from byheart.judging.metric import About, Members, Setting, Traits, enough
from byheart.judging.metrics.frechet import Moments, frechet_distance
from byheart.neighbours.blocks import Floats, Indices, Matrix

_PARTS: Final = (1, 2, 4)  # each divides the next, so that halves are two quarters
_TITLE: Final = "Fréchet distance, extrapolated"
Mask = npt.NDArray[np.bool_]


class ExtrapolatedStatistic:
    """The extrapolated distance of any two sets of members.

    Args:
        points: of shape (n, d).
        quarters: of shape (n,): 0 to 3, the quarter each point is in.
    """

    def __init__(self, points: Matrix, quarters: Indices) -> None:
        self.cost = sum(parts * _cost(len(points) / parts, points.shape[1]) for parts in _PARTS)
        self._points, self._quarters = points, quarters

    def __call__(self, sample: Members, reference: Members) -> Floats:
        """The values for each pair of sets of members."""
        for members in (sample, reference):
            for quarter in range(_PARTS[-1]):
                enough(members & (self._quarters == quarter), 2, f"{_TITLE}, quarters")
        return np.array([[self._value(a, b)] for a, b in zip(sample, reference, strict=True)])

    def _value(self, sample: Mask, reference: Mask) -> float:
        sizes, values = np.array([self._mean(sample, reference, parts) for parts in _PARTS]).T
        return intercept(sizes, values)

    def _mean(self, sample: Mask, reference: Mask, parts: int) -> tuple[float, float]:
        """1 / n + 1 / m and the distance, averaged over so many parts."""
        sizes, values = [], []
        for part in range(parts):
            here = self._quarters % parts == part
            ours, theirs = self._points[sample & here], self._points[reference & here]
            sizes.append(1 / len(ours) + 1 / len(theirs))
            values.append(frechet_distance(Moments.of(ours), Moments.of(theirs)))
        return float(np.mean(sizes)), float(np.mean(values))


def _cost(count: float, width: int) -> float:
    """What one distance takes, of so many points of both samples."""
    rank = min(count / 2, width)
    return 2 * count * rank * width + 60 * rank**3 + 2e7  # what numpy takes to begin


def intercept(x: Floats, y: Floats) -> float:
    """Where the least-squares line through some points meets x = 0.

    >>> round(intercept(np.array([1.0, 2.0, 4.0]), np.array([5.0, 7.0, 11.0])), 9)
    3.0
    """
    centred = x - x.mean()
    return float(y.mean() - x.mean() * (centred @ y) / (centred @ centred))


class FrechetInfinity:
    """The extrapolated Fréchet distance as a metric."""

    abouts: Sequence[About] = (
        About(
            "frechet_infinity",
            _TITLE,
            "low",
            None,
            "Chong and Forsyth, 2020, Effectively unbiased FID and Inception score",
        ),
    )

    traits = Traits(least=50)

    def over(self, points: Matrix, setting: Setting) -> ExtrapolatedStatistic:
        """The statistic over pooled points."""
        order = np.random.Generator(np.random.Philox(key=setting.seed)).permutation(len(points))
        return ExtrapolatedStatistic(points, order % _PARTS[-1])
