"""Text files: a record a line, or a paragraph."""

import re
from collections.abc import Iterable, Iterator
from io import BufferedReader
from typing import Final

import numpy as np
import pyarrow as pa

from byheart.errors import InputError
from byheart.records import Chunk
from byheart.sources.base import CHUNK_BYTES, RECORD_BYTES, Options
from byheart.sources.file import File, too_large
from byheart.sources.reading import each

_BLANK_LINES: Final = re.compile(rb"\n(?:[ \t\r\v\f]*\n)+")
_BLANK_LINES_AT_FIRST: Final = re.compile(rb"\A(?:[ \t\r\v\f]*\n)+")
_BLANK_LINE_AT_LAST: Final = re.compile(rb"\n[ \t\r\v\f]*\Z")
_UTF8_MARK: Final = b"\xef\xbb\xbf"


def read_lines(files: Iterable[File], options: Options) -> Iterator[Chunk]:
    """The lines, without their ends; or the paragraphs, which blank lines part. A locator is the number of either."""
    return each(files, options, _paragraphs if options.by == "paragraph" else _lines, "a text file")


def _lines(file: File, options: Options) -> Iterator[Chunk]:
    number = 0
    for block in line_blocks(file, is_text=options.kind in {"auto", "text"}):
        lines = split_lines(block)
        yield Chunk(lines, file.name, number)
        number += len(lines)


def _paragraphs(file: File, options: Options) -> Iterator[Chunk]:
    number, size = 0, 0
    waiting: list[bytes] = []
    for block in line_blocks(file, is_text=options.kind in {"auto", "text"}):
        lines = block.replace(b"\r\n", b"\n")
        waiting.append(lines)
        size += len(lines)
        if _BLANK_LINES.search(lines):
            *paragraphs, last = _parted(b"".join(waiting))
            waiting, size = [last], len(last)
            if paragraphs:
                yield Chunk(paragraphs, file.name, number)
            number += len(paragraphs)
        elif size > RECORD_BYTES:
            raise too_large(file.where)
    paragraphs = [_BLANK_LINE_AT_LAST.sub(b"", part) for part in _parted(b"".join(waiting))]
    if paragraphs := [paragraph for paragraph in paragraphs if paragraph.strip()]:
        yield Chunk(paragraphs, file.name, number)


def _parted(text: bytes) -> list[bytes]:
    """The paragraphs; the last may go on."""
    return _BLANK_LINES.split(_BLANK_LINES_AT_FIRST.sub(b"", text))


def split_lines(block: bytes) -> pa.Array:
    r"""The lines of a block, without their ends, as a `large_binary` array.

    >>> split_lines(b"to be\r\n\nor not").to_pylist()
    [b'to be', b'', b'or not']
    """
    if b"\r\n" in block:
        block = block.replace(b"\r\n", b"\n")
    ends = np.flatnonzero(np.frombuffer(block, np.uint8) == ord("\n"))
    if not block.endswith(b"\n"):
        ends = np.append(ends, len(block))
    offsets = np.zeros(len(ends) + 1, np.int64)
    np.cumsum(np.diff(ends, prepend=-1) - 1, out=offsets[1:])
    text = pa.py_buffer(block.replace(b"\n", b""))
    return pa.Array.from_buffers(pa.large_binary(), len(ends), [None, pa.py_buffer(offsets), text])


def line_blocks(file: File, *, is_text: bool = True) -> Iterator[bytes]:
    """Blocks of about 2 MB, that end where a line does; of text, without the mark that some systems put before UTF-8.

    Raises:
        InputError: a line is longer than 1 GB, or the text is not in UTF-8.
    """
    with file.open() as stream:
        if is_text:
            check_encoding(file, stream)
        waiting: list[bytes] = []
        size = 0
        while block := stream.read(CHUNK_BYTES):
            cut = block.rfind(b"\n") + 1
            if cut:
                whole, waiting, size = b"".join([*waiting, block[:cut]]), [], 0
                yield whole
                del whole  # or it would stand in RAM beside the next one
            waiting.append(block[cut:])
            size += len(block) - cut
            if size > RECORD_BYTES:
                raise too_large(file.where)
        if size:
            yield b"".join(waiting)


def not_utf8(error: UnicodeDecodeError, where: str, line: int) -> InputError:
    r"""What to say of text that is not UTF-8; `line` is the number (from 1) of its first line.

    >>> try:
    ...     b"to be\ncaf\xe9".decode()
    ... except UnicodeDecodeError as error:
    ...     not_utf8(error, "poem.txt", 1)
    InputError('poem.txt, line 2: wanted text in UTF-8, got the byte 0xe9: convert it (from Latin-1: `iconv -f LATIN1 -t UTF-8`)')
    """
    data = bytes(error.object)
    line += data.count(b"\n" if b"\n" in data else b"\r", 0, error.start)
    remedy = "convert it (from Latin-1: `iconv -f LATIN1 -t UTF-8`)"
    return InputError(f"{where}, line {line:,}: wanted text in UTF-8, got the byte 0x{data[error.start]:02x}: {remedy}")


def check_encoding(file: File, stream: BufferedReader) -> None:
    """Skip the mark of UTF-8; refuse UTF-16 and UTF-32, with a mark or without."""
    head = stream.peek(4)[:4]
    if head.startswith(_UTF8_MARK):
        stream.read(len(_UTF8_MARK))
    elif head.startswith((b"\xff\xfe", b"\xfe\xff")) or (len(head) == 4 and head.count(0) >= 2):
        remedy = "convert it (`iconv -f UTF-16 -t UTF-8`), or learn it with --kind bytes"
        raise InputError(f"{file.where}: wanted text in UTF-8, got UTF-16 or UTF-32: {remedy}")
