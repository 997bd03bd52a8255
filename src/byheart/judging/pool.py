"""The points of a judgment: the features of every record that its design names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import pyarrow as pa

from byheart.errors import InputError
from byheart.features.base import Fitted, Singles
from byheart.judging.design import LEAST, Design
from byheart.judging.nearness import Nearness, Prints, RealSpace
from byheart.judging.samples import Sample, Train
from byheart.neighbours import Work, blocks
from byheart.neighbours.blocks import Floats, Indices
from byheart.neighbours.pairwise import squared_distances

_AT_ONCE: Final = 1024
_MEDIAN_OF: Final = 500  # points of each
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Points:
    """The features of some records.

    Attributes:
        vectors: float32 of shape (n, d).
        prints: the records' fingerprints, uint64 of shape (n,).
        records: the records themselves.
        near: where they lie to the train records; None where nobody asks.
        numbers: of each record, by name.
    """

    vectors: Singles
    prints: Prints
    records: pa.Array
    near: Nearness | None = None
    numbers: Mapping[str, Floats] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.vectors)

    def first(self, count: int) -> "Points":
        """So many of them at most; they are in a random order."""
        near = self.near.first(count) if self.near else None
        numbers = {name: column[:count] for name, column in self.numbers.items()}
        return Points(self.vectors[:count], self.prints[:count], self.records[:count], near, numbers)

    def seen_from(self, space: RealSpace) -> "Points":
        """The same, with their nearness."""
        return replace(self, near=space.nearness(self.vectors, self.prints))


@dataclass(frozen=True, slots=True)
class Pool:
    """The points of the three rows and of the two references.

    Attributes:
        generated, memory, stand_in: the rows, as many points each.
        heldout, train: the references.
        scale: the median distance of real records that differ.
        unreadable: records of each sample that could not be read, and were left out.
        learned: the features of all train records, float32 of shape (t, d); None where no metric of copying is asked for.
    """

    generated: Points
    memory: Points
    stand_in: Points
    heldout: Points
    train: Points
    scale: float
    unreadable: dict[str, int]
    learned: Singles | None = None

    def each(self, told: Callable[[Points], Points]) -> "Pool":
        """The same, with something more told of the points of each row, and of the held-out reference."""
        rows = [told(row) for row in (self.generated, self.memory, self.stand_in)]
        return replace(self, generated=rows[0], memory=rows[1], stand_in=rows[2], heldout=told(self.heldout))

    def with_nearness(self, whole_train: Points, seed: int, how: Work) -> "Pool":
        """The same, with where each point lies to all the train records."""
        prints = whole_train.prints, self.heldout.prints
        space = RealSpace(whole_train.vectors, self.heldout.vectors, prints, seed=seed, how=how)
        return replace(self.each(lambda points: points.seen_from(space)), learned=whole_train.vectors)


class Reader:
    """Works out features, and counts what could not be read.

    Args:
        fitted: the extractor.
        total: the records that there are to read.
        tell: called with how many are done, and of how many.
    """

    def __init__(self, fitted: Fitted, total: int, tell: Tell | None = None) -> None:
        self.unreadable: dict[str, int] = {}
        self._fitted, self._total, self._tell, self._done = fitted, total, tell, 0

    def points(self, records: Sample | Train, which: Indices) -> Points:
        """The features of some records: of those that can be read.

        Raises:
            InputError: they are not finite, or too few can be read.
        """
        vectors = np.empty((len(which), self._fitted.width), np.float32)
        readable = np.empty(len(which), np.bool_)
        for slab in blocks.slabs(len(which), 1, _AT_ONCE):
            told = self._fitted.vectors(records.x(which[slab]), records.field)
            vectors[slab], readable[slab] = told.points, told.readable
            self._done += len(told.points)
            if self._tell is not None:
                self._tell(self._done, self._total)
        lost = int((~readable).sum())
        if lost:
            self.unreadable[records.name] = self.unreadable.get(records.name, 0) + lost
            vectors, which = vectors[readable], which[readable]
        if len(which) < LEAST:
            raise InputError(f"{records.name}: wanted {LEAST} records or more that can be read, got {len(which)}")
        blocks.checked(vectors, f"{records.name}, features")
        return Points(vectors, records.fingerprints[which], records.x(which))


def pool(fitted: Fitted, samples: tuple[Sample, Train, Sample], design: Design, how: Work, *, copying: bool) -> Pool:
    """Work out the features of the records of a design.

    Args:
        fitted: the extractor.
        samples: generated, train, held-out.
        design: who is in which row.
        how: threads, RAM, and whom to tell how many records are done.
        copying: whether to find out how near all are to the train records, to all of these.

    Raises:
        InputError: features are not finite, or too few records can be read.
    """
    generated, train, heldout = samples
    wanted = [design.generated, design.memory, design.stand_in, design.heldout, design.train]
    reader = Reader(fitted, sum(map(len, wanted)) + copying * len(train), how.tell)
    parts = [reader.points(generated, wanted[0]), reader.points(train, wanted[1]), reader.points(heldout, wanted[2])]
    real = [reader.points(heldout, wanted[3]), reader.points(train, wanted[4])]
    size = min(map(len, parts))
    scale = _scale(real[0].vectors[:_MEDIAN_OF], real[1].vectors[:_MEDIAN_OF])
    rows = [part.first(size) for part in parts]
    made = Pool(rows[0], rows[1], rows[2], real[0], real[1], scale, reader.unreadable)
    if not copying:
        return made
    whole = reader.points(train, np.arange(len(train)))
    return made.with_nearness(whole, design.stream("metric"), how)


def _scale(heldout: Singles, train: Singles) -> float:
    """The median distance of points that differ: of as many of the one as of the other; 1 where all are the same."""
    most = min(len(heldout), len(train))
    squared = squared_distances(np.concatenate([heldout[:most], train[:most]]))
    apart = squared[np.triu_indices(len(squared), 1)]
    apart = apart[apart > 0]
    return float(np.sqrt(np.median(apart))) if len(apart) else 1.0
