"""Maximum mean discrepancy: the distance of two distributions' mean embeddings, for any kernel.

The unbiased estimate (Gretton et al., 2012, "A kernel two-sample test", Lemma 6): the mean of k within the sample, each point without itself,
plus that within the reference, less twice that between them. It may be negative. All three metrics here are it:
KID with k = (x.y / d + 1)^3 (Binkowski et al., 2018, "Demystifying MMD GANs"), MMD with a Gaussian, energy distance with k = -|x - y|
(Szekely and Rizzo, 2013; Sejdinovic et al., 2013, Section 5).
"""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from byheart.judging.metric import About, Members, Setting, Traits, enough
from byheart.neighbours.blocks import Floats, Matrix, Singles
from byheart.neighbours.pairwise import squared_distances

_MANY: Final = 64  # sets of members: from here on in float32


class KernelStatistic:
    """The unbiased estimate for any two sets of members.

    Args:
        gram: k of every pair, float64 of shape (n, n).
    """

    def __init__(self, gram: Floats, title: str) -> None:
        self.cost = 2.0 * len(gram) ** 2
        self._gram = gram
        self._title = title
        self._single: Singles | None = None
        self._unit = 1.0  # of what the matrix has in float32, which ends at 3e38

    def __call__(self, sample: Members, reference: Members) -> Floats:
        """The values for each pair of sets of members."""
        for members in (sample, reference):
            enough(members, 2, self._title)
        if len(sample) < _MANY:
            return _values(self._gram, sample, reference)[:, None]
        return _values(self._centred(), sample, reference)[:, None] * self._unit

    def _centred(self) -> Singles:
        """The matrix less its means, which change no value, in float32: what is left is as small as the values themselves."""
        if self._single is None:
            means = self._gram.mean(axis=0)
            centred = self._gram - means - (means - means.mean())[:, None]
            self._unit = float(np.abs(centred).max()) or 1.0
            self._single = (centred / self._unit).astype(np.float32)
        return self._single


def _values(gram: Matrix, sample: Members, reference: Members) -> Floats:
    first: Matrix = sample.astype(gram.dtype)
    second: Matrix = reference.astype(gram.dtype)
    with_first: Matrix = first @ gram  # (b, n): the sum over the sample, for each point
    divided = (sample ^ reference).all()  # each point in one of them, as in a permutation: one product is enough
    with_second: Matrix = gram.sum(axis=0, dtype=gram.dtype) - with_first if divided else second @ gram
    own = np.diagonal(gram).astype(np.float64)
    n, m = sample.sum(axis=1), reference.sum(axis=1)
    within_first = (_dot(with_first, first) - sample @ own) / (n * (n - 1.0))
    within_second = (_dot(with_second, second) - reference @ own) / (m * (m - 1.0))
    value: Floats = within_first + within_second - 2 * _dot(with_first, second) / (n * m)
    return value


def _dot(a: Matrix, b: Matrix) -> Floats:
    out: Floats = np.einsum("ij,ij->i", a, b, dtype=np.float64)
    return out


class _OfKernel:
    """A metric that is the discrepancy of a kernel."""

    def __init__(self, about: About, kernel: Callable[[Matrix, Setting], Floats]) -> None:
        self.abouts: Sequence[About] = (about,)
        self.traits = Traits()
        self._kernel = kernel

    def over(self, points: Matrix, setting: Setting) -> KernelStatistic:
        """The statistic over pooled points."""
        return KernelStatistic(self._kernel(points, setting), self.abouts[0].title)


def kid() -> _OfKernel:
    """Kernel inception distance, of the whole samples rather than of subsets."""
    about = About("kid", "KID", "low", 0.0, "Binkowski et al., 2018, Demystifying MMD GANs")
    return _OfKernel(about, lambda points, _: cubic(points))


def mmd() -> _OfKernel:
    """Maximum mean discrepancy with a Gaussian kernel, whose bandwidth is the median distance of real data."""
    about = About("mmd", "MMD", "low", 0.0, "Gretton et al., 2012, A kernel two-sample test")
    return _OfKernel(about, lambda points, setting: gaussian(points, setting.scale))


def energy() -> _OfKernel:
    """Energy distance: 2 E|X - Y| - E|X - X'| - E|Y - Y'|."""
    about = About("energy_distance", "energy distance", "low", 0.0, "Szekely and Rizzo, 2013, Energy statistics")
    return _OfKernel(about, lambda points, _: -np.sqrt(squared_distances(points)))


def cubic(points: Matrix) -> Floats:
    """(x.y / d + 1)^3 of every pair.

    >>> import numpy as np
    >>> cubic(np.array([[1.0, 1.0], [2.0, 0.0]])).tolist()
    [[8.0, 8.0], [8.0, 27.0]]
    """
    wide: Floats = points.astype(np.float64)
    gram: Floats = (wide @ wide.T / points.shape[1] + 1) ** 3
    return gram


def gaussian(points: Matrix, bandwidth: float) -> Floats:
    """exp(-|x - y|^2 / (2 bandwidth^2)) of every pair."""
    out = squared_distances(points)
    np.multiply(out, -0.5 / bandwidth**2, out=out)
    return np.exp(out, out=out)
