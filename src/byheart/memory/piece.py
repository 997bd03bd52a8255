"""A piece: encoded records on their way into a segment."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from byheart.records import Chunk, Kind
from byheart.records.fingerprint import fingerprint, label_seed


@dataclass(frozen=True, slots=True)
class Piece:
    """Encoded records: the columns of a segment, with the names of their sources still in words."""

    field: pa.Field
    x: pa.Array
    h: npt.NDArray[np.uint64]
    canonical: pa.Array
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
        return payload(self.canonical)

    def slice(self, start: int, stop: int) -> Self:
        """Records `start` to `stop - 1`."""
        part = slice(start, stop)
        return type(self)(
            self.field,
            self.x[part],
            self.h[part],
            self.canonical[part],
            self.sources if isinstance(self.sources, str) else self.sources[part],
            self.locators[part],
            None if self.labels is None else self.labels[part],
            None if self.weights is None else self.weights[part],
            None if self.counts is None else self.counts[part],
        )

    def take(self, rows: npt.NDArray[np.int64]) -> Self:
        """The records at `rows`."""
        where = pa.array(rows)
        return replace(
            self,
            x=self.x.take(where),
            h=self.h[rows],
            canonical=self.canonical.take(where),
            sources=self.sources if isinstance(self.sources, str) else tuple(self.sources[i] for i in rows.tolist()),
            locators=self.locators[rows],
            labels=None if self.labels is None else self.labels.take(where),
            weights=None if self.weights is None else self.weights[rows],
            counts=None if self.counts is None else self.counts[rows],
        )

    def labels_or_nulls(self) -> pa.Array:
        """The labels; nulls where there are none."""
        return pa.nulls(len(self), pa.large_string()) if self.labels is None else self.labels

    def counts_or_ones(self) -> npt.NDArray[np.uint32]:
        """The occurrences of each record."""
        return np.ones(len(self), np.uint32) if self.counts is None else self.counts

    def weights_or_ones(self) -> npt.NDArray[np.float64]:
        """The weights; 1 where there are none."""
        return np.ones(len(self)) if self.weights is None else self.weights


def payload(canonical: pa.Array) -> int:
    """The bytes of a large_binary column."""
    offsets = np.frombuffer(canonical.buffers()[1], np.int64, len(canonical) + 1, canonical.offset * 8)
    return int(offsets[-1] - offsets[0])


def encode(chunk: Chunk, kind: Kind, field: pa.Field) -> Piece:
    """Encode and fingerprint a chunk."""
    x = kind.encode(chunk.values, field)
    data, offsets = kind.canonical(x, field)
    labels, seeds = None, None
    if chunk.labels is not None:
        labels = pa.array(chunk.labels, pa.large_string())
        known = {label: label_seed(label) for label in set(chunk.labels)}
        seeds = np.array([known[label] for label in chunk.labels], np.uint64)
    locator = chunk.locator
    locators = np.arange(locator, locator + len(x), dtype=np.int64) if isinstance(locator, int) else locator
    canonical = pa.Array.from_buffers(pa.large_binary(), len(x), [None, pa.py_buffer(offsets), pa.py_buffer(data)])
    sources = chunk.sources if isinstance(chunk.sources, str) else tuple(chunk.sources)
    return Piece(field, x, fingerprint(data, offsets, seeds), canonical, sources, locators, labels, chunk.weights)
