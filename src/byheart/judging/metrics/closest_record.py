"""DCR share: how many records of the sample have their closest real record in train, rather than in held-out.

DCR is the distance to the closest record. Printed as if train and held-out had equal sizes, so 1/2 for fresh data whatever they are; of
equally close records each counts its share; train is never subsampled, and both are on one scale, fitted on both. Its test gives train's and
held-out's labels back at random, with equal records as clusters: the null hypothesis is that both are of one distribution, given the sample,
whatever that is. A model that has been fitted, and copies nothing, may well be nearer to train: only a share far from 1/2 is of copies.
"""

from typing import Final

import numpy as np

from byheart.judging.metric import About, Tails
from byheart.judging.metrics.copying import CopyMetric, OfSample
from byheart.judging.metrics.nearest_neighbour import balanced
from byheart.judging.nearness import Nearness
from byheart.neighbours.blocks import Floats

_AT_ONCE: Final = 1000


class ClosestRecord(CopyMetric):
    """The DCR share as a metric."""

    def __init__(self) -> None:
        paper = "Platzer and Reutterer, 2021, Holdout-based empirical assessment of mixed-type synthetic data"
        super().__init__(About("dcr_share", "DCR share", "high", 0.5, paper, (0, 1)), _statistic)

    def test(self, near: Nearness, count: int, seed: int) -> Tails:
        """The p-values of the share, from so many ways to give out the labels.

        Args:
            near: of the sample's records.
            count: of random labellings.
            seed: of them.
        """
        clusters, first, weights = np.unique(near.clusters, return_index=True, return_counts=True)
        sizes = (near.of_train + near.of_heldout)[first]
        n_train, n_heldout = near.totals
        own = float((near.of_train[first] / sizes) @ weights)
        others = n_train + n_heldout - int(sizes.sum())
        generator = np.random.Generator(np.random.Philox(key=seed))
        low = high = 0
        for start in range(0, count, _AT_ONCE):
            drawn = generator.multivariate_hypergeometric(
                [*sizes.tolist(), others], n_train, min(_AT_ONCE, count - start), method="marginals"
            )
            sums = drawn[:, : len(clusters)] / sizes @ weights
            low += int((sums <= own + 1e-9 * len(near.clusters)).sum())
            high += int((sums >= own - 1e-9 * len(near.clusters)).sum())
        return Tails(np.array([(1 + low) / (1 + count)]), np.array([(1 + high) / (1 + count)]), count)


def _statistic(near: Nearness) -> OfSample:
    n_train, n_heldout = near.totals

    def share(of_train: Floats) -> float:
        return balanced(float(of_train.sum()), float((1 - of_train).sum()), n_train, n_heldout)

    return OfSample(near.of_train / (near.of_train + near.of_heldout), share)
