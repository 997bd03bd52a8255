"""A second reader of memories, which knows byheart by docs/format.md alone: not a line of it is shared."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import xxhash


def read(root: Path, version: int) -> pa.Table:
    """Every occurrence of a version, with each of its columns; each byte of each file is under a digest that is right."""
    manifest = read_manifest(root, version)
    segments = [segment for page in manifest["pages"] for segment in _page(root, page)["segments"]]
    whole = pa.concat_tables([_segment(root, segment) for segment in segments], promote_options="default")
    assert whole.num_rows == manifest["records"]
    return whole


def read_manifest(root: Path, version: int) -> dict[str, Any]:
    """A manifest that is as it was written, and follows the one before it."""
    data = (root / f"manifest-{version:010d}.json").read_bytes()
    found = json.loads(data)
    manifest: dict[str, Any] = found["manifest"]
    assert canonical(found) == data
    assert found["sha256"] == hashlib.sha256(canonical(manifest)).hexdigest()
    assert (manifest["format"], manifest["format_version"], manifest["version"]) == ("byheart-memory", 1, version)
    before = root / f"manifest-{version - 1:010d}.json"
    if before.exists():
        assert manifest["previous"] == hashlib.sha256(before.read_bytes()).hexdigest()
    return manifest


def canonical(found: Any) -> bytes:
    """JSON in the one form that has a digest."""
    return json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _page(root: Path, entry: dict[str, Any]) -> dict[str, Any]:
    data = _file(root / "pages", entry)
    assert hashlib.sha256(data).hexdigest() == entry["digest"]
    page: dict[str, Any] = json.loads(data)
    assert canonical(page) == data
    return page


def _file(folder: Path, entry: dict[str, Any]) -> bytes:
    assert re.fullmatch(r"[0-9a-zA-Z-]+\.(arrow|json)", entry["file"])
    data = (folder / str(entry["file"])).read_bytes()
    assert len(data) == entry["size"]
    return data


def _column(folder: Path, entry: dict[str, Any]) -> list[Any]:
    data = _file(folder, entry)
    assert xxhash.xxh3_128_hexdigest(data) == entry["digest"]
    column: list[Any] = pa.ipc.open_file(data).read_all().column("x").to_pylist()
    return column


def _segment(root: Path, segment: dict[str, Any]) -> pa.Table:
    data = _file(root / "segments", segment)
    start = 0
    for batch in segment["batches"]:
        stop = start + batch["size"]
        assert xxhash.xxh3_128_hexdigest(data[start:stop]) == batch["digest"]
        start = stop
    assert xxhash.xxh3_128_hexdigest(data[start:]) == segment["digest"]
    table = pa.ipc.open_file(data).read_all()
    sources = _column(root / "segments", segment["sources"])
    dead = _column(root / "tombstones", segment["tombstones"]) if segment["tombstones"] else []
    times = table.column("n").to_numpy() if "n" in table.column_names else np.ones(table.num_rows, np.int64)
    assert (table.num_rows, times.sum()) == (segment["rows"], segment["records"])
    kept = np.where(np.isin(np.arange(table.num_rows), dead), 0, times)
    named = pa.array([sources[number] for number in table.column("source").to_pylist()], pa.string())
    return table.set_column(2, "source", named).take(np.repeat(np.arange(table.num_rows), kept))
