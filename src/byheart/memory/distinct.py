"""The hashmap of the paper: each distinct record once, with the number of its occurrences.

Records are alike if their canonical bytes and labels are: fingerprints find the candidates, the bytes decide.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from byheart.memory.piece import Piece

_BYTES_A_ROW: Final = 100  # what a record takes in RAM beside its own bytes, while it may still come again

Rows = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]


class Distinct:
    """Distinct records, in the order in which they first came."""

    def __init__(self) -> None:
        self.size = 0  # bytes of RAM, about
        self._rows = 0
        self._pieces: list[Piece] = []
        self._starts: list[int] = []  # the first row of each piece
        self._counts: list[Rows] = []
        self._index = _Index()

    def add(self, piece: Piece) -> None:
        """Take the records of a piece, counting those that are here already."""
        fingerprints, first, inverse = np.unique(piece.h, return_index=True, return_inverse=True)
        known = self._index.find(fingerprints)
        # the row that each record would be counted at: one that is here, or (from self._rows on) the first of its like in the piece
        target = np.where(known >= 0, known, self._rows + first)[inverse]
        own = self._rows + np.arange(len(piece))
        asked = np.flatnonzero(target != own)
        other = asked[~self._same(piece, asked, target[asked])]
        target[other] = own[other]  # another record of the same fingerprint stays a row of its own
        fresh = np.flatnonzero(target == own)
        new_row = np.full(len(piece), -1, np.int64)
        new_row[fresh] = self._rows + np.arange(len(fresh))
        old = target < self._rows
        target[~old] = new_row[target[~old] - self._rows]
        occurrences = piece.counts_or_ones().astype(np.int64)
        if len(fresh):
            self._append(piece.take(fresh))
        self._count(target, occurrences)

    def batches(self) -> Iterator[list[Piece]]:
        """The records with their counts; a row holds up to 2^32 - 1 of them."""
        for piece, counts in zip(self._pieces, self._counts, strict=True):
            yield [piece.counted(counts)]

    def _count(self, rows: Rows, occurrences: Rows) -> None:
        numbers = self._piece_of(rows)
        for number in np.unique(numbers).tolist():
            at = numbers == number
            np.add.at(self._counts[number], rows[at] - self._starts[number], occurrences[at])

    def _piece_of(self, rows: Rows) -> npt.NDArray[np.intp]:
        return np.searchsorted(self._starts, rows, side="right") - 1

    def _same(self, piece: Piece, asked: Rows, rows: Rows) -> npt.NDArray[np.bool_]:
        """Whether the records `asked` of a piece are those at `rows`, byte for byte, label for label."""
        same = np.zeros(len(asked), bool)
        here = rows >= self._rows
        if here.any():
            same[here] = _alike(piece.take(asked[here]), piece.take(rows[here] - self._rows))
        there = np.flatnonzero(~here)
        numbers = self._piece_of(rows[there])
        for number in np.unique(numbers).tolist():
            at = there[numbers == number]
            same[at] = _alike(piece.take(asked[at]), self._pieces[number].take(rows[at] - self._starts[number]))
        return same

    def _append(self, piece: Piece) -> None:
        order = np.argsort(piece.h, kind="stable")
        self._index.add(piece.h[order], self._rows + order)
        self._pieces.append(piece)
        self._starts.append(self._rows)
        self._counts.append(np.zeros(len(piece), np.int64))
        self._rows += len(piece)
        self.size += piece.bytes + _BYTES_A_ROW * len(piece)


class _Index:
    """Fingerprints and the rows that have them, in sorted runs whose sizes fall by half or more: each is merged log(n) times."""

    def __init__(self) -> None:
        self._runs: list[tuple[Hashes, Rows]] = []

    def find(self, hashes: Hashes) -> Rows:
        """The first row that has each fingerprint, or -1."""
        found = np.full(len(hashes), -1, np.int64)
        for sorted_, rows in reversed(self._runs):  # the earliest run is asked last, and has the last word
            at = np.minimum(np.searchsorted(sorted_, hashes), len(sorted_) - 1)
            found = np.where(sorted_[at] == hashes, rows[at], found)
        return found

    def add(self, hashes: Hashes, rows: Rows) -> None:
        """Enter sorted fingerprints."""
        self._runs.append((hashes, rows))
        while len(self._runs) > 1 and len(self._runs[-2][0]) < 2 * len(self._runs[-1][0]):
            (one, rows_one), (two, rows_two) = self._runs[-2:]
            together = np.concatenate([one, two])
            order = np.argsort(together, kind="stable")  # finds the two runs, and merges them
            self._runs[-2:] = [(together[order], np.concatenate([rows_one, rows_two])[order])]


def _alike(one: Piece, two: Piece) -> npt.NDArray[np.bool_]:
    """Whether the records of two pieces are the same, one by one."""
    import pyarrow.compute as pc  # noqa: PLC0415  # a third of the time that importing byheart takes

    same: npt.NDArray[np.bool_] = np.array(pc.equal(one.canonical, two.canonical))
    if one.labels is None and two.labels is None:
        return same
    labels = pc.equal(one.labels_or_nulls(), two.labels_or_nulls()).fill_null(False)
    neither = pc.and_(one.labels_or_nulls().is_null(), two.labels_or_nulls().is_null())
    same &= np.asarray(pc.or_(labels, neither))
    return same
