"""The kinds of record: how each becomes a column `x`, what its canonical bytes are, and what comes back.

A kind is stateless: what a memory adds (an array's shape, a table's columns) is in the field of its column.
"""

from typing import Any, Final, Protocol

import numpy as np
import pyarrow as pa

from byheart.errors import InputError
from byheart.records.array import ArrayKind
from byheart.records.blob import BlobKind
from byheart.records.chunk import Values
from byheart.records.fingerprint import Bytes, Offsets
from byheart.records.row import RowKind
from byheart.records.text import TextKind
from byheart.registry import Registry


class Kind(Protocol):
    """What every kind of record does."""

    @property
    def name(self) -> str:
        """What `--kind` calls it."""

    def field(self, first: Values) -> pa.Field:
        """The type of the column, read off the first records."""

    def encode(self, values: Values, field: pa.Field) -> pa.Array:
        """The column; raises `InputError` for records of another kind."""

    def canonical(self, column: pa.Array, field: pa.Field) -> tuple[Bytes, Offsets]:
        """The bytes that say whether two records are the same: end to end, and n + 1 offsets."""

    def decode(self, column: pa.Array, field: pa.Field) -> list[Any]:
        """The records, as a user knows them."""


KINDS: Final = Registry[Kind]("kind")
KINDS.add("bytes", BlobKind("bytes"))
KINDS.add("text", TextKind())
KINDS.add("image", BlobKind("image"))
KINDS.add("audio", BlobKind("audio"))
KINDS.add("array", ArrayKind())
KINDS.add("row", RowKind())


def kind_of(first: Values) -> str:
    r"""The kind that the first records are of.

    >>> kind_of(["a poem"]), kind_of([b"\x89PNG\r\n\x1a\n"]), kind_of(np.zeros((3, 2)))
    ('text', 'image', 'array')
    """
    if isinstance(first, pa.RecordBatch):
        return "row"
    if isinstance(first, pa.Array):
        return _kind_of_arrow(first)
    if isinstance(first, np.ndarray) and first.dtype != object:
        return {"U": "text", "S": "bytes"}.get(first.dtype.kind, "array")
    record = next(iter(first))
    if isinstance(record, (bytes, bytearray, memoryview)):
        return media_kind(bytes(record[:32])) or "bytes"
    known = {"text": isinstance(record, str), "row": isinstance(record, dict), "array": _is_numbers(record)}
    for kind, is_it in known.items():
        if is_it:
            return kind
    got = f"got {type(record).__name__}"
    raise InputError(
        f"records: wanted bytes, text, arrays or rows (dicts), {got}: a model without a path takes any object"
    )


def _is_numbers(record: Any) -> bool:
    """Whether a record is an array, or lists of numbers that make one."""
    if hasattr(record, "__array__"):
        return True
    while isinstance(record, (list, tuple)) and record:
        record = record[0]
        if isinstance(record, (bool, int, float, complex)):
            return True
    return False


def _kind_of_arrow(first: pa.Array) -> str:
    type_ = first.type
    if pa.types.is_string(type_) or pa.types.is_large_string(type_):
        return "text"
    if pa.types.is_binary(type_) or pa.types.is_large_binary(type_):
        return media_kind((first[0].as_py() or b"")[:32]) or "bytes" if len(first) else "bytes"
    if pa.types.is_struct(type_):
        return "row"
    return "array"


_MAGIC: Final = (
    (0, b"\x89PNG\r\n\x1a\n", "image"),
    (0, b"\xff\xd8\xff", "image"),  # JPEG
    (0, b"GIF87a", "image"),
    (0, b"GIF89a", "image"),
    (0, b"II*\x00", "image"),  # TIFF
    (0, b"MM\x00*", "image"),
    (8, b"WEBP", "image"),
    (4, b"ftypavif", "image"),
    (4, b"ftypavis", "image"),
    (4, b"ftyphei", "image"),  # HEIC
    (4, b"ftyphev", "image"),
    (4, b"ftypmif1", "image"),
    (8, b"WAVE", "audio"),
    (0, b"fLaC", "audio"),
    (0, b"OggS", "audio"),
    (0, b"ID3", "audio"),  # MP3 with a title
    (4, b"ftypM4", "audio"),
    (8, b"AIFF", "audio"),
)
_CONTAINERS: Final = {8: (b"RIFF", b"RF64", b"FORM")}  # what a name at 8 has to stand in
_BMP_HEADERS: Final = frozenset({12, 40, 52, 56, 64, 108, 124})


def media_kind(head: bytes) -> str | None:
    r"""Whether the first bytes of a file (32 do) are those of an image or of audio.

    >>> media_kind(b"RIFF\x00\x00\x00\x00WAVEfmt "), media_kind(b"\xff\xfb\x90\x00"), media_kind(b"BM, a firm")
    ('audio', 'audio', None)
    """
    for at, magic, kind in _MAGIC:
        if head.startswith(magic, at) and head.startswith(_CONTAINERS.get(at, b"")):
            return kind
    if head.startswith(b"BM") and head[6:10] == bytes(4) and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return "image"
    return "audio" if _is_mp3_frame(head) else None


def _is_mp3_frame(head: bytes) -> bool:
    """A frame of MPEG audio layer III: eleven bits of sync, then a version, a rate and a frequency that exist."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return False
    return head[1] & 0x18 != 0x08 and head[2] >> 4 not in {0, 15} and head[2] & 0x0C != 0x0C
