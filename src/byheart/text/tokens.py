"""An index of tokens: the same searches, over the numbers that a tokenizer gives.

A pattern is cut into tokens before it is looked for, so that what is found is where the same tokens stand, not the same letters. Lengths
(`min_length`, `matched`) are in tokens, or in their bytes where it says so; counts and places are as ever.
"""

import reprlib
import struct
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from byheart.errors import InputError
from byheart.text.alphabet import BYTES, END_BYTE, WORDS, Alphabet, Bytes, Places, Tokens
from byheart.text.tokenizers import Tokenizer, tokenizer_of

_SHOWN: Final = 13  # letters of what a tokenizer did not give back


class TokenAlphabet:
    """The tokens of a tokenizer, in two bytes each where they fit, else in four.

    Args:
        tokenizer: that cuts texts into them.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        self.name = f"tokens-{tokenizer.name}"
        self.step = 2 if len(tokenizer.pieces) < 2**16 - 1 else 4
        self.size = len(tokenizer.pieces) + 1
        self._sizes = np.array([len(piece) for piece in tokenizer.pieces], np.int64)

    @property
    def words(self) -> bool:
        """No: everything that begins with a token is indexed."""
        return False

    @property
    def end(self) -> bytes:
        """All bits set."""
        return bytes([END_BYTE]) * self.step

    def symbol(self, number: int) -> bytes:
        """A token in bytes."""
        return number.to_bytes(self.step, "big")

    def last(self, indexed: bytes) -> bytes:
        """A token."""
        return indexed[-self.step :]

    def whole(self, indexed: bytes, place: int) -> int:
        """A multiple of a token's bytes."""
        return place + -place % self.step

    def of_text(self, text: bytes) -> bytes:
        """The tokens of a text."""
        return self.of_texts([text])[0]

    def of_texts(self, texts: Sequence[bytes]) -> Sequence[bytes]:
        """On as many threads as the library takes.

        Raises:
            InputError: a text is not UTF-8, or its tokens do not give it back.
        """
        found = self.tokenizer.encode([_string(text) for text in texts])
        packed = [np.array(tokens, f">u{self.step}").tobytes() for tokens in found]
        for text, tokens in zip(texts, packed, strict=True):
            back = self.to_text(tokens)
            if back not in (text, b" " + text):
                given, wanted = _from_where_they_differ(back, text), _from_where_they_differ(text, back)
                told = f"wanted one that gives its text back, got {given} for {wanted}"
                raise InputError(f"tokenizer: {told}: take one that drops and folds nothing, or index bytes")
        return packed

    def of_tokens(self, tokens: Tokens) -> bytes:
        """In the bytes of each."""
        try:
            packed = struct.pack(f">{len(tokens)}{'H' if self.step == 2 else 'I'}", *tokens)
            is_known = max(tokens, default=0) < self.size - 1
        except (struct.error, TypeError):
            is_known = False
        if not is_known:
            raise InputError(f"tokens: wanted numbers from 0 to {self.size - 2}, got {reprlib.repr(tokens)}")
        return packed

    def to_text(self, indexed: bytes) -> bytes:
        """The text of the tokens."""
        return b"".join(map(self.tokenizer.pieces.__getitem__, self.numbers(indexed)))

    def places(self, text: bytes, indexed: bytes, places: Places) -> Places:
        """Where tokens begin: after those before them, less the space that a tokenizer may have put first."""
        ends = np.concatenate([[0], np.cumsum(self._sizes[self.numbers(indexed)])])
        moved: Places = np.maximum(ends[places // self.step] - (ends[-1] - len(text)), 0)
        return moved

    def cut(self, indexed: bytes, most: int) -> bytes:
        """Whole tokens."""
        ends = np.cumsum(self._sizes[self.numbers(indexed)])
        return indexed[: int(np.searchsorted(ends, most, "right")) * self.step]

    def laid_out(self, data: Bytes, ends: Places) -> tuple[Bytes, Places]:
        """The tokens of each record, and its end."""
        whole, bounds = data.tobytes(), ends.tolist()
        found = self.of_texts([whole[a:b] for a, b in pairwise(bounds)])
        sizes = np.array([len(tokens) + self.step for tokens in found], np.int64)
        return np.frombuffer(b"".join(tokens + self.end for tokens in found), np.uint8), np.cumsum([0, *sizes])

    def most_bytes(self, payload: int, rows: int) -> int:
        """As if each byte were a token."""
        return (payload + rows) * self.step

    def numbers(self, indexed: bytes) -> Places:
        """Of the tokens that stand in an index."""
        return np.frombuffer(indexed, f">u{self.step}").astype(np.int64)


def alphabet_of(*, words: bool = False, tokenizer: object = None) -> Alphabet:
    """What is to be indexed: bytes, unless something else is asked for.

    Raises:
        InputError: words of tokens are asked for; or as `tokenizer_of`.
    """
    if tokenizer is None:
        return WORDS if words else BYTES
    if words:
        raise InputError("words, tokenizer: wanted one of them, got both")
    return TokenAlphabet(tokenizer_of(tokenizer))


def _string(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        raise InputError(
            f"tokens: wanted text in UTF-8, but byte 0x{text[error.start]:02x} is not: index its bytes"
        ) from error


def _from_where_they_differ(text: bytes, other: bytes) -> str:
    """A word or two of a text, from shortly before the first byte that another has not.

    >>> _from_where_they_differ(b"to be, or not to be", b"to be, OR NOT")
    "'be, or not to'"
    """
    at = next((at for at, (a, b) in enumerate(zip(text, other, strict=False)) if a != b), min(len(text), len(other)))
    at = max(at - 4, 0)
    return repr(text[at : at + _SHOWN].decode("utf-8", "replace"))
