"""The three samples of a judgment, all of the kind and type of what was learned.

Train is what a memory holds; held-out and generated are read from wherever they are, and brought to the types of the memory, so that
a copy has the same bytes as its original.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from byheart.batch import Batch
from byheart.errors import InputError
from byheart.judging.grouping import numbered
from byheart.memory.snapshot import Snapshot
from byheart.neighbours.blocks import Indices
from byheart.records import KINDS
from byheart.records.array import array_type
from byheart.records.chunk import Chunk, Values
from byheart.records.fingerprint import fingerprint
from byheart.sources import Options, open_source

Generator: TypeAlias = Callable[[int], Any]


class Sample:
    """Records of one of the samples, in RAM.

    Args:
        name: what people call it: "generated", "held-out".
        kind: of its records.
        field: the type of its column.
        column: its records.
        groups: int64 of shape (n,): records of one number belong together.
    """

    def __init__(self, name: str, kind: str, field: pa.Field, column: pa.Array, groups: Indices) -> None:
        self.name, self.kind, self.field, self.groups = name, kind, field, groups
        self._column = column

    def __len__(self) -> int:
        return len(self._column)

    def x(self, which: Indices) -> pa.Array:
        """Some of the records."""
        return self._column.take(pa.array(which))

    @cached_property
    def fingerprints(self) -> npt.NDArray[np.uint64]:
        """XXH64 of each record's canonical bytes."""
        data, offsets = KINDS[self.kind].canonical(self._column, self.field)
        return fingerprint(data, offsets)


class Train:
    """The records of a memory, read where they are.

    Args:
        snapshot: of the memory.
        group: which of them belong together (`byheart.judging.grouping`).
    """

    name = "train"

    def __init__(self, snapshot: Snapshot, group: str | None = None) -> None:
        self.kind, self.field = snapshot.kind.name, snapshot.field
        self.snapshot, self.group = snapshot, group
        if self.kind not in KINDS:
            raise InputError(f"memory: wanted one of {', '.join(KINDS)}, got {self.kind}: judge what they are made of")

    def __len__(self) -> int:
        return len(self.snapshot)

    def x(self, which: Indices) -> pa.Array:
        """Some of the occurrences."""
        return self.snapshot.x(self.snapshot.rows(which))

    @cached_property
    def groups(self) -> Indices:
        """Records of one number belong together; int64 of shape (n,)."""
        if self.group is None:
            return np.arange(len(self))
        every = Batch(self.snapshot, np.arange(len(self)))
        return numbered(every.to_arrow(), self.group, every.labels, lambda: [source for source, _ in every.origins])

    @cached_property
    def fingerprints(self) -> npt.NDArray[np.uint64]:
        """XXH64 of each record's canonical bytes, whatever its label."""
        steps = range(0, len(self), _AT_ONCE)
        told = [self._some(np.arange(at, min(at + _AT_ONCE, len(self)))) for at in steps]
        return np.concatenate(told)

    def _some(self, which: Indices) -> npt.NDArray[np.uint64]:
        data, offsets = KINDS[self.kind].canonical(self.x(which), self.field)
        return fingerprint(data, offsets)


_AT_ONCE = 16_384


def read(thing: object, name: str, train: Train, options: Options | None = None) -> Sample:
    """Read a sample from a source, to the kind and type of what was learned.

    Args:
        thing: a path, an address, or any Python object that holds records.
        name: of the sample.
        train: what it is to be compared with.
        options: how to read it, where it is a path.

    Raises:
        InputError: it holds no records, or records of another kind.
    """
    source = open_source(thing, options or Options(kind=train.kind))
    chunks: list[Chunk] = []  # as they came, but for their records
    try:
        columns = list(_encoded(_seen(source.chunks(), chunks), train))
    except InputError as error:
        told = str(error).removesuffix(": say which column with --field")  # which is an option of learning alone
        raise InputError(f"{name}: {told}") from error
    if not columns:
        raise InputError(f"{name}: wanted at least one record, got none in {source.name}")
    fields, arrays = zip(*columns, strict=True)
    odd = next((field for field in fields if field != fields[0]), None)
    if odd is not None:
        raise InputError(f"{name}: wanted {fields[0].type} throughout, got {odd.type}")
    column = pa.concat_arrays(arrays)
    return Sample(
        name, train.kind, fields[0], column, numbered(column, train.group, _labels(chunks), lambda: _sources(chunks))
    )


def generate(generator: Generator, count: int, train: Train) -> Sample:
    """Ask a generator for so many records.

    Raises:
        InputError: it gives another number of them, or of another kind.
    """
    sample = read(generator(count), "generated", train)
    if len(sample) != count:
        raise InputError(f"generated: wanted {count:,} records, as the generator was asked for, got {len(sample):,}")
    return sample


def _seen(chunks: Iterable[Chunk], seen: list[Chunk]) -> Iterator[Values]:
    """The records of chunks, of which the rest is kept."""
    for chunk in chunks:
        seen.append(replace(chunk, values=np.empty(len(chunk))))
        yield chunk.values


def _labels(chunks: Sequence[Chunk]) -> list[str | None] | None:
    if all(chunk.labels is None for chunk in chunks):
        return None
    return [label for chunk in chunks for label in (chunk.labels or [None] * len(chunk))]


def _sources(chunks: Sequence[Chunk]) -> list[str]:
    told = ([chunk.sources] * len(chunk) if isinstance(chunk.sources, str) else chunk.sources for chunk in chunks)
    return [source for part in told for source in part]


def _encoded(blocks: Iterator[Values], train: Train) -> Iterator[tuple[pa.Field, pa.Array]]:
    for values in blocks:
        if train.kind == "array":
            yield _as_arrays(values, train.field)
        else:
            yield train.field, KINDS[train.kind].encode(values, train.field)


def _as_arrays(values: Values, field: pa.Field) -> tuple[pa.Field, pa.Array]:
    """Arrays in the memory's own type where nothing is lost, else in theirs: a generator of floats may be judged by bytes."""
    kind = KINDS["array"]
    dtype, shape = array_type(field)
    block = np.asarray(values) if isinstance(values, (np.ndarray, Sequence)) else values
    if not isinstance(block, np.ndarray) or block.dtype == object or block.shape[1:] != shape:
        return field, kind.encode(values, field)  # which says what is wrong
    with np.errstate(invalid="ignore", over="ignore"):
        cast = block.astype(dtype)
        same = np.array_equal(cast.astype(block.dtype), block, equal_nan=block.dtype.kind in "fc")
    if not same:
        cast = block
        field = kind.field(block)
    return field, kind.encode(cast, field)
