"""The searches without the compiled kernels: the same answers, from fewer lines. `_c/searches.h` says what each takes and gives."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

END = 0xFF
_ESCAPE = 0xFE
_ESCAPE_BYTE = b"\xfe"
_Ranges = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Shard:
    text: memoryview
    suffixes: npt.NDArray[np.int32]
    sums: npt.NDArray[np.int64] | None

    def find(self, pattern: bytes, low: int = 0, high: int | None = None) -> tuple[int, int]:
        high = len(self.suffixes) if high is None else high
        within = range(low, high)

        def begins(k: int) -> bytes:
            return self.at(k, 0, len(pattern))

        first = bisect_left(within, pattern, key=begins)
        return low + first, low + bisect_right(within, pattern, lo=first, key=begins)

    def longest_prefix(self, text: bytes) -> int:
        at = bisect_left(range(len(self.suffixes)), text, key=lambda k: self.at(k, 0, len(text)))
        near = [self.at(k, 0, len(text)) for k in (at - 1, at) if 0 <= k < len(self.suffixes)]
        return max((_in_common(text, other) for other in near), default=0)

    def at(self, k: int, known: int, size: int) -> bytes:
        place = int(self.suffixes[k])
        if not 0 <= place < len(self.text):
            raise ValueError("a suffix lies outside of its text")
        return bytes(self.text[place + known : place + known + size])

    def occurrences(self, low: int, high: int) -> int:
        return high - low if self.sums is None else int(self.sums[high] - self.sums[low])


@dataclass(frozen=True, slots=True)
class _Corpus:
    shards: list[_Shard]
    step: int
    words: bool

    def find(self, pattern: bytes) -> list[tuple[int, int]]:
        return [shard.find(pattern) for shard in self.shards]

    def occurs(self, pattern: bytes) -> bool:
        return any(low < high for low, high in self.find(pattern))

    def occurrences(self, ranges: Sequence[tuple[int, int]]) -> int:
        return sum(shard.occurrences(*pair) for shard, pair in zip(self.shards, ranges, strict=True))

    def next_start(self, text: bytes, at: int, end: int) -> int:
        """The first place from `at` on from which the corpus can hold something; `end` where there is none."""
        return next((place for place in range(at, end) if self.is_start(text, place)), end)

    def is_start(self, text: bytes, at: int) -> bool:
        if self.step > 1:
            return at % self.step == 0
        return text[at - 1 : at] != _ESCAPE_BYTE and (not self.words or _begins_word(text, at))

    def size_at(self, text: bytes, at: int) -> int:
        return self.step if self.step > 1 else 1 + (text[at] == _ESCAPE)

    def size_before(self, text: bytes, at: int) -> int:
        return self.step if self.step > 1 else 1 + (text[at - 2 : at - 1] == _ESCAPE_BYTE)

    def first_that_occurs(self, text: bytes, low: int, end: int) -> int:
        """The first start from `low` on from which what goes up to `end` occurs: once it does, it does from all that follow."""

        def is_there(place: int) -> bool:
            at = self.next_start(text, place, end)
            return at == end or self.occurs(text[at:end])

        return self.next_start(text, low + bisect_left(range(low, end), True, key=is_there), end)

    def longest_prefix(self, text: bytes, start: int) -> int:
        """How many of the bytes from `start` on occur together; more are compared while all do."""
        size, wanted = 0, b""
        while len(wanted) == size and start + size < len(text):
            wanted = text[start : start + max(8 * size, 64)]
            size = max(shard.longest_prefix(wanted) for shard in self.shards)
        size -= size % self.step
        return size - (self.step == 1 and size > 0 and text[start + size - 1] == _ESCAPE)


def _begins_word(text: bytes, i: int) -> bool:
    return text[i] == END or (_is_word(text[i]) and not (i and _is_word(text[i - 1])))


def _is_word(byte: int) -> bool:
    return (byte < 0x80 and chr(byte).isalnum()) or 0x80 <= byte < END


def _in_common(a: bytes, b: bytes) -> int:
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def corpus(shards: Sequence[tuple[Any, ...]], step: int, words: bool) -> _Corpus:
    made = [_Shard(memoryview(text).cast("B"), suffixes, sums) for text, suffixes, *_tables, sums in shards]
    return _Corpus(made, step, words)


def find_text(self: _Corpus, data: bytes, ends: npt.NDArray[np.int64], ranges: _Ranges) -> int:
    for i, (low, high) in enumerate(zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)):
        ranges[i] = np.reshape(self.find(bytes(data[low:high])), (-1, 2))
    return 0


def count_pattern(self: _Corpus, pattern: bytes) -> int:
    return self.occurrences(self.find(pattern))


def longest_suffix(self: _Corpus, text: bytes, ranges: _Ranges) -> int:
    start = self.first_that_occurs(text, 0, len(text))
    ranges[:] = np.reshape(self.find(text[start:]), (-1, 2))
    return start


def follow_text(self: _Corpus, text: bytes, counts: npt.NDArray[np.int64]) -> int:
    ranges = np.empty((len(self.shards), 2), np.int64)
    start = longest_suffix(self, text, ranges)
    counts[:] = 0
    for number, (low, high) in enumerate(ranges.tolist()):
        symbols, inner = np.empty(high - low, np.uint32), np.empty((high - low, 2), np.int64)
        n = children(self, number, low, high, len(text) - start, symbols, inner)
        for symbol, child in zip(symbols[:n].tolist(), inner[:n].tolist(), strict=True):
            counts[min(symbol, len(counts) - 1)] += self.shards[number].occurrences(*child)
    return start


def trace_text(self: _Corpus, text: bytes, least: int, until: int, so_far: _Ranges, spans: _Ranges) -> int:
    start, reached = so_far.tolist()
    found, start = 0, self.next_start(text, start, len(text))
    while start < min(until, len(text)) and found < len(spans):
        end = start + self.longest_prefix(text, start)
        if end > reached and end - start >= max(least, self.step):
            spans[found] = start, end
            found += 1
        reached = max(reached, end)
        start = self.next_start(text, start + 1, len(text))
    so_far[:] = start, reached
    return found


def count_text(self: _Corpus, text: bytes, low: int, start: int, counts: npt.NDArray[np.int64]) -> int:
    text = bytes(text)  # a part of one, as it came
    at, n = start, 0
    while at < len(text) and n < len(counts):
        end, before = at + self.size_at(text, at), at - self.size_before(text, at) if at else 0
        low = self.first_that_occurs(text, low, at)
        counts[n] = (
            at - low,
            self.occurrences(self.find(text[low:at])),
            self.occurrences(self.find(text[low:end])),
            self.occurrences(self.find(text[before:at])),
            self.occurrences(self.find(text[before:end])),
        )
        at, n = end, n + 1
    return n


def children(
    self: _Corpus, shard: int, low: int, high: int, known: int, symbols: npt.NDArray[np.uint32], ranges: _Ranges
) -> int:
    one = self.shards[shard]
    n = 0
    while low < high:
        symbol = one.at(low, known, self.size_at(one.at(low, known, 1), 0))
        until = low + bisect_right(range(low, high), symbol, key=partial(_at, one, known, len(symbol)))
        if n < len(symbols):
            symbols[n] = _number(symbol, self.step)
            ranges[n] = low, until
        n += 1
        low = until
    return n


def _at(one: _Shard, known: int, size: int, k: int) -> bytes:
    return one.at(k, known, size)


def _number(symbol: bytes, step: int) -> int:
    if step > 1:
        return int.from_bytes(symbol, "big")
    if len(symbol) == 2:
        return symbol[1] + _ESCAPE - 1
    return 256 if symbol[0] == END else symbol[0]


def agreed(self: _Corpus, ranges: _Ranges, known: int, most: int) -> bytes:
    said = []
    for shard, (low, high) in zip(self.shards, ranges.tolist(), strict=True):
        if low < high:
            said += [shard.at(low, known, most), shard.at(high - 1, known, most)]
    if not said:
        return b""
    size = min(_in_common(said[0], other) for other in said)
    at = 0
    while at < size:
        after = at + self.size_at(said[0], at)
        if after > size:
            break
        if said[0][at:after] == bytes([END]) * self.step:
            return said[0][:after]
        at = after
    return said[0][:at]
