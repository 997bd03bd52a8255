"""Fréchet distance: how far apart two normal distributions are that have the means and covariances of the samples.

|m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^1/2) (Heusel et al., 2017, "GANs trained by a two time-scale update rule", Section 2). The trace of the root is
the sum of the singular values of L1' L2 for any factors S = L L', so nothing but singular values is needed: no root of a product that
is not symmetric, whose imaginary parts trouble others. Where there are fewer points than dimensions, the factors are the points.
Singular values are the roots of the eigenvalues of L1' L2 L2' L1, which take a sixth of the time; but the roots of small ones are inexact, and where
that could matter, they are worked out as what they are.
It is biased: more points bring less, so it is compared with what real data have at the same size.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.linalg import LinAlgError

from byheart._optional import require
from byheart.errors import InputError
from byheart.judging.metric import About, Looped, Setting, Traits
from byheart.neighbours.blocks import Floats, Matrix

_ROUNDINGS: Final = (
    10  # of float64, by which an eigenvalue may be off, of the largest one (LAPACK Users' Guide, Section 4.7)
)
_NOTHING: Final = 1e-7  # of the spread: what float32 leaves of the features themselves


@dataclass(frozen=True, slots=True)
class Moments:
    """The mean of points, and a factor of their covariance.

    Attributes:
        mean: shape (d,).
        factor: shape (r, d), whose product factor' factor is the covariance (divided by n - 1).
    """

    mean: Floats
    factor: Floats

    @classmethod
    def of(cls, points: Matrix) -> "Moments":
        """Those of n points, 2 or more.

        Raises:
            InputError: there are fewer.
        """
        count, width = points.shape
        if count < 2:
            raise InputError(f"Fréchet distance: wanted 2 points or more, got {count}")
        mean = points.mean(axis=0, dtype=np.float64)
        centred = (points - mean) / np.sqrt(count - 1)
        return cls(mean, centred if count <= width else _root(centred.T @ centred))


def _root(covariance: Floats) -> Floats:
    """An upper triangular factor; where the covariance is singular, rows of eigenvectors."""
    try:
        return np.linalg.cholesky(covariance, upper=True).astype(np.float64, copy=False)
    except LinAlgError:
        values, vectors = np.linalg.eigh(covariance)
        factor: Floats = (vectors * np.sqrt(np.maximum(values, 0))).T
        return factor


def frechet_distance(first: Moments, second: Moments) -> float:
    """The squared distance, 0 or more.

    >>> import numpy as np
    >>> points = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 2.0], [2.0, 2.0]])
    >>> round(frechet_distance(Moments.of(points), Moments.of(3 * points + 1)), 9)
    28.666666667
    """
    apart = first.mean - second.mean
    spread = np.square(first.factor).sum() + np.square(second.factor).sum()
    return max(float(apart @ apart + spread - 2 * _nuclear_norm(first.factor @ second.factor.T, spread)), 0.0)


def _nuclear_norm(product: Floats, spread: float) -> float:
    """The sum of the singular values, exact to what is nothing beside the spread."""
    linalg = require("scipy.linalg", "judge")
    square = product @ product.T if len(product) <= product.shape[1] else product.T @ product
    squares = np.maximum(linalg.eigvalsh(square, overwrite_a=True, check_finite=False), 0)
    error = _ROUNDINGS * np.finfo(np.float64).eps * squares.max()  # of each eigenvalue, either way
    roots, is_lost = np.sqrt(squares), squares <= error
    errors = error / (2 * roots[~is_lost])  # which go either way, and add up as squares do
    if is_lost.sum() * np.sqrt(error) <= _NOTHING * spread and np.linalg.norm(errors) <= _NOTHING * spread:
        return float(roots[~is_lost].sum())  # the others are 0, or as good as that
    return float(linalg.svdvals(product, overwrite_a=True, check_finite=False).sum())


def cost(shape: tuple[int, ...]) -> float:
    """What one distance takes, of pooled points of shape (n, d)."""
    count, dimensions = shape
    width = min(shape)
    return 2.0 * count * width * dimensions + 60.0 * width**3 + 1e8  # what numpy takes to begin


class Frechet:
    """The Fréchet distance as a metric."""

    abouts: Sequence[About] = (
        About(
            "frechet_distance",
            "Fréchet distance",
            "low",
            None,
            "Heusel et al., 2017, GANs trained by a two time-scale update rule",
            (0, math.inf),
        ),
    )

    traits = Traits()

    def over(self, points: Matrix, setting: Setting) -> Looped:
        """The statistic over pooled points."""
        del setting  # it has none
        return Looped(points, lambda a, b: (frechet_distance(Moments.of(a), Moments.of(b)),), cost(points.shape))
