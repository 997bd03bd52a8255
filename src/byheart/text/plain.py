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

    def starts(self, text: bytes) -> list[int]:
        if self.step > 1:
            return list(range(0, len(text), self.step))
        symbols = [i for i in range(len(text)) if not (i and text[i - 1] == _ESCAPE)]
        return [i for i in symbols if not self.words or _begins_word(text, i)]

    def size_at(self, text: bytes, at: int) -> int:
        return self.step if self.step > 1 else 1 + (text[at] == _ESCAPE)

    def first_that_occurs(self, text: bytes, starts: Sequence[int], end: int) -> int:
        """The first of the starts from which what goes up to `end` occurs: once it does, it does from all that follow."""
        inside = starts[: bisect_left(starts, end)]
        at = bisect_left(inside, True, key=lambda start: self.occurs(text[start:end]))
        return inside[at] if at < len(inside) else end

    def longest_prefix(self, text: bytes) -> int:
        size = 0
        for shard in self.shards:
            at = bisect_left(range(len(shard.suffixes)), text, key=lambda k, s=shard: s.at(k, 0, len(text)))  # type: ignore[misc]  # a lambda's default
            near = [shard.at(k, 0, len(text)) for k in (at - 1, at) if 0 <= k < len(shard.suffixes)]
            size = max([size, *(_in_common(text, other) for other in near)])
        size -= size % self.step
        return size - (self.step == 1 and size > 0 and text[size - 1] == _ESCAPE)


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
    start = self.first_that_occurs(text, self.starts(text), len(text))
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
    starts, reached, found = self.starts(text), int(so_far[1]), 0
    for start in starts[bisect_left(starts, so_far[0]) :]:
        if start >= until or found == len(spans):
            so_far[:] = start, reached
            return found
        end = start + self.longest_prefix(text[start:])
        if end > reached and end - start >= max(least, self.step):
            spans[found] = start, end
            found += 1
        reached = max(reached, end)
    so_far[:] = len(text), reached
    return found


def count_text(self: _Corpus, text: bytes, low: int, start: int, counts: npt.NDArray[np.int64]) -> int:
    text = bytes(text)  # a part of one, as it came
    starts = self.starts(text)
    symbols = [i for i in range(len(text)) if self.step > 1 or not (i and text[i - 1] == _ESCAPE)]
    symbols = symbols[:: self.step] if self.step > 1 else symbols
    n = 0
    for at in symbols[bisect_left(symbols, start) :][: len(counts)]:
        end = at + self.size_at(text, at)
        begin = self.first_that_occurs(text, starts[bisect_left(starts, low) :], at)
        before = symbols[max(bisect_left(symbols, at) - 1, 0)]
        counts[n] = (
            at - begin,
            self.occurrences(self.find(text[begin:at])),
            self.occurrences(self.find(text[begin:end])),
            self.occurrences(self.find(text[before:at])),
            self.occurrences(self.find(text[before:end])),
        )
        n += 1
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
