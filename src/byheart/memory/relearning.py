"""A memory as the source of another: every occurrence, with its label, its weight and where it came from.

Every record is compared with its fingerprint on the way, and every byte with its digest: damage is never learned as if it were sound.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from byheart.errors import InputError
from byheart.memory.piece import Piece
from byheart.memory.reading import pieces
from byheart.memory.snapshot import Snapshot
from byheart.records import Chunk
from byheart.records.array import to_numpy
from byheart.records.chunk import Values
from byheart.records.objects import ObjectKind
from byheart.sources import Options, Source, open_source
from byheart.sources.folder import is_memory


class MemorySource:
    """The records of a version, in the order in which they were learned.

    Args:
        snapshot: the version.
        name: of the memory, for people.
        counted: whether records of a hashmap are told once, with their counts.
    """

    def __init__(self, snapshot: Snapshot, name: str, *, counted: bool = False) -> None:
        self._snapshot = snapshot
        self._counted = counted
        self.name = name
        self.kind = snapshot.manifest.kind
        self.structure = snapshot.manifest.structure
        self.total = len(snapshot)
        self.done = 0

    def chunks(self) -> Iterator[Chunk]:
        """The records, in order, a batch at a time."""
        for piece in pieces(self._snapshot, range(len(self._snapshot.segments))):
            for part in [piece] if self._counted else piece.each():
                yield self._chunk(part)
                self.done += int(part.counts_or_ones().sum())

    def _chunk(self, piece: Piece) -> Chunk:
        labels = None if piece.labels is None else piece.labels.to_pylist()
        return Chunk(self._values(piece), piece.sources, piece.locators, labels, piece.weights, piece.counts)

    def _values(self, piece: Piece) -> Values:
        """As a kind of record takes them, of the types that they have."""
        if self.kind == ObjectKind.name:
            return self._snapshot.kind.decode(piece.x, piece.field)
        if self.kind == "array":
            return to_numpy(piece.x, piece.field)
        return pa.RecordBatch.from_struct_array(piece.x) if self.kind == "row" else piece.x


def open_data(thing: object, options: Options, *, counted: bool = False) -> Source:
    """As `open_source`, of memories too: the folder of one, or a model.

    Args:
        thing: what `open_source` takes, or a memory.
        options: how to read it; of a memory all but `kind` is told already.
        counted: whether the records of a hashmap may come once each, with counts.

    Raises:
        InputError: it does not exist, cannot be read, or holds no records.
        DamagedError: it is a memory, and cannot be opened.
    """
    if isinstance(thing, (str, os.PathLike)) and is_memory(os.fspath(thing)):
        if options != Options(kind=options.kind):
            raise InputError(
                f"{os.fspath(thing)}: wanted no options but the kind, since a memory tells what its records are, got others: leave them out"
            )
        return MemorySource(Snapshot.open(Path(thing)), os.fspath(thing), counted=counted)
    snapshot = getattr(thing, "snapshot", None)
    if isinstance(snapshot, Snapshot):  # a model: whose class is of a layer above
        return MemorySource(snapshot, type(thing).__name__, counted=counted)
    return open_source(thing, options)
