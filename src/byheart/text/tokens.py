"""An index of tokens: the same searches, over the numbers that a tokenizer gives.

A pattern is cut into tokens before it is looked for, so that what is found is where the same tokens stand, not the same letters. Lengths
(`min_length`, `matched`) are in tokens, or in their bytes where it says so; counts and places are as ever.
"""

import reprlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import xxhash

from byheart._optional import require
from byheart.errors import InputError
from byheart.text.alphabet import BYTES, END_BYTE, WORDS, Alphabet, Bytes, Places, Tokens

_TIKTOKEN: Final = "tiktoken:"


class Tokenizer(Protocol):
    """What cuts texts into tokens."""

    @property
    def name(self) -> str:
        """What it is told apart by: the same name, the same tokens."""

    @property
    def size(self) -> int:
        """How many tokens there are."""

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """The tokens of each text, without special ones."""

    def decode(self, tokens: Sequence[int]) -> bytes:
        """The text of tokens, as UTF-8."""


@dataclass(frozen=True, slots=True)
class HuggingFace:
    """A `tokenizers.Tokenizer`."""

    tokenizer: Any
    name: str

    @classmethod
    def of(cls, tokenizer: Any) -> "HuggingFace":
        """Named by what it is made of."""
        return cls(tokenizer, f"tokenizers-{xxhash.xxh3_64_hexdigest(tokenizer.to_str().encode())}")

    @property
    def size(self) -> int:
        """With the tokens that were added to it."""
        size: int = self.tokenizer.get_vocab_size(with_added_tokens=True)
        return size

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """On as many threads as the library takes; and back, lest one that folds letters or drops them finds what does not stand there.

        Raises:
            InputError: the tokens of a text do not give it back.
        """
        found = [told.ids for told in self.tokenizer.encode_batch(list(texts), add_special_tokens=False)]
        for text, back in zip(texts, self.tokenizer.decode_batch(found, skip_special_tokens=False), strict=True):
            if text != back:
                given = f"got {_from_where_they_differ(back, text)} for {_from_where_they_differ(text, back)}"
                remedy = "give it a decoder, such as tokenizers.decoders.ByteLevel(), or index bytes"
                raise InputError(f"tokenizer: wanted one that gives its text back, {given}: {remedy}")
        return found

    def decode(self, tokens: Sequence[int]) -> bytes:
        """Half a character is a replacement character here."""
        text: str = self.tokenizer.decode(list(tokens), skip_special_tokens=False)
        return text.encode()


@dataclass(frozen=True, slots=True)
class Tiktoken:
    """A `tiktoken.Encoding`."""

    encoding: Any

    @property
    def name(self) -> str:
        """Its own."""
        return f"tiktoken-{self.encoding.name}"

    @property
    def size(self) -> int:
        """With its special tokens."""
        size: int = self.encoding.n_vocab
        return size

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """What looks like a special token is text."""
        found: list[list[int]] = self.encoding.encode_ordinary_batch(list(texts))
        return found

    def decode(self, tokens: Sequence[int]) -> bytes:
        """Byte for byte."""
        text: bytes = self.encoding.decode_bytes(list(tokens))
        return text


@dataclass(frozen=True, slots=True)
class TokenAlphabet:
    """The tokens of a tokenizer, in two bytes each where they fit, else in four."""

    tokenizer: Tokenizer

    @property
    def name(self) -> str:
        """That of the tokenizer."""
        return f"tokens-{self.tokenizer.name}"

    @property
    def step(self) -> int:
        """Two or four."""
        return 2 if self.tokenizer.size < 2**16 - 1 else 4

    @property
    def words(self) -> bool:
        """No: everything that begins with a token is indexed."""
        return False

    @property
    def size(self) -> int:
        """The tokens, and the end of a record."""
        return self.tokenizer.size + 1

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
        """On as many threads as the library takes."""
        found = self.tokenizer.encode([_string(text) for text in texts])
        return [self._packed(tokens).tobytes() for tokens in found]

    def of_tokens(self, tokens: Tokens) -> bytes:
        """In the bytes of each."""
        try:
            packed = struct.pack(f">{len(tokens)}{'H' if self.step == 2 else 'I'}", *tokens)
            is_known = max(tokens, default=0) < self.tokenizer.size
        except (struct.error, TypeError):
            is_known = False
        if not is_known:
            raise InputError(f"tokens: wanted numbers from 0 to {self.tokenizer.size - 1}, got {reprlib.repr(tokens)}")
        return packed

    def to_text(self, indexed: bytes) -> bytes:
        """The text of the tokens."""
        return self.tokenizer.decode(np.frombuffer(indexed, f">u{self.step}").tolist())

    def places(self, text: bytes, indexed: bytes, places: Places) -> Places:
        """Where tokens begin, by the text of all before them."""
        found = [min(len(self.to_text(indexed[:place])), len(text)) for place in places.reshape(-1).tolist()]
        return np.array(found, np.int64).reshape(places.shape)

    def cut(self, indexed: bytes, most: int) -> bytes:
        """Whole tokens."""
        low, high = 0, len(indexed) // self.step
        while low < high:
            middle = (low + high + 1) // 2
            if len(self.to_text(indexed[: middle * self.step])) <= most:
                low = middle
            else:
                high = middle - 1
        return indexed[: low * self.step]

    def laid_out(self, data: Bytes, ends: Places) -> tuple[Bytes, Places]:
        """The tokens of each record, and its end."""
        whole = data.tobytes()
        texts = [_string(whole[a:b]) for a, b in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)]
        found = self.tokenizer.encode(texts)
        sizes = np.array([len(tokens) + 1 for tokens in found], np.int64) * self.step
        parts = [self._packed(tokens, end=True) for tokens in found]
        return np.concatenate([*parts, np.empty(0, np.uint8)]), np.concatenate([[0], np.cumsum(sizes)])

    def most_bytes(self, payload: int, rows: int) -> int:
        """As if each byte were a token."""
        return (payload + rows) * self.step

    def _packed(self, tokens: Sequence[int], *, end: bool = False) -> Bytes:
        return np.frombuffer(np.array(tokens, f">u{self.step}").tobytes() + self.end * end, np.uint8)


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


def tokenizer_of(told: Any) -> Tokenizer:
    """A tokenizer, from what a user names it by: a `tokenizer.json`, `tiktoken:NAME`, or an object of either library.

    Raises:
        InputError: it is none, or cannot be read.
        MissingExtraError: its library is not installed.
    """
    if not isinstance(told, (str, Path)):
        if hasattr(told, "encode_ordinary_batch"):
            return Tiktoken(told)
        if hasattr(told, "encode_batch"):
            return HuggingFace.of(told)
        raise InputError(f"tokenizer: wanted a file, tiktoken:NAME, or a tokenizer, got {type(told).__name__}")
    if str(told).startswith(_TIKTOKEN):
        name, library = str(told).removeprefix(_TIKTOKEN), require("tiktoken", "tokens")
        if name not in library.list_encoding_names():
            names = ", ".join(library.list_encoding_names())
            raise InputError(f"tokenizer: tiktoken has no encoding {name!r}: wanted one of {names}")
        try:
            return Tiktoken(library.get_encoding(name))
        except (ValueError, OSError) as error:
            remedy = "it fetches them once, with a network; TIKTOKEN_CACHE_DIR names a folder that has them"
            raise InputError(f"tokenizer: tiktoken cannot read {name} ({type(error).__name__}): {remedy}") from error
    path = Path(told)
    if not path.is_file():
        raise InputError(f"tokenizer: wanted a tokenizer.json or tiktoken:NAME, got {str(told)!r}, which is no file")
    library = require("tokenizers", "tokens")
    try:
        return HuggingFace.of(library.Tokenizer.from_file(str(path)))
    except Exception as error:  # the library raises bare ones
        raise InputError(f"tokenizer: {told} cannot be read: {error}") from error


def _from_where_they_differ(text: str, other: str) -> str:
    """A word or two of a text, from shortly before the first letter that another has not.

    >>> _from_where_they_differ("to be, or not to be", "to be, OR NOT")
    "'be, or not to'"
    """
    at = next((at for at, (a, b) in enumerate(zip(text, other, strict=False)) if a != b), min(len(text), len(other)))
    at = max(at - 4, 0)
    return repr(text[at : at + 13])


def _string(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        raise InputError(
            f"tokens: wanted text in UTF-8, but byte 0x{text[error.start]:02x} is not: index its bytes"
        ) from error
