"""What is left of a text when white space, punctuation and case are taken from it: its canonical content, and its words.

Rule 1: texts that differ in white space, punctuation, case or the manner of their characters (full width, ligatures) have the same form. Between two
        digits a space stays if anything stood there, so that "1.5" is not "15"; symbols stay ("a+b" is not "a<b").
Rule 2: a text of nothing but punctuation is its own form, but for white space: else all such would be one.
"""

import itertools
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from byheart.records.blob import views

Bytes = npt.NDArray[np.uint8]
Offsets = npt.NDArray[np.int64]

_APART, _SYMBOL, _DIGIT, _LETTER = range(4)
_NOTHING: Final = ord("'")  # as in "don't", and what stands for it
_SYMBOLS: Final = "$+<=>^|~"


def _classes() -> Bytes:
    """Of each byte; those of characters beyond ASCII are letters: what is none of these has been replaced before."""
    told = dict.fromkeys(_SYMBOLS, _SYMBOL)
    found = [told.get(chr(b), _LETTER if b > 0x7F or chr(b).isalpha() else _APART) for b in range(256)]
    found[ord("0") : ord("9") + 1] = [_DIGIT] * 10
    return np.array(found, np.uint8)


_CLASSES: Final = _classes()
_LOWER: Final = np.array([b + 32 * (65 <= b <= 90) for b in range(256)], np.uint8)
_BEYOND: Final = re.compile(r"([^\x00-\x7f]+)")
_AT_ONCE: Final = 1 << 22  # bytes of text


@dataclass(frozen=True, slots=True)
class Spelt:
    """Texts without what stands between their words.

    Attributes:
        data: the words of all, end to end, in lower case.
        starts: where each word begins, and the end of all; int64 of shape (words + 1,).
        words: the first word of each text, and the end of all; int64 of shape (n + 1,).
    """

    data: Bytes
    starts: Offsets
    words: Offsets


def text_form(text: str) -> str:
    """The canonical content of a text.

    >>> text_form("It's  THE time - 1.5 o'clock!") == text_form("Its the  time: 1,5 o\u2019clock")
    True
    >>> text_form("1.5"), text_form("15"), text_form("!?")
    ('1 5', '15', '!?')
    """
    form: str = text_forms(pa.array([text], pa.large_string()))[0].as_py()
    return form


def text_forms(column: pa.Array) -> pa.Array:
    """The canonical content of each text.

    Args:
        column: of strings.
    """
    column = column.cast(pa.large_string())
    ends = views(column)[1]
    cuts = np.unique(np.searchsorted(ends, np.arange(ends[0], ends[-1], _AT_ONCE)[1:]))
    bounds = [0, *cuts[(cuts > 0) & (cuts < len(column))].tolist(), len(column)]
    parts = [_forms(column.slice(first, last - first)) for first, last in itertools.pairwise(bounds)]
    return pa.concat_arrays(parts)


def _forms(column: pa.Array) -> pa.Array:
    data, ends, classes = _prepared(column)
    kept = np.flatnonzero(classes != _APART)
    is_digit = classes[kept] == _DIGIT
    bounds = np.searchsorted(kept, ends)
    parted = np.flatnonzero((np.diff(kept) > 1) & is_digit[1:] & is_digit[:-1]) + 1
    parted = parted[~np.isin(parted, bounds)]  # not where one text ends and the next begins
    out = np.insert(data[kept], parted, ord(" "))
    offsets = bounds + np.searchsorted(parted, bounds)
    forms = pa.Array.from_buffers(pa.large_string(), len(column), [None, pa.py_buffer(offsets), pa.py_buffer(out)])
    empty = offsets[1:] == offsets[:-1]
    if not empty.any():
        return forms
    plain = [re.sub(r"\s+", "", _folded(text)) for text in column.filter(pa.array(empty)).to_pylist()]
    return pc.replace_with_mask(forms, pa.array(empty), pa.array(plain, pa.large_string()))


def spelt(column: pa.Array) -> Spelt:
    """The words of each text.

    >>> of = spelt(pa.array(["To be, or a+b", "", "that's"]))
    >>> [of.data[a:b].tobytes().decode() for a, b in zip(of.starts, of.starts[1:])], of.words.tolist()
    (['to', 'be', 'or', 'a', '+', 'b', 'thats'], [0, 6, 6, 7])
    """
    data, ends, classes = _prepared(column.cast(pa.large_string()))
    kept, is_symbol = classes != _APART, classes == _SYMBOL
    goes_on = np.zeros(len(data), np.bool_)  # whether the byte before is of the same word, if this one is of any
    goes_on[1:] = kept[:-1] & ~is_symbol[1:] & ~is_symbol[:-1]
    goes_on[ends[ends < len(data)]] = False
    is_first = kept & ~goes_on
    starts = np.append(np.flatnonzero(is_first[kept]), np.count_nonzero(kept))
    return Spelt(data[kept], starts, np.searchsorted(np.flatnonzero(is_first), ends))


def _prepared(column: pa.Array) -> tuple[Bytes, Offsets, Bytes]:
    """The bytes of all texts in lower case, where each ends, and the class of each byte; apostrophes are gone."""
    is_plain = pc.string_is_ascii(column)
    if not pc.all(is_plain).as_py():
        wide = pc.invert(is_plain)
        replaced = [_plain(text) for text in column.filter(wide).to_pylist()]
        column = pc.replace_with_mask(column, wide, pa.array(replaced, pa.large_string()))
    told, ends = views(column)
    data, ends = _LOWER[told[ends[0] : ends[-1]]], ends - ends[0]
    dropped = np.flatnonzero(data == _NOTHING)
    if len(dropped):
        data, ends = np.delete(data, dropped), ends - np.searchsorted(dropped, ends)
    return data, ends, _CLASSES[data]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _plain(text: str) -> str:
    """A text with what is beyond ASCII spelt anew, run by run: most texts have few, and the same."""
    parts = _BEYOND.split(text)
    if any(unicodedata.combining(run[0]) for run in parts[1::2]):  # with the letter before it, it may be one
        parts = _BEYOND.split(unicodedata.normalize("NFKC", text))
    parts[1::2] = map(_spelling, parts[1::2])
    return "".join(parts)


@lru_cache(1 << 16)
def _spelling(run: str) -> str:
    """Characters beyond ASCII, each as a letter or as what parts letters."""
    return _folded(run).translate(_ROLES)


class _Roles(dict[int, str]):
    """What stands for each character; looked up once."""

    def __missing__(self, code: int) -> str:
        self[code] = _role(chr(code))
        return self[code]


_ROLES: Final = _Roles()


def _role(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Cf" or char in "\u2018\u2019\u201b\u2032\ufe0e\ufe0f":  # apostrophes, and what is not seen
        return ""
    if char.isascii():
        return char
    if category[0] in "PZC":
        return " "
    is_apart = category[0] == "S" or (category == "Lo" and _has_no_spaces(ord(char)))
    return f" {char} " if is_apart else char


def _has_no_spaces(code: int) -> bool:
    """Whether it is of a script that writes words without spaces between them: each character is a word then."""
    return 0x0E00 <= code < 0x1100 or 0x1780 <= code < 0x1800 or 0x2E80 <= code < 0xA000 or code >= 0xF900
