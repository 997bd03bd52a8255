"""One metric against one reference: the three rows, their intervals and tests, and what the metric sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from typing import Final

import numpy as np
import pyarrow as pa

from byheart.errors import InputError
from byheart.judging import resampling
from byheart.judging.controls import Sight, sight
from byheart.judging.design import Design
from byheart.judging.findings import Estimate, Finding, RealTest, Reference
from byheart.judging.metric import About, Metric, OwnTest, Setting, Statistic, Tails
from byheart.judging.nearness import Nearness
from byheart.judging.pool import Points, Pool
from byheart.judging.resampling import Division
from byheart.neighbours import Work
from byheart.neighbours.blocks import Floats

PERMUTATIONS: Final = (9_999, 999, 199, 99)
_MOST: Final = 1e11  # of a metric's cost, for a test: two seconds
_LEAST_COST: Final = 1e7  # of a value, whatever it is
_FEWEST: Final = 5  # units of either sample that an interval takes
_LOG_WAYS: Final = 6.9  # 1,000 ways to exchange units


@dataclass(frozen=True, slots=True)
class TooFew(Exception):  # noqa: N818  # it is not an error, but an answer
    """There are too few points for a metric to mean anything."""

    least: int
    got: int


@dataclass(frozen=True, slots=True)
class Comparer:
    """What all comparisons share.

    Attributes:
        features: the name of what the points are.
        pool: the points.
        design: what is drawn by.
        how: threads and RAM.
    """

    features: str
    pool: Pool
    design: Design
    how: Work

    def compare(self, metric: Metric, reference: Reference) -> list[Finding]:
        """What a metric finds against a reference: a finding for each of its values.

        Raises:
            TooFew: a row or the reference has fewer points than the metric needs.
        """
        rows, against = self._rows(metric, self.pool.rows, reference)
        pairs = [self._pair(metric, row, against) for row in rows]
        estimates = [pair.estimates(self.design.stream("jackknife")) for pair in pairs]
        tails = self._test(metric, pairs[0], rows[0])
        seen = self._sight(metric, [*rows[1:], against])
        return [
            _finding(about, (self.features, reference), [row[number] for row in estimates], (tails, seen, number))
            for number, about in enumerate(metric.abouts)
        ]

    def estimates(self, metric: Metric, reference: Reference, rows: Sequence[Points]) -> list[list[Estimate]]:
        """A metric's values for some rows against a reference, of each row all of them, without tests.

        Raises:
            TooFew: as `compare` does.
        """
        few, against = self._rows(metric, rows, reference)
        seed = self.design.stream("jackknife")
        return [self._pair(metric, row, against).estimates(seed) for row in few]

    def _rows(self, metric: Metric, rows: Sequence[Points], reference: Reference) -> tuple[list[Points], Points]:
        """As many of the points as a metric looks at: of each row, and of the reference."""
        most, pool = metric.traits.most, self.pool
        is_train = reference == "train" and metric.traits.sees != "GTH"  # which ask held-out how near one may be
        against = (pool.train if is_train or pool.heldout is None else pool.heldout).first(most)
        few = [row.first(most) for row in rows]
        fewest = min(map(len, [against, *few]))
        if fewest < metric.traits.least:
            raise TooFew(metric.traits.least, fewest)
        return few, against

    def real_test(self, metric: Metric, *, permutations: int = PERMUTATIONS[0]) -> RealTest | None:
        """Train against held-out, by a metric's first value and at most so many permutations; None where there are no held-out records."""
        if self.pool.heldout is None:
            return None
        most = metric.traits.most
        pair = self._pair(metric, self.pool.memory.first(most), self.pool.heldout.first(most))
        value = pair.estimates(self.design.stream("jackknife"))[0].value
        tails = pair.test(self.design.stream("permutation"), permutations)
        if tails is None:
            raise InputError(
                "group: wanted groups of one size in train and in held-out, got too few to exchange: leave --group out"
            )
        p_value = float(_right(tails, metric.abouts[0])[0])
        return RealTest(metric.abouts[0].name, self.features, value, p_value, tails.permutations)

    def _test(self, metric: Metric, pair: "_Pair", row: Points) -> Tails | None:
        seed = self.design.stream("permutation")
        if isinstance(metric, OwnTest) and row.near is not None:
            return metric.test(row.near, PERMUTATIONS[0], seed)
        return pair.test(seed)

    def _pair(self, metric: Metric, row: Points, reference: Points) -> "_Pair":
        is_row = np.arange(len(row) + len(reference)) < len(row)
        units = np.concatenate([row.groups, reference.groups + 1 + row.groups.max()])  # of either sample, its own
        division = Division(is_row, ~is_row, units)
        return _Pair(metric, self.over(metric, (row, reference)), division)

    def over(self, metric: Metric, parts: Sequence[Points]) -> Statistic:
        """A metric over the points of some samples, one after the other."""
        groups = np.concatenate([part.prints for part in parts]).view(np.int64)
        near = [part.near for part in parts if part.near is not None]
        joined = reduce(Nearness.and_of, near) if len(near) == len(parts) else None
        setting = Setting(
            self.design.stream("metric"),
            groups,
            joined,
            self.pool.scale,
            self.how,
            _joined([part.records for part in parts]),
            {name: np.concatenate([part.numbers[name] for part in parts]) for name in _in_all(parts)},
            self.pool.whole,
            self.pool.learned,
        )
        return metric.over(np.concatenate([part.vectors for part in parts]), setting)

    def _sight(self, metric: Metric, parts: Sequence[Points]) -> Sight | None:
        """What is seen of copies among held-out records: of the memory's row, the held-out row, and the reference."""
        if not metric.traits.is_of_members or len(parts) < 3:
            return None
        ends = np.cumsum([0, *map(len, parts)])
        memory, stand_in, reference = (np.arange(start, stop) for start, stop in pairwise(ends))
        statistic = self.over(metric, parts)
        return sight(statistic, (memory, stand_in, reference), metric.abouts, self.design.stream("control"))


def _joined(parts: Sequence[pa.Array]) -> pa.Array | None:
    """The records of all; None where they are of several types, as arrays of floats and of bytes are."""
    return pa.concat_arrays(parts) if all(part.type == parts[0].type for part in parts) else None


def _in_all(parts: Sequence[Points]) -> set[str]:
    """The names of the numbers that all have."""
    return set.intersection(*(set(part.numbers) for part in parts))


class _Pair:
    """A row and a reference."""

    def __init__(self, metric: Metric, statistic: Statistic, division: Division) -> None:
        self._metric, self._statistic, self._division = metric, statistic, division
        self._cost = max(statistic.cost, _LEAST_COST)
        sets = (division.sample, division.reference)
        self._fewest = min(len(np.unique(division.units[members])) for members in sets)

    def estimates(self, seed: int) -> list[Estimate]:
        """The values, with intervals unless these would take too long."""
        values = self._division.value(self._statistic).tolist()
        if 2 * resampling.GROUPS * self._cost > _MOST / 2 or self._fewest < _FEWEST:
            return [Estimate(value) for value in values]
        told = resampling.intervals(self._metric, self._statistic, self._division, seed)
        ends = zip(self._metric.abouts, values, told.low.tolist(), told.high.tolist(), strict=True)
        return [Estimate(value, low, high) if about.is_smooth else Estimate(value) for about, value, low, high in ends]

    def test(self, seed: int, most: int = PERMUTATIONS[0]) -> Tails | None:
        """A permutation test with as many permutations as there is time for; None where that, or the ways to exchange units, are too few."""
        if resampling.ways(self._division) < _LOG_WAYS:
            return None
        count = next((count for count in PERMUTATIONS if count <= most and count * self._cost <= _MOST), None)
        return None if count is None else resampling.permutation_test(self._statistic, self._division, count, seed)


def _finding(
    about: About, where: tuple[str, Reference], rows: list[Estimate], told: tuple[Tails | None, Sight | None, int]
) -> Finding:
    tails, seen, number = told
    detects = None if seen is None or np.isnan(seen.detects[number]) else float(seen.detects[number])
    return Finding(
        name=about.name,
        title=about.title,
        paper=about.paper,
        features=where[0],
        reference=where[1],
        generated=rows[0],
        memgen=rows[1],
        heldout=rows[2] if len(rows) > 2 else None,
        toward=about.toward,
        null=about.null,
        p_left=None if tails is None else float(_left(tails, about)[number]),
        p_right=None if tails is None else float(_right(tails, about)[number]),
        permutations=0 if tails is None else tails.permutations,
        verdict="not tested",
        blind_to_copying=None if seen is None else not seen.sees[number],
        detects=detects,
    )


def _left(tails: Tails, about: About) -> Floats:
    return tails.low if about.toward == "low" else tails.high


def _right(tails: Tails, about: About) -> Floats:
    return tails.high if about.toward == "low" else tails.low
