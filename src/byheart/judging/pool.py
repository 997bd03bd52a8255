"""The points of a judgment: the features of every record that its design names."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from byheart.errors import InputError
from byheart.features.base import Fitted, Singles
from byheart.judging.design import LEAST, Design
from byheart.judging.samples import Sample, Train
from byheart.neighbours import blocks
from byheart.neighbours.blocks import Indices
from byheart.neighbours.pairwise import squared_distances

_AT_ONCE: Final = 1024
_MEDIAN_OF: Final = 500  # points of each
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Points:
    """The features of some records, and groups: equal records have one number, in all samples."""

    vectors: Singles
    groups: Indices

    def __len__(self) -> int:
        return len(self.vectors)

    def first(self, count: int) -> "Points":
        """So many of them at most; they are in a random order."""
        return Points(self.vectors[:count], self.groups[:count])


@dataclass(frozen=True, slots=True)
class Pool:
    """The points of the three rows and of the two references.

    Attributes:
        generated, memory, stand_in: the rows, as many points each.
        heldout, train: the references.
        scale: the median distance of real records that differ.
        unreadable: records of each sample that could not be read, and were left out.
    """

    generated: Points
    memory: Points
    stand_in: Points
    heldout: Points
    train: Points
    scale: float
    unreadable: dict[str, int]


def pool(fitted: Fitted, samples: tuple[Sample, Train, Sample], design: Design, tell: Tell | None = None) -> Pool:
    """Work out the features of the records of a design.

    Args:
        fitted: the extractor.
        samples: generated, train, held-out.
        design: who is in which row.
        tell: called with how many records are done, and of how many.

    Raises:
        InputError: features are not finite, or too few records can be read.
    """
    generated, train, heldout = samples
    told: list[tuple[Sample | Train, Indices]] = [
        (generated, design.generated),
        (train, design.memory),
        (heldout, design.stand_in),
        (heldout, design.heldout),
        (train, design.train),
    ]
    progress = _Progress(tell, sum(len(which) for _, which in told))
    points, unreadable = [], dict.fromkeys((sample.name for sample in samples), 0)
    for records, which in told:
        vectors, readable = _vectors(fitted, records, which, progress)
        points.append(Points(vectors[readable], records.fingerprints[which[readable]].view(np.int64)))
        unreadable[records.name] += int((~readable).sum())
        if readable.sum() < LEAST:
            raise InputError(f"{records.name}: wanted {LEAST} records or more that can be read, got {readable.sum()}")
    size = min(map(len, points[:3]))
    scale = _scale(points[3].vectors[:_MEDIAN_OF], points[4].vectors[:_MEDIAN_OF])
    lost = {name: count for name, count in unreadable.items() if count}
    rows = [row.first(size) for row in points[:3]]
    return Pool(rows[0], rows[1], rows[2], points[3], points[4], scale, lost)


class _Progress:
    """Tells how far the records of all rows are."""

    def __init__(self, tell: Tell | None, total: int) -> None:
        self._tell, self._total, self._done = tell, total, 0

    def add(self, count: int) -> None:
        """So many more."""
        self._done += count
        if self._tell is not None:
            self._tell(self._done, self._total)


def _vectors(
    fitted: Fitted, records: Sample | Train, which: Indices, progress: _Progress
) -> tuple[Singles, npt.NDArray[np.bool_]]:
    points = np.empty((len(which), fitted.width), np.float32)
    readable = np.empty(len(which), np.bool_)
    for slab in blocks.slabs(len(which), 1, _AT_ONCE):
        told = fitted.vectors(records.x(which[slab]), records.field)
        points[slab], readable[slab] = told.points, told.readable
        progress.add(len(told.points))
    blocks.checked(points[readable], f"{records.name}, features")
    return points, readable


def _scale(heldout: Singles, train: Singles) -> float:
    """The median distance of points that differ: of as many of the one as of the other; 1 where all are the same."""
    most = min(len(heldout), len(train))
    squared = squared_distances(np.concatenate([heldout[:most], train[:most]]))
    apart = squared[np.triu_indices(len(squared), 1)]
    apart = apart[apart > 0]
    return float(np.sqrt(np.median(apart))) if len(apart) else 1.0
