"""`check`: what is damaged is named, what is left over is swept, and what is in use stays."""

import json
import os
from pathlib import Path

import pytest

from byheart import DamagedError, FormatError, MemGEN, _files
from byheart.memory import manifest as m
from byheart.memory import store

RECORDS = [f"record number {i:03d}" for i in range(100)]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    MemGEN(tmp_path / "m").fit(RECORDS, ["even", "odd"] * 50).partial_fit(["later"]).forget(["record number 007"])
    return tmp_path / "m"


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def segment_with(root: Path, text: bytes) -> tuple[Path, int]:
    (path,) = (path for path in (root / "segments").iterdir() if text in path.read_bytes())
    return path, path.read_bytes().index(text)


def test_a_sound_memory_is_told_as_such(root: Path) -> None:
    report = MemGEN(root).check()
    assert report.ok
    assert (report.versions, report.leftovers) == (3, ())
    assert report.size > 2000


def test_a_flipped_byte_is_told_with_segment_and_record_and_never_sampled(root: Path) -> None:
    path, at = segment_with(root, b"record number 042")
    flip(path, at + 3)
    (damage,) = MemGEN(root).check().damage
    assert (damage.file, damage.segment, damage.record) == (f"segments/{path.name}", path.name, 41)  # 7 was forgotten
    assert "list:42" in damage.what
    model = MemGEN(root)
    assert "rec.rd" not in next(iter(model.sample(1, 0)))
    with pytest.raises(DamagedError, match=r"record 41 \(learned from list:42\)"):
        model.sample(100, 0, replace=False, verify=True)
    assert len(model.sample(50, 0, where="locator < 42", verify=True)) == 50


def test_damage_to_what_holds_no_record_is_told_too(root: Path) -> None:
    newest = m.manifest_path(root, 3)
    flip(newest, 100)
    report = MemGEN(root).check(repair=True)
    assert [damage.file for damage in report.damage] == [newest.name]
    assert report.repaired == ()  # what the newest version needs is not known: nothing is touched
    with pytest.raises(DamagedError, match="damaged"):
        len(MemGEN(root))  # no silent fallback: the version before holds what was to be forgotten
    flip(newest, 100)
    for folder in ("tombstones", "pages", "segments"):
        for path in (root / folder).iterdir():
            flip(path, path.stat().st_size // 2)
            assert f"{folder}/{path.name}" in {damage.file for damage in MemGEN(root).check().damage}
            flip(path, path.stat().st_size // 2)
            path.rename(root / "away")
            assert ("missing" in {damage.what for damage in MemGEN(root).check().damage}) is True
            (root / "away").rename(path)
    assert MemGEN(root).check().ok


def test_a_manifest_that_says_otherwise_is_not_believed(root: Path) -> None:
    path = m.manifest_path(root, 3)
    told = json.loads(path.read_bytes())
    told["manifest"]["records"] = 10**9
    path.write_bytes(json.dumps(told, sort_keys=True, separators=(",", ":")).encode())
    assert not MemGEN(root).check().ok
    told["manifest"]["format_version"] = 99
    path.write_bytes(json.dumps(told, sort_keys=True, separators=(",", ":")).encode())
    with pytest.raises(FormatError, match="upgrade byheart"):
        len(MemGEN(root))


def test_repair_sweeps_what_a_killed_writer_left_and_leaves_a_living_ones(root: Path) -> None:
    """A writer is alive while it holds its lock, which the system lets go when its process ends."""
    dead, living = "d" * 32, "f" * 32
    for name in (dead, living):
        (root / "segments" / f"{name}-0.arrow").write_bytes(b"half a segm")
        (root / "pages" / f"{name}-0-1.json").write_bytes(b"{")
    (root / "writers" / f"{dead}.lock").touch()
    (root / "notes.txt").write_text("mine")
    with _files.Lock(root / "writers" / f"{living}.lock"):
        report = MemGEN(root).check(repair=True)
        assert report.ok
        assert sorted(report.repaired) == sorted(report.leftovers)
        assert sorted(report.repaired) == [
            f"pages/{dead}-0-1.json",
            f"segments/{dead}-0.arrow",
            f"writers/{dead}.lock",
        ]
        assert (root / "segments" / f"{living}-0.arrow").exists()
        assert (root / "notes.txt").exists()
    assert len(MemGEN(root).check(repair=True).repaired) == 2
    assert MemGEN(root).check().leftovers == ()
    assert min(MemGEN(root).sample(100, 0, replace=False)) == "later"


def test_a_failed_learn_leaves_no_trace(root: Path, tmp_path: Path) -> None:
    before = sorted(path for path in root.rglob("*"))

    def records() -> object:
        yield from RECORDS * 1000
        raise OSError("the line went dead")  # what a source may do

    with pytest.raises(OSError, match="went dead"):
        MemGEN(root).partial_fit(records())
    assert sorted(path for path in root.rglob("*")) == before
    with pytest.raises(OSError, match="went dead"):
        MemGEN(tmp_path / "new").fit(records())
    assert not (tmp_path / "new").exists()


def test_an_interrupt_after_the_version_was_published_keeps_its_files(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync_folder = _files.fsync_folder

    def interrupted(path: Path) -> None:
        fsync_folder(path)
        if path == root:
            raise KeyboardInterrupt

    monkeypatch.setattr(_files, "fsync_folder", interrupted)
    with pytest.raises(KeyboardInterrupt):
        MemGEN(root).partial_fit(["just in time"])
    monkeypatch.undo()
    assert "just in time" in MemGEN(root)
    assert MemGEN(root).check().ok


def test_the_files_of_every_version_are_those_that_it_lists(root: Path) -> None:
    needed = set[Path]()
    for version in m.versions(root):
        needed |= store.files_of(root, m.load(root, version))
    there = {Path(folder) / name for folder, _, names in os.walk(root) for name in names}
    assert needed == there
