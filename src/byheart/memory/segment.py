"""A segment: a plain Arrow IPC file of records, and the table through which its rows are found.

Columns: `x` the record, `h` its fingerprint (uint64), `source` (int32, into the segment's file of sources) and `locator` (int64: the
line, member or row there); where they are used, `n` its occurrences (uint32, hashmap), `label` (string) and `weight` (float64).
"""

import mmap
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash

from byheart.errors import ConflictError, DamagedError
from byheart.memory import store
from byheart.memory.manifest import FileEntry, SegmentEntry
from byheart.records.columns import as_numpy

BATCH_BYTES = 16 << 20
BATCH_ROWS = 65_536
SEGMENT_BYTES = 256 << 20
SEGMENT_SOURCES = 1 << 18  # whose names are in RAM while it is learned
HASHMAP_SEGMENT_BYTES = 56 << 20  # of RAM while it is learned, so that counts are known when it is written
_BLOCK = 4 << 20


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
    """A segment that can be read: in a file, mapped when it is first needed, or in RAM.

    Attributes:
        entry: what the manifest's page says of it.
        root: the memory; None in RAM.
        in_ram: its batches in RAM.
        ram_sources: its sources in RAM.
        x_type: the type of its records, as the manifest says; None where they are not looked at.
    """

    entry: SegmentEntry
    root: Path | None = None
    in_ram: tuple[pa.RecordBatch, ...] = ()
    ram_sources: tuple[str, ...] = ()
    x_type: pa.DataType | None = None
    _sound: dict[tuple[int, str], pa.Array] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def batches(self) -> tuple[pa.RecordBatch, ...]:
        """The record batches, their buffers in place."""
        if self.root is None:
            return self.in_ram
        path = self.root / "segments" / self.entry.file
        batches = tuple(map_arrow(path, self.entry.size))
        self._require_same([batch.num_rows for batch in batches], batches[0].schema if batches else None)
        return batches

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """The names that the column `source` numbers."""
        if self.root is None or self.entry.sources is None:
            return self.ram_sources
        names = read_column(self.root / "segments", self.entry.sources, pa.large_string())
        return tuple(names.to_pylist())

    @cached_property
    def tombstones(self) -> npt.NDArray[np.int64]:
        """The rows that were forgotten, in order."""
        if self.root is None or self.entry.tombstones is None:
            return np.empty(0, np.int64)
        entry = self.entry.tombstones
        rows: npt.NDArray[np.int64] = as_numpy(read_column(self.root / "tombstones", entry, pa.int64()))
        inside = len(rows) == entry.rows and rows.min(initial=0) >= 0 and rows.max(initial=0) < self.entry.rows
        if not inside or (np.diff(rows) <= 0).any():
            raise DamagedError(f"{entry.file} is damaged (no rows of its segment): restore it from a backup")
        return rows

    @cached_property
    def batch_starts(self) -> npt.NDArray[np.int64]:
        """The first row of each batch, and the number of rows."""
        return np.cumsum([0, *(batch.rows for batch in self.entry.batches)], dtype=np.int64)

    @property
    def names(self) -> list[str]:
        """The columns."""
        names: list[str] = self.batches[0].schema.names if self.batches else []
        return names

    def column(self, batch: int, name: str) -> pa.Array:
        """A column of a batch, known to be sound: Arrow's own functions trust the offsets and the text that they find."""
        column = self.batches[batch].column(name)
        if self.root is None or (pa.types.is_primitive(column.type) and name not in {"n", "source"}):
            return column
        if (batch, name) not in self._sound:
            self._require_sound(batch, name, column)
            self._sound[batch, name] = column
        return column

    def read(self) -> Iterator[pa.RecordBatch]:
        """The record batches one after the other, read into RAM; no byte was other than it was written, if it comes to its end."""
        if self.root is None:
            yield from self.in_ram
            return
        path = self.root / "segments" / self.entry.file
        with opened(path, self.entry.size) as file, explained_damage(path):
            start = sum(told.size for told in self.entry.batches)
            self._require_digest(file, start, self.entry.size - start, self.entry.digest)
            reader = pa.ipc.open_file(file)
            self._require_same([told.rows for told in self.entry.batches][: reader.num_record_batches], reader.schema)
            start = 0
            for number, told in enumerate(self.entry.batches):
                batch = reader.get_batch(number)
                for name, column in zip(batch.schema.names, batch.columns, strict=True):
                    self._require_sound(number, name, column)
                yield batch
                self._require_digest(
                    file, start, told.size, told.digest
                )  # last: whoever looks at records can name the one
                start += told.size

    def numbers(self, name: str) -> npt.NDArray[Any]:
        """A whole column of numbers."""
        parts = [as_numpy(self.column(i, name)) for i in range(len(self.batches))]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def live(self, values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """`values`, one a row, with 0 for the rows that were forgotten."""
        if not len(self.tombstones):
            return values
        kept = values.copy()
        kept[self.tombstones] = 0
        return kept

    def _require_same(self, rows: list[int], schema: pa.Schema | None) -> None:
        """Refuse batches of other sizes, or columns of other names or types, than were written."""
        same = rows == [batch.rows for batch in self.entry.batches]
        if same and schema is not None:
            has = set(_names(schema))
            same = len(schema) > 0 and ("n" in has or self.entry.rows == self.entry.records)
        if same and schema is not None:
            wanted = segment_schema(
                schema.field(0), counted="n" in has, labelled="label" in has, weighted="weight" in has
            )
            same &= schema.equals(wanted) and self.x_type in {None, schema.field(0).type}
        if not same:
            what = "its batches or columns are not those that were written"
            raise DamagedError(f"{self.entry.file} is damaged ({what}): run `byheart check`")

    def _require_digest(self, file: BinaryIO, start: int, size: int, digest: str) -> None:
        file.seek(start)
        if digest_of(file, size) != digest:
            raise DamagedError(f"{self.entry.file} is not as it was written: run `byheart check`")

    def _require_sound(self, batch: int, name: str, column: pa.Array) -> None:
        """Refuse a column that cannot be what was written: what is made of it would be out of bounds, or out of RAM."""
        try:
            column.validate(full=True)
        except pa.ArrowInvalid as error:
            raise DamagedError(f"{self.entry.file} is damaged (column {name}): run `byheart check`") from error
        sound = True
        if name == "n":
            sound = int(as_numpy(column).sum(dtype=np.int64)) == self.entry.batches[batch].records
        elif name == "source" and len(column):
            numbers = as_numpy(column)
            sound = numbers.min() >= 0 and numbers.max() < len(self.sources)
        if not sound:
            raise DamagedError(f"{self.entry.file} is damaged (column {name}): run `byheart check`")

    @cached_property
    def ends(self) -> npt.NDArray[np.int64] | None:
        """Cumulated live occurrences of the rows; None where row k is simply occurrence k."""
        counted = self.entry.records != self.entry.rows
        if not counted and self.entry.tombstones is None:
            return None
        ones = self.numbers("n").astype(np.int64) if counted else np.ones(self.entry.rows, np.int64)
        ends = np.cumsum(self.live(ones))
        if ends[-1] != self.entry.live_records:
            raise DamagedError(f"{self.entry.file} is damaged (its rows are not those counted): run `byheart check`")
        return ends


def _names(schema: pa.Schema) -> list[str]:
    """The columns; none where their names are damaged beyond being text."""
    try:
        names: list[str] = schema.names
    except UnicodeDecodeError:
        return []
    return names


def map_arrow(path: Path, size: int) -> list[pa.RecordBatch]:
    """Map an Arrow file of a known size, for reads here and there.

    Raises:
        DamagedError: it is missing, of another size (reading a map of a file cut short would end the process), or not an Arrow file.
    """
    with opened(path, size) as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    if hasattr(mmap, "MADV_RANDOM"):
        mapped.madvise(mmap.MADV_RANDOM)
    with explained_damage(path):
        reader = pa.ipc.open_file(pa.BufferReader(pa.py_buffer(mapped)))
        batches = [reader.get_batch(i) for i in range(reader.num_record_batches)]
        for batch in batches:
            batch.validate()  # that the buffers are as long as the rows need; not what is in them
    return batches


@contextmanager
def opened(path: Path, size: int) -> Iterator[BinaryIO]:
    """A file of a known size."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise _missing(path) from None
    with file:
        found = file.seek(0, 2)
        if found != size:
            raise DamagedError(f"{path} is damaged (wanted {size:,} bytes, got {found:,}): run `byheart check`")
        yield file


def digest_of(file: BinaryIO, size: int) -> str:
    """The XXH3-128 of the next so many bytes of a file (or of as many as there are), in hexadecimal."""
    hash_, left = xxhash.xxh3_128(), size
    while left and (block := file.read(min(left, _BLOCK))):
        hash_.update(block)
        left -= len(block)
    return hash_.hexdigest()


@contextmanager
def explained_damage(path: Path) -> Iterator[None]:
    """Turn what Arrow says of a file into a `DamagedError`."""
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, DamagedError):
            raise
        raise DamagedError(f"{path} is damaged (not a whole Arrow file): run `byheart check`") from error


def read_column(folder: Path, entry: FileEntry, type_: pa.DataType) -> pa.Array:
    """The one column of a small file beside a segment, when its digest and its type are right."""
    path = folder / entry.file
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise _missing(path) from None
    if len(data) != entry.size or xxhash.xxh3_128_hexdigest(data) != entry.digest:
        raise DamagedError(f"{path} is damaged: run `byheart check`, or restore it from a backup")
    with explained_damage(path):
        column = pa.ipc.open_file(pa.py_buffer(data)).read_all().column(0).combine_chunks()
        column.validate(full=True)
    if column.type != type_ or column.null_count:
        raise DamagedError(f"{path} is damaged: run `byheart check`, or restore it from a backup")
    return column


def _missing(path: Path) -> ConflictError | DamagedError:
    """What to say of a file that is not there: whether its version has been swept, or it should be there."""
    root = path.parent.parent
    with suppress(DamagedError):
        if path not in store.needed_files(root):
            return ConflictError(f"{root}: the version that was open has been removed meanwhile: open the memory again")
    return DamagedError(f"{path} is missing: run `byheart check`, or restore it from a backup")
