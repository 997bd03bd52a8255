"""One record as a file of its own: its suffix and its bytes; and back."""

import json
from io import BytesIO
from typing import Any, Final

import numpy as np
import pyarrow as pa

from byheart.errors import InputError
from byheart.saving.jsonable import from_jsonable, jsonable

_SUFFIXES: Final = (
    (b"\x89PNG\r\n\x1a\n", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"GIF8", ".gif"),
    (b"BM", ".bmp"),
    (b"II*\x00", ".tif"),
    (b"MM\x00*", ".tif"),
    (b"fLaC", ".flac"),
    (b"OggS", ".ogg"),
    (b"ID3", ".mp3"),
    (b"%PDF-", ".pdf"),
    (b"PK\x03\x04", ".zip"),
    (b"\x1f\x8b", ".gz"),
)
_RIFF: Final = {b"WEBP": ".webp", b"WAVE": ".wav"}


def suffix_of(data: bytes) -> str:
    r"""The suffix that the first bytes of a file ask for; `.bin` where they are none that is known.

    >>> suffix_of(b"\xff\xd8\xff\xe0"), suffix_of(b"RIFF....WAVE"), suffix_of(b"")
    ('.jpg', '.wav', '.bin')
    """
    if data[:4] == b"RIFF":
        return _RIFF.get(data[8:12], ".bin")
    return next((suffix for magic, suffix in _SUFFIXES if data.startswith(magic)), ".bin")


def to_file(kind: str, record: Any) -> tuple[str, bytes]:
    r"""The suffix and the bytes of the file that holds one record: text as UTF-8, an array as `.npy`, a row as JSON.

    >>> to_file("text", "ça")
    ('.txt', b'\xc3\xa7a')
    """
    if kind == "text":
        return ".txt", record.encode()
    if kind == "array":
        npy = BytesIO()
        np.save(npy, record, allow_pickle=False)
        return ".npy", npy.getvalue()
    if kind == "row":
        return ".json", json.dumps(jsonable(record), ensure_ascii=False).encode()
    return suffix_of(record), bytes(record)


def from_file(kind: str, data: bytes, field: pa.Field) -> Any:
    """The record that `to_file` wrote.

    Args:
        kind: the kind of the memory.
        data: the bytes of the file.
        field: the column of the memory that the record is for.

    Raises:
        InputError: the bytes are not those of such a record.
    """
    try:
        if kind == "text":
            return data.decode()
        if kind == "array":
            return np.load(BytesIO(data), allow_pickle=False)
        record = json.loads(data) if kind == "row" else data
    except (ValueError, EOFError, OSError) as error:
        wanted = {"text": "UTF-8 text", "array": "an array as numpy saves it (.npy)", "row": "a JSON object"}[kind]
        raise InputError(f"record: wanted {wanted}, got something else ({error})") from error
    if kind != "row":
        return record
    if not isinstance(record, dict):
        raise InputError(f"record: wanted a JSON object with a value a column, got {type(record).__name__}")
    return from_jsonable(record, field.type)
