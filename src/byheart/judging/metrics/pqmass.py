"""PQMass: do the samples put the same mass into regions of space, drawn at random?

Some pooled points, drawn at random, divide the space into the cells of what is nearest to each; the others are counted there, and the two rows of counts
are compared by Pearson's chi-squared (Lemos et al., 2024, "PQMass: probabilistic assessment of the quality of generative models using probability mass
estimation", Section 3). The value is chi-squared over its degrees of freedom, averaged over 50 such tessellations: 1 for fresh data, whatever their
distribution, more for a poor model, and less where the samples are more alike than chance has it.
There are 100 cells, or one for 20 points where these are fewer than 2,000; those that hold nobody count for no degree of freedom. The tessellations
come from the seed and are made once: the p-values are those of permutations, not the paper's, which takes chi-squared at its word.
"""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from byheart import draws
from byheart.judging.cells import Cells
from byheart.judging.metric import About, Members, Setting, Traits, enough
from byheart.neighbours import Work, nearest
from byheart.neighbours.blocks import Floats, Indices, Matrix

TESSELLATIONS: Final = 50
_CELLS: Final = 100
_POINTS: Final = 20  # a cell, at the least
_TITLE: Final = "PQMass"


class MassStatistic:
    """The mean over tessellations for any two sets of members.

    Args:
        codes: of shape (tessellations, n): the cell of each point, -1 for those that the cells are around.
    """

    def __init__(self, codes: Indices) -> None:
        self._cells = Cells(codes)
        self.cost = 50.0 * codes.size + 400.0 * self._cells.divisions * self._cells.most

    def __call__(self, sample: Members, reference: Members) -> Floats:
        """The values for each pair of sets of members."""
        for members in (sample, reference):
            enough(members, _POINTS // 2, _TITLE)
        return self._cells.compared(sample, reference, chi_squared)


def chi_squared(first: Floats, second: Floats) -> Floats:
    """Pearson's chi-squared of tables of two rows, over its degrees of freedom; 1 for a table of one cell, that tells nothing.

    Args:
        first: counts of shape (..., cells).
        second: counts of the other row.

    >>> float(chi_squared(np.array([10.0, 20.0, 0.0]), np.array([20.0, 10.0, 0.0])).round(6))
    6.666667
    """
    both = first + second
    ratio = np.sqrt(second.sum(axis=-1, keepdims=True) / first.sum(axis=-1, keepdims=True))
    apart = np.square(first * ratio - second / ratio)
    total = np.divide(apart, both, out=np.zeros_like(both), where=both > 0).sum(axis=-1)
    degrees = (both > 0).sum(axis=-1) - 1
    value: Floats = np.divide(total, degrees, out=np.ones_like(total), where=degrees > 0)
    return value


def tessellations(points: Matrix, seed: int, how: Work) -> Indices:
    """The cell of each point, of shape (TESSELLATIONS, n), -1 for those that the cells are around."""
    count = max(min(_CELLS, len(points) // _POINTS), 2)
    codes = np.empty((TESSELLATIONS, len(points)), np.int64)
    for number, row in enumerate(codes):
        generator = np.random.Generator(np.random.Philox(key=draws.split(seed, number)))
        centres = generator.permutation(len(points))[:count]
        row[:] = nearest(points, points[centres], how=how).indices[:, 0]
        row[centres] = -1
    return codes


class PQMass:
    """PQMass as a metric."""

    abouts: Sequence[About] = (
        About(
            "pqmass",
            _TITLE,
            "low",
            1.0,
            "Lemos et al., 2024, PQMass: probabilistic assessment by probability mass estimation",
            (0, math.inf),
        ),
    )

    traits = Traits(least=50)

    def over(self, points: Matrix, setting: Setting) -> MassStatistic:
        """The statistic over pooled points."""
        return MassStatistic(tessellations(points, setting.seed, setting.how))
