"""Precision, recall, density and coverage: which points lie among the k nearest neighbours of the other set.

Around each point lies the sphere that just reaches its k-th nearest neighbour in its own set, k = 5. Precision: the share of the sample within
a sphere of the reference; recall: of the reference within one of the sample (Kynkaanniemi et al., 2019, "Improved precision and recall metric",
Section 3). Density: how many spheres of the reference a sample's point is within, over k; coverage: the share of the reference's
spheres that hold a point of the sample (Naeem et al., 2020, "Reliable fidelity and diversity metrics", Section 3).
Spheres hold their surface: else a copy of a record that is repeated six times would not be within any. For density, which would find a
list of the train set more than perfect (its k-th neighbours are on the surface), they hold it only where they are a point.
"""

from collections.abc import Sequence
from typing import Final

from byheart.errors import InputError
from byheart.judge.metric import About, Looped, Setting
from byheart.neighbours import Spheres, Work, inside, nearest
from byheart.neighbours.blocks import Matrix

K: Final = 5
_KYNKAANNIEMI: Final = "Kynkaanniemi et al., 2019, Improved precision and recall metric"
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


class Manifold:
    """The four as one metric."""

    abouts: Sequence[About] = (
        About("precision", "precision", "high", None, _KYNKAANNIEMI),
        About("recall", "recall", "high", None, _KYNKAANNIEMI),
        About("density", "density", "high", 1.0, _NAEEM),
        About("coverage", "coverage", "high", None, _NAEEM),
    )

    def over(self, points: Matrix, setting: Setting) -> Looped:
        """The statistic over pooled points."""
        cost = (2.0 * points.shape[1] + 60) * len(points) ** 2
        return Looped(points, lambda a, b: manifold(a, b, how=setting.how), cost)
