"""Golden memories, one of each kind and structure: what a released format holds is read for ever, and written as it was."""

import base64
import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from make_golden import MEMORIES, described, make, told
from plain_reader import read, read_manifest

from byheart import MemGEN
from byheart.memory import manifest as m

HERE = Path(__file__).parent
FORMATS = sorted(path.name for path in HERE.glob("format-*"))
NEWEST = f"format-{m.FORMAT_VERSION}"


@pytest.fixture(params=[f"{format_}/{name}" for format_ in FORMATS for name in MEMORIES])
def golden(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, dict[str, Any]]:
    """A golden memory (a copy, with no folder that is empty: git keeps none), and what it holds."""
    versions = json.loads((HERE / f"{request.param}.json").read_text("utf-8"))
    return Path(shutil.copytree(HERE / request.param, tmp_path / "m")), versions


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same memories, made now."""
    folder = tmp_path_factory.mktemp("golden")
    make(folder)
    return folder


def test_a_golden_memory_holds_and_draws_what_it_did(golden: tuple[Path, dict[str, Any]], path: str) -> None:
    root, versions = golden
    assert m.versions(root) == sorted(map(int, versions))
    for version, told_ in versions.items():
        assert described(root, int(version)) == told_


def test_a_golden_memory_is_sound_and_can_be_changed(golden: tuple[Path, dict[str, Any]]) -> None:
    root, versions = golden
    report = MemGEN(root).check()
    assert (report.damage, report.leftovers) == ((), ())
    model = MemGEN(root)
    n = len(model)
    whole = model.sample(n, 0, replace=False)
    model.partial_fit(whole.to_numpy() if whole.kind == "array" else whole.to_arrow())
    assert len(model) == 2 * n
    assert model.distinct >= versions[max(versions)]["distinct"]
    model.compact()
    assert model.check().ok


def test_whoever_follows_the_specification_reads_the_same(golden: tuple[Path, dict[str, Any]]) -> None:
    root, versions = golden
    for version, told_ in versions.items():
        _require_same(read(root, int(version)), told_)


@pytest.mark.parametrize("name", MEMORIES)
def test_what_is_written_now_is_what_the_specification_says(fresh: Path, name: str) -> None:
    versions = json.loads((fresh / f"{name}.json").read_text("utf-8"))
    for version, told_ in versions.items():
        _require_same(read(fresh / name, int(version)), told_)


def _require_same(table: pa.Table, told_: dict[str, Any]) -> None:
    labels = table.column("label").to_pylist() if "label" in table.column_names else [None] * table.num_rows
    records = [list(pair) for pair in zip(map(told, table.column("x").to_pylist()), labels, strict=True)]
    assert records == told_["records"]
    assert [f"{h:016x}" for h in table.column("h").to_pylist()] == told_["fingerprints"]
    origins = zip(table.column("source").to_pylist(), table.column("locator").to_pylist(), strict=True)
    assert [list(origin) for origin in origins] == told_["origins"]


@pytest.mark.parametrize("name", MEMORIES)
def test_the_same_is_learned_as_it_was_when_the_format_was_released(fresh: Path, name: str) -> None:
    """Whatever changes here is a change of the format, and takes a new number."""
    old = json.loads((HERE / NEWEST / f"{name}.json").read_text("utf-8"))
    assert json.loads((fresh / f"{name}.json").read_text("utf-8")) == old
    for version in map(int, old):
        then, now = (read_manifest(folder / name, version) for folder in (HERE / NEWEST, fresh))
        assert then.keys() == now.keys()
        alike = ("kind", "structure", "operation", "records", "rows", "payload")
        assert {key: now[key] for key in alike} == {key: then[key] for key in alike}
        assert _schema(now).equals(_schema(then), check_metadata=True)
        one, other = (read(folder / name, version) for folder in (HERE / NEWEST, fresh))
        assert one.schema.equals(other.schema, check_metadata=True)


def _schema(manifest: dict[str, Any]) -> pa.Schema:
    return pa.ipc.read_schema(pa.py_buffer(base64.b64decode(manifest["schema"])))


def test_the_golden_files_are_small() -> None:
    assert sum(path.stat().st_size for path in HERE.rglob("format-*/**/*") if path.is_file()) < 200_000 * len(FORMATS)
