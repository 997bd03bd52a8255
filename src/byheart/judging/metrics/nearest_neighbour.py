"""1-nearest-neighbour accuracy: how often the nearest other point of the pooled samples is of the same sample.

Leave-one-out, on the points of the sample (Lopez-Paz and Oquab, 2017, "Revisiting classifier two-sample tests"; Xu et al., 2018, "An empirical
study on evaluation metrics of GANs"): near 1/2 for fresh data, near 1 for a poor model, and less than 1/2 against what was copied. Of
neighbours at one distance each counts its share. The sizes are made up for: with other sizes than equal ones, fresh data give 1/2 too.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from byheart.judging.metric import About, Members, Setting, Traits, enough
from byheart.neighbours import Neighbours, nearest
from byheart.neighbours.blocks import Floats, Matrix

_LISTED: Final = 16  # neighbours a point: the nearest that is a member stands among them, but for hardly any
_TITLE: Final = "1-NN accuracy"


class NearestStatistic:
    """The accuracy for any two sets of members, from one list of neighbours."""

    def __init__(self, found: Neighbours) -> None:
        self.cost = 1000.0 * found.indices.size
        self._found = found

    def __call__(self, sample: Members, reference: Members) -> Floats:
        """The values for each pair of sets of members."""
        for members in (sample, reference):
            enough(members, 2, _TITLE)
        return np.array([[self._accuracy(a, b)] for a, b in zip(sample, reference, strict=True)])

    def _accuracy(self, sample: npt.NDArray[np.bool_], reference: npt.NDArray[np.bool_]) -> float:
        mine = np.flatnonzero(sample)
        near, apart = self._found.indices[mine], self._found.distances[mine]
        is_member = sample[near] | reference[near]
        first = is_member.argmax(axis=1)  # its column; where there is none, 0, which is no member either
        closest = is_member & (apart == apart[np.arange(len(mine)), first][:, None])
        some = closest.any(axis=1)
        same = float(((closest & sample[near]).sum(axis=1)[some] / closest.sum(axis=1)[some]).sum())
        other = int(some.sum()) - same
        return balanced(same, other, int(sample.sum()) - 1, int(reference.sum()))


def balanced(same: float, other: float, n: int, m: int) -> float:
    """The share of `same` in `same + other`, as if the n and the m that they were drawn from were equally many: 1/2 for fresh data.

    >>> balanced(30.0, 10.0, 3000, 1000)
    0.5
    """
    total = same * m + other * n
    return same * m / total if total else 0.5


class NearestNeighbour:
    """1-NN accuracy as a metric."""

    abouts: Sequence[About] = (
        About(
            "nearest_neighbour_accuracy",
            _TITLE,
            "low",
            0.5,
            "Lopez-Paz and Oquab, 2017, Revisiting classifier two-sample tests",
            (0, 1),
        ),
    )

    traits = Traits()

    def over(self, points: Matrix, setting: Setting) -> NearestStatistic:
        """The statistic over pooled points."""
        return NearestStatistic(nearest(points, k=min(_LISTED, len(points) - 1), how=setting.how))
