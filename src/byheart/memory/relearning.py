"""A memory as the source of another: every occurrence, with its label, its weight and where it came from."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from byheart.memory.gather import Rows
from byheart.memory.snapshot import Snapshot
from byheart.records import Chunk
from byheart.records.chunk import Values
from byheart.records.columns import as_numpy
from byheart.records.objects import ObjectKind
from byheart.sources import Options, Source, open_source
from byheart.sources.base import CHUNK_BYTES, CHUNK_RECORDS
from byheart.sources.folder import is_memory


class MemorySource:
    """The records of a version, in the order in which they were learned.

    Args:
        snapshot: the version.
        name: of the memory, for people.
    """

    def __init__(self, snapshot: Snapshot, name: str) -> None:
        self._snapshot = snapshot
        self.name = name
        self.kind = snapshot.manifest.kind
        self.total = len(snapshot)
        self.done = 0

    def chunks(self) -> Iterator[Chunk]:
        """The records, in order, about 2 MB at a time."""
        step = max(min(CHUNK_BYTES // self._snapshot.mean_size, CHUNK_RECORDS), 1)
        while self.done < self.total:
            stop = min(self.done + step, self.total)
            yield self._chunk(self._snapshot.rows(np.arange(self.done, stop)))
            self.done = stop

    def _chunk(self, rows: Rows) -> Chunk:
        names, locators = zip(*self._snapshot.origins(rows), strict=True)
        weights = self._snapshot.gather.column("weight", rows)
        return Chunk(
            self._values(rows),
            names[0] if len(set(names)) == 1 else names,
            np.array(locators, np.int64),
            self._snapshot.labels(rows),
            None if weights is None else as_numpy(weights.fill_null(1)),
        )

    def _values(self, rows: Rows) -> Values:
        """As a kind of record takes them, of the types that they have."""
        if self.kind == ObjectKind.name:
            return self._snapshot.records(rows)
        if self.kind == "array":
            return self._snapshot.numbers(rows)
        x = self._snapshot.x(rows)
        return pa.RecordBatch.from_struct_array(x) if self.kind == "row" else x


def open_data(thing: object, options: Options) -> Source:
    """As `open_source`, of memories too: the folder of one, or a model.

    Raises:
        InputError: it does not exist, cannot be read, or holds no records.
        DamagedError: it is a memory, and cannot be opened.
    """
    if isinstance(thing, (str, os.PathLike)) and is_memory(os.fspath(thing)):
        return MemorySource(Snapshot.open(Path(thing)), str(thing))
    snapshot = getattr(thing, "snapshot", None)
    if isinstance(snapshot, Snapshot):  # a model: whose class is of a layer above
        return MemorySource(snapshot, type(thing).__name__)
    return open_source(thing, options)
