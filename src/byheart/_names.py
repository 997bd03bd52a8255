r"""Names that people see, and those that several layers agree on.

>>> printable("/a\x1bc")
'/a\\x1bc'
"""

from typing import Final

MEMORY_FOLDERS: Final = ("pages", "segments", "tombstones", "writers", "indexes")  # in every memory
SAMPLES_INDEX: Final = "index.byheart.jsonl"  # beside saved samples: about records, and none itself


def printable(name: str) -> str:
    """Text without control characters, or half characters (of names that are not UTF-8): they are escapes."""
    return name if name.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in name)
