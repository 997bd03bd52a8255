"""Make the golden memories of this format, and what each of them holds: `python tests/golden/make_golden.py FOLDER`.

Those of a released format stay as they are for ever: this is run once a format, and by a test, which compares.
"""

import base64
import io
import json
import struct
import sys
import wave
import zlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from byheart import MemGEN
from byheart.batch import Batch
from byheart.memory import manifest as m

WORDS: Final = ["to be", "or not", "to be", "", "ça, c'est la question", "\N{OWL}", "a\nb"]
BLOBS: Final = [bytes(range(256)), b"", b"\x00", b"\xff" * 3, b"", b"PK\x03\x04"]
DIGITS: Final = np.arange(5 * 2 * 3).reshape(5, 2, 3)


def _bytes(root: Path) -> None:
    MemGEN(root).fit(BLOBS).partial_fit([b"later"]).forget([b"\x00"])


def _bytes_counted(root: Path) -> None:
    MemGEN(root, structure="hashmap").fit(BLOBS * 2).partial_fit([b"", b"later"])


def _text(root: Path) -> None:
    labels = ["hamlet", "hamlet", None, "", "hamlet", "owl", None]
    model = MemGEN(root).fit(WORDS, labels, sample_weight=[1, 2, 0, 0.5, 4, 3, 1])
    model.partial_fit(["without a label"]).forget(where="label = 'owl' or record = ''")


def _text_counted(root: Path) -> None:
    model = MemGEN(root, structure="hashmap").fit(WORDS * 3, ["a", "b", "a", None, "b", "a", "b"] * 3)
    model.partial_fit(["to be"] * 2).forget(["or not"])


def _image(root: Path) -> None:
    MemGEN(root, kind="image").fit([_png(i) for i in range(4)], ["cat", "dog", "cat", None])


def _audio(root: Path) -> None:
    MemGEN(root, structure="hashmap", kind="audio").fit([_wav(i) for i in (1, 2, 1)])


def _array_of_floats(root: Path) -> None:
    numbers = DIGITS.astype(np.float32) / 7
    numbers[0, 0] = [np.nan, -0.0, np.inf]
    MemGEN(root).fit(numbers, ["x", "y", None, "x", "y"]).forget(where="label = 'x' and locator > 0")


def _array_of_integers(root: Path) -> None:
    MemGEN(root, structure="hashmap").fit(np.repeat(DIGITS.astype(">i8"), 2, axis=0))


def _array_of_truths(root: Path) -> None:
    MemGEN(root).fit(DIGITS % 3 == 0)


def _array_of_complex_numbers(root: Path) -> None:
    MemGEN(root).fit(DIGITS[:, 0] + 1j).partial_fit(DIGITS[:2, 1] - 1j)


def _row(root: Path) -> None:
    rows = [
        {
            "whole": i if i % 3 else None,
            "float": [0.1, -0.0, float("nan"), float("-inf"), None][i],
            "word": ["", "ä", None, "b", "\N{OWL}"][i],
            "data": bytes(i),
            "day": date(2024, 2, 25 + i),
            "moment": datetime(2024, 2, 29, 12, i, tzinfo=UTC),
            "money": Decimal(i) / 8,
            "yes": i % 2 == 0,
            "parts": [i] * i,
            "inner": {"a": i, "b": None if i else "zero"},
        }
        for i in range(5)
    ]
    colours = pa.array(["red", None, "red", "blue", "red"]).dictionary_encode()
    table = pa.Table.from_pylist(rows).append_column("colour", colours)
    MemGEN(root).fit(table, ["a", "b", "a", None, "b"]).partial_fit(table.slice(1, 2)).forget(where="whole > 3")


def _row_counted(root: Path) -> None:
    rows = [{"k": 1, "v": "x"}, {"k": None, "v": ""}, {"k": 1, "v": "x"}, {"k": 1, "v": None}]
    MemGEN(root, structure="hashmap").fit(rows).partial_fit(rows[:2]).forget([{"k": None, "v": ""}])


def _png(grey: int) -> bytes:
    """A picture of one pixel, written down: which library would make it does not matter."""
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        (b"IDAT", _stored(bytes([0, grey]))),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


def _stored(data: bytes) -> bytes:
    """In zlib's form, not compressed: the same with every zlib."""
    size = struct.pack("<HH", len(data), len(data) ^ 0xFFFF)
    return b"\x78\x01\x01" + size + data + struct.pack(">I", zlib.adler32(data))


def _wav(pitch: int) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(bytes(128 + 100 * (i // pitch % 2) for i in range(32)))
    return file.getvalue()


MEMORIES: Final[dict[str, Callable[[Path], None]]] = {
    "bytes-list": _bytes,
    "bytes-hashmap": _bytes_counted,
    "text-list": _text,
    "text-hashmap": _text_counted,
    "image-list": _image,
    "audio-hashmap": _audio,
    "array-float-list": _array_of_floats,
    "array-integer-hashmap": _array_of_integers,
    "array-truth-list": _array_of_truths,
    "array-complex-list": _array_of_complex_numbers,
    "row-list": _row,
    "row-hashmap": _row_counted,
}


def told(value: Any) -> Any:
    """A value of Arrow as JSON has it: floats and what JSON has no type for as Python writes them."""
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    if isinstance(value, list):
        return [told(item) for item in value]
    if isinstance(value, dict):
        return {name: told(item) for name, item in value.items()}
    return value if value is None or isinstance(value, (str, int)) else repr(value)


def described(root: Path, version: int) -> dict[str, Any]:
    """What a version holds, and what is drawn from it."""
    model = MemGEN(root, version=version)
    n = len(model)
    batch = Batch(model.snapshot, np.arange(n), verify=True)
    labels = batch.labels or [None] * n
    description = {
        "kind": batch.kind,
        "records": [list(pair) for pair in zip(map(told, batch.to_arrow().to_pylist()), labels, strict=True)],
        "origins": [list(origin) for origin in batch.origins],
        "fingerprints": [f"{h:016x}" for h in batch.fingerprints.tolist()],
        "sample(9, 7)": model.sample(9, 7).indices.tolist(),
        "sample(n, 7, replace=False)": model.sample(n, 7, replace=False).indices.tolist(),
        "distinct": model.distinct,
    }
    if "weight" in model.snapshot.segments[0].names:
        description["sample(9, 7, weights='weight')"] = model.sample(9, 7, weights="weight").indices.tolist()
    return description


def make(folder: Path) -> None:
    """Each memory, and a JSON file beside it that tells of each of its versions."""
    for name, learn in MEMORIES.items():
        root = folder / name
        learn(root)
        versions = {str(version): described(root, version) for version in m.versions(root)}
        for index in (root / "indexes").iterdir():
            index.unlink()  # they can be made again
        told_ = json.dumps(versions, indent=1, ensure_ascii=False, sort_keys=True)
        root.with_suffix(".json").write_text(told_ + "\n", "utf-8")


if __name__ == "__main__":
    make(Path(sys.argv[1]))
