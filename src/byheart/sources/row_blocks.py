"""Blocks of CSV that end where a row does: a line end between quotes is part of a cell.

(pyarrow's streaming reader knows that too, but reads some fifty blocks ahead, and takes no row that is larger than a block.)
"""

import csv
import io
from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from byheart.sources.base import CHUNK_BYTES, RECORD_BYTES
from byheart.sources.file import File, too_large

_QUOTE, _LINE_FEED, _RETURN = b'"\n\r'
_END: Final = "\0end"


def row_blocks(first: bytes, stream: io.BufferedReader, separator: str, file: File) -> Iterator[bytes]:
    """`first` and what follows it in the stream, in blocks of about 2 MB of whole rows.

    Raises:
        EOFError: a quote is opened that is never closed.
        InputError: a row is larger than 1 GB.
    """
    waiting = first
    while block := stream.read(
        max(CHUNK_BYTES, len(waiting))
    ):  # doubles: a large row is not gone through at each block
        waiting += block
        cut = end_of_rows(waiting, separator)
        if cut:
            yield waiting[:cut]
            waiting = waiting[cut:]
        if len(waiting) > RECORD_BYTES:
            raise too_large(file.where)
    if waiting:
        if not end_of_rows(waiting + b"\n", separator) > len(waiting):
            raise EOFError("a quote is opened that is never closed")
        yield waiting


def end_of_rows(block: bytes, separator: str) -> int:
    r"""Where the last whole row ends of a block that begins with one; 0 if none does.

    >>> end_of_rows(b'1,"a\nb"\n2,"c\n', ","), end_of_rows(b'5" disk,1\n6" disk', ",")
    (8, 10)
    >>> end_of_rows(b'5" disk,1\n\n6" disk', ",")
    11
    """
    data = np.frombuffer(block, np.uint8)
    quotes = np.flatnonzero(data == _QUOTE)
    if not _are_paired(data, quotes, ord(separator)):
        return _read_end(block, separator)
    ends = np.flatnonzero(data == (_LINE_FEED if b"\n" in block else _RETURN))
    outside = ends[np.searchsorted(quotes, ends) % 2 == 0]
    return int(outside[-1]) + 1 if len(outside) else 0


def _are_paired(data: npt.NDArray[np.uint8], quotes: npt.NDArray[np.int64], separator: int) -> bool:
    """Whether every other quote begins a cell, and the others end one; one that stands for a quote in a cell does both, twice."""
    beside = np.array([separator, _QUOTE, _LINE_FEED, _RETURN], np.uint8)
    before = data[np.maximum(quotes[::2] - 1, 0)]
    after = data[np.minimum(quotes[1::2] + 1, len(data) - 1)]
    return bool(np.isin(before, beside).all() and np.isin(after, beside).all())


def _read_end(block: bytes, separator: str) -> int:
    """The same for cells such as 5" disk, by Python's own reader, which knows which quotes count."""
    *lines, _ = io.StringIO(f"{block.decode('latin-1')}\n", newline="")
    whole = 0
    reader = csv.reader([*lines, _END], delimiter=separator)
    try:
        for row in reader:
            if any(
                _END in cell for cell in row[-1:]
            ):  # alone, or in a cell whose quote is open (a blank line has none)
                break
            whole = reader.line_num
    except csv.Error as error:
        raise ValueError(str(error)) from error
    return sum(map(len, lines[:whole]))
