r"""Texts that give nothing away but their words.

In order: (1) NFC. (2) Every end of a line is a line feed. (3) What is not seen goes: controls, zero-width characters, marks of direction, soft hyphens, tags, variation
selectors, private and half characters. (4) Typographic variety becomes plain: every quotation mark ' or ", every dash that parts " - ", every hyphen -, an ellipsis three dots,
ligatures letters, bullets -. (5) What tokenizers leave goes: " ,", " .", " @-@ ", double back-ticks. (6) White space: a space between words, no space at either end of a line, no
more than one blank line. (7) Longer texts are cut at a word, and end in three dots. HTML and Markdown stay the letters that they are.

>>> told = preparation(["x"])
>>> told.prepare("\ufeff\u201cTo be\u201d\u2014or  not\u2026\r\n").decode()
'"To be" - or not...'
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from byheart import draws
from byheart.errors import InputError
from byheart.rating.study import Kind

MOST: Final = 1200
LEAST: Final = 280
_SHORT: Final = 0.1  # the share of texts that may be shorter than the cut
_MANY: Final = 32
_FEW: Final = 8  # words: below, to shuffle them is not enough
_TELLS: Final = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4\u02b9", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u02ba\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2010\u2011\u2043\u2212", "-"),
    **dict.fromkeys("\u2013\u2014\u2015\u2012", "\u2014"),  # all dashes are one, until it is known what stands beside
    **dict.fromkeys("\u2022\u2023\u25e6\u25aa\u00b7", "-"),
    **dict.fromkeys("\u2028\u2029\x85\x0b\x0c\x1c\x1d\x1e", "\n"),
    "\u2026": "...",
    "\ufb00": "ff",
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
    "\ufb05": "st",
    "\ufb06": "st",
    "\t": " ",
}
_VARIATIONS: Final = range(0xFE00, 0xFE10)
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co"})
_SEVERAL: Final = (  # what must be there for a pattern to match at all; the pattern, that begins with a letter to look for; what stands instead
    (("\u2014",), re.compile(r"\u2014(?<=\d\u2014)(?=\d)"), "-"),
    (("\u2014",), re.compile(r"\u2014+"), " - "),
    (("--",), re.compile(r"-(?<![-\n]-)--?(?!-)"), " - "),
    ((" @",), re.compile(r" @([-,.])@ "), r"\1"),
    (("``", "''"), re.compile(r"``|''"), '"'),
    (("...", ". ."), re.compile(r"\.(?: \.){2,}|\.{3,}"), "..."),
    (("  ",), re.compile(r"  +"), " "),
    ((" ,", " .", " ;", " :", " !", " ?"), re.compile(r" (\.\.\.|[,.;:!?])(?=\s|$)"), r"\1"),
    ((" \n", "\n "), re.compile(r" ?\n ?"), "\n"),
    (("\n\n\n",), re.compile(r"\n\n\n+"), "\n\n"),
)


class _Table(dict[int, str]):
    """What becomes of each character, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        category = unicodedata.category(letter)
        told = letter
        if letter in _TELLS:
            told = _TELLS[letter]
        elif letter != "\n" and (category in _UNSEEN or code in _VARIATIONS):
            told = ""
        elif category == "Zs":
            told = " "
        self[code] = told
        return told


_TABLE: Final = _Table()


def plain(text: str) -> str:
    r"""A text without what betrays the tool it came from.

    >>> plain("caf\u0065\u0301 \u200bau lait , s\u2019il vous pla\u00eet\u00a0!")
    "caf\xe9 au lait, s'il vous pla\xeet!"
    """
    told = text.replace("\r\n", "\n").replace("\r", "\n")
    told = unicodedata.normalize("NFC", told)
    changed = [letter for letter in set(told) if _TABLE[ord(letter)] != letter]
    if len(changed) > _MANY:
        told = told.translate(_TABLE)
    else:  # which is quicker, since what stands instead is never changed itself
        for letter in changed:
            told = told.replace(letter, _TABLE[ord(letter)])
    for needed, pattern, instead in _SEVERAL:
        if any(part in told for part in needed):
            told = pattern.sub(instead, told)
    return unicodedata.normalize("NFC", told.strip())  # what was unseen may have parted a letter from its accent


def cut(text: str, most: int) -> str:
    """A text of at most so many characters, cut at a word, with three dots where it was cut.

    >>> cut("to be or not to be", 12)
    'to be or...'
    """
    if len(text) <= most:
        return text
    room = most - 3
    at = max(text.rfind(" ", 0, room + 1), text.rfind("\n", 0, room + 1))
    kept = text[: at if at > room // 2 else room]  # a script without spaces is cut where it must be
    return f"{kept.rstrip(' .,;:-')}..."


@dataclass(frozen=True, slots=True)
class Texts:
    """How the texts of a study are prepared.

    Attributes:
        most: characters.
    """

    most: int
    kind: Kind = "text"

    @property
    def description(self) -> str:
        """The format, for people."""
        return f"plain text in UTF-8, of up to {self.most:,} characters"

    def prepare(self, record: Any) -> bytes:
        """The text, plain.

        Raises:
            InputError: it is no text, or nothing of it can be seen.
        """
        return self._plain(record).encode()

    def degrade(self, record: Any, seed: int) -> bytes:
        """The same words in another order; of a few words, their letters too.

        Raises:
            InputError: there is nothing to shuffle.
        """
        told = self._plain(record)
        words = re.split(r"(\s+)", told)
        words[::2] = _shuffled(words[::2], seed)
        if len(words) // 2 < _FEW:
            words[::2] = ["".join(_shuffled(list(word), draws.split(seed, at))) for at, word in enumerate(words[::2])]
        broken = "".join(words)
        if broken == told:
            raise InputError(f"text: wanted one that can be shuffled, got {told[:20]!r}: take another")
        return broken.encode()

    def content(self, body: bytes) -> str:
        """A digest of what is read."""
        return sha256(body.rstrip(b"\0")).hexdigest()

    def _plain(self, record: Any) -> str:
        told = cut(plain(_text(record)), self.most)
        if not told:
            raise InputError("text: wanted one with something to read, got an empty one: leave it out")
        return told


def preparation(survey: Sequence[Any]) -> Texts:
    """The one format of some texts: they are cut where nine of ten are as long, at 280 to 1,200 characters."""
    lengths = sorted(len(plain(told)) for told in map(_survey, survey) if told)
    short = lengths[int(_SHORT * len(lengths))] if lengths else MOST
    return Texts(max(LEAST, min(short, MOST)))


def _survey(record: Any) -> str:
    """A record's text; what cannot be read says nothing."""
    try:
        return _text(record)[: 2 * MOST]
    except InputError:
        return ""


def _text(record: Any) -> str:
    if isinstance(record, bytes | bytearray):
        try:
            return bytes(record).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InputError("text: wanted UTF-8, got other bytes: convert it") from error
    if not isinstance(record, str):
        raise InputError(f"text: wanted text, got {type(record).__name__}")
    return record


def _shuffled(items: list[str], seed: int) -> list[str]:
    """In another order, if there is one."""
    if len(set(items)) < 2:
        return items
    for attempt in range(64):
        order = draws.permute(draws.split(seed, attempt), start=0, count=len(items), total=len(items)).tolist()
        told = [items[at] for at in order]
        if told != items:
            return told
    return items[::-1]
