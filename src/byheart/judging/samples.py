"""The three samples of a judgment, all of the kind and type of what was learned.

Train is what a memory holds; held-out and generated are read from wherever they are, and brought to the types of the memory, so that
a copy has the same bytes as its original.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from byheart.errors import InputError
from byheart.memory.snapshot import Snapshot
from byheart.neighbours.blocks import Indices
from byheart.records import KINDS
from byheart.records.array import array_type
from byheart.records.chunk import Values
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
    """

    def __init__(self, name: str, kind: str, field: pa.Field, column: pa.Array) -> None:
        self.name, self.kind, self.field = name, kind, field
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
    """The records of a memory, read where they are."""

    name = "train"

    def __init__(self, snapshot: Snapshot) -> None:
        self.kind, self.field = snapshot.kind.name, snapshot.field
        self.snapshot = snapshot
        if self.kind not in KINDS:
            raise InputError(f"memory: wanted one of {', '.join(KINDS)}, got {self.kind}: judge what they are made of")

    def __len__(self) -> int:
        return len(self.snapshot)

    def x(self, which: Indices) -> pa.Array:
        """Some of the occurrences."""
        return self.snapshot.x(self.snapshot.rows(which))

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
    try:
        columns = list(_encoded((chunk.values for chunk in source.chunks()), train))
    except InputError as error:
        raise InputError(f"{name}: {error}") from error
    if not columns:
        raise InputError(f"{name}: wanted at least one record, got none in {source.name}")
    fields, arrays = zip(*columns, strict=True)
    odd = next((field for field in fields if field != fields[0]), None)
    if odd is not None:
        raise InputError(f"{name}: wanted {fields[0].type} throughout, got {odd.type}")
    return Sample(name, train.kind, fields[0], pa.concat_arrays(arrays))


def generate(generator: Generator, count: int, train: Train) -> Sample:
    """Ask a generator for so many records.

    Raises:
        InputError: it gives another number of them, or of another kind.
    """
    sample = read(generator(count), "generated", train)
    if len(sample) != count:
        raise InputError(f"generated: wanted {count:,} records, as the generator was asked for, got {len(sample):,}")
    return sample


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
