"""Metrics that see copying: is the sample nearer to the train records than held-out records are?

All are of numbers that each record has: its distances to train (`nearness`). Their tests exchange the sample's records with held-out ones: under the null
hypothesis both are fresh, given train. So what held-out records do by chance (repeat a common row, lie in a dense place) is allowed to the sample.

* exact share: records whose bytes stand in train.
* authenticity: records that are further from their nearest train record than that is from its own nearest neighbour (Alaa et al., 2022, "How
  faithful is your synthetic data?", Section 4). Fresh data are not at 1/2: compare with held-out.
* nearest neighbour distance ratio: the mean of the distance to the nearest over that to the second nearest distinct train record.
* copy share: records whose distance to train, over the mean of that to the next 10, is below that of 99 % of held-out records (as Carlini et al., 2023,
  "Extracting training data from diffusion models", Section 4.2, but calibrated on held-out rather than by a constant).
"""

import math
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from byheart.errors import InputError
from byheart.judging.metric import About, Members, Setting, Statistic, Traits, enough
from byheart.judging.nearness import Nearness
from byheart.neighbours.blocks import Floats, Matrix

TAIL: Final = 0.01


class CopyMetric:
    """A metric of nearness to train."""

    def __init__(self, about: About, made: Callable[[Nearness], Statistic], *, least: int = 20) -> None:
        self.abouts: Sequence[About] = (about,)
        self.traits = Traits(least, most=1 << 62, is_reference_fixed=True, sees="GTH")
        self._made = made

    def over(self, points: Matrix, setting: Setting) -> Statistic:
        """The statistic over pooled points of the sample and of held-out records.

        Raises:
            InputError: the setting does not say where the train records are.
        """
        del points  # what matters of them is how near they are
        if setting.near is None:
            raise InputError(f"{self.abouts[0].title}: wanted the nearness to train records, got none")
        return self._made(setting.near)


class OfSample:
    """A statistic that is some average of one number a record of the sample."""

    def __init__(self, numbers: npt.NDArray[np.generic], average: Callable[[Floats], float] = np.mean) -> None:
        self.cost = 100.0 * len(numbers)
        self._numbers, self._average = numbers.astype(np.float64), average

    def __call__(self, sample: Members, reference: Members) -> Floats:
        """The values for each pair of sets of members."""
        del reference  # it is what the sample is exchanged with
        enough(sample, 1, "copying")
        return np.array([[float(self._average(self._numbers[members]))] for members in sample])


class CopyShare:
    """The share of the sample that is below the 1 % quantile of the reference's scores."""

    def __init__(self, scores: Floats) -> None:
        self.cost = 200.0 * len(scores)
        self._scores = scores

    def __call__(self, sample: Members, reference: Members) -> Floats:
        """The values for each pair of sets of members."""
        enough(reference, 1, "copy share")  # fewer than 100 give no limit: where groups are exchanged, sizes vary
        return np.array([[self._share(a, b)] for a, b in zip(sample, reference, strict=True)])

    def _share(self, sample: npt.NDArray[np.bool_], reference: npt.NDArray[np.bool_]) -> float:
        among = self._scores[reference]
        place = math.floor(TAIL * (len(among) + 1)) - 1  # so that a fresh score is below it with 1 % at most
        if place < 0:
            return 0.0
        limit = np.partition(among, place)[place]
        return float((self._scores[sample] < limit).mean())


def copy_scores(distances: Floats) -> Floats:
    """The distance to the nearest train record, over the mean of those to the next 10: near 0 for a copy, 1 in the midst of others.

    Args:
        distances: of shape (n, 11), to distinct train records, nearest first.

    >>> import numpy as np
    >>> copy_scores(np.array([[0.5, *[1.0] * 10], [0.0] * 11])).tolist()
    [0.5, 1.0]
    """
    mean = distances[:, 1:].mean(axis=1)
    scores: Floats = np.divide(distances[:, 0], mean, out=np.ones(len(mean)), where=mean > 0)
    return scores


def exact_share() -> CopyMetric:
    """The share of records that stand in train, byte by byte."""
    about = About("exact_share", "exact copies", "high", None, "the paper, Section 3.1", (0, 1), is_share=True)
    return CopyMetric(about, lambda near: OfSample(near.is_exact))


def copy_share() -> CopyMetric:
    """The share of records that are nearer to train, for where they are, than 99 % of held-out records."""
    paper = "Carlini et al., 2023, Extracting training data from diffusion models"
    about = About("copy_share", "near copies", "high", TAIL, paper, (0, 1), is_share=True)
    return CopyMetric(about, lambda near: CopyShare(copy_scores(near.distances)), least=math.ceil(1 / TAIL))


def authenticity() -> CopyMetric:
    """The share of records that are further from train than train is from itself there."""
    about = About(
        "authenticity",
        "authenticity",
        "low",
        None,
        "Alaa et al., 2022, How faithful is your synthetic data?",
        (0, 1),
        is_share=True,
    )
    return CopyMetric(about, lambda near: OfSample(near.distances[:, 0] > near.own))


def distance_ratio() -> CopyMetric:
    """The mean of the distance to the nearest distinct train record, over that to the second nearest."""
    about = About("nndr", "NN ratio", "low", None, "Zhao et al., 2021, CTAB-GAN", (0, 1))
    return CopyMetric(about, lambda near: OfSample(_ratios(near.distances)))


def _ratios(distances: Floats) -> Floats:
    return np.divide(distances[:, 0], distances[:, 1], out=np.ones(len(distances)), where=distances[:, 1] > 0)
