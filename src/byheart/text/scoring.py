"""Scoring: the probability of a text, as a language model that has learned the corpus by heart gives it.

The next symbol b after a context, of which s is the longest suffix that occurs, has the probability

    P(b) = (c(sb) + P2(b)) / (c(s) + 1),    P2(b) = (c(ab) + 1) / (c(a) + V),

with c the occurrences in the corpus, a the last symbol of the context, and V the number of symbols: 257, the bytes and the end of a
record. It is finite for any text, and sums to one over the symbols. Where the context occurs n times, and always goes on in the same way, the next
byte costs log2(1 + 1/n) bits: a text that was learned once costs one bit a byte, one that was learned a hundred times next to nothing.
"""

from dataclasses import dataclass
from math import log

import numpy as np
import numpy.typing as npt

from byheart.text.alphabet import Places
from byheart.text.corpus import Corpus


@dataclass(frozen=True, slots=True)
class TextScore:
    """How probable a text is.

    Attributes:
        log_probabilities: of each symbol, natural, float64.
        matched: the bytes of context before each that occur, int64.
        size: the bytes that were scored.
    """

    log_probabilities: npt.NDArray[np.float64]
    matched: Places
    size: int

    @property
    def log_probability(self) -> float:
        """Of the whole, natural."""
        return float(self.log_probabilities.sum())

    @property
    def bits_per_byte(self) -> float:
        """What a byte costs; 0 for an empty text."""
        return abs(self.log_probability) / log(2) / max(self.size, 1)  # not -0


def probabilities(counts: Places, symbols: int) -> npt.NDArray[np.float64]:
    """The probability of each symbol, from `Corpus.counts`."""
    _, context, both, before, pair = counts.T
    second: npt.NDArray[np.float64] = (pair + 1) / (before + symbols)
    result: npt.NDArray[np.float64] = (both + second) / (context + 1)
    return result


def score(corpus: Corpus, text: bytes, start: int, size: int) -> TextScore:
    """Score what an escaped text has from `start` on, `size` bytes when it is not escaped."""
    symbols = corpus.alphabet.size
    parts = [(np.log(probabilities(counts, symbols)), counts[:, 0].copy()) for counts in corpus.counts(text, start)]
    logs, matched = zip((np.empty(0), np.empty(0, np.int64)), *parts, strict=True)
    return TextScore(np.concatenate(logs), np.concatenate(matched), size)
