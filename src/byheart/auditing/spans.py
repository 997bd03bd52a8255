"""Span: which part of a text stands in an original, byte for byte, and how many bits it would have taken to say that by chance.

What is long may be common: a licence, a phrase. So a span weighs what its pieces weigh, in bits: how surprising each is after the one before it, by
how often the two stand in train. A chain of single words says what is likely, word by word: however long its spans, they have few bits more than chance
gives. (Where a rare word stood in train once, what follows it weighs nothing: such a chain has no choice there.) A piece that ends a phrase of more than
ten places weighs nothing either.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np

from byheart.auditing.evidence import NEIGHBOURS, Found, Setting
from byheart.auditing.keeping import Arrays
from byheart.auditing.originals import Asked
from byheart.auditing.phrases import WINDOW, Phrases, Text
from byheart.text.alphabet import BYTES
from byheart.text.index import TextIndex

_PART: Final = 1 << 12  # texts that are done, and kept, at once
_AT_ONCE: Final = 128  # texts that the index is asked for at once
_WEIGHED: Final = 4  # spans of a text, the longest
_COMMON: Final = 10  # places; what stands in more is a phrase that anyone says
_MOST: Final = 10.0  # bits that a single piece may weigh


class Spans:
    """Copies of a part, in whatever else."""

    name = "span"
    kinds: Sequence[str] = ("text",)
    invariance = "whatever stands before and after a verbatim part"

    def find(self, setting: Setting, asked: Sequence[Asked]) -> list[Found]:
        """The originals that hold the weightiest spans of each text.

        Raises:
            MissingExtraError: there is no text index yet, and nothing to build one with.
        """
        index = TextIndex(setting.originals.train.snapshot, BYTES)
        phrases = Phrases(index, setting.originals, setting.how.threads)
        done, total = 0, sum(map(len, asked))
        found = []
        for number, sample in enumerate(asked):
            parts: list[Arrays] = []
            for at in range(0, len(sample), _PART):
                some = slice(at, min(at + _PART, len(sample)))
                name = f"{self.name}-{number}-{sample.name}-{at}"
                parts.append(setting.kept.part(name, partial(_part, phrases, setting, sample, some)))
                done += some.stop - some.start
                if setting.how.tell is not None:
                    setting.how.tell(done, total)
            found.append(_joined(parts))
        return found

    def describe(self, made: Any, original: Any, distance: float) -> str:
        """How long the span is."""
        return f"{round(1 / distance) - 1:,} bytes in a row stand in it"


@dataclass(frozen=True, slots=True)
class _Span:
    """A span of a text.

    Attributes:
        first, last: its pieces, the last not in it.
        size: in bytes.
        originals: that hold it.
        each: how often it stands in each of them, about.
    """

    first: int
    last: int
    size: int
    originals: list[int]
    each: int


def _joined(parts: Sequence[Arrays]) -> Found:
    scores = np.concatenate([part["scores"] for part in parts] or [np.empty(0)])
    distances = np.concatenate([part["distances"] for part in parts] or [np.empty((0, NEIGHBOURS))])
    records = np.concatenate([part["records"] for part in parts] or [np.empty((0, NEIGHBOURS), np.int64)])
    return Found(scores, distances, records)


def _part(phrases: Phrases, setting: Setting, asked: Asked, some: slice) -> Arrays:
    count = some.stop - some.start
    scores = np.full(count, np.inf)
    distances, records = np.full((count, NEIGHBOURS), np.inf), np.full((count, NEIGHBOURS), -1, np.int64)
    for at in range(0, count, _AT_ONCE):
        which = slice(some.start + at, min(some.start + at + _AT_ONCE, some.stop))
        own = asked.own[which]
        times = np.where(own >= 0, setting.originals.counts[own], 0)
        told = zip(asked.x(which).to_pylist(), own.tolist(), times.tolist(), strict=True)
        texts = [Text.of(*one) for one in told]
        for place, spans in enumerate(_weighed(phrases, texts), at):
            if not spans:
                continue
            bits, best = spans[0]
            scores[place] = 1 / (1 + bits)
            rest = sorted((span for _, span in spans[1:] if span.size <= best.size), key=lambda span: -span.size)
            held: dict[int, float] = {}  # in this order, each original with its longest
            for span in [best, *rest]:
                for original in span.originals:
                    held.setdefault(original, 1 / (1 + span.size))
            first = list(held)[:NEIGHBOURS]
            records[place, : len(first)] = first
            distances[place, : len(first)] = [held[original] for original in first]
    return {"scores": scores, "distances": distances, "records": records}


def _weighed(phrases: Phrases, texts: Sequence[Text]) -> list[list[tuple[float, _Span]]]:
    """The spans of each text with their bits, the weightiest first."""
    windows = phrases.windows(texts)
    wanted = []
    for text, counts in zip(texts, windows, strict=True):
        longest = sorted(phrases.spans(text, counts), key=lambda span: (-len(text.part(*span)), span))
        wanted += [(text, span) for span in longest[:_WEIGHED]]
    found = phrases.originals(wanted)
    spans: dict[int, list[_Span]] = {id(text): [] for text in texts}
    for (text, span), held in zip(wanted, found, strict=True):
        if held[0]:  # none where a record repeats itself so often that no other is looked up
            spans[id(text)].append(_Span(*span, len(text.part(*span)), *held))
    needed = [sorted({k for span in spans[id(text)] for k in range(span.first + 1, span.last)}) for text in texts]
    both = phrases.others(
        texts, [[t.with_space(k - 1, k + 1) for k in ks] for t, ks in zip(texts, needed, strict=True)]
    )
    one = phrases.others(texts, [[t.with_space(k - 1, k) for k in ks] for t, ks in zip(texts, needed, strict=True)])
    told = []
    for text, counts, ks, *pairs in zip(texts, windows, needed, both, one, strict=True):
        of = {k: pair for k, *pair in zip(ks, *pairs, strict=True)}
        bits = [(_bits(span, counts, of), span) for span in spans[id(text)]]
        told.append(sorted(bits, key=lambda pair: (-pair[0], pair[1].first)))
    return told


def _bits(span: _Span, windows: dict[int, int], counts: dict[int, list[int]]) -> float:
    """How surprising the pieces of a span are after the first, to one who knows of train what follows each single piece."""
    total = 0.0
    for k in range(span.first + 1, span.last):
        if windows[max(k + 1 - WINDOW, span.first)] <= _COMMON * span.each:
            both, one = counts[k]
            if one > both > 0:  # not where the space behind the last piece is another in train
                total += min(math.log2(one / both), _MOST)
    return total
