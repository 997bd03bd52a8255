"""What all readers share: a source made of files and of what reads them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from byheart.records import Chunk
from byheart.sources.base import Options
from byheart.sources.faults import faults
from byheart.sources.file import File
from byheart.sources.files import Files

Read = Callable[[Iterable[File], Options], Iterator[Chunk]]


class FilesSource:
    """The records that a reader finds in files."""

    def __init__(self, files: Files, read: Read, options: Options, *, kind: str | None, total: int | None) -> None:
        self.name = files.name
        self.kind = kind
        self.total = total
        self._files = files
        self._read = read
        self._options = options

    @property
    def done(self) -> int:
        """The bytes read so far, as they are stored: those of an archive or a compressed file are the packed ones."""
        done = self._files.done
        return done if self.total is None else min(done, self.total)

    def chunks(self) -> Iterator[Chunk]:
        """The records, a chunk at a time."""
        with faults(self.name):
            yield from self._read(self._files, self._options)


def each(
    files: Iterable[File], options: Options, read: Callable[[File, Options], Iterator[Chunk]], wanted: str
) -> Iterator[Chunk]:
    """Read file after file; failures name the file, and say what was wanted: "a Parquet file"."""
    for file in files:
        with faults(file.where, wanted):
            for chunk in read(file, options):
                yield with_labels(chunk, file, options)


def with_labels(chunk: Chunk, file: File, options: Options) -> Chunk:
    """Give the records of a file its label, if labels are asked for and they have none of their own."""
    if not options.labels or chunk.labels is not None:
        return chunk
    return replace(chunk, labels=[file.label] * len(chunk))
