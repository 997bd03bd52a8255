"""Train on synthetic, test on real: is what is learned from the sample true of held-out records?

The last column of a table is predicted from the others: a model is fitted to the rows of the sample and tested on held-out rows (Esteban, Hyland and
Raetsch, 2017, "Real-valued (medical) time series generation with recurrent conditional GANs", Section 4.2). The MemGEN row is train-on-real: the
best that there can be. Numbers and dates are predicted as numbers, and the value is R^2, 1 for what is foretold exactly, 0 for their mean, and
less for what is worse; all else as classes, those beyond the ten most frequent as one, and the value is the area under the ROC curve,
of each class against the others, weighted by its share of the held-out rows: 1/2 for guessing.

The model is ridge regression, on the columns on one scale (`features.table`) and 128 random Fourier features of them (Rahimi and Recht, 2007): linear and
smooth relations, at the price of a matrix product, so that there is time for intervals and tests.
"""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from byheart.features.table import as_floats, fit_columns, is_number
from byheart.judging.metric import About, Members, NotOfTheseError, Setting, Traits, enough
from byheart.judging.metrics.classifier import roc_areas
from byheart.neighbours.blocks import Floats, Indices, Matrix, one_core
from byheart.neighbours.pairwise import squared_distances

_WAVES: Final = 128
_CLASSES: Final = 10
_RIDGE: Final = 1.0
_MEDIAN_OF: Final = 500
_TITLE: Final = "train on synthetic"


class PredictionStatistic:
    """How well the target of the reference is predicted by a model of the sample.

    Args:
        inputs: what is predicted from, of shape (n, p).
        targets: of shape (n, classes), a 1 in each row; or of shape (n, 1), numbers, NaN where there is none.
    """

    def __init__(self, inputs: Floats, targets: Floats) -> None:
        count, width = inputs.shape
        self.cost = 2.0 * count * width**2 + 30.0 * width**3 + 1e8
        self._inputs, self._targets = inputs, targets

    def __call__(self, sample: Members, reference: Members) -> Floats:
        """The values for each pair of sets of members."""
        known = ~np.isnan(self._targets[:, 0])
        for members in (sample, reference):
            enough(members & known, 2, _TITLE)
        with one_core():
            return np.array([[self._value(a & known, b & known)] for a, b in zip(sample, reference, strict=True)])

    def _value(self, sample: npt.NDArray[np.bool_], reference: npt.NDArray[np.bool_]) -> float:
        told = self._predicted(sample, reference)
        real = self._targets[reference]
        if real.shape[1] > 1:
            areas, _ = roc_areas(told.T, real.T > 0, real.T == 0)
            return float(areas @ real.mean(axis=0))
        spread = np.square(real - real.mean()).sum()
        return float(1 - np.square(real - told).sum() / spread) if spread else 0.0

    def _predicted(self, sample: npt.NDArray[np.bool_], reference: npt.NDArray[np.bool_]) -> Floats:
        """Of shape (reference, targets)."""
        inputs, targets = self._inputs[sample], self._targets[sample]
        means = inputs.mean(axis=0), targets.mean(axis=0)
        centred = inputs - means[0]
        regular = centred.T @ centred
        regular[np.diag_indices(len(regular))] += _RIDGE
        weights = np.linalg.solve(regular, centred.T @ (targets - means[1]))
        predicted: Floats = (self._inputs[reference] - means[0]) @ weights + means[1]
        return predicted


def waves(points: Matrix, seed: int) -> Floats:
    """Random Fourier features of a Gaussian kernel at the median distance: their products are about exp(-|x - y|^2 / (2 median^2))."""
    apart = squared_distances(points[:: max(len(points) // _MEDIAN_OF, 1)])
    apart = apart[apart > 0]
    bandwidth = math.sqrt(np.median(apart)) if len(apart) else 1.0
    rng = np.random.Generator(np.random.Philox(key=seed))
    directions = rng.normal(size=(points.shape[1], _WAVES)) / bandwidth
    out: Floats = math.sqrt(2 / _WAVES) * np.cos(points @ directions + rng.uniform(0, 2 * np.pi, _WAVES))
    return out


def _targets(column: pa.Array) -> Floats:
    """A column of numbers, or one for each class."""
    if is_number(column.type):
        return as_floats(column)[:, None]
    codes: Indices = np.asarray(pc.fill_null(column.dictionary_encode().indices, -1)) + 1  # none is a class too
    counts = np.bincount(codes)
    frequent = np.argsort(-counts, kind="stable")[:_CLASSES]
    classes: Floats = (codes[:, None] == frequent).astype(np.float64)
    others = 1 - classes.sum(axis=1, keepdims=True)
    return np.concatenate([classes, others], axis=1)


class TrainOnSynthetic:
    """Train on synthetic, test on real, as a metric."""

    abouts: Sequence[About] = (
        About(
            "train_on_synthetic",
            _TITLE,
            "high",
            None,
            "Esteban, Hyland and Raetsch, 2017, Real-valued time series generation with recurrent conditional GANs",
            (-math.inf, 1),
        ),
    )

    traits = Traits(least=50, kinds=("row",), sees="GH")

    def over(self, points: Matrix, setting: Setting) -> PredictionStatistic:
        """The statistic over pooled records; scales are fitted to all of these, so that exchanging them changes none.

        Raises:
            NotOfTheseError: they are no rows of two columns or more.
        """
        del points  # the target is among them
        records = setting.records
        if records is None or not pa.types.is_struct(records.type) or records.type.num_fields < 2:
            raise NotOfTheseError(f"{_TITLE}: wanted rows of two columns or more, got {records and records.type}")
        *children, target = records.flatten()
        inputs = pa.StructArray.from_arrays(children, fields=list(records.type)[:-1])
        vectors = fit_columns(inputs).vectors(inputs, pa.field("x", inputs.type)).points.astype(np.float64)
        return PredictionStatistic(np.concatenate([vectors, waves(vectors, setting.seed)], axis=1), _targets(target))
