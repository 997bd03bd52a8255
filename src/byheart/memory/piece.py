"""A piece: encoded records on their way into a segment."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from byheart.errors import DamagedError
from byheart.memory.segment import BATCH_ROWS, Segment
from byheart.records import Chunk, Kind
from byheart.records.columns import as_numpy, numbers, strings
from byheart.records.fingerprint import fingerprint, label_seed

_MOST = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Piece:
    """Encoded records: the columns of a segment, with the names of their sources still in words.

    `ends` are the offsets of the canonical bytes, n + 1 of them: what the records' sizes are told by.
    """

    kind: Kind
    field: pa.Field
    x: pa.Array
    h: npt.NDArray[np.uint64]
    ends: npt.NDArray[np.int64]
    sources: str | tuple[str, ...]
    locators: npt.NDArray[np.int64]
    labels: pa.Array | None
    weights: npt.NDArray[np.float64] | None
    counts: npt.NDArray[np.uint32] | None = None

    def __len__(self) -> int:
        return len(self.h)

    @property
    def bytes(self) -> int:
        """Of the canonical bytes."""
        return int(self.ends[-1] - self.ends[0])

    @property
    def canonical(self) -> pa.Array:
        """The canonical bytes, worked out anew: they decide whether two records are the same."""
        data, offsets = self.kind.canonical(self.x, self.field)
        return pa.Array.from_buffers(pa.large_binary(), len(self), [None, pa.py_buffer(offsets), pa.py_buffer(data)])

    def slice(self, start: int, stop: int) -> Self:
        """Records `start` to `stop - 1`."""
        part = slice(start, stop)
        return type(self)(
            self.kind,
            self.field,
            self.x[part],
            self.h[part],
            self.ends[start : stop + 1],
            self.sources if isinstance(self.sources, str) else self.sources[part],
            self.locators[part],
            None if self.labels is None else self.labels[part],
            None if self.weights is None else self.weights[part],
            None if self.counts is None else self.counts[part],
        )

    def take(self, rows: npt.NDArray[np.int64]) -> Self:
        """The records at `rows`."""
        where = numbers(rows)
        sizes = np.diff(self.ends)[rows]
        return replace(
            self,
            x=self.x.take(where),
            h=self.h[rows],
            ends=np.cumsum(np.concatenate([np.zeros(1, np.int64), sizes])),
            sources=self.sources if isinstance(self.sources, str) else tuple(self.sources[i] for i in rows.tolist()),
            locators=self.locators[rows],
            labels=None if self.labels is None else self.labels.take(where),
            weights=None if self.weights is None else self.weights[rows],
            counts=None if self.counts is None else self.counts[rows],
        )

    def each(self) -> Iterator[Self]:
        """The records, as often as they occur, without counts: some at a time."""
        if self.counts is None:
            yield self
            return
        ends = np.cumsum(self.counts, dtype=np.int64)
        for start in range(0, int(ends[-1]), BATCH_ROWS):
            occurrences = np.arange(start, min(start + BATCH_ROWS, int(ends[-1])))
            yield replace(self.take(np.searchsorted(ends, occurrences, side="right")), counts=None)

    def counted(self, occurrences: npt.NDArray[np.int64]) -> Self:
        """The records with these occurrences; more than 2^32 - 1 of one take several rows."""
        if occurrences.max(initial=0) > _MOST:
            needed = -(-occurrences // _MOST)
            last = np.cumsum(needed) - 1
            full = np.full(int(needed.sum()), _MOST, np.int64)
            full[last] = occurrences - (needed - 1) * _MOST
            return replace(self.take(np.repeat(np.arange(len(self)), needed)), counts=full.astype(np.uint32))
        return replace(self, counts=occurrences.astype(np.uint32))

    def with_columns(self, *, labelled: bool, weighted: bool) -> Self:
        """The records with labels (nulls) and weights (ones) where they shall have some and have none."""
        labels = self.labels_or_nulls() if labelled else self.labels
        weights = self.weights_or_ones() if weighted else self.weights
        return replace(self, labels=labels, weights=weights)

    def labels_or_nulls(self) -> pa.Array:
        """The labels; nulls where there are none."""
        return pa.nulls(len(self), pa.large_string()) if self.labels is None else self.labels

    def counts_or_ones(self) -> npt.NDArray[np.uint32]:
        """The occurrences of each record."""
        return np.ones(len(self), np.uint32) if self.counts is None else self.counts

    def weights_or_ones(self) -> npt.NDArray[np.float64]:
        """The weights; 1 where there are none."""
        return np.ones(len(self)) if self.weights is None else self.weights


def encode(chunk: Chunk, kind: Kind, field: pa.Field) -> Piece:
    """Encode and fingerprint a chunk."""
    x = kind.encode(chunk.values, field)
    data, offsets = kind.canonical(x, field)
    labels, seeds = None, None
    if chunk.labels is not None:
        labels = strings(chunk.labels)
        known = {label: label_seed(label) for label in set(chunk.labels)}
        seeds = np.array([known[label] for label in chunk.labels], np.uint64)
    locator = chunk.locator
    locators = np.arange(locator, locator + len(x), dtype=np.int64) if isinstance(locator, int) else locator
    sources = chunk.sources if isinstance(chunk.sources, str) else tuple(chunk.sources)
    h = fingerprint(data, offsets, seeds)
    counts = None if chunk.counts is None else chunk.counts.astype(np.uint32)
    return Piece(kind, field, x, h, offsets, sources, locators, labels, chunk.weights, counts)


def restore(segment: Segment, number: int, batch: pa.RecordBatch, kind: Kind, field: pa.Field) -> Piece:
    """Batch `number` of a segment, every record of which is what was learned.

    Raises:
        DamagedError: one is not.
    """
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    x, h = columns["x"], as_numpy(columns["h"])
    data, offsets = kind.canonical(x, field)
    labels, seeds = columns.get("label"), None
    if labels is not None:
        codes = labels.dictionary_encode()
        known = [label_seed(label) for label in codes.dictionary.to_pylist()] + [label_seed(None)]
        seeds = np.array(known, np.uint64)[as_numpy(codes.indices.fill_null(len(known) - 1))]
    wrong = np.flatnonzero(fingerprint(data, offsets, seeds) != h)
    if len(wrong):
        row = int(segment.batch_starts[number]) + int(wrong[0])
        raise DamagedError(f"{segment.entry.file}: row {row} is not what was learned: run `byheart check`")
    numbers = as_numpy(columns["source"]).tolist()
    alike = segment.sources[numbers[0]] if len(set(numbers)) == 1 else None
    weights, counts = columns.get("weight"), columns.get("n")
    return Piece(
        kind,
        field,
        x,
        h,
        offsets,
        tuple(segment.sources[i] for i in numbers) if alike is None else alike,
        as_numpy(columns["locator"]),
        labels,
        None if weights is None else as_numpy(weights),
        None if counts is None else as_numpy(counts),
    )
