"""Vectors of a memory's records, kept beside it: a model that takes an hour is asked once.

Rule 1: they are an index of the memory (`memory/indexes.py`) of the kind "features": pinned to the segments and tombstones that it was made of, so that
        `forget --compact` purges it; with digests; and it may be deleted at any time.
Rule 2: a vector is used only if it is of the same extractor, by its identity, and of a record with the same fingerprint. What is damaged is removed, and
        worked out anew; what is foreign is left alone.
Rule 3: where nothing may be written, nothing is kept, and the judgment goes on.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from byheart.errors import DamagedError, StorageError
from byheart.features.base import Rows, Singles, Vectors
from byheart.features.pretrained import Pretrained
from byheart.memory import indexes
from byheart.memory.indexes import Index, Pin
from byheart.memory.snapshot import Snapshot

Prints: TypeAlias = npt.NDArray[np.uint64]

_KIND: Final = "features"
_AT_ONCE: Final = 256 << 20  # bytes of vectors in an index, about: more are made anew together when one is forgotten


@dataclass(frozen=True, slots=True)
class _Part:
    """Some vectors: of rows in order, with the fingerprints of the records that they were made of."""

    rows: Rows
    prints: Prints
    points: Singles
    readable: npt.NDArray[np.bool_]

    def in_order(self) -> "_Part":
        """The same by ascending rows."""
        if (np.diff(self.rows) > 0).all():
            return self  # as it is: what is mapped is read where it is asked for
        order = np.argsort(self.rows, kind="stable")
        return _Part(self.rows[order], self.prints[order], self.points[order], self.readable[order])

    def find(self, rows: Rows, prints: Prints) -> tuple[Rows, Rows]:
        """Which of the rows it has, and where."""
        if not len(self.rows):
            return np.empty(0, np.int64), np.empty(0, np.int64)
        at = np.minimum(np.searchsorted(self.rows, rows), len(self.rows) - 1)
        found = np.flatnonzero((self.rows[at] == rows) & (self.prints[at] == prints))
        return found, at[found]


class Kept:
    """The vectors of one extractor for the records of a version, from the disk where they are there.

    Args:
        fitted: the extractor.
        snapshot: the version; of a memory in RAM nothing is kept.
    """

    def __init__(self, fitted: Pretrained, snapshot: Snapshot) -> None:
        self._fitted, self._snapshot = fitted, snapshot
        self._parts = list(self._found())
        self._new: list[_Part] = []

    def vectors(self, which: Rows, prints: Prints) -> Vectors:
        """The vectors of some occurrences: those that are not known are worked out.

        Args:
            which: the occurrences.
            prints: their records' fingerprints.
        """
        rows = self._snapshot.rows(which)
        points, readable = np.empty((len(rows), self._fitted.width), np.float32), np.empty(len(rows), np.bool_)
        is_known = np.zeros(len(rows), np.bool_)
        for part in (*self._parts, *self._new):
            here, there = part.find(rows, prints)
            points[here], readable[here], is_known[here] = part.points[there], part.readable[there], True
        if not is_known.all():
            made = self._made(rows[~is_known], prints[~is_known])
            self._keep(made)
            _, there = made.find(rows[~is_known], prints[~is_known])
            points[~is_known], readable[~is_known] = made.points[there], made.readable[there]
        return Vectors(points, readable)

    def save(self) -> None:
        """Put what was worked out on the disk."""
        parts, self._new = self._new, []
        if not parts or self._snapshot.root is None:
            return
        whole = _together(parts)
        self._parts.append(whole)
        starts, entries = self._snapshot.gather.segment_starts, [one.entry for one in self._snapshot.segments]
        numbers, counts = np.unique(self._snapshot.gather.segments_of(whole.rows), return_counts=True)
        pins = [Pin.to(entries[number], 0, entries[number].rows) for number in numbers.tolist()]
        about = {"extractor": self._fitted.identity, "width": self._fitted.width, "records": counts.tolist()}
        with suppress(StorageError), indexes.building(self._snapshot.root, _KIND) as new:
            new.write("rows", whole.rows - np.repeat(starts[numbers], counts))
            new.write("prints", whole.prints)
            new.write("readable", whole.readable)
            new.write("points", whole.points)
            new.end(about, pins)

    def _made(self, rows: Rows, prints: Prints) -> _Part:
        """The vectors of rows, worked out once each."""
        rows, first = np.unique(rows, return_index=True)
        told = self._fitted.vectors(self._snapshot.x(rows), self._snapshot.field)
        return _Part(rows, prints[first], told.points, told.readable)

    def _keep(self, made: _Part) -> None:
        if self._snapshot.root is None:
            return
        self._new.append(made)
        if sum(part.points.nbytes for part in self._new) >= _AT_ONCE:
            self.save()

    def _found(self) -> Iterator[_Part]:
        """What is on the disk."""
        if self._snapshot.root is None:
            return
        entries = indexes.entries_of([segment.entry for segment in self._snapshot.segments])
        for index in indexes.there(self._snapshot.root, _KIND):
            if index.about.get("extractor") != self._fitted.identity or not index.holds(entries):
                continue
            try:
                index.require_sound()
                yield self._opened(index, {name: number for number, name in enumerate(entries)})
            except DamagedError:
                indexes.remove(index.folder)

    def _opened(self, index: Index, numbers: dict[str, int]) -> _Part:
        """An index whose files are as they were written."""
        starts = self._snapshot.gather.segment_starts[[numbers[pin.segment] for pin in index.pins]]
        try:
            rows = index.array("rows", np.int64) + np.repeat(starts, index.about["records"])
            prints: Prints = index.array("prints", np.uint64)
            readable: npt.NDArray[np.bool_] = index.array("readable", np.bool_)
            points: Singles = index.array("points", np.float32).reshape(len(rows), self._fitted.width)
        except (KeyError, ValueError, TypeError) as error:  # it was not written by this
            raise DamagedError(f"{index.folder} is damaged: it is made anew when it is next needed") from error
        if not len(rows) == len(prints) == len(readable):
            raise DamagedError(f"{index.folder} is damaged: it is made anew when it is next needed")
        return _Part(rows, prints, points, readable).in_order()


def _together(parts: list[_Part]) -> _Part:
    """Parts as one, in the order of their rows."""
    return _Part(
        np.concatenate([part.rows for part in parts]),
        np.concatenate([part.prints for part in parts]),
        np.concatenate([part.points for part in parts]),
        np.concatenate([part.readable for part in parts]),
    ).in_order()
