"""The three samples of a judgment, all of the kind and type of what was learned.

Train is what a memory holds; held-out and generated are read from wherever they are, and brought to the types of the memory, so that
a copy has the same bytes as its original.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from byheart.batch import Batch
from byheart.errors import InputError
from byheart.judging.grouping import numbered, of_batch
from byheart.memory.relearning import MemorySource, open_data
from byheart.memory.snapshot import Snapshot
from byheart.model import MemGEN
from byheart.neighbours.blocks import Indices
from byheart.records import KINDS
from byheart.records.array import array_type, to_numpy
from byheart.records.casting import meant
from byheart.records.chunk import Chunk, Values
from byheart.records.fingerprint import fingerprint
from byheart.records.others import others
from byheart.sources import Options
from byheart.sources.formats import FORMATS

Generator: TypeAlias = Callable[[int], Any]
_LOOKED_AT: Final = 10_000  # records, for columns that number them
_ENOUGH: Final = 50
_SHORT: Final = 40  # characters: longer texts say something of their row


class Sample:
    """Records of one of the samples, in RAM.

    Args:
        name: what people call it: "generated", "held-out".
        kind: of its records.
        field: the type of its column.
        column: its records.
        groups: int64 of shape (n,): records of one number belong together.
        of: the type of the memory's column, which may be another for arrays.
        origins: a chunk's worth each, where they came from; nothing where these are no places that can be gone back to.
        members: of tables that are grouped by a column, that column, which is no part of the records any more.
    """

    def __init__(  # noqa: PLR0913, PLR0917  # what it is, in the order that it is told
        self,
        name: str,
        kind: str,
        field: pa.Field,
        column: pa.Array,
        groups: Indices,
        of: pa.Field,
        origins: Sequence[Chunk] = (),
        members: pa.Array | None = None,
    ) -> None:
        self.name, self.kind, self.field, self.groups = name, kind, field, groups
        self.members = members
        self._column, self._of, self._origins = column, of, origins

    def __len__(self) -> int:
        return len(self._column)

    def x(self, which: Indices) -> pa.Array:
        """Some of the records."""
        return self._column.take(pa.array(which))

    def only(self, which: Indices) -> "Sample":
        """A sample of some of the records."""
        return Sample(self.name, self.kind, self.field, self.x(which), self.groups[which], self._of)

    @cached_property
    def places(self) -> list[tuple[str, int]]:
        """The source of each record, and the line, member or row in it; empty where they came from no file."""
        return [place for chunk in self._origins for place in zip(_sources([chunk]), _locators(chunk), strict=True)]

    @cached_property
    def place_names(self) -> list[str]:
        """What people call these: the file, and the line or row in it, unless each is a file of its own."""
        has_rows = any(locator for _, locator in self.places)
        return [f"{source}:{locator}" if has_rows else source for source, locator in self.places]

    @cached_property
    def fingerprints(self) -> npt.NDArray[np.uint64]:
        """XXH64 of each record's canonical bytes: of an array in the memory's type, where that has all of its numbers."""
        told = _fingerprints(self.kind, self._column, self.field)
        if self._of == self.field:
            return told
        dtype, _ = array_type(self._of)
        numbers = to_numpy(self._column, self.field)
        with np.errstate(invalid="ignore", over="ignore"):
            cast = numbers.astype(dtype)
        same = cast.astype(numbers.dtype) == numbers
        is_same = same.reshape(len(same), -1).all(axis=1)
        learned = _fingerprints(self.kind, KINDS["array"].encode(cast, self._of), self._of)
        return np.where(is_same, learned, told)


def _is_name(column: pa.Array) -> bool:
    """Whether a column may be a name, or a number, of its rows."""
    if pa.types.is_integer(column.type):
        return True
    lengths = column.type in {pa.string(), pa.large_string()} and pc.max(pc.utf8_length(column)).as_py()
    return bool(lengths) and lengths <= _SHORT


def numbering(column: str, option: str) -> str:
    """What to say of a column that may only number the rows; `option` leaves it out.

    >>> numbering("id", "group")
    "'id' differs in every record of train: if it only numbers them, leave it out of what is compared (--group id)"
    """
    told = f"{column!r} differs in every record of train: if it only numbers them, leave it out of what is compared"
    return f"{told} (--{option} {column})"


class Train:
    """The records of a memory, read where they are.

    Args:
        snapshot: of the memory.
        group: which of them belong together (`byheart.judging.grouping`). A column of a table that says so is no part of its records any more:
            whose they are is not what they are.
        only: of the occurrences, those that it has; None for all.
    """

    name = "train"

    def __init__(self, snapshot: Snapshot, group: str | None = None, only: Indices | None = None) -> None:
        self.kind = snapshot.kind.name
        self.snapshot, self.group = snapshot, group
        self._only = only
        self.field = without(snapshot.field, group)
        if self.kind not in KINDS:
            raise InputError(f"memory: wanted one of {', '.join(KINDS)}, got {self.kind}: judge what they are made of")

    def __len__(self) -> int:
        return len(self.snapshot) if self._only is None else len(self._only)

    def occurrences(self, which: Indices) -> Indices:
        """Which of the memory's occurrences some of the records are."""
        return which if self._only is None else self._only[which]

    @property
    def names(self) -> list[str]:
        """Of a table's columns, all that were learned."""
        type_ = self.snapshot.field.type
        return [inner.name for inner in type_] if pa.types.is_struct(type_) else []

    def x(self, which: Indices) -> pa.Array:
        """Some of the records."""
        return less(self.snapshot.x(self.snapshot.rows(self.occurrences(which))), self.group)

    @cached_property
    def numbered(self) -> list[str]:
        """Columns of whole numbers or short texts that differ in every record, as a number of the row does; by the first records, where those are enough."""
        x = self.x(np.arange(min(len(self), _LOOKED_AT)))
        if not pa.types.is_struct(x.type) or len(x) < _ENOUGH or len(x.type) < 2:
            return []
        columns = dict(zip((inner.name for inner in x.type), x.flatten(), strict=True))
        return [name for name, column in columns.items() if _is_name(column) and len(column.unique()) == len(column)]

    @cached_property
    def members(self) -> pa.Array | None:
        """Of tables that are grouped by a column, that column."""
        if self.group not in self.names:
            return None
        return member_of(self.snapshot.x(self.snapshot.rows(self.occurrences(np.arange(len(self))))), self.group)

    @cached_property
    def groups(self) -> Indices:
        """Records of one number belong together; int64 of shape (n,)."""
        return of_batch(Batch(self.snapshot, self.occurrences(np.arange(len(self)))), self.group)

    @cached_property
    def fingerprints(self) -> npt.NDArray[np.uint64]:
        """XXH64 of each record's canonical bytes, whatever its label."""
        steps = range(0, len(self), _AT_ONCE)
        told = [self._some(np.arange(at, min(at + _AT_ONCE, len(self)))) for at in steps]
        return np.concatenate(told)

    def _some(self, which: Indices) -> npt.NDArray[np.uint64]:
        return _fingerprints(self.kind, self.x(which), self.field)


def _fingerprints(kind: str, column: pa.Array, field: pa.Field) -> npt.NDArray[np.uint64]:
    return fingerprint(*KINDS[kind].canonical(column, field))


_AT_ONCE = 16_384


def learned_by(memory: "MemGEN | str | PathLike[str] | None", train: object) -> MemGEN:
    """What was learned: the one of the two that is told.

    Raises:
        InputError: both are, or neither.
    """
    if (memory is None) == (train is None):
        raise InputError(
            "wanted either memory or train, got both or neither: say what the generator was trained on, once"
        )
    if memory is None:
        return MemGEN().fit(train)
    return memory if isinstance(memory, MemGEN) else MemGEN(memory)


def read(thing: object, name: str, train: Train, field: str | None = None) -> Sample:
    """Read a sample from a source, to the kind and type of what was learned.

    Args:
        thing: a path, an address, or any Python object that holds records.
        name: of the sample.
        train: what it is to be compared with.
        field: of files with fields, the one that is the record.

    Raises:
        InputError: it holds no records, or records of another kind.
    """
    source = open_data(thing, Options(kind=train.kind, field=field if _has_fields(thing) else None))
    chunks: list[Chunk] = []  # as they came, but for their records
    try:
        columns = list(_encoded(_seen(source.chunks(), chunks), train, source.kind))
    except InputError as error:
        raise InputError(f"{name}: {error}") from error
    if not columns:
        raise InputError(f"{name}: wanted at least one record, got none in {source.name}")
    if train.kind == "array":
        type_, column = _arrays(columns)
    else:
        type_, column = train.field, pa.concat_arrays(columns)
    groups = numbered(column, train.group, _labels(chunks), lambda: _sources(chunks))
    origins = chunks if isinstance(thing, str | PathLike) and not isinstance(source, MemorySource) else ()
    records, members = less(column, train.group), member_of(column, train.group)
    return Sample(name, train.kind, type_, records, groups, train.field, origins, members)


def _has_fields(thing: object) -> bool:
    """Whether it is a file of a format with fields: the samples of one audit may be of several formats."""
    if not isinstance(thing, str | PathLike):
        return False
    suffixes = {suffix for name in FORMATS if FORMATS[name].has_fields for suffix in FORMATS[name].suffixes}
    named = str(thing).partition(":")[0]
    return bool(suffixes & set(Path(thing).suffixes)) or (named in FORMATS and FORMATS[named].has_fields)


def _arrays(blocks: Sequence[npt.NDArray[Any]]) -> tuple[pa.Field, pa.Array]:
    """All in the one type that has the numbers of each."""
    whole = np.concatenate(blocks)
    kind = KINDS["array"]
    field = kind.field(whole)
    return field, kind.encode(whole, field)


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


def _locators(chunk: Chunk) -> list[int]:
    at = chunk.locator
    return list(range(at, at + len(chunk))) if isinstance(at, int) else at.tolist()


def _encoded(blocks: Iterable[Values], train: Train, said: str | None) -> Iterator[Any]:
    """Records as the memory has them; arrays as they are, if they have its shape. Rows need not say whose they are."""
    kind, field = KINDS[train.kind], train.snapshot.field
    for block in blocks:
        values = _rows(block, field, train.group) if isinstance(block, pa.RecordBatch) else block
        try:
            yield _numbers(values, train.field) if train.kind == "array" else kind.encode(values, field)
        except InputError as error:
            told = others(train.kind, values, said)
            if told is None:
                raise
            raise InputError(
                f"wanted {told[0]}, as were learned, got {told[1]}: name samples of what was learned"
            ) from error


def _rows(block: pa.RecordBatch, field: pa.Field, group: str | None) -> pa.RecordBatch:
    """Rows as the memory's types mean them; the column that says whose they are may be missing."""
    names = block.schema.names
    if not pa.types.is_struct(field.type) or len(set(names)) < len(names):  # which no table may have: its kind says so
        return block
    columns = {}
    for inner in field.type:
        if inner.name in block.schema.names:
            columns[inner.name] = meant(block.column(inner.name), inner.type)
        elif inner.name == group:
            columns[inner.name] = pa.nulls(len(block), inner.type)
    others = {name: block.column(name) for name in block.schema.names if name not in columns}
    return pa.RecordBatch.from_pydict({**columns, **others})


def _numbers(values: Values, field: pa.Field) -> npt.NDArray[Any]:
    """Arrays of the memory's shape, of any real numbers: a generator of floats may be judged by bytes."""
    dtype, shape = array_type(field)
    block = np.asarray(values) if isinstance(values, (np.ndarray, Sequence)) else values
    if not isinstance(block, np.ndarray) or block.dtype.kind not in "biufc" or block.shape[1:] != shape:
        return to_numpy(KINDS["array"].encode(values, field), field)  # or it says what is wrong
    if block.dtype.kind == "c" and dtype.kind != "c":
        raise InputError(f"wanted real numbers, as the memory has, got {block.dtype}")
    return block


def without(field: pa.Field, name: str | None) -> pa.Field:
    """The type of rows without one of their columns, if they have it."""
    if name is None or not pa.types.is_struct(field.type) or field.type.get_field_index(name) < 0:
        return field
    kept = [inner for inner in field.type if inner.name != name]
    if not kept:
        raise InputError(f"group: wanted rows with a column besides {name}, got none")
    return pa.field(field.name, pa.struct(kept), field.nullable, field.metadata)


def member_of(rows: pa.Array, name: str | None) -> pa.Array | None:
    """The column of rows that has a name, if they have it."""
    if name is None or not pa.types.is_struct(rows.type) or rows.type.get_field_index(name) < 0:
        return None
    return rows.flatten()[rows.type.get_field_index(name)]


def less(rows: pa.Array, name: str | None) -> pa.Array:
    """Rows without one of their columns, if they have it."""
    kept = without(pa.field("x", rows.type), name).type
    if kept == rows.type:
        return rows
    columns = dict(zip((inner.name for inner in rows.type), rows.flatten(), strict=True))
    return pa.StructArray.from_arrays([columns[inner.name] for inner in kept], fields=list(kept))
