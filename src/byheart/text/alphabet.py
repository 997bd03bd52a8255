"""What an index is made of: the symbols of a text, and how their bytes are laid out.

Rule 1: bytes FE and FF stand for more: a record ends with FF, and what was FE or FF in it becomes FE 01 or FE 02. The order of two
        texts is the order of what they become, with the end of a record after every byte.
Rule 2: a token is its number in two or four bytes, the most significant first; all bits set is the end of a record.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from byheart import _native

END_BYTE: Final = 0xFF
ESCAPE: Final = 0xFE

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Alphabet:
    """The symbols of an index.

    Attributes:
        name: what the index is told apart by.
        step: the bytes of a symbol; 1 where they are bytes.
        words: whether only what begins at the start of a word is indexed.
        size: how many symbols there are, the end of a record among them.
    """

    name: str
    step: int
    words: bool
    size: int

    @property
    def end(self) -> bytes:
        """What ends a record."""
        return bytes([END_BYTE]) * self.step

    def encode(self, symbol: int) -> bytes:
        """A symbol, by its number, as it stands in an index."""
        if self.step > 1:
            return symbol.to_bytes(self.step, "big")
        return self.end if symbol == 256 else escape(bytes([symbol]))


BYTES: Final = Alphabet("bytes", 1, words=False, size=257)
WORDS: Final = Alphabet("words", 1, words=True, size=257)


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


def escaped_ends(data: Bytes, ends: Places) -> Places:
    """Where each record ends once it is escaped, from where it ends (n + 1 of both)."""
    moved: Places = ends + np.searchsorted(np.flatnonzero(data >= ESCAPE), ends)
    return moved


def laid_out(data: Bytes, ends: Places) -> tuple[Bytes, Places]:
    """Records as an index has them, each with its END; where each begins, and the end of all."""
    if _native.kernels is not None:
        begins = np.empty(len(ends), np.int64)
        out = np.empty(int(ends[-1] - ends[0]) + len(ends) - 1, np.uint8)
        while (size := _native.kernels.lay_out(data, ends, out, begins)) > len(out):
            out = np.empty(size, np.uint8)
        return out, begins
    moved = escaped_ends(data, ends)
    begins = moved - moved[0] + np.arange(len(ends))
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


def original_places(text: bytes, places: Places) -> Places:
    """Where places in an escaped text stood before."""
    escapes = np.flatnonzero(np.frombuffer(text, np.uint8) == ESCAPE)
    moved: Places = places - np.searchsorted(escapes, places)
    return moved
