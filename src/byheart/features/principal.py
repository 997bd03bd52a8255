"""Principal components of other features: the 64 directions in which real records differ most.

Fitted on as many train as held-out records (`base`, Rule 1). The components keep their variances: large differences stay large.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa

from byheart._optional import require
from byheart.features.base import FITTED_ON, Extractor, Fitted, Records, Vectors, few

COMPONENTS: Final = 64


class Principal:
    """The first principal components of an extractor's features."""

    def __init__(self, inner: Extractor) -> None:
        self.kinds: Sequence[str] = inner.kinds
        self._inner = inner

    def fit(self, samples: Sequence[Records], seed: int) -> Fitted:
        """Fit the inner features, then their directions; as they are where they are no more than 64."""
        inner = self._inner.fit(samples, seed)
        if inner.width <= COMPONENTS:
            return inner
        most = min(FITTED_ON, *(len(sample) for sample in samples))
        told = [inner.vectors(few(sample, most, seed), sample.field) for sample in samples]
        points = np.concatenate([vectors.points[vectors.readable] for vectors in told])
        pca = require("sklearn.decomposition", "judge").PCA
        count = min(COMPONENTS, len(points) - 1)
        return FittedPrincipal(inner, pca(count, svd_solver="randomized", random_state=seed % 2**32).fit(points))


class FittedPrincipal:
    """Fixed directions."""

    def __init__(self, inner: Fitted, pca: Any) -> None:
        self.width = int(pca.n_components_)
        self._inner = inner
        self._pca = pca

    def vectors(self, x: pa.Array, field: pa.Field) -> Vectors:
        """The inner features along the directions."""
        told = self._inner.vectors(x, field)
        return Vectors(self._pca.transform(told.points).astype(np.float32), told.readable)
