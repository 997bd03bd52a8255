"""The parts of texts that stand in train, piece by piece: a piece is a word, or some letters of a long one, or of a script without spaces.

An occurrence in the original that a text is itself does not count: neither does it count how often that was learned.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from byheart.auditing.originals import Originals
from byheart.neighbours.blocks import Indices
from byheart.text.index import TextIndex

WINDOW: Final = 4  # pieces of the shortest span
LOOKED_AT: Final = 64  # occurrences of a span whose originals are looked up
_NO_SPACES: Final = "\u0e00-\u10ff\u1780-\u17ff\u2e80-\u9fff\uf900-\U0010ffff"  # Thai, Khmer, Chinese, Japanese
_PIECE: Final = re.compile(f"[{_NO_SPACES}]{{1,2}}|[^\\s{_NO_SPACES}]{{1,8}}")


@dataclass(frozen=True, slots=True)
class Text:
    """A text that is asked for.

    Attributes:
        data: its bytes.
        starts, ends: of its pieces, in bytes.
        own: the original that it is itself, or -1.
        times: how often that was learned; 0 for none.
    """

    data: bytes
    starts: list[int]
    ends: list[int]
    own: int
    times: int

    @classmethod
    def of(cls, text: str, own: int, times: int) -> "Text":
        """Cut a text into its pieces."""
        found = [match.span() for match in _PIECE.finditer(text)]
        data = text.encode()
        if len(data) == len(text):
            return cls(data, [a for a, _ in found], [b for _, b in found], own, times)
        sizes = np.cumsum([0, *(len(char.encode()) for char in text)]).tolist()
        return cls(data, [sizes[a] for a, _ in found], [sizes[b] for _, b in found], own, times)

    def __len__(self) -> int:
        return len(self.starts)

    def part(self, first: int, last: int) -> bytes:
        """The bytes from a piece to another, that is not in it."""
        return self.data[self.starts[first] : self.ends[last - 1]]

    def with_space(self, first: int, last: int) -> bytes:
        """The same, with the space that follows."""
        return self.data[self.starts[first] : self.starts[last] if last < len(self.starts) else self.ends[last - 1]]

    def others(self, pattern: bytes, count: int) -> int:
        """How many of the occurrences are in other originals."""
        if self.own < 0 or count <= 0:
            return count
        if count <= self.times:
            return 0
        within, at = 0, self.data.find(pattern)
        while at >= 0:
            within, at = within + 1, self.data.find(pattern, at + 1)
        return count - within * self.times

    @property
    def windows(self) -> list[bytes]:
        """The runs of four pieces; all of a text that has fewer."""
        size = min(WINDOW, len(self))
        return [self.part(k, k + size) for k in range(len(self) - size + 1)] if size else []


class Phrases:
    """Train, searched.

    Args:
        index: of it.
        originals: what it is made of.
        threads: that search at once.
    """

    def __init__(self, index: TextIndex, originals: Originals, threads: int) -> None:
        self._corpus, self._originals, self._threads = index.corpus, originals, threads

    def others(self, texts: Sequence[Text], patterns: Sequence[Sequence[bytes]]) -> list[list[int]]:
        """Of the patterns of each text, how often each occurs in other originals."""
        flat = [pattern for some in patterns for pattern in some]
        if not flat:
            return [[] for _ in texts]
        counts = iter(self._corpus.occurrences(self._corpus.find(flat, self._threads)).tolist())
        return [
            [text.others(pattern, next(counts)) for pattern in some] for text, some in zip(texts, patterns, strict=True)
        ]

    def spans(self, text: Text, windows: Sequence[int]) -> list[tuple[int, int]]:
        """The spans of at least four pieces that stand in another original, as pieces [first, last), none within another.

        Args:
            text: whose.
            windows: how often each of its windows stands in other originals.
        """
        size = min(WINDOW, len(text))
        spans: list[tuple[int, int]] = []
        reached = limit = 0
        for first, count in enumerate(windows):
            if count <= 0:
                continue
            if first + size > limit:  # a new run of windows that all occur: no span goes beyond it
                limit = first + size
                while limit - size + 1 < len(windows) and windows[limit - size + 1] > 0:
                    limit += 1
            known = max(reached, first + size)
            if known == reached and (reached == limit or not self._occurs(text, first, reached + 1)):
                continue
            reached = self._furthest(text, first, max(known, reached + 1), limit)
            spans.append((first, reached))
        return spans

    def originals(self, text: Text, span: tuple[int, int]) -> tuple[list[int], int]:
        """The other originals that hold a span, and how often it occurs in each of them, about."""
        (ranges,) = self._corpus.find([text.part(*span)])
        count = int(self._corpus.occurrences(ranges[None])[0])
        rows = []
        for shard, (low, high) in zip(self._corpus.shards, ranges.tolist(), strict=True):
            at = np.asarray(shard.arrays.suffixes[low : min(high, low + LOOKED_AT)], np.int64)
            rows.append(shard.rows[np.searchsorted(shard.arrays.begins, at, side="right") - 1])
        found = np.setdiff1d(self._numbers(np.concatenate(rows)), [text.own])
        each = max(text.others(text.part(*span), count) // max(len(found), 1), 1)
        return found.tolist(), each

    def _numbers(self, rows: Indices) -> Indices:
        train = self._originals.train
        return self._originals.numbers(train.fingerprints[train.snapshot.occurrences(rows)])

    def _furthest(self, text: Text, first: int, known: int, limit: int) -> int:
        """Where the longest span from a piece ends, that is at least to `known`: whole runs are soon found, and short ones."""
        if self._occurs(text, first, limit):
            return limit
        step, beyond = 1, limit
        while known + step < limit:
            if not self._occurs(text, first, known + step):
                beyond = known + step
                break
            known, step = known + step, 2 * step
        while beyond - known > 1:
            middle = (known + beyond) // 2
            known, beyond = (middle, beyond) if self._occurs(text, first, middle) else (known, middle)
        return known

    def _occurs(self, text: Text, first: int, last: int) -> bool:
        pattern = text.part(first, last)
        return text.others(pattern, self._corpus.count(pattern)) > 0
