"""The points of a judgment: the features of every record that its design names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import pyarrow as pa

from byheart.errors import InputError
from byheart.features.base import Fitted, Singles, Vectors
from byheart.features.keeping import Kept
from byheart.features.pretrained import Pretrained
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
        groups: int64 of shape (n,): records of one number belong together.
    """

    vectors: Singles
    prints: Prints
    records: pa.Array
    groups: Indices
    near: Nearness | None = None
    numbers: Mapping[str, Floats] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.vectors)

    def first(self, count: int) -> "Points":
        """So many of them at most; they are in a random order."""
        near = self.near.first(count) if self.near else None
        numbers = {name: column[:count] for name, column in self.numbers.items()}
        parts = self.vectors[:count], self.prints[:count], self.records[:count], self.groups[:count]
        return Points(*parts, near, numbers)

    def seen_from(self, space: RealSpace) -> "Points":
        """The same, with their nearness."""
        return replace(self, near=space.nearness(self.vectors, self.prints))


@dataclass(frozen=True, slots=True)
class Pool:
    """The points of the three rows and of the two references.

    Attributes:
        generated, memory, stand_in: the rows, as many points each; no stand-in where there are no held-out records.
        heldout, train: the references; None where there are no held-out records.
        scale: the median distance of real records that differ.
        unreadable: records of each sample that could not be read, and were left out.
        learned: the features of all train records, float32 of shape (t, d); None where no metric of copying is asked for.
    """

    generated: Points
    memory: Points
    stand_in: Points | None
    heldout: Points | None
    train: Points
    scale: float
    unreadable: dict[str, int]
    learned: Singles | None = None

    @property
    def rows(self) -> list[Points]:
        """Generated, memory, and the stand-in where there is one."""
        return [self.generated, self.memory, *([self.stand_in] if self.stand_in else [])]

    @property
    def whole(self) -> Singles:
        """The points of all rows and of held-out: the sample's too, since what is fitted on real points alone knows these better."""
        parts = [*self.rows, *([self.heldout] if self.heldout else [])]
        return np.concatenate([part.vectors for part in parts])

    def each(self, told: Callable[[Points], Points]) -> "Pool":
        """The same, with something more told of the points of each row, and of the held-out reference."""
        stand_in, heldout = (None if part is None else told(part) for part in (self.stand_in, self.heldout))
        return replace(
            self, generated=told(self.generated), memory=told(self.memory), stand_in=stand_in, heldout=heldout
        )

    def with_nearness(self, whole_train: Points, heldout: Points, seed: int, how: Work) -> "Pool":
        """The same, with where each point lies to all the train records."""
        prints = whole_train.prints, heldout.prints
        space = RealSpace(whole_train.vectors, heldout.vectors, prints, seed=seed, how=how)
        return replace(self.each(lambda points: points.seen_from(space)), learned=whole_train.vectors)


class Reader:
    """Works out features, those of the memory's records once, and counts what could not be read.

    Args:
        fitted: the extractor.
        train: the memory: where it is on the disk, the vectors of a pretrained model are kept beside it.
        total: the records that there are to read.
        tell: called with how many are done, and of how many.
    """

    def __init__(self, fitted: Fitted, train: Train, total: int, tell: Tell | None = None) -> None:
        self._fitted, self._total, self._tell, self._done = fitted, total, tell, 0
        self._lost: dict[str, Indices] = {}
        self._kept = Kept(fitted, train.snapshot) if isinstance(fitted, Pretrained) else None
        self._whole: Vectors | None = None

    @property
    def unreadable(self) -> dict[str, int]:
        """How many records of each sample could not be read."""
        return {name: len(lost) for name, lost in self._lost.items()}

    def whole(self, train: Train) -> Points:
        """The features of all of the memory's records, which are not worked out again when some are asked for."""
        self._whole = self._vectors(train, np.arange(len(train)))
        return self._readable(train, np.arange(len(train)), self._whole)

    def points(self, records: Sample | Train, which: Indices) -> Points:
        """The features of some records: of those that can be read.

        Raises:
            InputError: they are not finite, or too few can be read.
        """
        if self._whole is not None and isinstance(records, Train):
            return self._readable(records, which, Vectors(self._whole.points[which], self._whole.readable[which]))
        return self._readable(records, which, self._vectors(records, which))

    def save(self) -> None:
        """Keep what was worked out of the memory."""
        if self._kept is not None:
            self._kept.save()

    def _vectors(self, records: Sample | Train, which: Indices) -> Vectors:
        told = Vectors(np.empty((len(which), self._fitted.width), np.float32), np.empty(len(which), np.bool_))
        for slab in blocks.slabs(len(which), 1, _AT_ONCE):
            if self._kept is not None and isinstance(records, Train):
                part = self._kept.vectors(records.occurrences(which[slab]), records.fingerprints[which[slab]])
            else:
                part = self._fitted.vectors(records.x(which[slab]), records.field)
            told.points[slab], told.readable[slab] = part.points, part.readable
            self._done += len(part.points)
            if self._tell is not None:
                self._tell(self._done, self._total)
        return told

    def _readable(self, records: Sample | Train, which: Indices, told: Vectors) -> Points:
        if not told.readable.all():
            before = self._lost.get(records.name, which[:0])
            self._lost[records.name] = np.union1d(before, which[~told.readable])
            which, told = which[told.readable], Vectors(told.points[told.readable], told.readable[told.readable])
        if len(which) < LEAST:
            raise InputError(f"{records.name}: wanted {LEAST} records or more that can be read, got {len(which)}")
        odd = np.flatnonzero(~np.isfinite(told.points).all(axis=1))
        if len(odd):
            raise InputError(
                f"{records.name}, features: wanted finite numbers, got NaN or infinity in row {which[odd].min()}"
            )
        return Points(told.points, records.fingerprints[which], records.x(which), records.groups[which])


def pool(
    fitted: Fitted, samples: tuple[Sample, Train, Sample | None], design: Design, how: Work, *, copying: bool
) -> Pool:
    """Work out the features of the records of a design.

    Args:
        fitted: the extractor.
        samples: generated, train, held-out (None where there are none).
        design: who is in which row.
        how: threads, RAM, and whom to tell how many records are done.
        copying: whether to find out how near all are to the train records, to all of these; only where there are held-out records.

    Raises:
        InputError: features are not finite, or too few records can be read.
    """
    generated, train, heldout = samples
    train_read = len(train) if copying else len(design.memory) + len(design.train)
    total = len(design.generated) + len(design.stand_in) + len(design.heldout) + train_read
    reader = Reader(fitted, train, total, how.tell)
    made = reader.points(generated, design.generated)
    stand_in = None if heldout is None else reader.points(heldout, design.stand_in)
    whole = reader.whole(train) if copying else None
    memory = reader.points(train, design.memory)
    reference = None if heldout is None else reader.points(heldout, design.heldout)
    of_train = reader.points(train, design.train)
    reader.save()
    size = min(len(row) for row in (made, memory, stand_in) if row is not None)
    other = made if reference is None else reference  # fitted on both alike, so that neither is known better
    scale = _scale(other.vectors[:_MEDIAN_OF], of_train.vectors[:_MEDIAN_OF])
    rows = made.first(size), memory.first(size), None if stand_in is None else stand_in.first(size)
    told = Pool(*rows, reference, of_train, scale, reader.unreadable)
    if whole is None or reference is None:
        return told
    return told.with_nearness(whole, reference, design.stream("metric"), how)


def _scale(heldout: Singles, train: Singles) -> float:
    """The median distance of points that differ: of as many of the one as of the other; 1 where all are the same."""
    most = min(len(heldout), len(train))
    squared = squared_distances(np.concatenate([heldout[:most], train[:most]]))
    apart = squared[np.triu_indices(len(squared), 1)]
    apart = apart[apart > 0]
    return float(np.sqrt(np.median(apart))) if len(apart) else 1.0
