"""From chunks to segments: encode, fingerprint, and write while the next is being encoded.

Rule 1: RAM holds a batch being filled (in its `Room`), a batch being written, and (hashmap) the distinct records of one segment.
Rule 2: one thread writes, in order; its failure surfaces at the next call.
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from byheart import _files
from byheart.errors import InputError
from byheart.memory.distinct import Distinct
from byheart.memory.manifest import BatchEntry, FileEntry, SegmentEntry
from byheart.memory.piece import Piece
from byheart.memory.room import Room
from byheart.memory.segment import (
    BATCH_BYTES,
    BATCH_ROWS,
    HASHMAP_SEGMENT_BYTES,
    SEGMENT_BYTES,
    SEGMENT_SOURCES,
    Segment,
    segment_schema,
)
from byheart.records.columns import as_numpy, numbers, strings


def _cuts(piece: Piece, room: int, rows: int) -> Iterator[Piece]:
    """Slices of a piece: the first fits `room` bytes and `rows` rows, the others a batch."""
    ends, start = piece.ends, 0
    while start < len(piece):
        fits = int(np.searchsorted(ends, ends[start] + room, side="right")) - 1
        stop = min(max(fits, start + 1), start + rows, len(piece))
        yield piece.slice(start, stop)
        start, room, rows = stop, BATCH_BYTES, BATCH_ROWS


class SegmentWriter:
    """Writes pieces to segments `<name>-0.arrow`, `<name>-1.arrow` ... below `root`, or keeps them in RAM where there is none.

    Args:
        root: the memory.
        name: what the files' names begin with.
        counted: whether each record is written with its occurrences.
        distinct: whether no record comes twice, so that none need be looked for.
    """

    def __init__(self, root: Path | None, name: str, *, counted: bool, distinct: bool = False) -> None:
        self._root = root
        self._name = name
        self._counted = counted
        self._schema = pa.schema([])
        self._distinct = Distinct() if counted and not distinct else None
        self._segment_bytes = HASHMAP_SEGMENT_BYTES if self._distinct is not None else SEGMENT_BYTES
        self._waiting: list[Piece] = []
        self._waiting_bytes = 0
        self._waiting_rows = 0
        self._rooms: list[Room] = []  # the one that is being filled, and the one that may be being written
        self._sources: dict[str, int] = {}
        self._file: _SegmentFile | None = None
        self._pool = ThreadPoolExecutor(1, "byheart-writer")
        self._pending: Future[Any] | None = None
        self._segments: list[Segment] = []
        self._started = 0
        self.records = 0
        self.bytes = 0

    def add(self, piece: Piece) -> None:
        """Take the records of a piece."""
        self.records += len(piece) if piece.counts is None else int(piece.counts.sum())
        self.bytes += piece.bytes
        labelled, weighted = piece.labels is not None, piece.weights is not None
        if weighted and self._distinct is not None:
            wanted = "weights go with structure='list', got a hashmap, whose records may come with several"
            raise InputError(f"{wanted}: count occurrences instead, or learn a list")
        schema = segment_schema(piece.field, counted=self._counted, labelled=labelled, weighted=weighted)
        if schema != self._schema:  # a segment has labels for all its records, or for none
            self._close_batch()
            self._close_segment()
            self._schema = schema
            in_room = self._root is not None and self._distinct is None and Room.suits(piece.field.type)
            self._rooms = [Room(piece.field.type), Room(piece.field.type)] if in_room else []
        for part in _cuts(piece, BATCH_BYTES - self._waiting_bytes, BATCH_ROWS - self._waiting_rows):
            self._waiting_bytes += part.bytes
            self._waiting_rows += len(part)
            self._waiting.append(self._rooms[0].take(part) if self._rooms else part)
            if self._waiting_bytes >= BATCH_BYTES or self._waiting_rows >= BATCH_ROWS:
                self._close_batch()

    def finish(self) -> list[Segment]:
        """Put everything on the disk; the segments, in order."""
        self._close_batch()
        self._close_segment()
        self._settle()
        self._pool.shutdown()
        return self._segments

    def discard(self) -> None:
        """Remove what was written: it is not wanted."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        if self._file is not None:
            self._file.discard()
        if self._root is not None:
            for number in range(self._started):
                for suffix in ("", "-sources"):
                    _files.remove(self._root / "segments" / f"{self._name}-{number}{suffix}.arrow")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self.discard()

    def _close_batch(self) -> None:
        waiting, self._waiting = self._waiting, []
        size, self._waiting_bytes, self._waiting_rows = self._waiting_bytes, 0, 0
        if not waiting:
            return
        if self._distinct is not None:
            for piece in waiting:
                self._distinct.add(piece)
            if self._distinct.size >= self._segment_bytes:
                self._close_segment()
        else:
            self._write(waiting, size)
            if self._file is not None and (
                self._file.bytes >= self._segment_bytes or len(self._sources) >= SEGMENT_SOURCES
            ):
                self._close_segment()

    def _write(self, pieces: list[Piece], size: int) -> None:
        """Hand a batch to the writing thread."""
        if self._file is None:
            self._file = _SegmentFile(self._root, f"{self._name}-{self._started}", self._schema)
            self._started += 1
        batch = self._batch(pieces)
        self._file.bytes += size
        self._settle()
        self._pending = self._pool.submit(self._file.write, batch)
        self._rooms.reverse()  # the other has been written

    def _batch(self, pieces: list[Piece]) -> pa.RecordBatch:
        columns: dict[str, pa.Array] = {
            "x": self._rooms[0].column() if self._rooms else _joined([piece.x for piece in pieces]),
            "h": numbers(np.concatenate([piece.h for piece in pieces])),
            "source": numbers(np.concatenate([self._source_numbers(piece) for piece in pieces])),
            "locator": numbers(np.concatenate([piece.locators for piece in pieces])),
        }
        if "n" in self._schema.names:
            columns["n"] = numbers(np.concatenate([piece.counts_or_ones() for piece in pieces]))
        if "label" in self._schema.names:
            columns["label"] = pa.concat_arrays([piece.labels_or_nulls() for piece in pieces])
        if "weight" in self._schema.names:
            columns["weight"] = numbers(np.concatenate([piece.weights_or_ones() for piece in pieces]))
        return pa.RecordBatch.from_arrays([columns[name] for name in self._schema.names], schema=self._schema)

    def _source_numbers(self, piece: Piece) -> npt.NDArray[np.int32]:
        numbers = self._sources
        if isinstance(piece.sources, str):
            return np.full(len(piece), numbers.setdefault(piece.sources, len(numbers)), np.int32)
        return np.array([numbers.setdefault(source, len(numbers)) for source in piece.sources], np.int32)

    def _close_segment(self) -> None:
        if self._distinct is not None:
            for pieces in self._distinct.batches():
                self._write(pieces, sum(piece.bytes for piece in pieces))
            self._distinct = Distinct()
        if self._file is None:
            return
        file, self._file = self._file, None
        sources, self._sources = tuple(self._sources), {}
        self._settle()
        self._pending = self._pool.submit(lambda: self._segments.append(file.close(sources)))

    def _settle(self) -> None:
        """Wait for the writing thread; raise what it met."""
        if self._pending is not None:
            pending, self._pending = self._pending, None
            pending.result()


def _joined(parts: list[pa.Array]) -> pa.Array:
    """The parts as one array that begins where its buffers do, as the gather over them expects."""
    if len(parts) == 1 and parts[0].offset == 0:
        return parts[0]
    return pa.concat_arrays([*parts, parts[0][:0]])  # more than one: a lone slice would come back as it is


def _own(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The same in memory of our own: arrays and tables are taken as they are, and their owner may write to them."""
    return pa.ipc.read_record_batch(batch.serialize(), batch.schema)


class _SegmentFile:
    """One segment on its way to the disk, or into RAM."""

    def __init__(self, root: Path | None, name: str, schema: pa.Schema) -> None:
        self._root = root
        self._name = name
        self._entries: list[BatchEntry] = []
        self._in_ram: list[pa.RecordBatch] = []
        self.bytes = 0
        if root is not None:
            self._file = _files.NewFile(root / "segments" / f"{name}.arrow")
            self._writer = pa.ipc.new_file(self._file, schema)

    def write(self, batch: pa.RecordBatch) -> None:
        """Append a batch."""
        index = batch.schema.get_field_index("n")
        records = batch.num_rows if index < 0 else int(as_numpy(batch.column(index)).sum(dtype=np.int64))
        if self._root is None:
            self._in_ram.append(_own(batch))
            self._entries.append(BatchEntry(batch.num_rows, records, 0, ""))
        else:
            self._writer.write_batch(batch)
            self._entries.append(BatchEntry(batch.num_rows, records, *self._file.cut()))

    def close(self, sources: tuple[str, ...]) -> Segment:
        """Put the segment on the disk."""
        rows = sum(entry.rows for entry in self._entries)
        records = sum(entry.records for entry in self._entries)
        batches = tuple(self._entries)
        if self._root is None:
            entry = SegmentEntry(f"{self._name}.arrow", 0, "", rows, records, self.bytes, batches)
            return Segment(entry, None, tuple(self._in_ram), sources)
        self._writer.close()
        _, digest = self._file.cut()
        self._file.close()
        names = write_column(self._root / "segments" / f"{self._name}-sources.arrow", strings(sources))
        entry = SegmentEntry(f"{self._name}.arrow", self._file.size, digest, rows, records, self.bytes, batches, names)
        return Segment(entry, self._root)

    def discard(self) -> None:
        """Remove the file."""
        if self._root is not None:
            self._file.discard()


def write_column(path: Path, column: pa.Array) -> FileEntry:
    """A small Arrow file of one column, on the disk when this returns."""
    schema = pa.schema([pa.field("x", column.type)])
    with _files.NewFile(path) as file:
        with pa.ipc.new_file(file, schema) as writer:
            writer.write_batch(pa.RecordBatch.from_arrays([column], schema=schema))
        size, digest = file.cut()
    return FileEntry(path.name, size, digest)
