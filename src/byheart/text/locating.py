"""Locating: in which records something occurs, where in them, and what stands around it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from byheart._names import printable
from byheart.errors import InputError
from byheart.text.alphabet import ESCAPE, Alphabet, Bytes, Places
from byheart.text.corpus import Corpus

_AT_ONCE: Final = 1 << 22
_NEWLINE: Final = ord("\n")


@dataclass(frozen=True, slots=True)
class Place:
    """An occurrence of some bytes.

    Attributes:
        record: the number of the record that holds it, as `sample` has it in `indices`; of several occurrences, the first.
        source, locator: where that was learned from, and the line, member or row there.
        offset: the bytes of the record before it.
        line: its line in the record, from 1.
        before, after: what stands around it in the record.
    """

    record: int
    source: str
    locator: int
    offset: int
    line: int
    before: bytes
    after: bytes

    @property
    def where(self) -> str:
        """For people, counted from 1 as editors do: the line of a file of lines, or else the line within the record.

        >>> Place(9, "poems.txt", 9, 0, 1, b"", b"").where, Place(2, "tyger.txt", 0, 80, 4, b"", b"").where
        ('poems.txt:10', 'tyger.txt, line 4')
        """
        record = f":{self.locator + 1}" if self.locator or self.line == 1 else ""
        return printable(self.source + record + (f", line {self.line}" if self.line > 1 else ""))


@dataclass(frozen=True, slots=True)
class Detail:
    """How much to tell of where something occurs.

    Attributes:
        limit: how many occurrences, at most.
        context: how many bytes on each side.
    """

    limit: int
    context: int

    def __post_init__(self) -> None:
        if self.limit < 0 or self.context < 0:
            raise InputError(f"limit, context: wanted 0 or more, got {self.limit} and {self.context}")


@dataclass(frozen=True, slots=True, order=True)
class _Found:
    row: int
    at: int
    shard: int
    record: int
    size: int


def places(corpus: Corpus, ranges: Places, sizes: Sequence[int], detail: Detail) -> list[tuple[Place, ...]]:
    """The first occurrences of each of some things, in the order of the records.

    Args:
        corpus: what was searched.
        ranges: of each thing; int64 of shape (n, shards, 2).
        sizes: its bytes, as the index has them.
        detail: how much to tell.
    """
    limit, context = detail.limit, detail.context
    firsts: dict[tuple[bytes, int], list[_Found]] = {}  # what is said a hundred times is looked for once
    for one, size in zip(ranges, sizes, strict=True):
        if (key := (one.tobytes(), size)) not in firsts:
            firsts[key] = sorted(_found(corpus, one, size, limit))[:limit]
    found = [firsts[one.tobytes(), size] for one, size in zip(ranges, sizes, strict=True)]
    rows = np.array([place.row for places in found for place in places], np.int64)
    snapshot = corpus.snapshot
    told = zip(snapshot.occurrences(rows).tolist(), snapshot.origins(rows), strict=True)
    return [tuple(_place(corpus, place, *next(told), context) for place in places) for places in found]


def _found(corpus: Corpus, ranges: Places, size: int, limit: int) -> Iterator[_Found]:
    for number, (shard, (low, high)) in enumerate(zip(corpus.shards, ranges.tolist(), strict=True)):
        at = _least(shard.arrays.suffixes[low:high], limit)
        records = np.searchsorted(shard.arrays.begins, at, side="right") - 1
        for row, place, record in zip(shard.rows[records].tolist(), at.tolist(), records.tolist(), strict=True):
            yield _Found(row, place, number, record, size)


def _least(places: npt.NDArray[np.int32], limit: int) -> Places:
    """The least few of some numbers, in order."""
    kept = np.empty(0, np.int64)
    for start in range(0, len(places), _AT_ONCE):
        kept = np.concatenate([kept, places[start : start + _AT_ONCE]])
        if len(kept) > limit:
            kept = np.partition(kept, limit)[:limit]
    return np.sort(kept)


def _place(corpus: Corpus, found: _Found, record: int, origin: tuple[str, int], context: int) -> Place:
    arrays, alphabet = corpus.shards[found.shard].arrays, corpus.alphabet
    begin, end = int(arrays.begins[found.record]), int(arrays.begins[found.record + 1]) - alphabet.step
    at, after, margin = found.at, found.at + found.size, context * max(2, alphabet.step)
    first = max(at - margin, begin)
    if alphabet.step == 1 and first > begin and arrays.text[first - 1] == ESCAPE:
        first += 1
    before = alphabet.to_text(arrays.text[first:at].tobytes())
    following = alphabet.to_text(arrays.text[after : min(after + margin, end)].tobytes())
    offset, newlines = _sizes(alphabet, arrays.text[begin:at])
    if alphabet.step > 1:
        whole, _ = _sizes(alphabet, arrays.text[begin:end])
        offset = max(offset - (whole - _size_of(corpus, found.row)), 0)  # less the space that a tokenizer put first
        before = before[max(len(before) - offset, 0) :]
    return Place(record, *origin, offset, newlines + 1, before[max(len(before) - context, 0) :], following[:context])


def _sizes(alphabet: Alphabet, indexed: Bytes) -> tuple[int, int]:
    """The bytes of a text that stands in an index, and how many of them end a line."""
    if alphabet.step > 1:
        text = alphabet.to_text(indexed.tobytes())
        return len(text), text.count(b"\n")
    return len(indexed) - int(np.count_nonzero(indexed == ESCAPE)), int(np.count_nonzero(indexed == _NEWLINE))


def _size_of(corpus: Corpus, row: int) -> int:
    """The bytes of a record."""
    return len(corpus.snapshot.gather.joined(np.array([row]))[0])
