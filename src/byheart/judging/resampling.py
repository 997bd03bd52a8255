"""p-values and intervals of a statistic, from other divisions of the same points.

Rule 1: what is exchanged or left out are units: clusters of points that belong together, of one sample each; mostly single points.
Rule 2: a permutation test exchanges units of one size with each other, so that both sets keep their numbers of records: else a metric that depends on
        these would tell the one division from the others by them alone. Under the null hypothesis, that both samples are independent draws of one
        distribution, each p-value is at most alpha with probability alpha at most, for any statistic and size.
Rule 3: an interval, but of a share, is a delete-a-group jackknife (Shao and Tu, 1995, "The jackknife and bootstrap", Section 2.3), of each sample apart, whose variances
        add up. It is of the expected value at these sizes. Nothing is drawn with replacement: that puts duplicates, at no distance,
        where there were none, and the intervals of neighbour metrics and of the Fréchet distance then miss nearly always.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from byheart import draws
from byheart._optional import require
from byheart.judging.metric import Members, Metric, Statistic, Tails
from byheart.neighbours.blocks import Floats, Indices

GROUPS: Final = 20
_AT_ONCE: Final = 256
_SAME: Final = 1e-6  # of their size: values closer than that are equal but for rounding


@dataclass(frozen=True, slots=True)
class Division:
    """Who is in the sample and who in the reference, of n pooled points; and which belong together.

    Attributes:
        sample: bool of shape (n,).
        reference: bool of shape (n,).
        units: int64 of shape (n,): points of one number are exchanged together; each number is of one set only.
    """

    sample: npt.NDArray[np.bool_]
    reference: npt.NDArray[np.bool_]
    units: Indices

    def value(self, statistic: Statistic) -> Floats:
        """The values of the division itself, of shape (values,)."""
        values: Floats = statistic(self.sample[None], self.reference[None])[0]
        return values


def permutation_test(statistic: Statistic, division: Division, count: int, seed: int) -> Tails:
    """The p-values of a division among random ones, itself included: (1 + how many are as extreme) / (1 + count).

    Args:
        statistic: of the pooled points.
        division: that is tested.
        count: how many random ones to make.
        seed: of them.
    """
    numbers, unit_of = np.unique(division.units, return_inverse=True)
    own = np.zeros(len(numbers), np.bool_)
    own[unit_of[division.sample]] = True
    sizes = np.bincount(unit_of[division.sample | division.reference], minlength=len(numbers))
    alike = [np.flatnonzero(sizes == size) for size in np.unique(sizes[sizes > 0])]
    here = division.sample | division.reference
    low, high = np.zeros(1), np.zeros(1)  # of as many values as there are
    for start in range(0, count, _AT_ONCE):
        sets = np.zeros((min(_AT_ONCE, count - start) + 1, len(numbers)), np.bool_)
        sets[0] = own
        generator = np.random.Generator(np.random.Philox(key=draws.split(seed, start)))
        for inside in alike:
            sets[1:, inside] = generator.permuted(np.tile(own[inside], (len(sets) - 1, 1)), axis=1)
        samples = sets[:, unit_of] & here
        values = statistic(samples, here & ~samples)
        near = _SAME * np.abs(values).max(
            axis=0
        )  # the first is worked out with the rest, as they are; what is no number is as extreme
        low = low + (~(values[1:] > values[0] + near)).sum(axis=0)
        high = high + (~(values[1:] < values[0] - near)).sum(axis=0)
    return Tails((1 + low) / (1 + count), (1 + high) / (1 + count), count)


@dataclass(frozen=True, slots=True)
class Interval:
    """Of each value, of shape (values,): where its expectation lies, with 95 % confidence."""

    low: Floats
    high: Floats


def intervals(metric: Metric, statistic: Statistic, division: Division, seed: int) -> Interval:
    """The 95 % intervals of a metric's values, none of them beyond where a value can be.

    Shares have those of Clopper and Pearson (1934), of as many records as there are units: a jackknife sees no spread where few records count.
    """
    told = jackknife(statistic, division, seed, is_reference_fixed=metric.traits.is_reference_fixed)
    low, high = told.low.copy(), told.high.copy()
    count = len(np.unique(division.units[division.sample]))
    beta = require("scipy.stats", "judge").beta
    for at, (about, value) in enumerate(zip(metric.abouts, division.value(statistic), strict=True)):
        if about.is_share:
            found = value * count
            low[at] = beta.ppf(0.025, found, count - found + 1) if found > 0 else 0
            high[at] = beta.ppf(0.975, found + 1, count - found) if found < count else 1
        elif not about.is_smooth:
            low[at], high[at] = -np.inf, np.inf
    least, most = (np.array([about.ends[end] for about in metric.abouts]) for end in (0, 1))
    return Interval(np.clip(low, least, most), np.clip(high, least, most))


def ways(division: Division) -> float:
    """The logarithm of how many ways there are to exchange units of one size."""
    log_factorial = require("scipy.special", "judge").gammaln
    numbers, unit_of, sizes = np.unique(division.units, return_inverse=True, return_counts=True)
    own = np.zeros(len(numbers), np.bool_)
    own[unit_of[division.sample]] = True
    told = 0.0
    for size in np.unique(sizes):
        n, k = int((sizes == size).sum()), int(own[sizes == size].sum())
        told += float(log_factorial(n + 1) - log_factorial(k + 1) - log_factorial(n - k + 1))
    return told


def jackknife(statistic: Statistic, division: Division, seed: int, *, is_reference_fixed: bool = False) -> Interval:
    """The 95 % interval of the values' expectation, by leaving out a twentieth of the units at a time.

    Args:
        statistic: of the pooled points.
        division: whose values are told.
        seed: of who is left out with whom.
        is_reference_fixed: whether the reference is taken as it is, rather than as one of many that might have been.
    """
    value = division.value(statistic)
    variance, degrees = np.zeros_like(value), GROUPS - 1
    for number, members in enumerate((division.sample, division.reference)[: 1 if is_reference_fixed else 2]):
        groups = _groups(division.units, members, draws.split(seed, number))
        left = np.array([members & (groups != group) for group in range(groups.max() + 1)])
        whole: Members = np.broadcast_to(division.reference if number == 0 else division.sample, left.shape)
        values = statistic(left, whole) if number == 0 else statistic(whole, left)
        degrees = min(degrees, len(values) - 1)
        with np.errstate(over="ignore"):  # then there is no end to the interval
            variance += (len(values) - 1) / len(values) * np.square(values - values.mean(axis=0)).sum(axis=0)
    reach = require("scipy.stats", "judge").t.ppf(0.975, degrees) * np.sqrt(variance)
    return Interval(value - reach, value + reach)


def _groups(units: Indices, members: npt.NDArray[np.bool_], seed: int) -> Indices:
    """Twenty groups of whole units, about as large as each other; -1 for those who are no members."""
    numbers, unit_of = np.unique(units[members], return_inverse=True)
    order = np.random.Generator(np.random.Philox(key=seed)).permutation(len(numbers))
    groups = np.full(len(units), -1, np.int64)
    groups[members] = (order % GROUPS)[unit_of]
    return groups
