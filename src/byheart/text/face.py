"""What a model that has learned texts, or bytes, can be asked beyond samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

from byheart import draws

if TYPE_CHECKING:  # a sampler need not wait for what searches
    from byheart.draws import RandomState
    from byheart.memory.snapshot import Snapshot
    from byheart.text.alphabet import Tokens
    from byheart.text.index import NextDistribution, Text, TextIndex
    from byheart.text.reciting import Recital
    from byheart.text.scoring import TextScore
    from byheart.text.shards import Tell
    from byheart.text.tracing import Trace


class TextFace:
    """Recite, trace, count and score: of a class that has a `snapshot`."""

    _text_index: TextIndex | None = None

    @property
    def snapshot(self) -> Snapshot:
        """The version that is searched."""
        raise NotImplementedError

    def recite(
        self, prompt: Text = "", *, max_bytes: int = 500, random_state: RandomState = None, temperature: float = 1.0
    ) -> Recital:
        """Go on with a prompt as a random occurrence of its longest suffix does, to the end of a record at most.

        Args:
            prompt: text, or bytes (or the numbers of tokens, where these are indexed); an empty one begins a record.
            max_bytes: how many bytes to say at most.
            random_state: as `sample` has it.
            temperature: 1 follows the corpus, 0 always takes what is most frequent, more makes the rare more likely.

        >>> from byheart import MemGEN
        >>> MemGEN().fit(["to be, or not to be"]).recite("or not").text
        b' to be'
        """
        return self.text.recite(
            prompt, max_bytes=max_bytes, seed=draws.seed_from(random_state), temperature=temperature
        )

    @overload
    def trace(
        self, text: str | bytes, *, min_length: int = ..., limit: int = ..., context: int = ...
    ) -> Trace[bytes]: ...
    @overload
    def trace(self, text: Tokens, *, min_length: int = ..., limit: int = ..., context: int = ...) -> Trace[Tokens]: ...
    def trace(self, text: Text, *, min_length: int = 20, limit: int = 3, context: int = 40) -> Trace[bytes | Tokens]:
        """What of a text stands verbatim in the records: every maximal span of at least `min_length` bytes.

        Args:
            text: text, or bytes; or the numbers of tokens, where these are indexed: spans are then told in tokens.
            min_length: of a span; in tokens where these are indexed.
            limit: how many occurrences of each to tell of, the first ones.
            context: the bytes around each to tell.

        >>> from byheart import MemGEN
        >>> found = MemGEN().fit(["to be, or not to be"]).trace("he said: to be, or what?", min_length=5)
        >>> [(found.text[span.start : span.end], span.count) for span in found.spans]
        [(b' to be', 1), (b'to be, or ', 1)]
        """
        return self.text.trace(text, min_length=min_length, limit=limit, context=context)

    def count(self, pattern: Text) -> int:
        """How often a pattern occurs in the records; overlapping occurrences too, never across two records.

        >>> from byheart import MemGEN
        >>> MemGEN().fit(["banana", "ana"]).count("ana")
        3
        """
        return self.text.count(pattern)

    def next_distribution(self, context: Text) -> NextDistribution:
        """What follows the longest suffix of a context that occurs: exact counts of each byte, and of the end of a record.

        >>> from byheart import MemGEN
        >>> found = MemGEN().fit(["banana"]).next_distribution("an")
        >>> found.matched, int(found.counts[ord("a")])
        (2, 2)
        """
        return self.text.next_distribution(context)

    def score_text(self, text: Text, context: Text | None = None) -> TextScore:
        """How probable a text is to a language model that knows the records by heart (`byheart.text.scoring`).

        Args:
            text: text, or bytes.
            context: what stands before it; None for the beginning of a record.

        >>> from byheart import MemGEN
        >>> model = MemGEN().fit(["to be, or not to be"])
        >>> model.score_text("to be").bits_per_byte < model.score_text("or no").bits_per_byte
        True
        """
        return self.text.score(text, context)

    def index_text(
        self,
        *,
        words: bool = False,
        tokenizer: object = None,
        memory_budget: int | None = None,
        merge: bool = False,
        tell: Tell | None = None,
    ) -> TextIndex:
        """Build what is missing of a text index now, and open it.

        The index of bytes is what `count`, `recite`, `trace` and `score_text` search; that of words, or of tokens, has the same searches itself:
        `index.count("...")`, `index.trace("...")`.

        Args:
            words: whether only what begins at a word's beginning shall be found: a third of the size.
            tokenizer: index its tokens instead of bytes: a `tokenizer.json`, "tiktoken:NAME", or an object of either library.
            memory_budget: the bytes of RAM that this may take: fewer make more, smaller shards, which are slower to search.
            merge: whether many small shards, of many appends, become few large ones.
            tell: called with how much is done, and with all, in bytes of text.

        Raises:
            InputError: the records are neither text nor bytes, or one is too large for the budget.
        """
        from byheart.text.alphabet import BYTES  # noqa: PLC0415  # a sampler need not wait for what searches
        from byheart.text.index import TextIndex  # noqa: PLC0415  # as above
        from byheart.text.tokens import alphabet_of  # noqa: PLC0415  # as above

        alphabet = alphabet_of(words=words, tokenizer=tokenizer)
        index = TextIndex(self.snapshot, alphabet, memory_budget=memory_budget, merge=merge, tell=tell)
        if alphabet is BYTES:
            self._text_index = index
        return index

    @property
    def text(self) -> TextIndex:
        """The index of bytes of the version that is sampled; what is missing of it is built when it is first asked for.

        Raises:
            InputError: the records are neither text nor bytes.
        """
        return self._text_index or self.index_text()
