"""Contamination: which items of a benchmark stand in the corpus, whole or in parts.

An item's n-grams are all runs of n of its words (Brown et al., 2020, "Language models are few-shot learners", appendix C, take 13), as
they stand in it, white space and all; in an index of tokens, of n of its tokens. An item of fewer is one n-gram. What counts is the share of
them that occurs verbatim.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from byheart.errors import InputError
from byheart.text.alphabet import Tokens
from byheart.text.index import Text, TextIndex

_WORD: Final = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a benchmark.

    Attributes:
        number: its place in the benchmark, from 0.
        text: what was looked for.
        n_grams: how many runs of words (or tokens) it has.
        found: how many of them occur.
        longest: the longest part of it that occurs, in bytes; 0 where none has the least length.
    """

    number: int
    text: str
    n_grams: int
    found: int
    longest: int

    @property
    def share(self) -> float:
        """Of its n-grams, those that occur; 0 where it has none."""
        return self.found / max(self.n_grams, 1)


def contamination(index: TextIndex, texts: Iterable[str], *, n: int = 13, min_length: int = 20) -> Iterator[Item]:
    """Look for the n-grams of each text.

    Args:
        index: of the corpus.
        texts: the items.
        n: the words (or tokens) of an n-gram.
        min_length: the bytes (or tokens) of the shortest span that `longest` may tell of, but of all of a shorter item.
    """
    if n < 1:
        raise InputError(f"n: wanted n-grams of 1 word or more, got {n}")
    for number, text in enumerate(texts):
        tokens = index.tokens(text)
        grams = n_grams(text, n) if tokens is None else runs(tokens, n)
        found = int((index.counts(grams) > 0).sum()) if grams else 0
        size = len(text.encode()) if tokens is None else len(tokens)
        spans = index.trace(text, min_length=max(min(min_length, size), 1), limit=0).spans
        yield Item(number, text, len(grams), found, max(map(len, spans), default=0))


def n_grams(text: str, n: int) -> list[str]:
    """The runs of n words; of a shorter text, all of it.

    >>> n_grams("to be, or not", 3)
    ['to be, or', 'be, or not']
    """
    words = [match.span() for match in _WORD.finditer(text)]
    last = max(len(words) - n, 0)
    return [text[words[k][0] : words[min(k + n, len(words)) - 1][1]] for k in range(last + 1)] if words else []


def runs(tokens: Tokens, n: int) -> Sequence[Text]:
    """The runs of n tokens; of fewer, all of them.

    >>> runs([7, 8, 9], 2), runs([7], 2), runs([], 2)
    ([[7, 8], [8, 9]], [[7]], [])
    """
    return [tokens[at : at + n] for at in range(max(len(tokens) - n, 0) + 1)] if len(tokens) else []
