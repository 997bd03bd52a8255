"""What a hostile user found: disks that fill, names that are no text, devices as records, and streams that outlive their version."""

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from byheart import InputError, MemGEN, StorageError, WhereError, _files
from byheart.memory import compacting, store
from byheart.memory import manifest as m
from byheart.sources.base import CHUNK_BYTES
from byheart.sources.python import PythonSource
from command_line import command


def test_a_file_that_the_disk_does_not_take_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int, data: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(StorageError, match="disk is full"):
        _files.replace(tmp_path / "samples.txt", b"less than a block")
    monkeypatch.undo()
    assert list(tmp_path.iterdir()) == []


def test_a_segment_that_its_sources_closed_is_not_merged_again_and_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compacting, "MERGE_AT", 2)
    MemGEN(tmp_path / "m").fit(["a", "b"]).partial_fit(["c", "d"])
    assert m.load(tmp_path / "m").operation == "merge"
    monkeypatch.setattr(compacting, "SEGMENT_SOURCES", 2)
    for number in range(2):
        MemGEN(tmp_path / "n").partial_fit([f"{number} a", f"{number} b"])
    manifest = m.load(tmp_path / "n")
    assert manifest.operation == "learn"
    assert len(list(store.segments_of(tmp_path / "n", manifest))) == 2


def test_a_stream_stays_with_its_version(tmp_path: Path) -> None:
    model = MemGEN(tmp_path / "m").fit(["old"] * 10)
    stream = model.stream(0)
    assert next(stream) == "old"
    model.partial_fit(["new"] * 1000)
    assert {next(stream) for _ in range(3000)} == {"old"}


def test_a_stream_of_the_large_records_gathers_few_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    model = MemGEN().fit([b"small"] * 10_000 + [bytes(400_000)] * 3)
    asked: list[int] = []
    sample = MemGEN.sample

    def watched(self: MemGEN, n: int, *args: Any, **options: Any) -> Any:
        asked.append(n)
        return sample(self, n, *args, **options)

    monkeypatch.setattr(MemGEN, "sample", watched)
    stream = model.stream(0, where="size > 1000")
    drawn = [next(stream) for _ in range(20)]
    assert asked == [16, 2, 2]
    monkeypatch.undo()
    assert drawn == list(model.sample(20, 0, where="size > 1000"))


def test_what_a_generator_makes_is_taken_item_by_item() -> None:
    alive = most = 0

    class Item(bytes):
        def __del__(self) -> None:
            nonlocal alive
            alive -= len(self)

    def items() -> Iterator[bytes]:
        nonlocal alive, most
        for number in range(60):
            item = Item(CHUNK_BYTES // 4 if number % 10 else 1)
            alive += len(item)
            most = max(most, alive)
            yield item

    sizes = []
    for chunk in PythonSource(items()).chunks():
        sizes.append(sum(map(len, chunk.values)))
        del chunk
    assert sum(sizes) == 54 * (CHUNK_BYTES // 4) + 6
    assert max(sizes) <= CHUNK_BYTES * 5 // 4
    assert most <= 3 * CHUNK_BYTES


def test_names_that_are_no_text_are_learned_and_told(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"))
    try:
        path.write_text("meow\n")
    except OSError:
        pytest.skip("this file system has no such names")
    model = MemGEN(tmp_path / "m").fit(path)
    assert len(model) == 1
    assert store.learns_of(tmp_path / "m", m.load(tmp_path / "m"))[0].sources[0].endswith("caf\\udce9.txt")
    with pytest.raises(WhereError, match="is not such a value"):
        model.sample(1, where="record = '\udcff'")


def test_a_record_to_forget_is_a_file_of_a_size(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    MemGEN(tmp_path / "m").fit(["a"])
    os.truncate(os.open(tmp_path / "large", os.O_CREAT | os.O_WRONLY), 3 << 30)
    for name in (*(["/dev/zero"] if os.name == "posix" else []), tmp_path / "large"):
        answer = command(capsys)("forget", tmp_path / "m", "--record", name)
        assert answer.code == 2
        assert "wanted a file of up to 1 GB, got" in answer.err


def test_a_sparse_member_of_a_tar_is_refused(tmp_path: Path) -> None:
    tar = shutil.which("tar")
    if tar is None:
        pytest.skip("no tar here")
    with (tmp_path / "hole.bin").open("wb") as file:
        file.truncate(50_000_000)
    made = subprocess.run([tar, "-cSf", "hole.tar", "hole.bin"], cwd=tmp_path, capture_output=True, check=False)
    if made.returncode or (tmp_path / "hole.tar").stat().st_size > 1_000_000:
        pytest.skip("this tar, or this file system, knows no holes")
    with pytest.raises(InputError, match="got a sparse one"):
        MemGEN(tmp_path / "m").fit(tmp_path / "hole.tar")


def test_a_newer_format_is_no_damage_to_be_learned_anew(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    MemGEN(tmp_path / "m").fit(["a"])
    path = m.manifest_path(tmp_path / "m", 1)
    path.write_bytes(path.read_bytes().replace(b'"format_version":1', b'"format_version":2'))
    answer = command(capsys)("check", tmp_path / "m")
    assert answer.code == 1
    assert "pip install --upgrade byheart" in answer.out
    assert "--replace" not in answer.out


def test_pandas_is_not_imported_unasked(tmp_path: Path) -> None:
    """Arrow does so within C++, which loses a Ctrl-C that comes meanwhile: the samples were saved all the same."""
    pytest.importorskip("pandas")
    (tmp_path / "a.txt").write_text("one\ntwo\n")
    code = """
import sys
from byheart.cli.main import run
for arguments in (
    ["learn", "a.txt", "m"], ["sample", "m", "-n", "9", "-o", "d"], ["sample", "m", "-n", "9", "-o", "d.jsonl"], ["info", "m"],
    ["check", "m"], ["verify", "m"], ["count", "m", "one"],
):
    assert run(arguments) == 0, arguments
    assert "pandas" not in sys.modules, arguments
"""
    answer = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, check=False, timeout=120)
    assert answer.returncode == 0, answer.stderr.decode()
