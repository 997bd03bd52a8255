"""The documentation tells what the program does: its examples run, and its tables hold what there is."""

import json
import re
import shutil
import tomllib
from pathlib import Path

import pyarrow as pa
import pytest

import byheart
from byheart import MemGEN
from byheart.memory import manifest, retention, segment
from documentation import alike, blocks, complaints, has_bash

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]


@pytest.mark.skipif(not has_bash(), reason="the examples are for a POSIX shell")
@pytest.mark.parametrize(
    "name", [name for name, page in zip(NAMES, PAGES, strict=True) if list(blocks(page.read_text("utf-8")))]
)
def test_the_examples_of_a_page_do_what_it_says(name: str, tmp_path: Path) -> None:
    for given in ("README.md", "LICENSE"):  # what an example may learn
        shutil.copy(ROOT / given, tmp_path)
    assert complaints((ROOT / name).read_text("utf-8"), tmp_path) == []


@pytest.mark.parametrize(
    ("page", "complaint"),
    [
        ("```python\nx = 2\n```\ntext\n```python\nx + 1  # 4\n```\n", "line 6: x + 1 gave 3, wanted 4"),
        ("```python\n1 / 0\n```\n", "ZeroDivisionError"),
        ("```console\n$ echo 4 texts\n5 texts\n```\n", "line 2: echo 4 texts printed\n4 texts"),
        ("  ```console\n  $ byheart info nowhere\n  ```\n", "no memory at nowhere"),
    ],
)
@pytest.mark.skipif(not has_bash(), reason="the examples are for a POSIX shell")
def test_an_example_that_is_wrong_is_told(page: str, complaint: str, tmp_path: Path) -> None:
    assert complaint in " ".join(complaints(page, tmp_path))


def test_only_a_reason_keeps_a_block_from_running() -> None:
    assert len(list(blocks("<!-- not run: needs a bucket -->\n```python\nx\n```\n"))) == 0
    assert len(list(blocks("<!-- not run: -->\n```python\nx\n```\n<!-- not run -->\n\n```console\n$ x\n```\n"))) == 2


def test_what_depends_on_the_machine_is_not_compared_but_counts_are() -> None:
    assert alike("learned 4 texts   12.5 ms, 1.2 MB/s", "learned 4 texts 9 ms, 3 kB/s")
    assert not alike("learned 4 texts   12.5 ms", "learned 5 texts   12.5 ms")
    assert not alike("a...c", "abd")


@pytest.mark.parametrize("name", NAMES)
def test_every_link_between_pages_leads_somewhere(name: str) -> None:
    page = ROOT / name
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_page_stands_in_the_navigation() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text("utf-8")
    assert [name for name in NAMES if name.startswith("docs/") and name.removeprefix("docs/") not in navigation] == []


def test_every_public_name_stands_in_the_reference() -> None:
    reference = (ROOT / "docs" / "api.md").read_text("utf-8")
    assert [name for name in byheart.__all__ if not re.search(rf"\b{name}\b", reference)] == []


def test_the_changelog_tells_of_this_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def keys(told: object) -> set[str]:
    """Every key of a JSON value, at whatever depth."""
    if isinstance(told, dict):
        return set(told) | set().union(*map(keys, told.values()))
    return set().union(*map(keys, told)) if isinstance(told, list) else set()


def test_every_key_and_column_of_a_memory_stands_in_the_format(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "format.md").read_text("utf-8")
    model = MemGEN(tmp_path / "list").fit(["a", "b"], ["x", "y"], sample_weight=[1.0, 2.5])
    model.forget(["a"])
    MemGEN(tmp_path / "hashmap", structure="hashmap").fit(["a", "a"])
    names = set()
    for path in tmp_path.rglob("*.json"):
        names |= keys(json.loads(path.read_text("utf-8")))
    for path in tmp_path.rglob("*.arrow"):
        names |= set(pa.ipc.open_file(path).schema.names)
    assert names >= {"format_version", "tombstones", "batches", "learns", "weight", "n", "label"}
    assert [name for name in sorted(names) if f"`{name}`" not in page] == []


def test_the_figures_of_the_format_are_those_of_the_code() -> None:
    page = (ROOT / "docs" / "format.md").read_text("utf-8")
    for told in (
        f"`format_version` is {manifest.FORMAT_VERSION}",
        f"at most {manifest.SEGMENTS_A_PAGE} segments",
        f"{segment.BATCH_BYTES >> 20} MB or {segment.BATCH_ROWS:,} rows",
        f"{segment.SEGMENT_BYTES >> 20} MB",
        f"{segment.SEGMENT_SOURCES:,} sources",
        f"last {retention.VERSIONS_KEPT} versions",
        f"{retention.KEPT_FOR.days} days",
    ):
        assert told in page
