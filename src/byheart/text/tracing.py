"""Tracing: what of a text stands verbatim in the corpus.

A span is maximal: no longer one that holds it occurs, whatever the records that they occur in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from byheart.errors import InputError
from byheart.text.alphabet import Tokens
from byheart.text.corpus import Corpus
from byheart.text.locating import Detail, Place, places
from byheart.text.shards import Tell


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a text that stands in the corpus.

    Attributes:
        start, end: its bytes (or tokens) are text[start:end].
        count: how often they occur, overlapping occurrences too.
        places: the first of the occurrences.
    """

    start: int
    end: int
    count: int
    places: tuple[Place, ...]

    def __len__(self) -> int:
        return self.end - self.start


Traced_co = TypeVar("Traced_co", bound=bytes | Tokens, covariant=True)


@dataclass(frozen=True, slots=True)
class Trace(Generic[Traced_co]):
    """What of a text stands verbatim in the corpus.

    Attributes:
        text: the text; or the tokens, where these were traced: spans and lengths are in tokens then.
        spans: the maximal spans, in order; they may overlap.
    """

    text: Traced_co
    spans: tuple[Span, ...]

    @property
    def covered(self) -> int:
        """The bytes (or tokens) that at least one span holds."""
        return covered([(span.start, span.end) for span in self.spans])

    @property
    def share(self) -> float:
        """The share of the bytes (or tokens) that at least one span holds, in [0, 1]."""
        return self.covered / max(len(self.text), 1)


def covered(spans: Sequence[tuple[int, int]]) -> int:
    """The bytes that spans hold together; they are in order, and none holds another.

    >>> covered([(0, 4), (2, 6), (8, 9)])
    7
    """
    total = reached = 0
    for start, end in spans:
        total += end - max(start, reached)
        reached = end
    return total


def trace(
    corpus: Corpus, text: bytes | Tokens, min_length: int, detail: Detail, tell: Tell | None = None
) -> Trace[bytes | Tokens]:
    """Find the spans of at least `min_length` bytes (or tokens) of a text, or of tokens; of each, tell where it occurs.

    `tell` is called with what has been looked at, and with all.
    """
    if min_length < 1:
        raise InputError(f"min_length: wanted 1 or more bytes, got {min_length}")
    alphabet = corpus.alphabet
    indexed = alphabet.of_text(text) if isinstance(text, bytes) else alphabet.of_tokens(text)
    parts = [np.empty((0, 2), np.int64)]
    for spans, done in corpus.trace(indexed, min(min_length * alphabet.step, len(indexed) + 1)):
        parts.append(spans)
        if tell:
            tell(done, len(indexed))
    found = np.concatenate(parts)
    bounds = alphabet.places(text, indexed, found) if isinstance(text, bytes) else found // alphabet.step
    starts, ends = bounds.T
    long_enough = (ends - starts >= min_length) | (alphabet.step > 1)  # escaped, a span may be longer than it is
    kept = np.flatnonzero(long_enough)
    ranges = corpus.find([indexed[a:b] for a, b in found[kept].tolist()])
    counts = corpus.occurrences(ranges).tolist()
    sizes = (found[kept, 1] - found[kept, 0]).tolist()
    told = places(corpus, ranges, sizes, detail) if detail.limit else [()] * len(sizes)
    each = zip(starts[kept].tolist(), ends[kept].tolist(), counts, told, strict=True)
    return Trace(text, tuple(Span(*span) for span in each))
