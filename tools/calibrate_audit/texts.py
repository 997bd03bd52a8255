"""Wikipedia, and what becomes of a text that is passed on."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final

import numpy as np

from byheart.paper.data import sets
from byheart.paper.generators.sentences import markov

_SENTENCE: Final = re.compile(r"(?<=[.!?]) +(?=[A-Z])|\n+")


@cache
def _known() -> list[str]:
    """Pairs of sentences, of 120 to 600 characters; of each article, so that train and fresh have the same subjects."""
    told = []
    for _, article in sets.wikipedia():
        sentences = [one.strip() for one in _SENTENCE.split(article) if 40 <= len(one.strip()) <= 300]
        told += [" ".join(pair) for pair in zip(sentences[::2], sentences[1::2], strict=False)]
    return list(dict.fromkeys(told))


def _spaced(text: str, _others: Sequence[str], _rng: np.random.Generator) -> str:
    return re.sub(r"[^\w\s]", "", text.lower()).replace(" ", "  ")


def _between(text: str, others: Sequence[str], rng: np.random.Generator) -> str:
    other = others[int(rng.integers(len(others)))].split(". ")[0]
    first, dot, rest = text.partition(". ")
    return f"{first}. {other}. {rest}" if dot else f"{text} {other}."


def _reworded(share: float) -> Callable[[str, Sequence[str], np.random.Generator], str]:
    def change(text: str, others: Sequence[str], rng: np.random.Generator) -> str:
        words = text.split()
        for at in np.flatnonzero(rng.random(len(words)) < share):
            other = others[int(rng.integers(len(others)))].split()
            words[at] = other[rng.integers(len(other))]
        return " ".join(words)

    return change


def _quoted(size: int) -> Callable[[str, Sequence[str], np.random.Generator], str]:
    def change(text: str, others: Sequence[str], rng: np.random.Generator) -> str:
        """So many characters of it, between the words of another."""
        start = int(rng.integers(0, max(len(text) - size, 0) + 1))
        other = others[int(rng.integers(len(others)))].split()
        at = len(other) // 2
        return " ".join([*other[:at], text[start : start + size], *other[at:]])

    return change


CHANGES: Final[Mapping[str, Callable[[str, Sequence[str], np.random.Generator], str]]] = {
    "exact": lambda text, _others, _rng: text,
    "other case, punctuation and white space": _spaced,
    "a sentence put in": _between,
    "10 % of the words changed": _reworded(0.1),
    "20 % of the words changed": _reworded(0.2),
    "100 characters of it in another text": _quoted(100),
    "60 characters of it in another text": _quoted(60),
}


def draw(seed: int, size: tuple[int, int, int, int]) -> tuple[Any, Any, dict[str, Any], dict[str, Any]]:
    """Train, fresh, copies and innocents; of (train, fresh, copies, innocents) records."""
    rng = np.random.default_rng(seed)
    known = _known()
    order = rng.permutation(len(known))
    train, rest = [known[at] for at in order[: size[0]]], [known[at] for at in order[size[0] :]]
    fresh, others = rest[: size[1]], rest[size[1] :]
    copies = {
        name: [change(train[at], others, rng) for at in rng.integers(0, len(train), size[2])]
        for name, change in CHANGES.items()
    }
    short = sorted(others, key=len)[: len(others) // 3]
    innocents = {
        "reweighted: the shortest third": short[: size[3]],
        "a Markov chain of single words, fitted to train": [one for one in markov(1)(train, 0)(size[3], 0) if one],
    }
    return train, fresh, copies, innocents
