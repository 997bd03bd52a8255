"""The hashmap of the paper: each distinct record once, with the number of its occurrences.

Records are alike if their canonical bytes and labels are: fingerprints find the candidates, the bytes decide.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from byheart.memory.piece import Piece


class Distinct:
    """Distinct records, in the order in which they first came."""

    def __init__(self) -> None:
        self.bytes = 0
        self._rows = 0
        self._pieces: list[Piece] = []
        self._counts = np.empty(0, np.int64)
        self._sorted = np.empty(0, np.uint64)  # fingerprints, each once ...
        self._row_of = np.empty(0, np.int64)  # ... and the first row that has it

    def add(self, piece: Piece) -> None:
        """Take the records of a piece, counting those that are here already."""
        occurrences = piece.counts_or_ones().astype(np.int64)
        fingerprints, first, inverse = np.unique(piece.h, return_index=True, return_inverse=True)
        known = self._known(fingerprints)
        # the row that each record would be counted at: one that is here, or (from self._rows on) the first of its like in the piece
        target = np.where(known >= 0, known, self._rows + first)[inverse]
        own = self._rows + np.arange(len(piece))
        alike = (target == own) | self._same(piece, target)
        target = np.where(alike, target, own)  # another record of the same fingerprint stays a row of its own
        fresh = np.flatnonzero(target == own)
        new_row = np.full(len(piece), -1, np.int64)
        new_row[fresh] = self._rows + np.arange(len(fresh))
        old = target < self._rows
        target[~old] = new_row[target[~old] - self._rows]
        self._counts = np.concatenate([self._counts, np.zeros(len(fresh), np.int64)])
        np.add.at(self._counts, target, occurrences)
        if len(fresh):
            self._append(piece.take(fresh))

    def batches(self) -> Iterator[list[Piece]]:
        """The records with their counts; a row holds up to 2^32 - 1 of them."""
        start = 0
        for piece in self._pieces:
            counts = self._counts[start : start + len(piece)]
            start += len(piece)
            yield [piece.counted(counts)]

    def _known(self, fingerprints: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
        """The row that has each fingerprint, or -1."""
        if not len(self._sorted):
            return np.full(len(fingerprints), -1, np.int64)
        at = np.minimum(np.searchsorted(self._sorted, fingerprints), len(self._sorted) - 1)
        return np.where(self._sorted[at] == fingerprints, self._row_of[at], -1)

    def _same(self, piece: Piece, target: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Whether each record is the one at its target row, byte for byte, label for label."""
        import pyarrow.compute as pc  # noqa: PLC0415  # a third of the time that importing byheart takes

        rows = pa.array(target)
        canonical = pa.chunked_array([*(p.canonical for p in self._pieces), piece.canonical])
        same = pc.equal(canonical.take(rows), pa.chunked_array([piece.canonical]))
        answer = np.asarray(same.to_numpy())
        if piece.labels is not None:
            labels = pa.chunked_array([*(p.labels_or_nulls() for p in self._pieces), piece.labels]).take(rows)
            told = pc.equal(pc.fill_null(labels, "\0"), pc.fill_null(pa.chunked_array([piece.labels]), "\0"))
            answer = answer & np.asarray(told.to_numpy())
        return answer

    def _append(self, piece: Piece) -> None:
        rows = self._rows + np.arange(len(piece))
        together = np.concatenate([self._sorted, piece.h])
        row_of = np.concatenate([self._row_of, rows])
        self._sorted, first = np.unique(together, return_index=True)
        self._row_of = row_of[first]
        self._pieces.append(piece)
        self._rows += len(piece)
        self.bytes += piece.bytes
