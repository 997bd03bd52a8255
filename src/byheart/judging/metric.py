"""What a metric is: it compares a sample with a reference, and says what its value means.

A metric is given the points of both, pooled, and answers for any two sets of members: the sample and the reference themselves, random
divisions of the same points (permutation tests), or the same without some clusters (intervals). Whatever does not depend on who is
a member, such as a matrix of all distances, is worked out once.

Rule 1: a statistic is a function of its members alone: randomness that it needs comes from the seed it was made with.
Rule 2: `toward` tells which way lies the reference: a sample of copies goes there, a poor model the other way. Where copies go the other way too,
        as where they are penalised, `copies` says so; such a value cannot tell the two apart.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias, runtime_checkable

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from byheart.errors import InputError
from byheart.judging.nearness import Nearness
from byheart.neighbours import Work
from byheart.neighbours.blocks import Floats, Matrix

Members: TypeAlias = npt.NDArray[np.bool_]
Toward: TypeAlias = Literal["low", "high"]


class NotOfTheseError(InputError):
    """The records have nothing that a metric is of: it is left out."""


@dataclass(frozen=True, slots=True)
class About:
    """What one number means.

    Attributes:
        name: its key in JSON.
        title: its name in tables.
        toward: whether a sample that is nearer to its reference than fresh data has a "low" or a "high" value.
        null: the value for fresh data against held-out data, where that is the same for all data.
        paper: where it comes from.
        ends: the least and the greatest value that there can be.
        is_share: whether it is the share of the sample's records of which something is so, given the reference.
        copies: the way copies go, where that is not `toward`.
        is_smooth: whether it has an interval: not where it jumps at a threshold, of which a jackknife knows nothing.
    """

    name: str
    title: str
    toward: Toward
    null: float | None
    paper: str
    ends: tuple[float, float] = (-math.inf, math.inf)
    is_share: bool = False
    copies: Toward | None = None
    is_smooth: bool = True

    @property
    def of_copies(self) -> Toward:
        """The way a sample of copies goes."""
        return self.copies or self.toward


class Statistic(Protocol):
    """The values of a metric over fixed points."""

    cost: float
    """What one value takes, in units of which 5e10 take about a second on two cores: what is done with it is planned by that."""

    def __call__(self, sample: Members, reference: Members) -> Floats:
        """The values for each pair of sets of members.

        Args:
            sample: of shape (b, n): who is in the sample, of n points.
            reference: of shape (b, n): who is in the reference.

        Returns:
            float64 of shape (b, values).
        """
        ...


@dataclass(frozen=True, slots=True)
class Tails:
    """p-values of each value, of shape (values,).

    Attributes:
        low: of a value as low as the sample's.
        high: of one as high.
        permutations: how many random divisions they are from.
    """

    low: Floats
    high: Floats
    permutations: int


@dataclass(frozen=True, slots=True)
class Setting:
    """What a metric is told besides the points.

    Attributes:
        seed: of whatever it draws.
        groups: int64 of shape (n,): points that repeat each other, or belong together, have one number.
        near: where each point lies to the train records, for metrics of copying; None for the others.
        scale: the median distance of train and held-out points, which bandwidths are set by.
        how: threads and RAM.
        records: the records that the points are of, n of them; None where there are points alone.
        numbers: of each record, by name: what `byheart.judging.texts` finds of texts.
        whole: the points of all three rows and of held-out, that classes and the like may be fitted on: none of them is then known better
            than another. None where the pooled points are all that there is.
        train: the points of all train records, of shape (t, d), for metrics of copying; None for the others.
    """

    seed: int
    groups: npt.NDArray[np.int64]
    near: Nearness | None
    scale: float
    how: Work
    records: pa.Array | None = None
    numbers: Mapping[str, Floats] = field(default_factory=dict)
    whole: Matrix | None = None
    train: Matrix | None = None


@dataclass(frozen=True, slots=True)
class Traits:
    """How a metric may be used.

    Attributes:
        least: points of the sample, and of the reference, below which it means nothing.
        most: points of each that it is given, because of what more would cost.
        is_reference_fixed: whether intervals are of samples that might have been, for this one reference.
        sees: "GR": it compares the sample with a reference, train or held-out; "GH": with held-out records alone; "G": it looks at the sample
            alone; "GTH": it compares how near the sample and held-out records lie to the train ones, and so can tell copies from good samples.
        kinds: of records that it is for; None for all that have features.
        is_of_members: whether points that are in neither set leave its values as they are without them, or about so: they may have had a
            part in making cells.
    """

    least: int = 20
    most: int = 4000
    is_reference_fixed: bool = False
    sees: Literal["GR", "GH", "G", "GTH"] = "GR"
    kinds: tuple[str, ...] | None = None
    is_of_members: bool = True


@runtime_checkable
class OwnTest(Protocol):
    """A metric that is tested otherwise than by exchanging points of the sample and of the reference."""

    def test(self, near: Nearness, count: int, seed: int) -> Tails:
        """The p-values of its values for a sample, from so many random draws."""
        ...


class Metric(Protocol):
    """A comparison of a sample with a reference."""

    abouts: Sequence[About]
    """What each value means, in order."""

    traits: Traits
    """How it may be used."""

    def over(self, points: Matrix, setting: Setting) -> Statistic:
        """The statistic over pooled points, of shape (n, d)."""
        ...


class Looped:
    """A statistic that is worked out anew for each pair of sets.

    Args:
        points: of shape (n, d).
        value: of a sample and a reference, its values.
        cost: of one.
    """

    def __init__(self, points: Matrix, value: Callable[[Matrix, Matrix], Sequence[float]], cost: float) -> None:
        self.cost = cost
        self._points = points
        self._value = value

    def __call__(self, sample: Members, reference: Members) -> Floats:
        """The values for each pair of sets of members."""
        pairs = zip(sample, reference, strict=True)
        return np.array([self._value(self._points[a], self._points[b]) for a, b in pairs], np.float64)


def enough(members: Members, least: int, title: str) -> npt.NDArray[np.int64]:
    """How many members each set has.

    Raises:
        InputError: one has fewer than `least`, which `title` needs.
    """
    counts: npt.NDArray[np.int64] = members.sum(axis=1)
    if len(counts) and counts.min() < least:
        raise InputError(f"{title}: wanted {least} points or more in each set, got {counts.min()}")
    return counts
