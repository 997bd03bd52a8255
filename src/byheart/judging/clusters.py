"""k-means from several starts, the same on any number of cores: each start has one thread."""

from collections.abc import Sequence
from typing import Any

from byheart._optional import require
from byheart.neighbours import Work
from byheart.neighbours.blocks import Matrix, in_threads


def k_means(points: Matrix, count: int, seeds: Sequence[int], how: Work) -> list[Any]:
    """scikit-learn's `KMeans`, fitted once for each seed.

    Args:
        points: of shape (n, d), of which `count` differ at the least.
        count: how many clusters.
        seeds: of the starts, of any size.
        how: threads.

    >>> import numpy as np
    >>> [fitted.labels_.tolist() for fitted in k_means(np.array([[0.0], [9.0], [0.5]]), 2, [0], Work())]
    [[1, 0, 1]]
    """
    made, limits = require("sklearn.cluster", "judge").KMeans, require("threadpoolctl", "judge").threadpool_limits

    def fit(part: slice) -> Any:
        with limits(1, user_api="openmp"):  # which counts threads for each of ours
            return made(count, n_init=1, random_state=seeds[part.start] % 2**32).fit(points)

    return in_threads(fit, [slice(at, at + 1) for at in range(len(seeds))], how)
