"""Samples beside train and held-out: what metrics of copying make of them."""

from collections.abc import Sequence

import numpy as np

from byheart.judging.choosing import chosen
from byheart.judging.metric import Metric, OwnTest, Setting, Tails
from byheart.judging.nearness import Nearness, RealSpace
from byheart.judging.resampling import Division, permutation_test
from byheart.neighbours import Work
from byheart.neighbours.blocks import Matrix


def normal(count: int, width: int, seed: int) -> Matrix:
    return np.random.default_rng(seed).normal(size=(count, width))


def prints(points: Matrix) -> np.ndarray:
    """A number for each row, the same for equal ones."""
    return np.array([hash(row.tobytes()) & 2**64 - 1 for row in points], np.uint64)


def nearness(train: Matrix, heldout: Matrix, sample: Matrix) -> Nearness:
    """Of the sample, then of the held-out reference."""
    space = RealSpace(train, heldout, (prints(train), prints(heldout)), seed=0, how=Work())
    both = np.concatenate([sample, heldout])
    return space.nearness(both, prints(both))


class Judged:
    """A sample that is compared with held-out records, given train."""

    def __init__(self, train: Matrix, heldout: Matrix, sample: Matrix) -> None:
        self.near = nearness(train, heldout, sample)
        self._size = len(sample)
        self._points = np.concatenate([sample, heldout])
        count = len(self._points)
        is_sample = np.arange(count) < len(sample)
        self._division = Division(is_sample, ~is_sample, np.arange(count))
        self._setting = Setting(0, np.arange(count), self.near, 1.0, Work(), train=train)

    def value(self, name: str) -> float:
        """The first value of a metric."""
        return float(self._division.value(self._metric(name).over(self._points, self._setting))[0])

    def tails(self, name: str, count: int = 999) -> Tails:
        """The p-values of its values."""
        metric = self._metric(name)
        if isinstance(metric, OwnTest):
            return metric.test(self.near.first(self._size), count, seed=0)
        return permutation_test(metric.over(self._points, self._setting), self._division, count, seed=0)

    def nearer(self, name: str, count: int = 999) -> float:
        """The p-value of its first value's being so near to train."""
        tails = self.tails(name, count)
        return float((tails.low if self._metric(name).abouts[0].toward == "low" else tails.high)[0])

    @staticmethod
    def _metric(name: str) -> Metric:
        return chosen("array", [name])[0]


def values(train: Matrix, heldout: Matrix, sample: Matrix, names: Sequence[str]) -> list[float]:
    judged = Judged(train, heldout, sample)
    return [judged.value(name) for name in names]
