"""Membership: how often a record was learned. Fingerprints find the candidates, the bytes decide."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from byheart.memory.gather import Rows
from byheart.memory.snapshot import Snapshot
from byheart.records.fingerprint import fingerprint, label_seed

_TWINS_A_TIME = 1024


class Membership:
    """An index of a version: its fingerprints, sorted, with their rows (16 bytes a row, in RAM)."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        hashes = np.empty(snapshot.manifest.rows, np.uint64)
        rows = np.empty(len(hashes), np.int64)
        labels: set[str | None] = {None}
        at = 0
        for segment, start in zip(snapshot.segments, snapshot.gather.segment_starts.tolist(), strict=False):
            live = np.flatnonzero(segment.live(np.ones(segment.entry.rows, np.int64)))
            part = slice(at, at := at + len(live))
            hashes[part] = segment.numbers("h")[live]
            rows[part] = live + start
            for number in range(len(segment.batches) if "label" in segment.names else 0):
                labels.update(segment.column(number, "label").unique().to_pylist())
        order = np.argsort(hashes, kind="stable")
        self._hashes = hashes[order]
        self._rows = rows[order]
        self._labels = labels

    def distribution(self) -> tuple[npt.NDArray[np.uint64], Rows]:
        """The distinct records, by their fingerprints in order, and the occurrences of each."""
        snapshot = self._snapshot
        hashes, starts = np.unique(self._hashes, return_index=True)
        ones = [s.numbers("n") if "n" in s.names else np.ones(s.entry.rows, np.int64) for s in snapshot.segments]
        occurrences = np.concatenate([np.empty(0, np.int64), *ones])[self._rows].astype(np.int64)
        return hashes, np.add.reduceat(occurrences, starts) if len(starts) else occurrences

    def rows_of(self, x: pa.Array) -> tuple[Rows, Rows]:
        """Every row that holds one of the records `x`, whatever its label: pairs (number in `x`, row)."""
        data, offsets = self._snapshot.kind.canonical(x, self._snapshot.field)
        found_items, found_rows = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for label in self._labels:
            hashes = fingerprint(data, offsets, np.full(len(x), label_seed(label), np.uint64))
            first = np.searchsorted(self._hashes, hashes)
            count = np.searchsorted(self._hashes, hashes, side="right") - first
            items = np.repeat(np.arange(len(x)), count)
            within = np.arange(len(items)) - np.repeat(np.cumsum(count) - count, count)
            rows = self._rows[np.repeat(first, count) + within]
            same = self._same(x, items, rows)
            found_items.append(items[same])
            found_rows.append(rows[same])
        return _each_once(np.concatenate(found_items), np.concatenate(found_rows))

    def counts(self, x: pa.Array) -> Rows:
        """The occurrences of each of the records `x`."""
        items, rows = self.rows_of(x)
        counts = self._snapshot.gather.column("n", rows) if len(rows) else None
        weights = np.ones(len(rows)) if counts is None else counts.to_numpy(zero_copy_only=False)
        return np.bincount(items, weights, minlength=len(x)).astype(np.int64)

    def twins(self) -> tuple[Rows, Rows]:
        """Rows that hold the same record with the same label as an earlier one: pairs (the earlier row, the row)."""
        snapshot = self._snapshot
        again = np.flatnonzero(np.concatenate([[False], np.diff(self._hashes) == 0]))
        first = self._rows[np.searchsorted(self._hashes, self._hashes[again])]
        later = self._rows[again]
        same = np.zeros(len(again), bool)
        for start in range(0, len(again), _TWINS_A_TIME):
            part = slice(start, start + _TWINS_A_TIME)
            same[part] = self._same(snapshot.x(first[part]), np.arange(len(first[part])), later[part])
            same[part] &= np.array(snapshot.labels(first[part]), object) == np.array(
                snapshot.labels(later[part]), object
            )
        return first[same], later[same]

    def _same(self, x: pa.Array, items: Rows, rows: Rows) -> npt.NDArray[np.bool_]:
        if not len(items):
            return np.empty(0, bool)
        kind, field = self._snapshot.kind, self._snapshot.field
        asked = [
            memoryview(a.data)[i:j]
            for a, o in [kind.canonical(x, field)]
            for i, j in zip(o[:-1].tolist(), o[1:].tolist(), strict=True)
        ]
        data, ends = kind.canonical(self._snapshot.x(rows), field)
        view = memoryview(data.data)
        spans = zip(items.tolist(), ends[:-1].tolist(), ends[1:].tolist(), strict=True)
        return np.array([asked[item] == view[a:b] for item, a, b in spans], bool)


def _each_once(items: Rows, rows: Rows) -> tuple[Rows, Rows]:
    """Pairs without those that come again: a row is found under two labels where their fingerprints collide."""
    order = np.lexsort((rows, items))
    items, rows = items[order], rows[order]
    is_new = np.ones(len(items), bool)
    is_new[1:] = (np.diff(items) != 0) | (np.diff(rows) != 0)
    return items[is_new], rows[is_new]
