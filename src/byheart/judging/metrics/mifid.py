"""MiFID: the Fréchet distance to train, divided by how far the sample is from it, record by record, if that is suspiciously little.

m is the mean over the *sample's* records of 1 - |cos|, the cosine of the angle to the train record that makes it least; MiFID = FD / m if m < tau,
else FD (Bai et al., 2021, "On training sample memorization", Section 3). The minimum, and the distance, are of all train records. tau is
arbitrary: here half of the held-out records' own m. So half of the sample may be copied at no cost, while the copies bring the Fréchet
distance down: MiFID is here to show that. m itself, the second value, sees far fewer: a threshold is what hides them.
Where all is copied m is 0, and 1e-14 is added, as in others' code; to the distance too, which is 0 for the whole list: 1, then, and not perfect.
"""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from byheart.errors import InputError
from byheart.judging.metric import About, Members, Setting, Traits, enough
from byheart.judging.metrics.frechet import Moments, cost, frechet_distance
from byheart.neighbours import Work, nearest
from byheart.neighbours.blocks import Floats, Matrix, one_core

TAU: Final = 0.5  # of held-out's own m
_NOTHING: Final = 1e-14
_PAPER: Final = "Bai et al., 2021, On training sample memorization"
_TITLE: Final = "MiFID"


class PenalisedStatistic:
    """MiFID and m for any two sets of members.

    Args:
        points: of shape (n, d).
        apart: the cosine distance of each to its nearest train record, shape (n,).
        train: the moments of the train records.
    """

    def __init__(self, points: Matrix, apart: Floats, train: Moments) -> None:
        self.cost = cost(points.shape)
        self._points, self._apart, self._train = points, apart, train

    def __call__(self, sample: Members, reference: Members) -> Floats:
        """The values for each pair of sets of members."""
        for members in (sample, reference):
            enough(members, 2, _TITLE)
        with one_core():
            return np.array([self._values(a, b) for a, b in zip(sample, reference, strict=True)])

    def _values(self, sample: npt.NDArray[np.bool_], reference: npt.NDArray[np.bool_]) -> tuple[float, float]:
        distance = frechet_distance(Moments.of(self._points[sample]), self._train)
        own, usual = float(self._apart[sample].mean()), float(self._apart[reference].mean())
        return penalised(distance, own, TAU * usual), own


def penalised(distance: float, own: float, tau: float) -> float:
    """A Fréchet distance over its sample's m, where that is below tau.

    >>> penalised(2.0, 0.5, 0.25), round(penalised(2.0, 0.125, 0.25), 9), penalised(0.0, 0.0, 0.25)
    (2.0, 16.0, 1.0)
    """
    return (distance + _NOTHING) / (own + _NOTHING) if own < tau else distance


def cosine_distances(points: Matrix, train: Matrix, how: Work | None = None) -> Floats:
    """1 - |cos| of each point and the train record where that is least: |u - v|^2 / 2 of unit vectors, for u or -u, so 0 for copies exactly.

    >>> import numpy as np
    >>> cosine_distances(np.array([[2.0, 0.0], [1.0, 1.0]]), np.array([[-3.0, 0.0], [4.0, 0.0]])).round(3).tolist()
    [0.0, 0.293]
    """
    ours, theirs = _unit(points), _unit(train)
    apart = np.minimum(*(nearest(sign * ours, theirs, how=how).distances[:, 0] for sign in (1, -1)))
    distances: Floats = np.square(apart) / 2
    return distances


def _unit(points: Matrix) -> Matrix:
    """Of length 1; a point at the origin stays there, at 1/2 from all that do not."""
    lengths = np.linalg.norm(points, axis=1, keepdims=True)
    unit: Matrix = np.divide(points, lengths, out=np.zeros_like(points), where=lengths > 0)
    return unit


class MiFID:
    """MiFID and the distance that it penalises by, as one metric."""

    abouts: Sequence[About] = (
        About("mifid", _TITLE, "low", None, _PAPER, (0, math.inf), copies="high", is_smooth=False),
        About("cosine_to_train", "cosine to train", "low", None, _PAPER, (0, 1)),
    )

    traits = Traits(is_reference_fixed=True, sees="GTH")

    def over(self, points: Matrix, setting: Setting) -> PenalisedStatistic:
        """The statistic over pooled points of the sample and of held-out records.

        Raises:
            InputError: the setting has no train records.
        """
        if setting.train is None:
            raise InputError("MiFID: wanted the train records, got none")
        apart = cosine_distances(points, setting.train, setting.how)
        return PenalisedStatistic(points, apart, Moments.of(setting.train))
