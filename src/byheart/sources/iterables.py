"""Anything that can be iterated over: lists, generators, streams of Arrow record batches."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import Any, Final

import numpy as np
import pyarrow as pa

from byheart.errors import InputError
from byheart.records.chunk import Values
from byheart.sources.arrays import array_values
from byheart.sources.base import CHUNK_BYTES, CHUNK_RECORDS
from byheart.sources.tables import plain, slices

_AT_ONCE: Final = 64


def item_blocks(data: Any) -> Iterator[Values]:
    """Lists of items of about 2 MB together; items that are record batches are rows."""
    if isinstance(data, (str, bytes, dict)) or not isinstance(data, Iterable):
        raise InputError(f"data: wanted many records, got one {type(data).__name__}: wrap it in a list")
    rest = iter(data)
    first = list(islice(rest, 1))
    items = chain(first, rest)
    if first and isinstance(first[0], pa.RecordBatch):
        yield from _rows(items)
    else:
        blocks = _lists(_slices_of(data)) if isinstance(data, list) else _blocks(items)
        yield from map(_together, blocks) if first and isinstance(first[0], np.void) else blocks


def _together(block: list[Any]) -> Values:
    """Items of a structured array as rows of its types, if all of them are such."""
    dtype = block[0].dtype if isinstance(block[0], np.void) else None
    is_alike = dtype is not None and all(isinstance(item, np.void) and item.dtype == dtype for item in block)
    return array_values(np.array(block, dtype)) if is_alike else block


def _slices_of(items: list[Any]) -> Callable[[int], list[Any]]:
    """What gives the next n items of a list: quicker than an iterator does."""
    place = 0

    def take(n: int) -> list[Any]:
        nonlocal place
        place += n
        return items[place - n : place]

    return take


def _lists(take: Callable[[int], list[Any]]) -> Iterator[list[Any]]:
    block: list[Any] = []
    size = 0
    wanted = 1
    while some := take(wanted):
        block += some
        size += _sum(some)
        wanted = max(1, min(_AT_ONCE, CHUNK_BYTES // max(size_of(some[-1]), 1)))
        if size >= CHUNK_BYTES or len(block) >= CHUNK_RECORDS:
            yield block
            block, size = [], 0
    if block:
        yield block


def _blocks(items: Iterator[Any]) -> Iterator[list[Any]]:
    """As `_lists`, of what is made while it is asked for: item by item, since the next may be large."""
    block: list[Any] = []
    size = 0
    for item in items:
        block.append(item)
        size += size_of(item)
        if size >= CHUNK_BYTES or len(block) >= CHUNK_RECORDS:
            yield block
            block, size = [], 0
    if block:
        yield block


def _rows(batches: Iterator[Any]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        if not isinstance(batch, pa.RecordBatch):
            raise InputError(f"data: wanted record batches as before, got {type(batch).__name__}")
        for part in slices(batch):
            yield plain(part)


def _sum(items: list[Any]) -> int:
    if isinstance(items[0], (bytes, str)):
        try:
            return sum(map(len, items))
        except TypeError:  # something else among them
            pass
    return sum(map(size_of, items))


def size_of(item: object) -> int:
    """About how many bytes an item has."""
    nbytes = getattr(item, "nbytes", None)
    if isinstance(nbytes, int):
        return nbytes
    if isinstance(item, dict):
        return sum(map(size_of, item.values()))
    return len(item) if isinstance(item, (str, bytes, bytearray)) else 64
