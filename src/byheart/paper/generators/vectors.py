"""Generators of vectors from before neural networks: a kernel density, and a mixture of normal distributions."""

from typing import Any

import numpy as np

from byheart._optional import require
from byheart.paper.generators.base import Arrays, Draw, Fit

_SEEDS = 2**32  # that scikit-learn takes


def kernel_density(bandwidth: float) -> Fit:
    """A kernel density: train records plus noise, so that it copies by construction where the bandwidth is small."""

    def fit(train: Arrays, seed: int) -> Draw:
        del seed  # nothing is drawn yet
        model = require("sklearn.neighbors", "judge").KernelDensity(bandwidth=bandwidth).fit(train)
        return lambda count, drawn_by: _singles(model.sample(count, random_state=drawn_by % _SEEDS))

    return fit


def normal_mixture(components: int, floor: float = 0.3) -> Fit:
    """A mixture of normal distributions.

    Args:
        components: that it has.
        floor: that is added to each variance.
    """

    def fit(train: Arrays, seed: int) -> Draw:
        mixture = require("sklearn.mixture", "judge").GaussianMixture
        model = mixture(components, covariance_type="full", reg_covar=floor, random_state=seed % _SEEDS)
        model.fit(train.astype(np.float64))

        def draw(count: int, seed: int) -> Arrays:
            model.random_state = seed % _SEEDS  # what it draws by
            return _singles(model.sample(count)[0])

        return draw

    return fit


def _singles(numbers: Any) -> Arrays:
    return np.asarray(numbers).astype(np.float32)
