"""The text that raters agree to, in the words of whoever asks them: read, bounded, divided into paragraphs, and named by what it says."""

import hashlib
from pathlib import Path
from typing import Final

from byheart.errors import InputError

MOST: Final = 20_000
"""Bytes of the text."""
_SPACES: Final = "\n\t"
_REMEDY: Final = "save it as plain text, in UTF-8"
_DIGITS: Final = 8


def read_consent(path: str | Path) -> str:
    """Read the text of a file, as `consent_of` wants it.

    Raises:
        InputError: it is empty, too long, or no text in UTF-8.
    """
    with Path(path).open("rb") as file:
        content = file.read(MOST + 4)  # with a byte order mark; no more of what has no end
    try:
        return consent_of(content.decode("utf-8-sig"), name=str(path))
    except UnicodeDecodeError as error:
        if len(content) > MOST:
            raise _too_long(str(path)) from error
        raise InputError(f"{path}: wanted a consent text, got bytes that are none: {_REMEDY}") from error


def consent_of(text: str, *, name: str = "consent") -> str:
    r"""The text, with line ends of one sort, and nothing around it.

    Args:
        text: paragraphs, parted by blank lines; at most 20,000 bytes in UTF-8.
        name: what errors call it.

    Raises:
        InputError: it is empty, too long, or holds what is no text.

    >>> consent_of("We ask.\r\n\r\nIt takes a minute. ")
    'We ask.\n\nIt takes a minute.'
    """
    told = "\n".join(text.splitlines()).strip()
    if not told:
        raise InputError(f"{name}: wanted a consent text, got an empty one: say who asks, for what, and for how long")
    if any((letter < " " and letter not in _SPACES) or letter == "\x7f" for letter in told):
        raise InputError(f"{name}: wanted a consent text, got bytes that are none: {_REMEDY}")
    try:
        size = len(told.encode())
    except UnicodeEncodeError as error:
        raise InputError(f"{name}: wanted a consent text, got half of a letter: {_REMEDY}") from error
    if size > MOST:
        raise _too_long(name)
    return told


def paragraphs(text: str) -> list[str]:
    r"""What blank lines part.

    >>> paragraphs("We ask.\nYou answer.\n \n\nThat is all.")
    ['We ask.\nYou answer.', 'That is all.']
    """
    told: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.strip():
            told[-1].append(line.strip())
        elif told[-1]:
            told.append([])
    return ["\n".join(lines) for lines in told if lines]


def named(version: str, text: str) -> str:
    """A version of the page's own words, with the text that is shown in front of them.

    >>> named("2026-11-26", ""), named("2026-11-26", "We ask.")
    ('2026-11-26', '2026-11-26-9259f8a5')
    """
    return f"{version}-{hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]}" if text else version


def _too_long(name: str) -> InputError:
    return InputError(f"{name}: wanted a consent text of {MOST:,} bytes at most, got more: shorten it")
