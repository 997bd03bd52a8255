"""How a text is written down, whatever it says: its length, its white space, its marks."""

import re
import unicodedata
from typing import Any, Final

_END: Final = re.compile(r"[.!?][\"')\]]*\s*\Z")
_PARTS: Final = {
    "lines": ("\n",),
    "carriage returns": ("\r",),
    "tabs": ("\t",),
    "double spaces": ("  ",),
    "white space before marks": (" ,", " . ", " ;", " :", " !", " ?"),
    "white space at the ends of lines": (" \n", " \r"),
    "straight quotation marks": ('"', "'"),
    "double hyphens": ("--",),
    "three dots": ("...",),
    "marks of Markdown or HTML": ("*", "#", "`", "<", ">", "_", "|"),
}
_LETTERS: Final = {
    "odd white space": re.compile(r"[\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"),
    "what is not seen": re.compile(
        r"[\x00-\x08\x0e-\x1f\x7f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]"
    ),
    "curly quotation marks": re.compile(r"[\u2018-\u201f]"),
    "long dashes": re.compile(r"[\u2012-\u2015]"),
    "ellipses": re.compile(r"\u2026"),
}
_BLANK: Final = re.compile(r"\n[ \t\r]*\n")


def of_record(record: Any) -> dict[str, float]:
    """Of a text as it came."""
    text = record if isinstance(record, str) else bytes(record).decode("utf-8", "replace")
    told = {
        "characters": len(text),
        "words": len(text.split()),
        "blank lines": len(_BLANK.findall(text)),
        "a full stop at the end": text.rstrip().endswith("."),
        "a mark at the end": bool(_END.search(text)),
        "white space at the start": text[:1].isspace(),
        "white space at the end": text[-1:].isspace(),
        "a capital at the start": text.lstrip()[:1].isupper(),
        "accents apart from their letters": not text.isascii() and not unicodedata.is_normalized("NFC", text),
    }
    told |= {name: sum(map(text.count, parts)) for name, parts in _PARTS.items()}
    told |= {name: len(pattern.findall(text)) for name, pattern in _LETTERS.items()}
    return {name: float(value) for name, value in told.items()}


def of_body(body: bytes) -> dict[str, float]:
    """Of a text as it is sent."""
    return of_record(body.rstrip(b"\0").decode("utf-8", "replace")) | {"length as sent": float(len(body))}
