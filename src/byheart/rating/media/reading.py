"""The samples of a study, from everything that byheart learns from; read when they are looked at.

Rule 1: files that are a record each (images, sounds, texts) are listed, by their first bytes and their names, and read when their turn comes; whatever holds many
records (lines, CSV, Parquet, archives) is read into RAM, as Arrow has it.
Rule 2: nothing outside the folder that was named is shown (`listing`).
Rule 3: what is of another kind than the rest, or empty, is passed over, and counted.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from os import PathLike, fspath
from pathlib import Path
from typing import Any, Final, cast, overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from byheart.errors import InputError
from byheart.rating.media import listing
from byheart.rating.study import KINDS as STUDIED
from byheart.rating.study import Kind
from byheart.records.kinds import KINDS, kind_of, media_kind
from byheart.sources import Options, open_source
from byheart.sources.base import Source
from byheart.sources.choosing import choose
from byheart.sources.file import File
from byheart.sources.folder import is_memory
from byheart.sources.formats import ARCHIVES, FORMATS, format_of
from byheart.sources.whole import TEXT_SUFFIXES

_HEAD: Final = 32
_BLANK: Final = "empty records"


@dataclass(frozen=True, slots=True)
class Samples(Sequence[Any]):
    """Records of one side: bytes of images and of sounds (or arrays of pixels), text, or rows as dicts.

    Attributes:
        name: of where they came from, for people.
        kind: of them.
        total: how many.
        record: gives one by its number.
        passed: how many were passed over, by the reason.
    """

    name: str
    kind: Kind
    total: int
    record: Callable[[int], Any]
    passed: Counter[str]

    @property
    def passed_over(self) -> str:
        """What was passed over, and why, in a sentence; "" where nothing was."""
        return listing.told(self.name, self.passed)

    def __len__(self) -> int:
        return self.total

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> list[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return [self.record(at) for at in range(self.total)[index]]
        return self.record(range(self.total)[index])

    def __iter__(self) -> Iterator[Any]:
        return map(self.record, range(self.total))


def read(source: object, kind: Kind | None = None, *, field: str | None = None) -> Samples:
    """Read one side of a study.

    Args:
        source: a path, an address, a memory, or any Python object that holds records.
        kind: of the records; None for what they are. A table of a single column of texts holds texts.
        field: of JSON lines, CSV or Parquet, the field that is the record.

    Raises:
        InputError: there are none, they are of another kind, or of several.

    >>> samples = read(["to be", "", "or not"])
    >>> samples.kind, list(samples), samples.passed_over
    ('text', ['to be', 'or not'], 'list: passed over 1 empty records')
    """
    if isinstance(source, str | PathLike):
        path = fspath(source)
        if Path(path).is_dir():
            samples = _of_memory(path) if is_memory(path) else _of_folder(path, kind, field)
            return _checked(samples, kind)
        name = Path(path).name or path
    else:
        name = type(source).__name__
    opened = open_source(source, Options(kind="text" if kind == "text" and _is_lines(source) else "auto", field=field))
    return _checked(_of_source(opened, name, Counter(), kind), kind)


def _is_lines(source: object) -> bool:
    """Whether it is text whatever it holds: a file of lines."""
    return isinstance(source, str | PathLike) and Path(fspath(source)).suffix.lower() in TEXT_SUFFIXES


def _checked(samples: Samples, kind: Kind | None) -> Samples:
    if kind is not None and samples.kind != kind:
        raise InputError(f"{samples.name}: wanted records of the kind {kind}, got {samples.kind}: name another source")
    if not samples.total:
        passed = samples.passed_over or f"{samples.name}: nothing is in it"
        raise InputError(f"{samples.name}: wanted at least one record, got none ({passed})")
    return samples


def _of_memory(path: str) -> Samples:
    """All that a memory holds."""
    from byheart.batch import Batch  # noqa: PLC0415  # most studies are of files
    from byheart.model import MemGEN  # noqa: PLC0415  # as above

    snapshot = MemGEN(path).snapshot
    batch = Batch(snapshot, np.arange(len(snapshot)))
    name = Path(path).name
    if not len(batch):
        raise InputError(f"{name}: wanted at least one record, got an empty memory")
    return Samples(name, _shown_kind(name, batch.kind, batch[0]), len(batch), batch.__getitem__, Counter())


def _of_folder(path: str, kind: Kind | None, field: str | None) -> Samples:
    """The files of a folder: a record each, or read as what they are."""
    name = Path(path).resolve().name or path
    listed = listing.listing(path)
    if not listed.files:
        raise InputError(
            f"{name}: wanted files, got none: {listing.told(name, listed.passed) or 'hidden ones do not count'}"
        )
    suffixes = {file.suffix for file in listed.files}
    formats = {format_of(suffix) for suffix in suffixes}
    one = formats.pop() if len(formats) == 1 else None
    is_many = one is not None and not FORMATS[one].is_alone
    if is_many or all(suffix in ARCHIVES for suffix in suffixes):
        return _of_source(choose(listed.as_files(), Options(field=field)), name, listed.passed, kind)
    if field is not None:
        raise InputError(f"{name}: wanted files with fields for --field, got files that are records: leave it out")
    sorts = [_sort(file, kind) for file in listed.files]
    kept = _one_kind(name, sorts) if kind is None else kind
    listed.passed[f"files that are no {kept}"] += sum(sort != kept for sort in sorts)
    files = [file for file, sort in zip(listed.files, sorts, strict=True) if sort == kept]
    return Samples(name, kept, len(files), lambda at: _whole(files[at], kept), listed.passed)


def _sort(file: File, kind: Kind | None) -> Kind | None:
    """The kind that a file is of, by its first bytes, then its name; None if it is none that can be shown."""
    with file.stored() as stored:
        found = media_kind(stored.read(_HEAD))
    if found is not None:
        return cast("Kind", found)
    return "text" if kind == "text" or file.suffix in TEXT_SUFFIXES else None


def _one_kind(name: str, sorts: Sequence[Kind | None]) -> Kind:
    kinds = Counter(sort for sort in sorts if sort is not None)
    if not kinds:
        raise InputError(
            f"{name}: wanted images, sounds or texts, got none that is known by its first bytes or its name: of texts, say --kind text"
        )
    media = set(kinds) - {"text"}  # a README beside images is no sample
    if len(media) > 1:
        counts = ", ".join(f"{count:,} {kind}" for kind, count in kinds.items())
        raise InputError(f"{name}: wanted files of one kind, got {counts}: say which with --kind")
    return media.pop() if media else "text"


def _whole(file: File, kind: Kind) -> Any:
    data = replace(file).whole()  # of its own: a file counts what was read of it, and threads read at once
    if kind != "text":
        return data
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:  # left as it is: whoever prepares it says so, and goes on with the others
        return data


def _of_source(source: Source, name: str, passed: Counter[str], kind: Kind | None) -> Samples:
    """The records of a source, in RAM as Arrow has them."""
    chunks = [chunk.values for chunk in source.chunks() if len(chunk)]
    if not chunks:
        raise InputError(f"{name}: wanted at least one record, got none")
    found = source.kind if source.kind not in {None, "bytes"} else kind_of(chunks[0])
    found = "text" if kind == "text" and found == "bytes" else str(found)
    if found == "array":
        return _of_arrays(name, chunks, passed)
    encoder = KINDS[found]
    type_ = encoder.field(chunks[0])
    column = _joined([encoder.encode(values, type_) for values in chunks])
    if found == "row" and kind in {None, "text"} and _is_one_text(column.type):
        found, column = "text", column.flatten()[0].cast(pa.large_string())
        encoder, type_ = KINDS["text"], pa.field("x", pa.large_string())
    if kind == "text" and found == "row":
        names = ", ".join(inner.name for inner in column.type)
        raise InputError(f"{name}: wanted texts, got rows: say which of the columns is the text with --field: {names}")
    shown = _shown_kind(name, found, encoder.decode(column[:1], type_)[0])
    filled = _filled(column, shown)
    passed[_BLANK] += len(column) - len(filled)
    return Samples(name, shown, len(filled), lambda at: encoder.decode(filled[at : at + 1], type_)[0], passed)


def _joined(columns: Sequence[pa.Array]) -> pa.Array:
    return columns[0] if len(columns) == 1 else pa.concat_arrays(columns)


def _is_one_text(type_: pa.DataType) -> bool:
    """Whether rows have a column of texts, and no other."""
    if type_.num_fields != 1:
        return False
    inner = type_.field(0).type
    return bool(pa.types.is_string(inner) or pa.types.is_large_string(inner))


def _filled(column: pa.Array, kind: Kind) -> pa.Array:
    """Those that are not empty."""
    if kind == "row":
        return column.filter(column.is_valid()) if column.null_count else column
    sizes = pc.binary_length(pc.utf8_trim_whitespace(column) if kind == "text" else column)
    return column.filter(sizes.cast(pa.bool_()))  # a comparison with a number of Python's would import pandas


def _of_arrays(name: str, chunks: Sequence[Any], passed: Counter[str]) -> Samples:
    """Arrays of pixels, as they are."""
    blocks = [np.asarray(values) for values in chunks]
    starts = np.cumsum([0, *map(len, blocks)])

    def record(at: int) -> Any:
        block = int(np.searchsorted(starts, at, side="right")) - 1
        return blocks[block][at - starts[block]]

    return Samples(name, _shown_kind(name, "array", blocks[0][0]), int(starts[-1]), record, passed)


def _shown_kind(name: str, kind: str, first: Any) -> Kind:
    """The kind that a study calls a record's.

    Raises:
        InputError: it cannot be shown.
    """
    if kind == "array" and np.ndim(first) in {2, 3}:
        return "image"
    if kind == "bytes":
        kind = media_kind(bytes(first[:_HEAD])) or kind
    if kind not in STUDIED:
        got = f"arrays of shape {np.shape(first)}" if kind == "array" else kind
        raise InputError(f"{name}: wanted images, texts, sounds or rows, got {got}: name files that hold such")
    return cast("Kind", kind)
