"""Classifier score: how surely the sample's points are each of one class, and how evenly of all; whatever the reference.

exp E KL(p(y | x) | p(y)), p(y) being the mean of p(y | x) over the sample, as the Inception score has it (Salimans et al., 2016, "Improved techniques for
training GANs", Section 4): 1 where every point says the same of its class, as many as there are classes where each is surely of one and
none is rarer than another. That is the formula alone. There is no Inception network here, and no labels: the classes are ten clusters of the points of
all three rows and of held-out, by k-means, and p(y | x) is that of a mixture of normals around their centres, of equal weights and the one variance that
the clusters have. Points that clusters were not fitted on look less sure than those they were, so all of them were: train, held-out and sample alike,
each that differs once (or copies would look surer still), whoever is in which; and the classes are the same for each row.
It asks for no more than one point of each class, and is fooled by any copies.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from byheart import draws
from byheart._optional import require
from byheart.judging.clusters import k_means
from byheart.judging.metric import About, Members, Setting, Traits, enough
from byheart.neighbours import Work
from byheart.neighbours.blocks import Floats, Matrix

CLASSES: Final = 10
_STARTS: Final = 4
_TITLE: Final = "classifier score"


class ScoreStatistic:
    """The score of any set of members.

    Args:
        probabilities: p(y | x), of shape (n, classes), rows that add up to 1.
    """

    def __init__(self, probabilities: Floats) -> None:
        self.cost = 20.0 * probabilities.size
        self._entropy = require("scipy.special", "judge").entr
        self._probabilities = probabilities
        self._entropies = self._entropy(probabilities).sum(axis=1)

    def __call__(self, sample: Members, reference: Members) -> Floats:
        """The values for each set of members."""
        del reference  # it has no say
        count = enough(sample, 1, _TITLE)
        shares = sample / count[:, None]
        marginal = self._entropy(shares @ self._probabilities).sum(axis=1)
        information = np.maximum(marginal - shares @ self._entropies, 0)  # less than 0 by rounding alone
        score: Floats = np.exp(information)[:, None]
        return score


def class_probabilities(points: Matrix, whole: Matrix, seed: int, how: Work) -> Floats:
    """p(y | x) of each point, of shape (n, classes), where the classes are clusters of the points of `whole`.

    Args:
        points: of shape (n, d).
        whole: of shape (m, d).
        seed: of the clusters.
        how: threads.
    """
    distinct = np.unique(whole, axis=0)
    count = min(CLASSES, len(distinct))
    fitted = k_means(distinct, count, [draws.split(seed, start) for start in range(_STARTS)], how)
    clusters = min(fitted, key=lambda one: one.inertia_)
    squared = np.square(clusters.transform(points).astype(np.float64))
    variance = max(clusters.inertia_ / distinct.size, np.finfo(np.float64).tiny)
    softmax = require("scipy.special", "judge").softmax
    told: Floats = softmax(-0.5 * (squared - squared.min(axis=1, keepdims=True)) / variance, axis=1)
    return told


class ClassifierScore:
    """The classifier score as a metric."""

    abouts: Sequence[About] = (
        About(
            "classifier_score",
            _TITLE,
            "high",
            None,
            "Salimans et al., 2016, Improved techniques for training GANs",
            (1, CLASSES),
        ),
    )

    traits = Traits(is_reference_fixed=True, sees="G")  # as the classes are

    def over(self, points: Matrix, setting: Setting) -> ScoreStatistic:
        """The statistic over pooled points."""
        whole = points if setting.whole is None else setting.whole
        return ScoreStatistic(class_probabilities(points, whole, setting.seed, setting.how))
