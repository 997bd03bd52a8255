"""Arrow files and streams (.arrow, .feather, .ipc): mapped where they are on a local disk, so that a batch may be of any size."""

import mmap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from byheart.errors import InputError
from byheart.records import Chunk
from byheart.sources.base import Options
from byheart.sources.file import File, seekable
from byheart.sources.reading import each
from byheart.sources.tables import require_rows, slices, table_chunks

_FILE: Final = b"ARROW1"
_OLD: Final = b"FEA1"


def read_arrow(files: Iterable[File], options: Options) -> Iterator[Chunk]:
    """The rows, or one column of them."""
    return each(files, options, _rows, "an Arrow file or stream")


def _rows(file: File, options: Options) -> Iterator[Chunk]:
    require_rows(options, file.where)
    batches = _streamed(file) if file.path is None or file.is_packed else _mapped(file, file.path)
    yield from table_chunks(batches, file.name, options.field)


def _streamed(file: File) -> Iterator[pa.RecordBatch]:
    """Batches, each read into RAM."""
    with file.open() as stream:
        head = stream.peek(len(_FILE))[: len(_FILE)]
        source = seekable(stream, file.where) if head.startswith((_FILE, _OLD)) else stream
        for batch in _batches(head, pa.PythonFile(source, mode="r"), file):
            yield from map(_copied, slices(batch))


def _mapped(file: File, path: Path) -> Iterator[pa.RecordBatch]:
    """Copies of parts of the batches; the pages that were read are given back, since a mapping counts as RAM."""
    with path.open("rb") as stream:
        head = stream.read(len(_FILE))
        if not head:
            raise EOFError("it is empty")
        mapping = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    past = 0
    for batch in _batches(head, pa.BufferReader(pa.py_buffer(mapping)), file):
        _give_back(mapping)
        for part in slices(batch):
            yield _copied(part)
            _give_back(mapping)
            past += part.nbytes
            file.done = min(past, len(mapping))
        del batch, part  # before the next one is unpacked


def _give_back(mapping: mmap.mmap) -> None:
    if hasattr(mmap, "MADV_DONTNEED"):  # not on Windows
        mapping.madvise(mmap.MADV_DONTNEED)


def _copied(part: pa.RecordBatch) -> pa.RecordBatch:
    """By itself, so that it does not keep the whole batch in RAM."""
    columns = [pa.concat_arrays([column, column[:0]]) for column in part.columns]
    return pa.RecordBatch.from_arrays(columns, schema=part.schema)


def _batches(head: bytes, source: Any, file: File) -> Iterator[pa.RecordBatch]:
    if head.startswith(_OLD):
        remedy = "read it with pyarrow.feather, and write it again"
        raise InputError(f"{file.where}: wanted Feather version 2 or Arrow, got the old version 1: {remedy}")
    if not head.startswith(_FILE):
        yield from pa.ipc.open_stream(source)
        return
    reader = pa.ipc.open_file(source)
    for i in range(reader.num_record_batches):
        yield reader.get_batch(i)
