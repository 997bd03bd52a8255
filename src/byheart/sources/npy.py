"""NumPy files: .npy, whose first axis is the records, and .npz, which holds several. Nothing pickled is ever loaded."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BufferedReader
from tokenize import TokenError
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
from numpy.lib import format as npy

from byheart.errors import InputError
from byheart.records import Chunk
from byheart.registry import nearest
from byheart.sources.arrays import array_values, rows_of
from byheart.sources.base import RECORD_BYTES, Options
from byheart.sources.file import File, seekable, too_large
from byheart.sources.reading import each
from byheart.sources.zip_archive import zip_members

_HEADERS: Final = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
_HEADER_BYTES: Final = 65_536


def read_npy(files: Iterable[File], options: Options) -> Iterator[Chunk]:
    """The records of an array."""
    return each(files, options, _array, "a .npy file")


def read_npz(files: Iterable[File], options: Options) -> Iterator[Chunk]:
    """The records of the array that `field` names; of the only one, where it names none."""
    return each(files, options, _chosen, "an .npz file")


def _chosen(file: File, options: Options) -> Iterator[Chunk]:
    names = [member.name.removesuffix(".npy") for member in zip_members(file)]
    wanted = options.field
    if wanted is None:
        if len(names) != 1:
            got = f"got {len(names)}: {', '.join(names) or 'none'}"
            raise InputError(f"{file.where}: wanted one array, {got}: say which with --field")
        wanted = names[0]
    if wanted not in names:
        raise InputError(f"{file.where}: wanted the array {wanted!r}, got none: {nearest(wanted, names)}")
    for member in zip_members(file):
        if member.name.removesuffix(".npy") == wanted:
            yield from _array(member, options)
            return


def _array(file: File, _: Options) -> Iterator[Chunk]:
    """Read, not mapped: a mapping counts as RAM, and a file that is cut short under one ends the process."""
    with file.open() as stream:
        header = _Header.of(stream, file)
        blocks = _columns(stream, header, file) if header.in_columns else _rows(stream, header)
        first = 0
        for block in blocks:
            yield Chunk(array_values(block), file.name, first)
            first += len(block)
        if not header.in_columns and stream.read(1):
            raise ValueError("there is more after the array")


@dataclass(frozen=True, slots=True)
class _Header:
    """What stands before an array: (records, ...), its type, and whether it lies in Fortran order."""

    shape: tuple[int, ...]
    in_columns: bool
    dtype: np.dtype[Any]

    @property
    def numbers(self) -> int:
        """In a record."""
        return math.prod(self.shape[1:])

    @property
    def record(self) -> int:
        """The bytes of one."""
        return self.numbers * self.dtype.itemsize

    @classmethod
    def of(cls, stream: BufferedReader, file: File) -> Self:
        """Read it; whatever it claims, nothing is set aside for it."""
        version = npy.read_magic(stream)
        if version not in _HEADERS:
            raise ValueError(f"its format is version {version[0]}.{version[1]}")
        try:
            shape, in_columns, dtype = _HEADERS[version](stream, max_header_size=_HEADER_BYTES)
        except (TokenError, RecursionError) as error:
            raise ValueError("its header cannot be understood") from error
        if dtype.hasobject:
            got = "got pickled Python objects, which are never loaded"
            raise InputError(f"{file.where}: wanted an array of values, {got}: save numbers, or strings of dtype 'U'")
        if not shape:
            raise InputError(f"{file.where}: wanted an array whose first axis is the records, got a single number")
        header = cls(shape, in_columns and len(shape) > 1, dtype)
        if min(shape) < 0:
            raise ValueError(f"its shape is {shape}")
        if header.record > RECORD_BYTES:
            raise too_large(file.where)
        return header


def _rows(stream: BufferedReader, header: _Header) -> Iterator[npt.NDArray[Any]]:
    step = rows_of(header.record)
    for start in range(0, header.shape[0], step):
        count = min(step, header.shape[0] - start)
        data = stream.read(count * header.record)
        if len(data) < count * header.record:
            raise EOFError(f"{start + len(data) // header.record:,} of {header.shape[0]:,} records")
        yield np.frombuffer(data, header.dtype, count * header.numbers).reshape(count, *header.shape[1:])


def _columns(stream: BufferedReader, header: _Header, file: File) -> Iterator[npt.NDArray[Any]]:
    """Fortran order: each number of a record lies beside that of the next record, so that a block is gathered strip by strip."""
    numbers = seekable(stream, file.where)
    begin, size = numbers.tell(), header.dtype.itemsize
    source: Any = numbers.raw if isinstance(numbers, BufferedReader) else numbers  # a strip is less than a buffer
    step = rows_of(header.record)
    for start in range(0, header.shape[0], step):
        count = min(step, header.shape[0] - start)
        strips = np.empty((header.numbers, count), header.dtype)
        for i in range(header.numbers):
            source.seek(begin + (i * header.shape[0] + start) * size)
            data = source.read(count * size)
            if len(data) < count * size:
                raise EOFError(f"{start:,} of {header.shape[0]:,} records")
            strips[i] = np.frombuffer(data, header.dtype)
        yield strips.reshape(*header.shape[:0:-1], count).T
