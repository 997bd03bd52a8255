"""Classifier two-sample test: can a classifier tell the sample from the reference?

The area under the ROC curve of points that the classifier was not fitted to, in five folds (Lopez-Paz and Oquab, 2017, "Revisiting classifier two-sample
tests"; Friedman, 2003): 1/2 where it cannot. Duplicates, and what belongs together, stand in one fold: else a copy would be known by its twin.
The classifier is kernel ridge regression on the labels, with a Gaussian kernel at the median distance of real data: its predictions are a fixed
matrix times the labels, so that a permutation test fits ten thousand of them at the price of a product.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from byheart.judging.metric import About, Members, Setting, Traits, enough
from byheart.judging.metrics.kernels import gaussian
from byheart.neighbours.blocks import Floats, Indices, Matrix

FOLDS: Final = 5
_RIDGE: Final = 1e-2  # of the number of points fitted to
_TITLE: Final = "classifier AUC"


class ClassifierStatistic:
    """The area for any two sets of members that together are all the points, or nearly.

    Args:
        gram: of shape (n, n).
        folds: of shape (n,), which fold each point is in.
    """

    def __init__(self, gram: Floats, folds: Indices) -> None:
        self.cost = 20.0 * len(gram) ** 2
        self._folds = [np.flatnonzero(folds == fold) for fold in range(FOLDS) if (folds == fold).any()]
        self._smoothers = [self._smoother(gram, fold) for fold in self._folds]

    @staticmethod
    def _smoother(gram: Floats, fold: Indices) -> tuple[Indices, Floats]:
        """Those that are fitted to, and what their labels are multiplied by to predict those of the fold."""
        others: Indices = np.setdiff1d(np.arange(len(gram)), fold)
        regular = gram[np.ix_(others, others)]
        regular[np.diag_indices(len(others))] += _RIDGE * len(others)
        smoother: Floats = np.linalg.solve(regular, gram[np.ix_(others, fold)]).T.astype(np.float64, copy=False)
        return others, smoother

    def __call__(self, sample: Members, reference: Members) -> Floats:
        """The values for each pair of sets of members."""
        n, m = enough(sample, FOLDS, _TITLE), enough(reference, FOLDS, _TITLE)
        labels = sample / n[:, None] - reference / m[:, None]  # that sum to nothing: no intercept is left to fit
        sums, weights = np.zeros(len(sample)), np.zeros(len(sample))
        for fold, (others, smoother) in zip(self._folds, self._smoothers, strict=True):
            fitted = labels[:, others]
            scores = (fitted - fitted.mean(axis=1, keepdims=True)) @ smoother.T
            areas, pairs = roc_areas(scores, sample[:, fold], reference[:, fold])
            sums += areas * pairs
            weights += pairs
        return (sums / np.maximum(weights, 1))[:, None]


def roc_areas(scores: Floats, first: Members, second: Members) -> tuple[Floats, Floats]:
    """The area under the ROC curve of each row, ties at one half; and how many pairs it is of.

    >>> import numpy as np
    >>> first = np.array([[True, True, False, False]])
    >>> roc_areas(np.array([[3.0, 1.0, 1.0, 0.0]]), first, ~first)
    (array([0.875]), array([4.]))
    """
    areas, pairs = np.full(len(scores), 0.5), (first.sum(axis=1) * second.sum(axis=1)).astype(np.float64)
    for row in np.flatnonzero(pairs):
        ours, theirs = scores[row, first[row]], np.sort(scores[row, second[row]])
        wins = np.searchsorted(theirs, ours, "left") + np.searchsorted(theirs, ours, "right")
        areas[row] = wins.sum() / 2 / pairs[row]
    return areas, pairs


class Classifier:
    """The classifier two-sample test as a metric."""

    abouts: Sequence[About] = (
        About(
            "classifier_auc", _TITLE, "low", 0.5, "Lopez-Paz and Oquab, 2017, Revisiting classifier two-sample tests"
        ),
    )

    traits = Traits(least=50, most=1000, is_of_members=False)  # its preparation grows with the cube

    def over(self, points: Matrix, setting: Setting) -> ClassifierStatistic:
        """The statistic over pooled points."""
        groups, members = np.unique(setting.groups, return_inverse=True)
        drawn = np.random.Generator(np.random.Philox(key=setting.seed)).permutation(len(groups))
        return ClassifierStatistic(gaussian(points, setting.scale), (drawn % FOLDS)[members])
