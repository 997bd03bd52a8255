"""Vendi score: the effective number of different points in a sample, whatever the reference.

exp of the Shannon entropy of the eigenvalues of K / n, with k(x, x) = 1 (Friedman and Dieng, 2023, "The Vendi score", Definition 3.1): 1 where
all are the same, n where none is like another. K is Gaussian, at the median distance of real data.
"""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from byheart.judging.metric import About, Members, Setting, Traits, enough
from byheart.judging.metrics.kernels import gaussian
from byheart.neighbours.blocks import Floats, Matrix


def vendi_score(gram: Floats) -> float:
    """The score of a sample, 1 to n.

    Args:
        gram: of shape (n, n), ones in its diagonal, positive semidefinite.

    >>> import numpy as np
    >>> vendi_score(np.eye(4)), round(vendi_score(np.ones((4, 4))), 9)
    (4.0, 1.0)
    """
    values = np.linalg.eigvalsh(gram / len(gram))
    positive = values[values > 0]
    return float(np.exp(-(positive * np.log(positive)).sum()))


class VendiStatistic:
    """The score of any set of members."""

    def __init__(self, gram: Floats) -> None:
        self.cost = len(gram) ** 3 / 8
        self._gram = gram

    def __call__(self, sample: Members, reference: Members) -> Floats:
        """The values for each set of members."""
        del reference  # it has no say
        enough(sample, 1, "Vendi score")
        return np.array([[self._score(members)] for members in sample])

    def _score(self, members: npt.NDArray[np.bool_]) -> float:
        return vendi_score(self._gram[np.ix_(members, members)])


class Vendi:
    """The Vendi score as a metric."""

    abouts: Sequence[About] = (
        About("vendi_score", "Vendi score", "high", None, "Friedman and Dieng, 2023, The Vendi score", (1, math.inf)),
    )

    traits = Traits(most=1000, sees="G")  # its time grows with the cube

    def over(self, points: Matrix, setting: Setting) -> VendiStatistic:
        """The statistic over pooled points."""
        return VendiStatistic(gaussian(points, setting.scale))
