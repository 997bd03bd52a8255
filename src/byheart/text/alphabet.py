"""What an index is made of: the symbols of a text, and how they are laid out in bytes.

Rule 1: bytes FE and FF stand for more: a record ends with FF, and what was FE or FF in it becomes FE 01 or FE 02. The order of two
        texts is the order of what they become, with the end of a record after every byte.
Rule 2: a token is its number in two or four bytes, the most significant first; all bits set is the end of a record.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from byheart import _native
from byheart.errors import InputError

END_BYTE: Final = 0xFF
ESCAPE: Final = 0xFE

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]
Tokens = Sequence[int] | npt.NDArray[np.integer[Any]]  # by their numbers


class Alphabet(Protocol):
    """The symbols of an index, and the way from a text to them and back."""

    @property
    def name(self) -> str:
        """What the index is told apart by."""

    @property
    def step(self) -> int:
        """The bytes of a symbol; 1 where they are bytes, of which two take two."""

    @property
    def words(self) -> bool:
        """Whether only what begins at the start of a word is indexed."""

    @property
    def size(self) -> int:
        """How many symbols there are; the last is the end of a record."""

    @property
    def end(self) -> bytes:
        """What ends a record."""

    def symbol(self, number: int) -> bytes:
        """A symbol as it stands in an index, by the number that the searches give it."""

    def last(self, indexed: bytes) -> bytes:
        """The last symbol of what stands in an index; nothing of nothing."""

    def whole(self, indexed: bytes, place: int) -> int:
        """The first place from some place on that cuts no symbol."""

    def of_text(self, text: bytes) -> bytes:
        """A text as it stands in an index."""

    def of_texts(self, texts: Sequence[bytes]) -> Sequence[bytes]:
        """Many at a time: what `of_text` makes of each."""

    def of_tokens(self, tokens: Tokens) -> bytes:
        """The numbers of tokens as they stand in an index.

        Raises:
            InputError: there are no such tokens.
        """

    def numbers(self, indexed: bytes) -> Places | None:
        """Of the tokens that stand in an index; None where its symbols are bytes."""

    def to_text(self, indexed: bytes) -> bytes:
        """The text that stands in an index."""

    def places(self, text: bytes, indexed: bytes, places: Places) -> Places:
        """Where places in what a text becomes are in the text."""

    def cut(self, indexed: bytes, most: int) -> bytes:
        """As many of the first symbols as are at most so many bytes of text; bytes may be cut in characters."""

    def laid_out(self, data: Bytes, ends: Places) -> tuple[Bytes, Places]:
        """Records as an index has them, each with its end; where each begins, and the end of all."""

    def most_bytes(self, payload: int, rows: int) -> int:
        """The most bytes that so many records, of so many bytes, can take."""


@dataclass(frozen=True, slots=True)
class ByteAlphabet:
    """Bytes, all of them or those from which a word begins."""

    name: str
    words: bool
    step: int = 1
    size: int = 257

    @property
    def end(self) -> bytes:
        """FF."""
        return b"\xff"

    def symbol(self, number: int) -> bytes:
        """The byte, escaped; of 256, the end."""
        return self.end if number == 256 else escape(bytes([number]))

    def last(self, indexed: bytes) -> bytes:
        """A byte, or an escaped one."""
        return indexed[-2:] if indexed[-2:-1] == b"\xfe" else indexed[-1:]

    def whole(self, indexed: bytes, place: int) -> int:
        """Not between an escape and what it is for."""
        return place + (indexed[place - 1 : place] == b"\xfe")

    def of_text(self, text: bytes) -> bytes:
        """Escaped."""
        return escape(text)

    def of_texts(self, texts: Sequence[bytes]) -> Sequence[bytes]:
        """Most need no escape, which is found of all at once."""
        whole = b"".join(texts)
        return texts if escape(whole) == whole else [escape(text) for text in texts]

    def of_tokens(self, tokens: Tokens) -> bytes:
        """There are none."""
        raise InputError(
            f"wanted text or bytes, got {type(tokens).__name__}: numbers of tokens need an index of tokens"
        )

    def numbers(self, indexed: bytes) -> None:
        """There are no tokens."""
        del indexed  # bytes are no tokens

    def to_text(self, indexed: bytes) -> bytes:
        """Not escaped any more."""
        return unescape(indexed)

    def places(self, text: bytes, indexed: bytes, places: Places) -> Places:
        """Less the escapes before."""
        escapes = np.flatnonzero(np.frombuffer(indexed, np.uint8) == ESCAPE)
        moved: Places = places - np.searchsorted(escapes, places)
        return moved

    def cut(self, indexed: bytes, most: int) -> bytes:
        """The first bytes."""
        return escape(unescape(indexed)[:most])

    def laid_out(self, data: Bytes, ends: Places) -> tuple[Bytes, Places]:
        """Escaped, by the kernels where they were built."""
        if _native.kernels is None:
            return _laid_out(data, ends)
        begins = np.empty(len(ends), np.int64)
        out = np.empty(int(ends[-1] - ends[0]) + len(ends) - 1, np.uint8)
        while (size := _native.kernels.lay_out(data, ends, out, begins)) > len(out):
            out = np.empty(size, np.uint8)
        return out, begins

    def most_bytes(self, payload: int, rows: int) -> int:
        """As if each byte were escaped."""
        return 2 * payload + rows


BYTES: Final = ByteAlphabet("bytes", words=False)
WORDS: Final = ByteAlphabet("words", words=True)


def escape(text: bytes) -> bytes:
    """Bytes as they stand in an index.

    >>> escape(b"a" + bytes([254, 255])).hex(" ")
    '61 fe 01 fe 02'
    """
    return text.replace(b"\xfe", b"\xfe\x01").replace(b"\xff", b"\xfe\x02")


def unescape(text: bytes) -> bytes:
    """The bytes that stand in an index.

    >>> unescape(escape(bytes(range(256)))) == bytes(range(256))
    True
    """
    return text.replace(b"\xfe\x02", b"\xff").replace(b"\xfe\x01", b"\xfe")


def _laid_out(data: Bytes, ends: Places) -> tuple[Bytes, Places]:
    """What the kernel does."""
    moved = ends + np.searchsorted(np.flatnonzero(data >= ESCAPE), ends)
    begins: Places = moved - moved[0] + np.arange(len(ends))
    data = data[ends[0] : ends[-1]]
    places = np.flatnonzero(data >= ESCAPE)
    if len(places):
        tails = data[places] - (ESCAPE - 1)
        data = data.copy()
        data[places] = ESCAPE
        data = np.insert(data, places + 1, tails)
    out = np.full(begins[-1], END_BYTE, np.uint8)
    is_text = np.ones(len(out), bool)
    is_text[begins[1:] - 1] = False
    out[is_text] = data
    return out, begins
