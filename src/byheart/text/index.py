"""The text index of a version: texts, bytes or the numbers of tokens in; what is known of them out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, overload

import numpy as np
import numpy.typing as npt

from byheart.errors import InputError
from byheart.memory.snapshot import Snapshot
from byheart.text.alphabet import BYTES, Alphabet, Places, Tokens
from byheart.text.corpus import Corpus
from byheart.text.locating import Detail, Place, places
from byheart.text.reciting import Manner, Recital, recite
from byheart.text.scoring import TextScore, score
from byheart.text.shards import Tell, shards_of
from byheart.text.tracing import Trace, trace

Text = str | bytes | Tokens

_WRITTEN: Final = (str, bytes, bytearray, memoryview)


@dataclass(frozen=True, slots=True)
class NextDistribution:
    """What follows the longest suffix of a context that occurs.

    Attributes:
        counts: how often each byte (or token) does, and (the last) the end of a record; int64 of shape (257,), or tokens + 1.
        matched: the bytes of that suffix.
    """

    counts: Places
    matched: int

    @property
    def probabilities(self) -> npt.NDArray[np.float64]:
        """The counts as shares: float64 of their shape, sum 1."""
        shares: npt.NDArray[np.float64] = self.counts / self.counts.sum()
        return shares


class TextIndex:
    """A version of a memory of texts, or bytes, that can be searched.

    Args:
        snapshot: the version.
        alphabet: what is indexed.
        memory_budget: the bytes of RAM that building what is missing may take; None for what it needs at most.
        merge: whether many small shards become few large ones.
        tell: called while it is built, with the bytes done and the bytes of all.

    Raises:
        InputError: the memory holds something else, or nothing.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        alphabet: Alphabet = BYTES,
        *,
        memory_budget: int | None = None,
        merge: bool = False,
        tell: Tell | None = None,
    ) -> None:
        if not len(snapshot):
            raise InputError("wanted a memory with records, got one that holds none: learn some texts first")
        self.snapshot = snapshot
        shards = shards_of(snapshot, alphabet, budget=memory_budget, merge=merge, tell=tell)
        self.corpus = Corpus(snapshot, shards, alphabet)

    def count(self, pattern: Text) -> int:
        """How often a pattern occurs, overlapping occurrences too; never across records. An empty one occurs at every symbol."""
        return self.corpus.count(self._indexed(pattern))

    def counts(self, patterns: Sequence[Text], threads: int = 1) -> Places:
        """How often each of some patterns occurs, int64 of shape (n,)."""
        if threads < 1:
            raise InputError(f"threads: wanted 1 or more, got {threads}")
        texts = [p if type(p) is bytes else bytes_of(p) for p in patterns if isinstance(p, _WRITTEN)]
        is_text = len(texts) == len(patterns)
        indexed = self.corpus.alphabet.of_texts(texts) if is_text else [self._indexed(p) for p in patterns]
        return self.corpus.occurrences(self.corpus.find(indexed, threads))

    def tokens(self, text: str | bytes) -> Tokens | None:
        """The numbers of a text's tokens; None where something else is indexed."""
        alphabet = self.corpus.alphabet
        return alphabet.numbers(alphabet.of_text(bytes_of(text)))

    @property
    def unit(self) -> str:
        """What lengths of spans and of contexts are told in: "byte" or "token"."""
        return "byte" if self.corpus.alphabet.step == 1 else "token"

    def __repr__(self) -> str:
        """What is indexed."""
        return (
            f"TextIndex({len(self.snapshot):,} records, {self.corpus.alphabet.name}, shards={len(self.corpus.shards)})"
        )

    def locate(self, pattern: Text, *, limit: int = 10, context: int = 40) -> list[Place]:
        """The first occurrences of a pattern, in the order of the records, with so many bytes around them."""
        escaped = self._indexed(pattern)
        if not escaped:
            raise InputError("pattern: wanted some text, got none")
        ranges = self.corpus.find([escaped])
        return list(places(self.corpus, ranges, [len(escaped)], Detail(limit, context))[0])

    def next_distribution(self, context: Text) -> NextDistribution:
        """What follows the longest suffix of a context that occurs; where that is empty, every symbol there is."""
        indexed = self._indexed(context)
        counts, start = self.corpus.following(indexed)
        return NextDistribution(counts, len(self.corpus.alphabet.to_text(indexed[start:])))

    def next_probabilities(self, context: Text | None = None) -> npt.NDArray[np.float64]:
        """The probability of each symbol after a context, as `score` has it; float64 of shape (257,), sum 1.

        Args:
            context: what stands before; None for the beginning of a record.
        """
        alphabet = self.corpus.alphabet
        indexed = alphabet.end if context is None else self._indexed(context)
        following, _ = self.corpus.following(indexed)
        pairs, start = self.corpus.following(alphabet.last(indexed))
        pairs *= start == 0  # else the symbol before never occurs, and that is what the empty context is followed by
        second = (pairs + 1) / (pairs.sum() + alphabet.size)
        result: npt.NDArray[np.float64] = (following + second) / (following.sum() + 1)
        return result

    def recite(self, prompt: Text, *, max_bytes: int, seed: int, temperature: float = 1.0) -> Recital:
        """Go on with a prompt as the corpus does; an empty one begins a record."""
        return recite(self.corpus, self._indexed(prompt), Manner(seed, temperature), max_bytes)

    @overload
    def trace(
        self, text: str | bytes, *, min_length: int = ..., limit: int = ..., context: int = ..., tell: Tell | None = ...
    ) -> Trace[bytes]: ...
    @overload
    def trace(
        self, text: Tokens, *, min_length: int = ..., limit: int = ..., context: int = ..., tell: Tell | None = ...
    ) -> Trace[Tokens]: ...
    def trace(
        self, text: Text, *, min_length: int = 20, limit: int = 3, context: int = 40, tell: Tell | None = None
    ) -> Trace[bytes | Tokens]:
        """What of a text, or of tokens, stands verbatim in the corpus; `tell` is called with what has been looked at, and with all."""
        traced = bytes_of(text) if isinstance(text, _WRITTEN) else text
        return trace(self.corpus, traced, min_length, Detail(limit, context), tell)

    def score(self, text: Text, context: Text | None = None) -> TextScore:
        """How probable a text is after a context; without one, as the beginning of a record."""
        before = self.corpus.alphabet.end if context is None else self._indexed(context)
        indexed = self._indexed(text)
        size = len(bytes_of(text) if isinstance(text, _WRITTEN) else self.corpus.alphabet.to_text(indexed))
        return score(self.corpus, before + indexed, len(before), size)

    def _indexed(self, text: Text) -> bytes:
        """As it stands in the index."""
        alphabet = self.corpus.alphabet
        return alphabet.of_text(bytes_of(text)) if isinstance(text, _WRITTEN) else alphabet.of_tokens(text)


def bytes_of(text: str | bytes | bytearray | memoryview) -> bytes:
    """A text as UTF-8; bytes as they are."""
    try:
        return text.encode("utf-8", "surrogateescape") if isinstance(text, str) else bytes(text)
    except UnicodeEncodeError as error:
        raise InputError(f"wanted text, got half a character ({text[error.start]!r} at {error.start:,})") from error
