"""Text files: a record a line, a paragraph or a file."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO

from byheart.errors import InputError
from byheart.records import Chunk
from byheart.sources.base import CHUNK_BYTES, Options

_MOST = 1 << 30


class LinesSource:
    """The lines of a stream of bytes, without their line ends; or its paragraphs, which blank lines part."""

    kind: str | None = "text"

    def __init__(
        self, name: str, opener: Callable[[], AbstractContextManager[BinaryIO]], total: int | None, options: Options
    ) -> None:
        self.name = name
        self.total = total
        self.done = 0
        self._opener = opener
        self._by = options.by or "line"
        if options.kind not in {"auto", "text"}:
            self.kind = options.kind

    def chunks(self) -> Iterator[Chunk]:
        """The records, a chunk at a time; a paragraph's locator is its number, a line's too."""
        with self._opener() as stream:
            if self._by == "file":
                data = stream.read()
                self.done += len(data)
                yield Chunk([data], self.name)
                return
            number = 0
            for records in self._lines(stream) if self._by == "line" else self._paragraphs(stream):
                if records:
                    yield Chunk(records, self.name, number)
                number += len(records)

    def _lines(self, stream: BinaryIO) -> Iterator[list[bytes]]:
        rest = b""
        while block := stream.read(CHUNK_BYTES):
            self.done += len(block)
            lines = (rest + block).split(b"\n")
            rest = lines.pop()
            if len(rest) > _MOST:
                raise InputError(f"{self.name}: wanted lines, got one of over 1 GB: learn it with --by file")
            yield [line[:-1] if line.endswith(b"\r") else line for line in lines]
        if rest:
            yield [rest]

    def _paragraphs(self, stream: BinaryIO) -> Iterator[list[bytes]]:
        open_: list[bytes] = []
        for lines in self._lines(stream):
            closed = []
            for line in lines:
                if line.strip():
                    open_.append(line)
                elif open_:
                    closed.append(b"\n".join(open_))
                    open_ = []
            yield closed
        if open_:
            yield [b"\n".join(open_)]


def open_lines(path: Path, options: Options) -> LinesSource:
    """The lines of a file."""
    try:
        path.open("rb").close()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    return LinesSource(str(path), lambda: path.open("rb"), path.stat().st_size, options)
