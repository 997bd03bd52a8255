"""Gather: rows of a memory, wherever they lie, as one contiguous run of bytes or a list of bytes.

With the kernels, a row is drawn, found through a table of batches and copied in one pass, with prefetch; without, numpy does
the same a batch at a time. Records that are still on the disk are asked for all at once before the first is copied.
"""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from byheart import _native
from byheart.draws import Drawing
from byheart.errors import DamagedError
from byheart.memory.segment import Segment
from byheart.records.columns import numbers

if sys.platform != "win32":
    import resource

Rows = npt.NDArray[np.int64]

_HINTS_A_BATCH: Final = 4
_WARM_SECONDS: Final = 4e-6  # a record in RAM takes well below this, one from a disk well above
_WARM_SECONDS_A_BYTE: Final = 1e-9
_SPARE: Final = 1.25


@dataclass(frozen=True, slots=True)
class Located:
    """Where records are: addresses (uint64, n), and where each ends in the result (int64, n + 1)."""

    addresses: npt.NDArray[np.uint64]
    ends: Rows
    total: int


class Gather:
    """Rows of a version's segments, numbered through all of them.

    Args:
        segments: in order.
        width: the bytes of a record where all have as many, else 0.
    """

    def __init__(self, segments: Sequence[Segment], width: int) -> None:
        self._segments = segments
        self._width = width
        batches = [batch.rows for segment in segments for batch in segment.entry.batches]
        self._starts = np.cumsum([0, *batches], dtype=np.int64)
        self._segment_of = np.repeat(np.arange(len(segments)), [len(s.entry.batches) for s in segments])
        self._first_batch = np.searchsorted(self._segment_of, np.arange(len(segments)))
        self._data = np.zeros(len(batches), np.uint64)
        self._sizes = np.zeros(len(batches), np.int64)
        self._offsets = np.zeros(len(batches), np.uint64)
        self._cold = True  # some records may be on the disk: ask which, and have them read ahead
        self._asked = 0  # for how many records, the last time
        self._untold = False  # whether the system says that all are in RAM when they are not: then have all read ahead
        self._reads = _reads()
        self._spare: list[
            npt.NDArray[np.uint8]
        ] = []  # the last result's buffer: only one thread at a time can take it out
        rows = int(self._starts[-1])
        size = sum(segment.entry.payload for segment in segments) / max(rows, 1)
        self._room_a_record = width or size * _SPARE  # what most batches fit in; one that does not is gathered twice
        self._shift = max(rows // max(_HINTS_A_BATCH * len(batches), 1), 1).bit_length()
        first_rows = np.arange(0, max(rows, 1), 1 << self._shift)
        self._hints = (np.searchsorted(self._starts, first_rows, side="right") - 1).astype(np.int32)

    def joined(self, rows: Rows) -> tuple[npt.NDArray[np.uint8], Rows]:
        """The records end to end, and where each ends (n + 1 offsets)."""
        if _native.kernels is None:
            return self._numpy_joined(rows)
        if self._cold:
            return self._joined_from_disk(rows)
        ends = np.empty(len(rows) + 1, np.int64)
        buffer, total = self._gathered(_native.kernels.gather, (rows,), len(rows), ends)
        return buffer[:total], ends

    def drawn(self, drawing: Drawing) -> tuple[npt.NDArray[np.uint8], Rows]:
        """What `joined` gives for the rows that are drawn, in one pass."""
        if _native.kernels is None or self._cold:
            return self.joined(drawing.rows())
        ends = np.empty(drawing.count + 1, np.int64)
        buffer, total = self._gathered(_native.kernels.sample, (*drawing.words, drawing.count), drawing.count, ends)
        return buffer[:total], ends

    def drawn_buffer(self, drawing: Drawing) -> npt.NDArray[np.uint8]:
        """The same of records that have one width, at the beginning of a buffer that may be longer."""
        if _native.kernels is None or self._cold:
            return self.joined(drawing.rows())[0]
        return self._gathered(_native.kernels.sample, (*drawing.words, drawing.count), drawing.count, None)[0]

    def records(self, rows: Rows, *, text: bool) -> list[Any]:
        """The records, each an object of its own: bytes, or str where they are text."""
        if _native.kernels is None:
            data, ends = self._numpy_joined(rows)
            whole = memoryview(data.data)
            spans = pairwise(ends.tolist())
            return [str(whole[a:b], "utf-8") for a, b in spans] if text else [bytes(whole[a:b]) for a, b in spans]
        began = time.perf_counter()
        located = self._locate(rows)
        records: list[Any] = _native.kernels.to_list(located.addresses, located.ends, text)
        self._judge(began, len(rows), located.total)
        return records

    def column(self, name: str, rows: Rows) -> pa.Array | None:
        """Another column at `rows`; None where no segment has it. Takes a batch at a time."""
        taken: list[pa.Array] = []
        places: list[Rows] = []
        missing: list[Rows] = []
        for segment, batch, local, at in self._by_batch(rows):
            if name in segment.names:
                taken.append(segment.column(batch, name).take(numbers(local)))
                places.append(at)
            else:
                missing.append(at)
        if not taken:
            other = next((segment for segment in self._segments if name in segment.names), None)
            return None if other is None else pa.nulls(len(rows), other.column(0, name).type)
        if missing:
            taken += [pa.nulls(len(at), taken[0].type) for at in missing]
            places += missing
        order = np.argsort(np.concatenate(places), kind="stable")
        return pa.concat_arrays(taken).take(numbers(order))

    def segments_of(self, rows: Rows) -> npt.NDArray[np.intp]:
        """The number of the segment of each row."""
        return self._segment_of[np.searchsorted(self._starts, rows, side="right") - 1]

    @cached_property
    def segment_starts(self) -> Rows:
        """The first row of each segment, and the number of rows."""
        return np.cumsum([0, *(segment.entry.rows for segment in self._segments)], dtype=np.int64)

    def _gathered(
        self, gather: Any, which: tuple[Any, ...], count: int, ends: Rows | None
    ) -> tuple[npt.NDArray[np.uint8], int]:
        """A buffer that begins with the records, and their bytes."""
        began = time.perf_counter()
        out = self._room(int(count * self._room_a_record))
        while True:
            try:
                total: int = gather(self._table, *which, ends, out)
            except ValueError as error:
                raise DamagedError(f"{error}: run `byheart check`") from error
            if total < 0:
                self._load(int(self._segment_of[-1 - total]))
            elif total > len(out):
                out = self._room(total)
            else:
                break
        self._spare[:] = [out]
        self._judge(began, count, total)
        return out, total

    def _joined_from_disk(self, rows: Rows) -> tuple[npt.NDArray[np.uint8], Rows]:
        kernels: Any = _native.kernels
        began = time.perf_counter()
        located = self._locate(rows)
        out = self._room(located.total)
        kernels.copy(located.addresses, located.ends, out)
        self._spare[:] = [out]
        self._judge(began, len(rows), located.total)
        return out[: located.total], located.ends

    @cached_property
    def _table(self) -> Any:
        """The batches as the kernels have them: over the same arrays, into which `_load` writes."""
        kernels: Any = _native.kernels
        return kernels.table(
            self._data, self._sizes, self._offsets, self._starts, self._hints, self._shift, self._width
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._segments, self._width)  # addresses mean nothing to another process

    def _locate(self, rows: Rows) -> Located:
        kernels: Any = _native.kernels
        addresses = np.empty(len(rows), np.uint64)
        ends = np.empty(len(rows) + 1, np.int64)
        while True:
            try:
                total = kernels.locate(
                    self._data, self._sizes, self._offsets, self._starts, self._hints,
                    self._shift, self._width, rows, addresses, ends,
                )  # fmt: skip  # one line a table
            except ValueError as error:
                raise DamagedError(f"{error}: run `byheart check`") from error
            if total >= 0:
                break
            self._load(int(self._segment_of[-1 - total]))
        if self._cold:
            self._asked = kernels.will_need(addresses, ends, self._untold)
        return Located(addresses, ends, total)

    def _load(self, number: int) -> None:
        """Map a segment, and enter its buffers into the table."""
        for at, batch in enumerate(self._segments[number].batches, start=int(self._first_batch[number])):
            data, offsets = _buffers(batch.column(0), self._width)
            self._sizes[at] = data.size
            self._offsets[at] = offsets.address if offsets is not None else 0
            self._data[at] = data.address or 1  # an empty buffer has no address, and none of it is read

    def _room(self, total: int) -> npt.NDArray[np.uint8]:
        """A buffer for the result: the last one where no one looks at it any more, since fresh pages cost as much as the copy."""
        try:
            taken = [self._spare.pop()]
        except IndexError:
            return np.empty(total, np.uint8)
        is_free = sys.getrefcount(taken[0]) == 2  # `taken`, and the call
        return taken[0] if is_free and len(taken[0]) >= total else np.empty(total, np.uint8)

    def _judge(self, began: float, count: int, total: int) -> None:
        """Whether to read ahead next time: if this time was too slow for RAM because of the disk, and not of a busy processor."""
        if time.perf_counter() - began <= count * _WARM_SECONDS + total * _WARM_SECONDS_A_BYTE:
            self._cold = False
            return
        before, self._reads = self._reads, _reads()
        has_waited = self._reads > before
        self._untold |= has_waited and self._cold and not self._asked
        self._cold = has_waited or (self._cold and self._asked > 0)

    def _by_batch(self, rows: Rows) -> list[tuple[Segment, int, Rows, Rows]]:
        """For each batch that has some of the rows: its segment and number there, the rows within it, and their places in `rows`."""
        if len(rows) and (rows.min() < 0 or rows.max() >= self._starts[-1]):
            raise IndexError(f"rows: wanted 0 to {self._starts[-1] - 1}")
        numbers = np.searchsorted(self._starts, rows, side="right") - 1
        found = []
        for number in np.unique(numbers).tolist():
            at = np.flatnonzero(numbers == number)
            segment = int(self._segment_of[number])
            batch = number - int(self._first_batch[segment])
            found.append((self._segments[segment], batch, rows[at] - self._starts[number], at))
        return found

    def _numpy_joined(self, rows: Rows) -> tuple[npt.NDArray[np.uint8], Rows]:
        sizes = np.empty(len(rows), np.int64)
        parts = []
        for segment, batch, local, at in self._by_batch(rows):
            data_buffer, offset_buffer = _buffers(segment.batches[batch].column(0), self._width)
            data = np.frombuffer(data_buffer, np.uint8) if data_buffer.size else np.empty(0, np.uint8)
            if offset_buffer is None:
                begins, stops = local * self._width, (local + 1) * self._width
            else:
                offsets = np.frombuffer(offset_buffer, np.int64)
                begins, stops = offsets[local], offsets[local + 1]
            if (begins < 0).any() or (stops < begins).any() or (stops > len(data)).any():
                raise DamagedError("a row's offsets leave the batch: run `byheart check`")
            sizes[at] = stops - begins
            parts.append((data, begins, at))
        ends = np.zeros(len(rows) + 1, np.int64)
        np.cumsum(sizes, out=ends[1:])
        out = np.empty(int(ends[-1]), np.uint8)
        for data, begins, at in parts:
            for begin, k in zip(begins.tolist(), at.tolist(), strict=True):
                out[ends[k] : ends[k + 1]] = data[begin : begin + sizes[k]]
        return out, ends


def _reads() -> int:
    """How often this process has waited for a page to come from the disk; 0 where the system does not tell."""
    return 0 if sys.platform == "win32" else resource.getrusage(resource.RUSAGE_SELF).ru_majflt


class _NoBuffer:
    size = 0
    address = 0


def _buffers(column: pa.Array, width: int) -> tuple[Any, pa.Buffer | None]:
    """The data of a column (cut to its rows), and its offsets where the records differ in size."""
    if width:
        buffer = column.values.buffers()[1] if pa.types.is_fixed_size_list(column.type) else column.buffers()[1]
        return buffer, None
    _, offsets, data = column.buffers()
    return data if data is not None else _NoBuffer(), offsets
