"""Precision, recall, density and coverage: which points lie among the k nearest neighbours of the other set.

Around each point lies the sphere that just reaches its k-th nearest neighbour in its own set, k = 5. Precision: the share of the sample within
a sphere of the reference; recall: of the reference within one of the sample (Kynkaanniemi et al., 2019, "Improved precision and recall metric",
Section 3). Density: how many spheres of the reference a sample's point is within, over k; coverage: the share of the reference's
spheres that hold a point of the sample (Naeem et al., 2020, "Reliable fidelity and diversity metrics", Section 3).
Spheres hold their surface: else a copy of a record that is repeated six times would not be within any. For density, which would find a
list of the train set more than perfect (its k-th neighbours are on the surface), they hold it only where they are a point.
"""

import math
from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from byheart.errors import InputError
from byheart.judging.metric import About, Members, Setting, Traits, enough
from byheart.neighbours import Spheres, Work, inside, nearest
from byheart.neighbours.blocks import Floats, Indices, Matrix

K: Final = 5
_LISTED: Final = 96  # neighbours a point: of these, k are of its own set, but for hardly any
_KYNKAANNIEMI: Final = "Kynkaanniemi et al., 2019, Improved precision and recall metric"
Mask: TypeAlias = npt.NDArray[np.bool_]
_NAEEM: Final = "Naeem et al., 2020, Reliable fidelity and diversity metrics"


def manifold(
    sample: Matrix, reference: Matrix, *, k: int = K, how: Work | None = None
) -> tuple[float, float, float, float]:
    """Precision, recall, density, coverage; all in [0, 1], but density, which has no upper end.

    Raises:
        InputError: a set has not more than k points.

    >>> import numpy as np
    >>> points = np.arange(20.0).reshape(10, 2)
    >>> manifold(points, points, k=3)[0]
    1.0
    """
    for points in (sample, reference):
        if len(points) <= k:
            raise InputError(f"precision and recall: wanted {k + 1} points or more in each set, got {len(points)}")
    around_sample, around_reference = (
        Spheres(points, nearest(points, k=k, how=how).distances[:, -1]) for points in (sample, reference)
    )
    found = inside(around_sample, around_reference, how)
    return (
        float((found.first > 0).mean()),
        float((found.second > 0).mean()),
        float(found.inner.mean() / k),
        float((found.held > 0).mean()),
    )


class ManifoldStatistic:
    """The four for any two sets of members, from one list of neighbours.

    A sphere that ends before its point's list does holds nobody who is not in the list; so the lists say who is within whose. Where a list is too
    short for that, because its end is no further than the k-th neighbour, the points are compared anew.
    """

    def __init__(self, points: Matrix, how: Work) -> None:
        self._points, self._how = points, how
        count = min(_LISTED, len(points) - 1)
        found = nearest(points, k=count, how=how)
        self._near, self._apart = found.indices, found.distances
        self._is_whole = count == len(points) - 1
        is_tied = self._apart[:, -1] <= self._apart[:, count // 2]
        slow = (2.0 * points.shape[1] + 60) * len(points) ** 2
        self.cost = slow if is_tied.any() and not self._is_whole else 1500.0 * found.indices.size

    def __call__(self, sample: Members, reference: Members) -> Floats:
        """The values for each pair of sets of members."""
        for members in (sample, reference):
            enough(members, K + 1, "precision and recall")
        return np.array([self._values(a, b) for a, b in zip(sample, reference, strict=True)])

    def _values(self, sample: Mask, reference: Mask) -> tuple[float, float, float, float]:
        of_reference, of_sample = self._spheres(reference, sample), self._spheres(sample, reference)
        if of_reference is None or of_sample is None:
            return manifold(self._points[sample], self._points[reference], how=self._how)
        found, held, inner = of_reference
        return (
            float((found[sample] > 0).mean()),
            float((of_sample[0][reference] > 0).mean()),
            float(inner[sample].mean() / K),
            float((held > 0).mean()),
        )

    def _spheres(self, centres: Mask, others: Mask) -> tuple[Indices, Indices, Indices] | None:
        """Of each point, the spheres around it, and of them those it is not on the surface of; of each sphere, the others that it holds."""
        near, apart = self._near[centres], self._apart[centres]
        place = np.cumsum(centres[near], axis=1) >= K
        at = place.argmax(axis=1)
        radii = apart[np.arange(len(near)), at][:, None]
        if not (self._is_whole or (place[:, -1] & (radii[:, 0] < apart[:, -1])).all()):
            return None
        inside = others[near] & (apart <= radii)
        strictly = inside & ((apart < radii) | (radii == 0))
        count = len(centres)
        around, inner = np.bincount(near[inside], minlength=count), np.bincount(near[strictly], minlength=count)
        return around, inside.sum(axis=1), inner


class Manifold:
    """The four as one metric."""

    abouts: Sequence[About] = (
        About("precision", "precision", "high", None, _KYNKAANNIEMI, (0, 1), is_share=True),
        About("recall", "recall", "high", None, _KYNKAANNIEMI, (0, 1)),
        About("density", "density", "high", 1.0, _NAEEM, (0, math.inf)),
        About("coverage", "coverage", "high", None, _NAEEM, (0, 1)),
    )

    traits = Traits(least=50, is_reference_fixed=True)

    def over(self, points: Matrix, setting: Setting) -> ManifoldStatistic:
        """The statistic over pooled points."""
        return ManifoldStatistic(points, setting.how)
