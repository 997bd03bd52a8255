"""What to say where records of one kind were wanted, and others came."""

from collections.abc import Mapping
from typing import Final

from byheart.errors import InputError
from byheart.records.chunk import Values
from byheart.records.kinds import kind_of

NOUNS: Final[Mapping[str, str]] = {
    "bytes": "bytes",
    "text": "texts",
    "image": "images",
    "audio": "recordings",
    "array": "arrays",
    "row": "rows of a table",
}
_FILES: Final = {"text", "image", "audio"}


def others(kind: str, values: Values, said: str | None) -> tuple[str, str] | None:
    """What was wanted and what came, for people; None where that is of this kind, or of none that is known.

    Args:
        kind: what was wanted.
        values: what came.
        said: the kind that their source says they are of.

    >>> others("audio", [{"age": 39}], None), others("text", ["to be"], None)
    (('recordings', 'rows of a table'), None)
    """
    try:
        got = said or kind_of(values)
    except InputError:
        return None
    return None if got == kind or not {kind, got} <= {*NOUNS} else (NOUNS[kind], NOUNS[got])


def are_others(kind: str, said: str | None) -> bool:
    """Whether a source says that it holds another kind of files: bytes, too, but not to be mixed unasked."""
    return said != kind and {said, kind} <= _FILES
