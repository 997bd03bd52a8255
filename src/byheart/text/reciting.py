"""Reciting: going on with a prompt as the corpus does, "inspired by poem recitation" (the paper, section 2).

The longest suffix of the prompt that occurs is continued as it is in a random one of its occurrences, one symbol after the other. Nothing
longer can occur then than that suffix with what was drawn: the range of its occurrences is narrowed, never looked for again.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from byheart import draws
from byheart.errors import InputError
from byheart.text.alphabet import Places
from byheart.text.corpus import Corpus

_UNIT: Final = 2**53
_LONGEST: Final = 2**40  # bytes: no record is longer


@dataclass(frozen=True, slots=True)
class Step:
    """A choice among what may follow, and what then follows without one.

    Attributes:
        text: the bytes; none where the record ends.
        log_probability: of the choice, natural; 0 where there was none.
        matched: how many bytes of context before it occur in the corpus.
        occurrences: how often they do.
    """

    text: bytes
    log_probability: float
    matched: int
    occurrences: int


@dataclass(frozen=True, slots=True)
class Recital:
    """How a text goes on.

    Attributes:
        text: the continuation.
        log_probability: of it, natural, from the longest suffix alone.
        has_ended: whether a record ended there.
        steps: the choices on the way.
    """

    text: bytes
    log_probability: float
    has_ended: bool
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Manner:
    """How to choose among what may follow.

    Attributes:
        seed: of the draws.
        temperature: the probabilities are raised to the power of its inverse; 0 takes the likeliest (the lowest of several).
    """

    seed: int
    temperature: float = 1.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.temperature) and self.temperature >= 0):
            raise InputError(f"temperature: wanted a number of 0 or more, got {self.temperature}")

    def choose(self, counts: Places, number: int) -> tuple[int, float]:
        """Which of some counted things is taken at choice `number`, and the logarithm of its probability."""
        if self.temperature == 1:
            total = int(counts.sum())
            drawn = int(draws.draw(self.seed, start=number, count=1, total=total, stream=draws.RECITAL)[0])
            chosen = int(np.searchsorted(np.cumsum(counts), drawn, side="right"))
            return chosen, math.log(int(counts[chosen]) / total)
        if self.temperature == 0:
            return int(counts.argmax()), 0.0
        logs = np.log(counts)
        logs = (logs - logs.max()) / self.temperature
        ends = np.cumsum(np.exp(logs))
        drawn = int(draws.draw(self.seed, start=number, count=1, total=_UNIT, stream=draws.RECITAL)[0])
        chosen = min(int(np.searchsorted(ends, drawn / _UNIT * ends[-1], side="right")), len(counts) - 1)
        return chosen, float(logs[chosen] - math.log(ends[-1]))


def steps(corpus: Corpus, prompt: bytes, manner: Manner, most: int) -> Iterator[Step]:
    """The steps from a prompt, as the index has it, to the end of a record or for `most` bytes; their texts too are as the index has them."""
    start, ranges = corpus.longest_suffix(prompt)
    known = len(prompt) - start
    chosen, log_probability, matched = b"", 0.0, known
    occurrences = int(corpus.occurrences(ranges))
    number = 0
    while True:
        forced = corpus.agreed(ranges, known, most)
        said = chosen + forced
        if said:
            yield Step(said, log_probability, matched, occurrences)
        known += len(forced)
        if said.endswith(corpus.alphabet.end):
            return
        symbols, counts, inner = _merged(corpus, ranges, known)
        at, log_probability = manner.choose(counts, number)
        matched, occurrences = known, int(counts.sum())
        number += 1
        ranges = inner[at]
        chosen = corpus.alphabet.symbol(symbols[at])
        known += len(chosen)
        if chosen == corpus.alphabet.end:
            yield Step(chosen, log_probability, matched, occurrences)
            return


def recite(corpus: Corpus, prompt: bytes, manner: Manner, max_bytes: int) -> Recital:
    """Go on with a prompt, to the end of a record or for `max_bytes` bytes."""
    if max_bytes < 0:
        raise InputError(f"max_bytes: wanted 0 or more, got {max_bytes}")
    alphabet, said = corpus.alphabet, b""
    taken, left, has_ended = list[Step](), max_bytes, False
    most = max(2, alphabet.step) * min(max_bytes, _LONGEST) + alphabet.step
    for step in steps(corpus, prompt or alphabet.end, manner, most):
        has_ended = step.text.endswith(alphabet.end)
        whole = step.text.removesuffix(alphabet.end)
        indexed = alphabet.cut(whole, left)
        has_ended &= len(indexed) == len(whole)
        text = alphabet.to_text(indexed)
        if text or has_ended:
            taken.append(replace(step, text=text))
        said += indexed
        left -= len(text)
        if has_ended or left <= 0 or len(indexed) < len(whole):
            break
    return Recital(alphabet.to_text(said), sum(step.log_probability for step in taken), has_ended, tuple(taken))


def _merged(corpus: Corpus, ranges: Places, known: int) -> tuple[list[int], Places, Places]:
    """The symbols that follow in any shard, how often each does, and its ranges."""
    found = corpus.followers(ranges, known)
    symbols = np.unique(np.concatenate([symbols for symbols, _ in found]))
    inner = np.zeros((len(symbols), len(found), 2), np.int64)
    for number, (mine, parts) in enumerate(found):
        inner[np.searchsorted(symbols, mine), number] = parts
    return symbols.tolist(), corpus.occurrences(inner), inner
