"""docs/format.md is enough: a reader that knows nothing but that page finds every digest, record and fingerprint as it says."""

import hashlib
import json
import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pytest
import xxhash

from byheart import MemGEN

EPOCH: Final = date(1970, 1, 1)
ROWS: Final[list[dict[str, Any]]] = [
    {"n": 1, "x": 0.5, "ok": True, "day": date(2020, 2, 29), "name": "Zoë", "raw": b"\0\xff", "cost": Decimal("1.50")},
    {"n": -2, "x": -0.0, "ok": False, "day": date(1969, 7, 20), "name": "", "raw": b"", "cost": Decimal("-0.25")},
    {"n": None, "x": float("nan"), "ok": None, "day": None, "name": None, "raw": None, "cost": None},
]


@dataclass(frozen=True)
class Record:
    """What a reader finds of one row: its bytes, label and fingerprint, and how often it counts."""

    value: Any
    label: str | None
    fingerprint: int
    times: int
    source: str
    locator: int


def canonical_json(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def xxh3(data: bytes) -> str:
    return xxhash.xxh3_128_hexdigest(data)


def read_file(root: Path, folder: str, entry: dict[str, Any]) -> pa.Table:
    data = (root / folder / entry["file"]).read_bytes()
    assert (len(data), xxh3(data)) == (entry["size"], entry["digest"])
    return pa.ipc.open_file(data).read_all()


def read_segment(root: Path, entry: dict[str, Any]) -> Iterator[Record]:
    data = (root / "segments" / entry["file"]).read_bytes()
    assert len(data) == entry["size"]
    at = 0
    for batch in entry["batches"]:
        assert xxh3(data[at : at + batch["size"]]) == batch["digest"]
        at += batch["size"]
    assert xxh3(data[at:]) == entry["digest"]
    table = pa.ipc.open_file(data).read_all()
    columns = ["x", "h", "source", "locator", "n", "label", "weight"]
    assert table.column_names == [name for name in columns if name in table.column_names]
    names = read_file(root, "segments", entry["sources"])["x"].to_pylist()
    tombstones = entry["tombstones"]
    gone = set(read_file(root, "tombstones", tombstones)["x"].to_pylist()) if tombstones else set()
    assert table.num_rows == entry["rows"] == sum(batch["rows"] for batch in entry["batches"])
    for number, row in enumerate(table.to_pylist()):
        if number not in gone:
            source, locator = names[row["source"]], row["locator"]
            yield Record(row["x"], row.get("label"), row["h"], row.get("n", 1), source, locator)


def read_memory(root: Path) -> list[Record]:
    """The newest version, every byte of it compared with its digest on the way."""
    path = max(root.glob("manifest-*.json"))
    data = path.read_bytes()
    whole = json.loads(data)
    manifest = whole["manifest"]
    assert canonical_json(whole) == data
    assert hashlib.sha256(canonical_json(manifest)).hexdigest() == whole["sha256"]
    assert (manifest["format"], manifest["format_version"]) == ("byheart-memory", 1)
    assert path.name == f"manifest-{manifest['version']:010d}.json"
    before = root / f"manifest-{manifest['version'] - 1:010d}.json"
    assert manifest["previous"] == (hashlib.sha256(before.read_bytes()).hexdigest() if before.exists() else "")
    records = []
    for page in manifest["pages"]:
        listed = (root / "pages" / page["file"]).read_bytes()
        assert (len(listed), hashlib.sha256(listed).hexdigest()) == (page["size"], page["digest"])
        segments = json.loads(listed)["segments"]
        found = [list(read_segment(root, segment)) for segment in segments]
        assert (len(segments), sum(r.times for part in found for r in part)) == (page["segments"], page["records"])
        records += [record for part in found for record in part]
    assert (len(records), sum(r.times for r in records)) == (manifest["rows"], manifest["records"])
    return records


def fingerprint(canonical: bytes, label: str | None) -> int:
    return xxhash.xxh64_intdigest(canonical, 0 if label is None else xxhash.xxh64_intdigest(label.encode()))


def cell(value: Any) -> bytes:
    """A cell of a row, as the table under "Rows" says."""
    if value is None:
        return b"\0"
    if isinstance(value, bool):
        return bytes([1, value])
    if isinstance(value, int):
        return b"\1" + value.to_bytes(8, "little", signed=True)
    if isinstance(value, float):
        return b"\1" + (b"\0\0\0\0\0\0\xf8\x7f" if math.isnan(value) else struct.pack("<d", value or 0.0))
    if isinstance(value, date):
        return b"\1" + (value - EPOCH).days.to_bytes(4, "little", signed=True)
    data = value if isinstance(value, bytes) else (value if isinstance(value, str) else json.dumps(str(value))).encode()
    return b"\1" + len(data).to_bytes(8, "little") + data


def canonical_row(row: dict[str, Any], types: dict[str, str]) -> bytes:
    described = ";".join(f"{name}:{types[name]}" for name in sorted(row))
    prefix = xxhash.xxh64_intdigest(described.encode()).to_bytes(8, "little")
    return prefix + b"".join(cell(row[name]) for name in sorted(row))


@pytest.mark.parametrize("structure", ["list", "hashmap"])
def test_a_reader_from_the_page_alone_finds_what_was_learned(structure: Any, tmp_path: Path) -> None:
    texts, labels = ["a", "é", "a", "", "gone"], ["x", None, "x", "y", None]
    model = MemGEN(tmp_path / "m", structure=structure).fit(texts, labels)
    model.partial_fit(["later", "a"], ["z", "x"]).forget(["gone"])
    found = read_memory(tmp_path / "m")
    assert [(r.value, r.label) for r in found for _ in range(r.times)] == (
        [("a", "x"), ("é", None), ("a", "x"), ("", "y"), ("later", "z"), ("a", "x")]
        if structure == "list"
        else [("a", "x"), ("a", "x"), ("é", None), ("", "y"), ("later", "z"), ("a", "x")]
    )
    assert [r.fingerprint for r in found] == [fingerprint(r.value.encode(), r.label) for r in found]
    assert [(r.source, r.locator) for r in found][-2:] == [("list", 0), ("list", 1)]


def test_the_fingerprint_of_a_row_is_of_the_bytes_that_the_page_gives_it(tmp_path: Path) -> None:
    labels = ["x", None, "x"]
    MemGEN(tmp_path / "m").fit(ROWS, labels)
    types = {
        "n": "int64", "x": "double", "ok": "bool", "day": "date32[day]", "name": "large_string", "raw": "large_binary",
        "cost": "decimal128(3, 2)",
    }  # fmt: skip  # a table
    expected = [fingerprint(canonical_row(row, types), label) for row, label in zip(ROWS, labels, strict=True)]
    assert [r.fingerprint for r in read_memory(tmp_path / "m")] == expected


@pytest.mark.parametrize(
    "numbers",
    [
        np.arange(12, dtype=">i2").reshape(3, 2, 2),
        np.array([[True, False], [False, True]]),
        np.array([[1 + 2j], [3 - 4j]], np.complex64),
    ],
    ids=["integers", "booleans", "complex"],
)
def test_the_fingerprint_of_an_array_is_of_its_elements(numbers: Any, tmp_path: Path) -> None:
    MemGEN(tmp_path / "m").fit(numbers)
    little = numbers.astype(numbers.dtype.newbyteorder("<"))
    assert [r.fingerprint for r in read_memory(tmp_path / "m")] == [fingerprint(x.tobytes(), None) for x in little]


def test_times_are_the_integers_that_arrow_stores(tmp_path: Path) -> None:
    when = datetime(2018, 4, 1, 12, tzinfo=UTC)
    column = pa.array([when], pa.timestamp("ms", "UTC"))
    MemGEN(tmp_path / "m").fit(pa.table({"at": column}))
    stored = int(when.timestamp() * 1000)
    canonical = canonical_row({"at": stored}, {"at": "timestamp[ms, tz=UTC]"})
    assert read_memory(tmp_path / "m")[0].fingerprint == fingerprint(canonical, None)
