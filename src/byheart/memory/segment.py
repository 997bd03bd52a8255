"""A segment: a plain Arrow IPC file of records, and the table through which its rows are found.

Columns: `x` the record, `h` its fingerprint (uint64), `source` (int32, into the segment's file of sources) and `locator` (int64: the
line, member or row there); where they are used, `n` its occurrences (uint32, hashmap), `label` (string) and `weight` (float64).
"""

import mmap
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from byheart.errors import DamagedError
from byheart.memory.manifest import FileEntry, SegmentEntry

BATCH_BYTES = 32 << 20
BATCH_ROWS = 65_536
SEGMENT_BYTES = 256 << 20
HASHMAP_SEGMENT_BYTES = 64 << 20  # held in RAM while it is learned, so that counts are known when it is written


def segment_schema(x: pa.Field, *, counted: bool, labelled: bool, weighted: bool) -> pa.Schema:
    """The columns of a segment, in order."""
    fields = [x.with_name("x"), pa.field("h", pa.uint64(), nullable=False)]
    fields += [pa.field("source", pa.int32(), nullable=False), pa.field("locator", pa.int64(), nullable=False)]
    fields += [pa.field("n", pa.uint32(), nullable=False)] * counted
    fields += [pa.field("label", pa.large_string())] * labelled
    fields += [pa.field("weight", pa.float64(), nullable=False)] * weighted
    return pa.schema(fields)


@dataclass(frozen=True)
class Segment:
    """A segment that can be read: in a file, mapped when it is first needed, or in RAM."""

    entry: SegmentEntry
    root: Path | None = None
    in_ram: tuple[pa.RecordBatch, ...] = ()
    ram_sources: tuple[str, ...] = field(default=())

    @cached_property
    def batches(self) -> tuple[pa.RecordBatch, ...]:
        """The record batches, their buffers in place."""
        if self.root is None:
            return self.in_ram
        path = self.root / "segments" / self.entry.file
        batches = tuple(map_arrow(path, self.entry.size))
        if [batch.num_rows for batch in batches] != [batch.rows for batch in self.entry.batches]:
            raise DamagedError(f"{path} is damaged (its batches are not those that were written): run `byheart check`")
        return batches

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """The names that the column `source` numbers."""
        if self.root is None or self.entry.sources is None:
            return self.ram_sources
        return tuple(read_column(self.root / "segments" / self.entry.sources.file, self.entry.sources).to_pylist())

    @cached_property
    def tombstones(self) -> npt.NDArray[np.int64]:
        """The rows that were forgotten, in order."""
        if self.root is None or self.entry.tombstones is None:
            return np.empty(0, np.int64)
        path = self.root / "tombstones" / self.entry.tombstones.file
        rows: npt.NDArray[np.int64] = read_column(path, self.entry.tombstones).to_numpy()
        return rows

    @cached_property
    def batch_starts(self) -> npt.NDArray[np.int64]:
        """The first row of each batch, and the number of rows."""
        return np.cumsum([0, *(batch.rows for batch in self.entry.batches)], dtype=np.int64)

    def column(self, name: str) -> Any:
        """A whole column (`pa.ChunkedArray`), or None where this segment has none of that name."""
        index = self.batches[0].schema.get_field_index(name) if self.batches else -1
        return None if index < 0 else pa.chunked_array([batch.column(index) for batch in self.batches])

    def live(self, values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """`values`, one a row, with 0 for the rows that were forgotten."""
        if not len(self.tombstones):
            return values
        kept = values.copy()
        kept[self.tombstones] = 0
        return kept

    @cached_property
    def ends(self) -> npt.NDArray[np.int64] | None:
        """Cumulated live occurrences of the rows; None where row k is simply occurrence k."""
        counts = self.column("n")
        if counts is None and self.entry.tombstones is None:
            return None
        ones = np.ones(self.entry.rows, np.int64) if counts is None else counts.to_numpy().astype(np.int64)
        return np.cumsum(self.live(ones))


def map_arrow(path: Path, size: int) -> list[pa.RecordBatch]:
    """Map an Arrow file of a known size, for reads here and there.

    Raises:
        DamagedError: it is missing, of another size (reading a map of a file cut short would end the process), or not an Arrow file.
    """
    try:
        with path.open("rb") as file:
            found = file.seek(0, 2)
            if found != size:
                raise DamagedError(f"{path} is damaged (wanted {size:,} bytes, got {found:,}): run `byheart check`")
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except FileNotFoundError:
        raise DamagedError(f"{path} is missing: run `byheart check`, or restore it from a backup") from None
    if hasattr(mmap, "MADV_RANDOM"):
        mapped.madvise(mmap.MADV_RANDOM)
    try:
        reader = pa.ipc.open_file(pa.BufferReader(pa.py_buffer(mapped)))
        return [reader.get_batch(i) for i in range(reader.num_record_batches)]
    except (pa.ArrowInvalid, OSError) as error:
        raise DamagedError(f"{path} is damaged (not a whole Arrow file): run `byheart check`") from error


def read_column(path: Path, entry: FileEntry) -> pa.Array:
    """The one column of a small file beside a segment."""
    batches = map_arrow(path, entry.size)
    return pa.chunked_array([batch.column(0) for batch in batches]).combine_chunks()
