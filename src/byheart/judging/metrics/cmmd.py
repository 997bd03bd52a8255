"""CMMD: the maximum mean discrepancy of directions, with the Gaussian kernel and the scale that are published for CLIP's embeddings.

1000 MMD^2 with k(x, y) = exp(-|x - y|^2 / (2 sigma^2)), sigma = 10, of points at length 1 (Jayasumana et al., 2024, "Rethinking FID: towards a better
evaluation metric for image generation", Section 4). Published is the biased estimate, which counts each point with itself too, and so is a
little above 0 for fresh data; here it is the unbiased one (Gretton et al., 2012, Lemma 6), which may be negative.

Points are taken at length 1, as CLIP's are, whatever they are: so it tells embeddings apart, and any points by their directions from 0, but not a
sample from the same one drawn out or shrunk. At length 1 no two points are more than 2 apart, where this kernel is a straight line to within 1 %: the
value is about 10 |m - m'|^2, m and m' being the mean directions. What differs in spread alone is for `mmd` to find.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from byheart.judging.directions import directions
from byheart.judging.metric import About, Setting, Traits
from byheart.judging.metrics.kernels import KernelStatistic
from byheart.neighbours.blocks import Floats, Matrix
from byheart.neighbours.pairwise import squared_distances

SIGMA: Final = 10.0
SCALE: Final = 1000.0


class CMMD:
    """CMMD as a metric."""

    abouts: Sequence[About] = (
        About(
            "cmmd", "CMMD", "low", 0.0, "Jayasumana et al., 2024, Rethinking FID: towards a better evaluation metric"
        ),
    )

    traits = Traits()

    def over(self, points: Matrix, setting: Setting) -> KernelStatistic:
        """The statistic over pooled points."""
        del setting  # its bandwidth is published, whatever the data
        return KernelStatistic(kernel(directions(points)), self.abouts[0].title)


def kernel(unit: Matrix) -> Floats:
    """1000 (exp(-|x - y|^2 / 200) - 1) of every pair: less 1, which changes no discrepancy, and keeps the digits that values so near to 1 would lose.

    >>> kernel(np.array([[1.0, 0.0], [-1.0, 0.0]])).round(3).tolist()
    [[-0.0, -19.801], [-19.801, -0.0]]
    """
    out = squared_distances(unit)
    np.multiply(out, -0.5 / SIGMA**2, out=out)
    np.expm1(out, out=out)
    return np.multiply(out, SCALE, out=out)
