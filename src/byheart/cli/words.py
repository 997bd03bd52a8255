"""How numbers and names read on a terminal."""

import shlex
from collections.abc import Sequence
from typing import Final

_NOUNS: Final = {"text": "text", "image": "image", "audio": "recording", "array": "array", "row": "row"}


def count(number: int) -> str:
    """With thousands separators.

    >>> count(50_000)
    '50,000'
    """
    return f"{number:,}"


def counted(number: int, noun: str) -> str:
    """A number of things.

    >>> counted(1, "version"), counted(2_000, "version")
    ('1 version', '2,000 versions')
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def either(names: Sequence[str]) -> str:
    """One of these.

    >>> either(["samples"]), either(["a", "b", "c"])
    ('samples', 'a, b or c')
    """
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def records(number: int, kind: str) -> str:
    """A number of records, called what their kind is called.

    >>> records(50_000, "image"), records(1, "bytes")
    ('50,000 images', '1 record')
    """
    return counted(number, _NOUNS.get(kind, "record"))


def size(number: float) -> str:
    """Bytes, in three figures.

    >>> size(154_123_456), size(1)
    ('154 MB', '1 byte')
    """
    if number == 1:
        return "1 byte"
    for unit in ("bytes", "kB", "MB", "GB"):
        if number < 999.5:
            return f"{number:.3g} {unit}"
        number /= 1000
    return f"{number:.3g} TB"


def seconds(number: float) -> str:
    """A duration, in three figures.

    >>> seconds(1.0849), seconds(0.00002), seconds(600)
    ('1.08 s', '20 µs', '10 min')
    """
    for factor, unit in ((1e-6, "µs"), (1e-3, "ms")):
        if number < 999.5 * factor:
            return f"{number / factor:.3g} {unit}"
    if number < 120:
        return f"{number:.3g} s"
    return f"{number / 60:.3g} min" if number < 7200 else f"{number / 3600:.3g} h"


def figures(number: float) -> str:
    """Any other number, in three figures.

    >>> figures(5981.6), figures(0.56149), figures(0)
    ('5,982', '0.561', '0')
    """
    return f"{number:,.0f}" if abs(number) >= 999.5 else f"{number:.3g}"


def shell(word: str) -> str:
    """A word as a POSIX shell takes it; where single quotes stand in it, between double ones if these keep it as it is.

    >>> print(shell("visits.memory"), shell("two words"), shell("patient = 'ann'"))
    visits.memory 'two words' "patient = 'ann'"
    """
    if "'" in word and not set('"$`\\!') & set(word):
        return f'"{word}"'
    return shlex.quote(word)


def cut(text: str, width: int) -> str:
    """At most `width` characters.

    >>> cut("a long story", 8)
    'a long …'
    """
    return text if len(text) <= width else text[: width - 1] + "…"
