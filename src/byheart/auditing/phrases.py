"""The parts of texts that stand in train, piece by piece: a piece is a word, or some letters of a long one, or of a script without spaces.

An occurrence in the original that a text is itself does not count: neither does it count how often that was learned.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from byheart.auditing.originals import Originals
from byheart.auditing.within import Within
from byheart.neighbours.blocks import Indices
from byheart.text.index import TextIndex

WINDOW: Final = 4  # pieces that are looked for at once
SHORTEST: Final = 6  # pieces of a span
_STEP: Final = SHORTEST - WINDOW + 1  # every span has a window that begins at a multiple of it
_LOOKED_AT: Final = 64  # occurrences of a span whose originals are looked up
_KNOWN: Final = 1 << 18  # counts that are kept: what texts have in common is counted once
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
        within: what counts its parts in it.
    """

    data: bytes
    starts: list[int]
    ends: list[int]
    own: int
    times: int
    within: Within

    @classmethod
    def of(cls, text: str, own: int, times: int) -> "Text":
        """Cut a text into its pieces."""
        found = [match.span() for match in _PIECE.finditer(text)]
        data = text.encode()
        if len(data) == len(text):
            return cls(data, [a for a, _ in found], [b for _, b in found], own, times, Within(data))
        sizes = np.cumsum([0, *(len(char.encode()) for char in text)]).tolist()
        return cls(data, [sizes[a] for a, _ in found], [sizes[b] for _, b in found], own, times, Within(data))

    def __len__(self) -> int:
        return len(self.starts)

    def part(self, first: int, last: int) -> bytes:
        """The bytes from a piece to another, that is not in it."""
        return self.data[self.starts[first] : self.ends[last - 1]]

    def with_space(self, first: int, last: int) -> bytes:
        """The same, with the space that follows."""
        return self.data[self.starts[first] : self.starts[last] if last < len(self.starts) else self.ends[last - 1]]

    def others(self, patterns: Sequence[bytes], counts: Sequence[int]) -> list[int]:
        """Of patterns, how many of the occurrences are in other originals."""
        if self.own < 0:
            return list(counts)
        told = [max(count - self.times, 0) for count in counts]  # it is in this one at least once
        more = [at for at, count in enumerate(told) if count]
        for at, within in zip(more, self.within.counts([patterns[at] for at in more]), strict=True):
            told[at] = counts[at] - within * self.times
        return told

    def window(self, first: int) -> bytes:
        """Four pieces; all of a text that has fewer."""
        return self.part(first, min(first + WINDOW, len(self)))

    @property
    def windows(self) -> int:
        """How many there are."""
        return max(len(self) - WINDOW + 1, min(len(self), 1))


class Phrases:
    """Train, searched.

    Args:
        index: of it.
        originals: what it is made of.
        threads: that search at once.
    """

    def __init__(self, index: TextIndex, originals: Originals, threads: int) -> None:
        self._corpus, self._originals, self._threads = index.corpus, originals, threads
        self._known: dict[bytes, int] = {}

    def others(self, texts: Sequence[Text], patterns: Sequence[Sequence[bytes]]) -> list[list[int]]:
        """Of the patterns of each text, how often each occurs in other originals."""
        if len(self._known) > _KNOWN:
            self._known.clear()
        flat = list({pattern: None for some in patterns for pattern in some if pattern not in self._known})
        if flat:
            counts = self._corpus.occurrences(self._corpus.find(flat, self._threads)).tolist()
            self._known.update(zip(flat, counts, strict=True))
        return [
            text.others(some, [self._known[pattern] for pattern in some])
            for text, some in zip(texts, patterns, strict=True)
        ]

    def windows(self, texts: Sequence[Text]) -> list[dict[int, int]]:
        """Of each text, how often its windows occur in other originals: of those that a span may hold."""
        every = [range(0, text.windows, _STEP if text.windows >= _STEP else 1) for text in texts]
        first = self.others(texts, [[text.window(k) for k in ks] for text, ks in zip(texts, every, strict=True)])
        near = []
        for text, ks, counts in zip(texts, every, first, strict=True):
            hits = [k for k, count in zip(ks, counts, strict=True) if count > 0]
            around = {at for k in hits for at in range(k - _STEP + 1, k + _STEP)}
            near.append(sorted(at for at in around if 0 <= at < text.windows))
        told = self.others(texts, [[text.window(k) for k in ks] for text, ks in zip(texts, near, strict=True)])
        return [dict(zip(ks, counts, strict=True)) for ks, counts in zip(near, told, strict=True)]

    def spans(self, text: Text, windows: dict[int, int]) -> list[tuple[int, int]]:
        """The spans of at least six pieces that stand in another original, as pieces [first, last), none within another.

        Args:
            text: whose.
            windows: how often each of its windows stands in other originals.
        """
        size = min(WINDOW, len(text))
        spans: list[tuple[int, int]] = []
        reached = limit = 0
        for first, count in windows.items():
            if count <= 0:
                continue
            if first + size > limit:  # a new run of windows that all occur: no span goes beyond it
                limit = first + size
                while windows.get(limit - size + 1, 0) > 0:
                    limit += 1
            known = max(reached, first + size)
            if limit - first < min(SHORTEST, len(text)):
                continue
            if known == reached and (reached == limit or not self._occurs(text, first, reached + 1)):
                continue
            reached = self._furthest(text, first, max(known, reached + 1), limit)
            if reached - first >= min(SHORTEST, len(text)):
                spans.append((first, reached))
        return spans

    def originals(self, wanted: Sequence[tuple[Text, tuple[int, int]]]) -> list[tuple[list[int], int]]:
        """Of each of some spans, the other originals that hold it, and how often it occurs in each of them, about."""
        if not wanted:
            return []
        patterns = [text.part(*span) for text, span in wanted]
        ranges = self._corpus.find(patterns, self._threads)
        counts = self._corpus.occurrences(ranges).tolist()
        found: list[set[int]] = [{text.own} for text, _ in wanted]
        for number, shard in enumerate(self._corpus.shards):
            sizes = np.minimum(ranges[:, number, 1] - ranges[:, number, 0], _LOOKED_AT)
            which = np.repeat(np.arange(len(wanted)), sizes)
            within = np.arange(len(which)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
            at = shard.arrays.suffixes[ranges[which, number, 0] + within].astype(np.int64)
            rows = shard.rows[np.searchsorted(shard.arrays.begins, at, side="right") - 1]
            for one, original in zip(which.tolist(), self._numbers(rows).tolist(), strict=True):
                found[one].add(original)
        told = []
        for (text, _), pattern, count, held in zip(wanted, patterns, counts, found, strict=True):
            others = sorted(held - {text.own})
            told.append((others, max(text.others([pattern], [count])[0] // max(len(others), 1), 1)))
        return told

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
        return text.others([pattern], [self._corpus.count(pattern)])[0] > 0
