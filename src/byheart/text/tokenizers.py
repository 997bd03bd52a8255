"""Tokenizers: what cuts texts into tokens, and the bytes that each token stands for.

Rule 1: a text's tokens, put together, are the text, or the text after a space that the tokenizer put before it. That is looked at for each text:
        one that folds case or drops white space would find what does not stand there, and is refused.
Rule 2: a token may be a part of a character: pieces are bytes.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import xxhash

from byheart._optional import require
from byheart.errors import InputError

_TIKTOKEN: Final = "tiktoken:"
_BYTE: Final = re.compile(r"<0x([0-9A-F]{2})>")  # a token of SentencePiece that is a byte


class Tokenizer(Protocol):
    """What cuts texts into tokens."""

    @property
    def name(self) -> str:
        """What it is told apart by: the same name, the same tokens."""

    @property
    def pieces(self) -> Sequence[bytes]:
        """What each token stands for, by its number; nothing where there is no such token."""

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """The tokens of each text, without special ones."""


@dataclass(frozen=True, slots=True)
class HuggingFace:
    """A `tokenizers.Tokenizer`."""

    tokenizer: Any
    name: str
    pieces: Sequence[bytes]

    @classmethod
    def of(cls, tokenizer: Any) -> "HuggingFace":
        """Named by what it is made of; it neither cuts texts short nor fills them up, whatever it was saved with."""
        if tokenizer.truncation is not None or tokenizer.padding is not None:
            tokenizer = type(tokenizer).from_str(tokenizer.to_str())
            tokenizer.no_truncation()
            tokenizer.no_padding()
        told = tokenizer.to_str()
        return cls(tokenizer, f"tokenizers-{xxhash.xxh3_64_hexdigest(told.encode())}", _pieces(tokenizer, told))

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """On as many threads as the library takes."""
        return [found.ids for found in self.tokenizer.encode_batch(list(texts), add_special_tokens=False)]


@dataclass(frozen=True, slots=True)
class Tiktoken:
    """A `tiktoken.Encoding`."""

    encoding: Any
    pieces: Sequence[bytes]

    @classmethod
    def of(cls, encoding: Any) -> "Tiktoken":
        """With the bytes of its tokens."""
        return cls(encoding, [_of_tiktoken(encoding, number) for number in range(encoding.n_vocab)])

    @property
    def name(self) -> str:
        """Its own."""
        return f"tiktoken-{self.encoding.name}"

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """What looks like a special token is text."""
        found: list[list[int]] = self.encoding.encode_ordinary_batch(list(texts))
        return found


def tokenizer_of(told: Any) -> Tokenizer:
    """A tokenizer, from what a user names it by: a `tokenizer.json`, `tiktoken:NAME`, or an object of either library.

    Raises:
        InputError: it is none, or cannot be read.
        MissingExtraError: its library is not installed.
    """
    if not isinstance(told, (str, Path)):
        if hasattr(told, "encode_ordinary_batch"):
            return Tiktoken.of(told)
        if hasattr(told, "encode_batch"):
            return HuggingFace.of(told)
        raise InputError(f"tokenizer: wanted a file, tiktoken:NAME, or a tokenizer, got {type(told).__name__}")
    if str(told).startswith(_TIKTOKEN):
        return _named(str(told).removeprefix(_TIKTOKEN))
    path = Path(told)
    if not path.is_file():
        raise InputError(f"tokenizer: wanted a tokenizer.json or tiktoken:NAME, got {str(told)!r}, which is no file")
    library = require("tokenizers", "tokens")
    try:
        return HuggingFace.of(library.Tokenizer.from_file(str(path)))
    except Exception as error:  # the library raises bare ones
        raise InputError(f"tokenizer: {told} cannot be read: {error}") from error


def _named(name: str) -> Tiktoken:
    library = require("tiktoken", "tokens")
    if name not in library.list_encoding_names():
        names = ", ".join(library.list_encoding_names())
        raise InputError(f"tokenizer: tiktoken has no encoding {name!r}: wanted one of {names}")
    try:
        return Tiktoken.of(library.get_encoding(name))
    except (ValueError, OSError) as error:
        remedy = "it fetches them once, with a network; TIKTOKEN_CACHE_DIR names a folder that has them"
        raise InputError(f"tokenizer: tiktoken cannot read {name} ({type(error).__name__}): {remedy}") from error


def _pieces(tokenizer: Any, told: str) -> list[bytes]:
    """What each token stands for, as its decoder (or else its pre-tokenizer) has it."""
    made = json.loads(told)
    kinds = {part.get("type") for name in ("decoder", "pre_tokenizer") for part in _parts(made.get(name))}
    of_byte = {letter: byte for byte, letter in enumerate(_letters())} if "ByteLevel" in kinds else None
    whole = {token["id"] for token in made.get("added_tokens", [])}  # which are as they are written
    numbers = tokenizer.get_vocab(with_added_tokens=True)
    pieces = [b""] * (max(numbers.values(), default=-1) + 1)
    for token, number in numbers.items():
        if number in whole:
            pieces[number] = token.encode()
        elif of_byte is not None and all(letter in of_byte for letter in token):
            pieces[number] = bytes(of_byte[letter] for letter in token)
        elif "ByteFallback" in kinds and (byte := _BYTE.fullmatch(token)):
            pieces[number] = bytes([int(byte[1], 16)])
        else:
            pieces[number] = token.replace("\u2581", " ").encode()
    return pieces


def _parts(told: Any) -> Iterator[dict[str, Any]]:
    """A part of a tokenizer, and those it is made of."""
    if isinstance(told, dict):
        yield told
        for inner in [*told.get("decoders", []), *told.get("pretokenizers", [])]:
            yield from _parts(inner)


def _letters() -> str:
    """The letter that stands for each byte in tokens of bytes (GPT-2's): itself where it can be seen, else one from 256 on.

    >>> _letters()[ord("a")], _letters()[ord(" ")]
    ('a', '\u0120')
    """
    seen = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = iter(range(256, 512))
    return "".join(chr(byte if byte in seen else next(others)) for byte in range(256))


def _of_tiktoken(encoding: Any, number: int) -> bytes:
    try:
        piece: bytes = encoding.decode_single_token_bytes(number)
    except KeyError:  # the numbers have gaps
        return b""
    return piece
