"""Manifests and pages made to do harm, with digests that are right: refused in one line, and nothing outside is touched."""

import base64
import hashlib
import json
import resource
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from damaging import look_everywhere, records_of
from killing import PROCESSES

from byheart import ByheartError, MemGEN
from byheart.memory import manifest as m
from byheart.memory.checking import check
from command_line import Command, command

byheart = pytest.fixture(command)
Json = dict[str, Any]
RECORDS = [f"record {i}" for i in range(10)]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    MemGEN(tmp_path / "m").fit(RECORDS).forget(["record 3"])
    return tmp_path / "m"


def encoded(json_: Any) -> bytes:
    return json.dumps(json_, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def forge(root: Path, edit_page: Callable[[Json], object], edit_manifest: Callable[[Json], object]) -> None:
    """Change the newest version's page and manifest, and make all digests right."""
    path = m.manifest_path(root, m.versions(root)[-1])
    body = json.loads(path.read_bytes())["manifest"]
    (entry,) = body["pages"]
    page = json.loads((root / "pages" / entry["file"]).read_bytes())
    edit_page(page)
    data = encoded(page)
    (root / "pages" / entry["file"]).write_bytes(data)
    entry.update(size=len(data), digest=hashlib.sha256(data).hexdigest())
    edit_manifest(body)
    path.write_bytes(encoded({"manifest": body, "sha256": hashlib.sha256(encoded(body)).hexdigest()}))


def nothing(_: Json) -> None:
    """Leave it as it is."""


def schema(type_: pa.DataType, metadata: dict[str, str] | None = None) -> str:
    return m.schema_text(pa.field("x", type_, metadata=metadata))


NAMES: tuple[object, ...] = (
    "../../secret.arrow",
    "/etc/passwd",
    "a/b.arrow",
    "..",
    "",
    ".",
    "x.arrow\n",
    "x\0.arrow",
    "C:\\x.arrow",
    7,
    None,
    [],
)
NUMBERS: tuple[object, ...] = (-1, 2**31, 2**40, 2**62, 2**63, 2**64, 10**30, 1.5, "9", None, True, [], {})
SCHEMAS = (
    "", "!!!", "AAAA", base64.b64encode(b"\xff" * 64).decode(), 7, None,
    schema(pa.int8()), schema(pa.null()), schema(pa.list_(pa.int8(), 2**30)), schema(pa.binary(2**30)),
    schema(pa.large_binary(), {"dtype": "<f8", "shape": "[1000000000]"}), schema(pa.large_binary(), {"dtype": "O", "shape": "[1]"}),
    schema(pa.large_binary(), {"dtype": "nonsense", "shape": "["}), schema(pa.struct([("a", pa.int8())])),
)  # fmt: skip  # a list

Edit = Callable[[Json], object]


def put(to: object, *keys: str | int) -> Edit:
    """What puts a value at a place."""

    def edit(json_: Any) -> None:
        for key in keys[:-1]:
            json_ = json_[key]
        json_[keys[-1]] = to

    return edit


def each(values: Iterable[object], *keys: str | int) -> dict[str, Edit]:
    """An edit for each value at a place."""
    return {f"{keys} = {value!r:.60}": put(value, *keys) for value in values}


MANIFESTS: dict[str, Edit] = {
    **each(NAMES, "pages", 0, "file"),
    **each(NUMBERS, "records"),
    **each(NUMBERS, "rows"),
    **each(NUMBERS, "version"),
    **each(NUMBERS, "pages", 0, "segments"),
    **each(SCHEMAS, "schema"),
    **each(("object", "array", "row", "bytes", "__class__", "", 1, None, []), "kind"),
    **each(("tree", 1, None), "structure"),
    **each((1, None, [], "x"), "created"),
    **each((1, None, []), "previous"),
    **each(({"file": "x"}, [1, 2], None), "pages"),
    **each((1,), "more"),
    **each(("1", None, 0), "format_version"),
    "no pages": lambda body: body.pop("pages"),
    "the same page twice": lambda body: body["pages"].append(body["pages"][0]),
}

SEGMENTS: dict[str, Edit] = {
    **each(NAMES, "file"),
    **each(NAMES, "sources", "file"),
    **each(NAMES, "tombstones", "file"),
    **{name: edit for key in ("size", "rows", "records", "payload") for name, edit in each(NUMBERS, key).items()},
    **{n: edit for key in ("size", "rows", "records") for n, edit in each(NUMBERS, "batches", 0, key).items()},
    **{n: edit for key in ("size", "rows", "records") for n, edit in each(NUMBERS, "tombstones", key).items()},
    **each(([], [1], None), "batches"),
    **each((1,), "more"),
    "batches without end": lambda segment: segment.update(batches=segment["batches"] * 100_000),
    "no tombstones": lambda segment: segment.pop("tombstones"),
}


def inspect(root: Path, parts: tuple[str, ...], parent: "Connection[Any, Any]") -> None:
    """Forge, look, and mend again, for each forgery; in a process of its own, which may have 4 GB and no more. Tells what was wrong."""
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    kept = {path: path.read_bytes() for path in root.rglob("*.json")}
    for table in parts:
        for name, edit in FORGERIES[table].items():
            parent.send((name, None))
            forge(root, *((nothing, edit) if table == "manifest" else (partial(_of_first_segment, edit), nothing)))
            try:
                if not _is_refused(root):
                    parent.send((name, "not refused"))
            except Exception as error:  # noqa: BLE001  # whatever it was is told, with what it came of
                parent.send((name, f"{type(error).__name__}: {error}"))
            for path, data in kept.items():
                path.write_bytes(data)
    parent.send(("", None))


def _of_first_segment(edit: Callable[[Json], object], page: Json) -> None:
    edit(page["segments"][0])


def _is_refused(root: Path) -> bool:
    """Whether reading all records, or at least a check, refuses."""
    try:
        is_refused = not check(root).ok
    except ByheartError:
        is_refused = True
    try:
        records_of(root)
        look_everywhere(root)
    except ByheartError:
        return True
    return is_refused


FORGERIES = {"manifest": MANIFESTS, "page": SEGMENTS}


@pytest.mark.parametrize("table", FORGERIES)
def test_nothing_that_is_said_under_a_right_digest_does_harm(table: str, root: Path) -> None:
    ours, theirs = PROCESSES.Pipe()
    process = PROCESSES.Process(target=inspect, args=(root, (table,), theirs))
    process.start()
    theirs.close()
    found, last = [], "the first"
    with suppress(EOFError):
        while last:
            last, told = ours.recv()
            if told:
                found.append(f"{last}: {told}")
    process.join()
    assert not last, f"{last}: the interpreter ended with {process.exitcode}"
    assert found == []


@pytest.mark.parametrize(
    "data",
    [b"[" * 200_000, b'{"manifest":' * 50_000, b"1" * 10_000, b"{}", b"null", b"\xff\xfe", b'"' + b"x" * (65 << 20)],
)
def test_json_that_is_deep_or_huge_or_none_is_refused(data: bytes, root: Path, byheart: Command) -> None:
    path = m.manifest_path(root, 2)
    kept = path.read_bytes()
    path.write_bytes(data)
    answer = byheart("sample", root)
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert path.name in answer.err
    assert byheart("check", root).code == 1
    path.write_bytes(kept)
    (page,) = json.loads(kept)["manifest"]["pages"]
    forged = {"size": len(data), "digest": hashlib.sha256(data).hexdigest()}
    forge(root, nothing, lambda body: body["pages"][0].update(forged))
    (root / "pages" / page["file"]).write_bytes(data)
    assert byheart("sample", root).code == 2
    assert byheart("check", root).code == 1


def test_a_newer_format_asks_for_a_newer_byheart(root: Path, byheart: Command) -> None:
    forge(root, nothing, lambda body: body.update(format_version=2, something_new=[1]))
    answer = byheart("sample", root)
    assert answer.code == 2
    assert "upgrade byheart" in answer.err
    assert byheart("learn", "pi:10", root, "--append", "--quiet").code == 2
    forge(root, nothing, lambda body: body.update(format="another-memory"))
    assert "wanted a byheart memory" in byheart("sample", root).err


def test_names_lead_nowhere_else(root: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.arrow"
    secret.write_bytes(b"not yours")
    forge(root, lambda page: page["segments"][0].update(file="../../secret.arrow"), nothing)
    with pytest.raises(ByheartError, match="which cannot be one of its own"):
        len(MemGEN(root))
    report = check(root, repair=True)
    assert not report.ok
    assert secret.read_bytes() == b"not yours"
