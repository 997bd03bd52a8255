"""A version of a memory that can be read: occurrences in, records out.

An occurrence is a number in [0, records): live ones only, in the order of the segments; a record that a hashmap holds n times is
n occurrences. A row is a place in the files. Where nothing was forgotten and each row is one occurrence, the two are the same.
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from byheart.draws import Drawing
from byheart.errors import DamagedError
from byheart.memory import manifest as m
from byheart.memory.gather import Gather, Rows
from byheart.memory.manifest import Manifest
from byheart.memory.segment import Segment
from byheart.memory.selecting import Selection, select
from byheart.memory.store import is_there, segments_of
from byheart.records import KINDS, Kind
from byheart.records.array import array_type, record_width
from byheart.records.chunk import Values
from byheart.records.columns import as_numpy
from byheart.records.fingerprint import fingerprint, label_seed
from byheart.records.objects import ObjectKind

_SELECTIONS_KEPT: Final = 8


class Snapshot:
    """The records of one version."""

    def __init__(
        self, manifest: Manifest, segments: Sequence[Segment], root: Path | None = None, kind: Kind | None = None
    ) -> None:
        self.manifest = manifest
        self.segments = segments
        self.root = root
        self.field = manifest.field
        self.kind = kind or KINDS[manifest.kind]
        self._type = self.field.type  # asked for once: each time makes a new object
        self._width = record_width(self.field) or 0
        self._list_size = self._type.list_size if pa.types.is_fixed_size_list(self._type) else 0
        self._is_table = pa.types.is_struct(self._type)
        self.gather = Gather(segments, self._width)
        self._selections: dict[tuple[str | None, str | None], Selection] = {}
        self._plain = all(s.entry.rows == s.entry.live_records and s.entry.tombstones is None for s in segments)

    @classmethod
    def open(cls, root: Path, version: int | None = None) -> "Snapshot":
        """Open a version, the newest where none is named."""
        while True:
            manifest = m.load(root, version)
            try:
                return cls.of(root, manifest)
            except DamagedError:
                if version is not None or is_there(root, manifest):
                    raise  # else it has been swept just now: there is a newer one

    @classmethod
    def of(cls, root: Path, manifest: Manifest) -> "Snapshot":
        """The records of a manifest that is in hand."""
        entries = list(segments_of(root, manifest))
        if m.totals(entries) != (manifest.records, manifest.rows, manifest.payload):
            raise DamagedError(
                f"{root}: version {manifest.version} says what does not add up: restore it from a backup"
            )
        type_ = manifest.field.type
        return cls(manifest, [Segment(entry, root, x_type=type_) for entry in entries], root)

    def __len__(self) -> int:
        return self.manifest.records

    @property
    def mean_size(self) -> int:
        """The bytes of a record, about: at least 1."""
        return max(self.manifest.payload // max(self.manifest.rows, 1), 1)

    @cached_property
    def _array_type(self) -> tuple[np.dtype[Any], tuple[int, ...]]:
        return array_type(self.field)

    @cached_property
    def _occurrence_ends(self) -> Rows:
        return np.cumsum([s.entry.live_records for s in self.segments], dtype=np.int64)

    def rows(self, occurrences: Rows) -> Rows:
        """The row of each occurrence."""
        if self._plain:
            return occurrences
        numbers = np.searchsorted(self._occurrence_ends, occurrences, side="right")
        rows = np.empty_like(occurrences)
        for number in np.unique(numbers).tolist():
            at = np.flatnonzero(numbers == number)
            segment = self.segments[number]
            within = occurrences[at] - (self._occurrence_ends[number] - segment.entry.live_records)
            if segment.ends is not None:
                within = np.searchsorted(segment.ends, within, side="right")
            rows[at] = self.gather.segment_starts[number] + within
        return rows

    def occurrences(self, rows: Rows) -> Rows:
        """The first occurrence of each live row."""
        if self._plain:
            return rows
        numbers = self.gather.segments_of(rows)
        out = np.empty_like(rows)
        for number in np.unique(numbers).tolist():
            at = np.flatnonzero(numbers == number)
            segment = self.segments[number]
            within = rows[at] - self.gather.segment_starts[number]
            if segment.ends is not None:
                within = np.where(within > 0, segment.ends[within - 1], 0)
            out[at] = self._occurrence_ends[number] - segment.entry.live_records + within
        return out

    def select(self, where: str | None, weights: str | None) -> Selection:
        """The records that meet `where`, weighted by a column; worked out once.

        Raises:
            WhereError: the condition cannot be read, or no record meets it.
            InputError: `weights` is not a column of non-negative numbers.
        """
        asked = where, weights
        if asked not in self._selections:
            if len(self._selections) >= _SELECTIONS_KEPT:
                self._selections.pop(next(iter(self._selections)))
            self._selections[asked] = select(self.segments, self.field, where, weights)
        return self._selections[asked]

    def x(self, rows: Rows) -> pa.Array:
        """The records at `rows`, as an Arrow array that owns its bytes."""
        if self._is_table:
            column = self.gather.column("x", rows)
            return column if column is not None else pa.array([], self.field.type)
        return self._column(*self.gather.joined(rows))

    def drawn(self, drawing: Drawing) -> pa.Array:
        """The records that are drawn: in one pass where an occurrence is a row."""
        if not self._plain or self._is_table:
            return self.x(self.rows(drawing.rows()))
        return self._column(*self.gather.drawn(drawing))

    def _column(self, data: npt.NDArray[np.uint8], ends: Rows) -> pa.Array:
        buffer, count = pa.py_buffer(data), len(ends) - 1
        if self._list_size:
            inner = pa.Array.from_buffers(self._type.value_type, count * self._list_size, [None, buffer])
            return pa.FixedSizeListArray.from_arrays(inner, type=self._type)
        if self._width:
            return pa.Array.from_buffers(self._type, count, [None, buffer])
        return pa.Array.from_buffers(self._type, count, [None, pa.py_buffer(ends), buffer])

    def numbers(self, which: Rows | Drawing) -> npt.NDArray[Any]:
        """Records that are arrays, at some rows or drawn, as one array (n, *shape)."""
        if not isinstance(which, Drawing):
            buffer, _ = self.gather.joined(which)
        elif self._plain:
            buffer = self.gather.drawn_buffer(which)
        else:
            buffer, _ = self.gather.joined(self.rows(which.rows()))
        dtype, shape = self._array_type
        return np.ndarray((len(which), *shape), dtype, buffer)

    def encode(self, values: Values) -> pa.Array:
        """Records to be looked up, as a column.

        Raises:
            InputError: they are of another kind.
        """
        return self.kind.find(values) if isinstance(self.kind, ObjectKind) else self.kind.encode(values, self.field)

    def sizes(self, segment: Segment, batch: int) -> Rows:
        """The bytes of each record of a batch."""
        _, offsets = self.kind.canonical(segment.column(batch, "x"), self.field)
        return np.diff(offsets)

    def records(self, rows: Rows) -> list[Any]:
        """The records at `rows`, as Python objects."""
        text = pa.types.is_large_string(self.field.type)
        if not (text or pa.types.is_large_binary(self.field.type)):
            return self.kind.decode(self.x(rows), self.field)
        try:
            return self.gather.records(rows, text=text)
        except UnicodeDecodeError as error:
            raise DamagedError(f"{self.root}: a text is damaged (not UTF-8): run `byheart check`") from error

    def fingerprints(self, rows: Rows) -> npt.NDArray[np.uint64]:
        """The fingerprints that were written when the rows were learned."""
        column = self.gather.column("h", rows)
        return np.empty(0, np.uint64) if column is None else as_numpy(column)

    def fingerprints_of(self, x: pa.Array, labels: Sequence[str | None] | None) -> npt.NDArray[np.uint64]:
        """The fingerprints of records as they are now."""
        data, offsets = self.kind.canonical(x, self.field)
        seeds = None if labels is None else np.array([label_seed(label) for label in labels], np.uint64)
        return fingerprint(data, offsets, seeds)

    def verify(self, rows: Rows, x: pa.Array) -> None:
        """Compare the records `x`, read from `rows`, with the fingerprints that they were learned with.

        Raises:
            DamagedError: one is not what was learned; it names the record.
        """
        learned, now = self.fingerprints(rows), self.fingerprints_of(x, self.labels(rows))
        wrong = np.flatnonzero(learned != now)
        if len(wrong):
            row = rows[wrong[:1]]
            source, locator = self.origins(row)[0]
            what = f"record {self.occurrences(row)[0]} (learned from {source}:{locator})"
            raise DamagedError(f"{self.root}: {what} is not what was learned: run `byheart check`, and learn it anew")

    def labels(self, rows: Rows) -> list[str | None] | None:
        """The labels at `rows`; None where the memory has none."""
        column = self.gather.column("label", rows)
        return None if column is None else column.to_pylist()

    def origins(self, rows: Rows) -> list[tuple[str, int]]:
        """The source of each row, and the line, member or row in it."""
        numbers = self.gather.column("source", rows)
        locators = self.gather.column("locator", rows)
        if numbers is None or locators is None:
            return []
        segments = self.gather.segments_of(rows).tolist()
        told = zip(segments, numbers.to_pylist(), locators.to_pylist(), strict=True)
        return [(self.segments[s].sources[number], locator) for s, number, locator in told]
