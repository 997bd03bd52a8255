"""A corpus: the shards of a version, and the searches in them, compiled or plain.

A search gives ranges: int64 of shape (..., shards, 2), the suffixes [low, high) of each shard that begin with a pattern.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate
from typing import Any

import numpy as np
import numpy.typing as npt

from byheart import _native
from byheart.errors import DamagedError
from byheart.memory.snapshot import Snapshot
from byheart.text import plain
from byheart.text.alphabet import Alphabet, Places
from byheart.text.shards import Shard

_FEW = 64  # patterns that are not worth another thread
_PART = 1 << 16  # bytes of a text between two looks at whether to go on
_SPANS = 1 << 12  # of a part, at most
_LARGEST_SYMBOL = 4  # bytes


class Corpus:
    """Texts that can be searched.

    Args:
        snapshot: the version that they are of.
        shards: its records.
        alphabet: what they are indexed by.
    """

    def __init__(self, snapshot: Snapshot, shards: Sequence[Shard], alphabet: Alphabet) -> None:
        self.snapshot = snapshot
        self.shards = shards
        self.alphabet = alphabet
        self._kernels: Any = _native.kernels or plain
        arrays = [shard.arrays for shard in shards]
        told = [(a.text, a.suffixes, a.firsts, a.keys, a.peaks, a.sums) for a in arrays]
        try:
            self._corpus = self._kernels.corpus(told, alphabet.step, alphabet.words)
        except ValueError as error:
            raise _damaged(error) from error

    def count(self, pattern: bytes) -> int:
        """How often a pattern, escaped, occurs."""
        n: int = self._call("count_pattern", pattern)
        return n

    def find(self, patterns: Sequence[bytes], threads: int = 1) -> Places:
        """The ranges of patterns, escaped; of shape (patterns, shards, 2)."""
        ranges = np.empty((len(patterns), len(self.shards), 2), np.int64)
        each = max(-(-len(patterns) // threads), _FEW)
        parts = [slice(start, start + each) for start in range(0, len(patterns), each)]
        if len(parts) < 2:
            self._find(patterns, ranges)
            return ranges
        with ThreadPoolExecutor(threads) as pool:
            for done in [pool.submit(self._find, patterns[part], ranges[part]) for part in parts]:
                done.result()
        return ranges

    def _find(self, patterns: Sequence[bytes], ranges: Places) -> None:
        ends = np.array([0, *accumulate(map(len, patterns))], np.int64)
        self._call("find_text", b"".join(patterns), ends, ranges)

    def occurrences(self, ranges: Places) -> Places:
        """How often what ranges tell of occurs, int64 of shape (...)."""
        total: Places = np.zeros(ranges.shape[:-2], np.int64)
        for number, shard in enumerate(self.shards):
            low, high = ranges[..., number, 0], ranges[..., number, 1]
            sums = shard.arrays.sums
            total += high - low if sums is None else sums[high] - sums[low]
        return total

    def longest_suffix(self, text: bytes) -> tuple[int, Places]:
        """Where the longest suffix of a text that occurs begins, and its ranges."""
        ranges = np.empty((len(self.shards), 2), np.int64)
        return self._call("longest_suffix", text, ranges), ranges

    def following(self, text: bytes) -> tuple[Places, int]:
        """How often each symbol, the end the last, follows the longest suffix of a text that occurs; and where that begins."""
        counts = np.empty(self.alphabet.size, np.int64)
        return counts, self._call("follow_text", text, counts)

    def trace(self, text: bytes, least: int) -> Iterator[tuple[Places, int]]:
        """The maximal spans of at least `least` bytes that occur, and how much of the text has been traced.

        The spans are int64 of shape (n, 2), where each begins and ends, a part of the text at a time.
        """
        so_far, spans = np.zeros(2, np.int64), np.empty((_SPANS, 2), np.int64)
        while (done := int(so_far[0])) < len(text):
            n = self._call("trace_text", text, least, done + _PART, so_far, spans)
            yield spans[:n].copy(), int(so_far[0])

    def counts(self, text: bytes, start: int) -> Iterator[Places]:
        """What is counted for each symbol from `start` on: int64 of shape (n, 5), a part of the text at a time.

        The bytes of its context that occur, how often they do, and how often with the symbol; how often the symbol before it
        occurs, and both.
        """
        low = 0
        while start < len(text):
            until = self.alphabet.whole(text, min(start + _PART, len(text)))
            counts = np.empty((until - start, 5), np.int64)
            counts = counts[: self._call("count_text", memoryview(text)[:until], low, start, counts)]
            yield counts
            start, low = until, max(until - _LARGEST_SYMBOL - int(counts[-1, 0]), 0)

    def followers(self, ranges: Places, known: int) -> list[tuple[npt.NDArray[np.uint32], Places]]:
        """For each shard, the symbols that follow the `known` bytes that a range's suffixes share, and the range of each."""
        found = []
        for number, (low, high) in enumerate(ranges.tolist()):
            room = min(high - low, self.alphabet.size)
            symbols, inner = np.empty(room, np.uint32), np.empty((room, 2), np.int64)
            n = self._call("children", number, low, high, known, symbols, inner)
            found.append((symbols[:n], inner[:n]))
        return found

    def agreed(self, ranges: Places, known: int, most: int) -> bytes:
        """What all that the ranges tell of goes on with, up to the end of a record and `most` bytes."""
        said: bytes = self._call("agreed", ranges, known, most)
        return said

    def _call(self, name: str, *args: Any) -> Any:
        try:
            return getattr(self._kernels, name)(self._corpus, *args)
        except ValueError as error:
            raise _damaged(error) from error


def _damaged(error: ValueError) -> DamagedError:
    return DamagedError(
        f"the text index is damaged ({error}): `byheart check --repair` removes it, and it is made anew"
    )
