"""The index on the disk: what is built, what is kept, what is never believed, and what goes with what was forgotten."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from byheart import InputError, MemGEN
from byheart.memory import indexes
from byheart.memory.checking import check
from byheart.text import building, shards

TEXTS = [
    f"the {word} sat on the mat, and so did {number} others"
    for number, word in enumerate(["cat", "dog", "owl", "hen", "cow"])
]
SECRET = "the secret word is xyzzy, and no one shall know"


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    MemGEN(tmp_path / "m").fit(TEXTS)
    return tmp_path / "m"


def folders(memory: Path) -> set[Path]:
    return {path for path in (memory / "indexes").iterdir() if path.is_dir()}


def build(memory: Path) -> MemGEN:
    model = MemGEN(memory)
    assert model.count("sat on the mat") == sum(
        text.count("sat on the mat") for text in MemGEN(memory).sample(len(model), 0, replace=False)
    )
    return model


def test_an_index_is_built_once(memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(memory)
    there = folders(memory)
    assert len(there) == 1
    monkeypatch.setattr(building, "sort", None)
    build(memory)
    assert folders(memory) == there


def test_an_append_adds_a_shard_and_compact_makes_one_of_them(memory: Path) -> None:
    build(memory)
    first = folders(memory)
    MemGEN(memory).partial_fit(["a later text, that sat on the mat too"])
    assert build(memory).count("later") == 1
    assert len(folders(memory)) == 2
    assert first < folders(memory)
    model = MemGEN(memory)
    assert len(model.index_text(merge=True).corpus.shards) == 1
    assert len(folders(memory)) == 1
    assert model.count("later") == build(memory).count("later") == 1


def test_indexes_that_were_built_beside_each_other_become_one(memory: Path) -> None:
    """Two processes that index at once each make a shard of the same records."""
    build(memory)
    (folder,) = folders(memory)
    shutil.copytree(folder, folder.with_name("text-" + "0" * 32))
    assert len(folders(memory)) == 2
    assert len(build(memory).text.corpus.shards) == 1
    MemGEN(memory).index_text(merge=True)
    assert len(folders(memory)) == 1


def test_what_is_forgotten_is_not_found_and_only_its_shard_is_built_anew(memory: Path) -> None:
    build(memory)
    (first,) = folders(memory)
    MemGEN(memory).partial_fit([SECRET, "something else"])
    assert build(memory).count("xyzzy") == 1
    before = folders(memory)
    MemGEN(memory).forget([SECRET])
    assert MemGEN(memory).count("xyzzy") == 0
    assert first in folders(memory)
    assert len(folders(memory) - before) == 1
    assert MemGEN(memory, version=2).count("xyzzy") == 1


def test_forgetting_for_good_takes_the_bytes_out_of_the_indexes(memory: Path) -> None:
    MemGEN(memory).partial_fit([SECRET])
    build(memory)
    forgotten = MemGEN(memory).forget([SECRET], compact=True)
    assert forgotten.undeletable == ()
    assert not [path for path in memory.rglob("*") if path.is_file() and b"xyzzy" in path.read_bytes()]
    assert MemGEN(memory).count("xyzzy") == 0


def each_file(memory: Path) -> list[Path]:
    (folder,) = folders(memory)
    return sorted(path for path in folder.iterdir() if path.name != "seen.json")


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


HARM: dict[str, Callable[[Path], object]] = {
    "flipped": flip,
    "gone": Path.unlink,
    "empty": lambda path: path.write_bytes(b""),
    "cut": lambda path: os.truncate(path, path.stat().st_size - 1),
    "longer": lambda path: path.write_bytes(path.read_bytes() + b"\0"),
}


@pytest.mark.parametrize("harm", HARM)
def test_a_damaged_index_is_noticed_and_built_anew(memory: Path, harm: str) -> None:
    build(memory)
    names = [path.name for path in each_file(memory)]
    assert names == ["begins", "firsts", "index.json", "keys", "peaks", "rows", "suffixes", "text"]
    for name in names:
        (folder,) = folders(memory)
        HARM[harm](folder / name)
        build(memory)
        assert folders(memory) != {folder}, name
        for left in folders(memory):  # what cannot be read is passed over, until something sweeps
            if left == folder:
                shutil.rmtree(left)


def test_check_finds_a_damaged_index_that_looks_as_it_did_and_repair_removes_it(memory: Path) -> None:
    build(memory)
    path = each_file(memory)[-2]
    looks = path.stat()
    flip(path)
    os.utime(path, ns=(looks.st_atime_ns, looks.st_mtime_ns))
    (index,) = indexes.there(memory)
    index.note()  # as a disk that fails would have it: the system knows of no change
    report = check(memory)
    assert [damage.file for damage in report.damage] == [str(path.relative_to(memory))]
    assert check(memory, repair=True).ok
    assert check(memory).ok
    assert folders(memory) == set()


def test_a_copied_memory_takes_its_index_along(memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(memory)
    copy = memory.parent / "copy"
    shutil.copytree(memory, copy)
    monkeypatch.setattr(building, "sort", None)
    build(copy)


def test_shards_are_as_small_as_the_budget_asks_and_answer_the_same(memory: Path) -> None:
    model = MemGEN(memory)
    texts = max(map(len, TEXTS)) + 2
    index = model.index_text(memory_budget=2 * texts * building.BYTES_A_BYTE)
    assert len(index.corpus.shards) > 2
    assert max(len(shard.arrays.text) for shard in index.corpus.shards) <= 2 * texts
    assert [index.count(word) for word in ("the", "owl", "at")] == [15, 1, 11]
    with pytest.raises(InputError, match=r"memory budget: wanted .* bytes of RAM to index a record of"):
        MemGEN().fit(TEXTS).index_text(memory_budget=40)


def test_a_version_gone_back_to_has_an_index_of_its_own(memory: Path) -> None:
    MemGEN(memory).partial_fit([SECRET])
    assert MemGEN(memory, version=1).count("xyzzy") == 0
    assert MemGEN(memory).count("xyzzy") == 1


@pytest.mark.parametrize("records", [[1.5, 2.5], [{"a": 1}]])
def test_only_text_can_be_searched(records: list[object]) -> None:
    with pytest.raises(InputError, match="wanted texts \\(or bytes\\), got a memory of"):
        MemGEN().fit(records).count("a")


def test_an_empty_memory_is_told_of(memory: Path) -> None:
    MemGEN(memory).forget(where="locator >= 0")
    with pytest.raises(InputError, match="one that holds none"):
        MemGEN(memory).count("a")


def test_a_folder_that_may_not_be_written_to_is_told_of(memory: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write anywhere")
    (memory / "indexes").chmod(0o500)
    with pytest.raises(OSError, match="no permission"):
        MemGEN(memory).count("a")


BUILDER = """
import sys
from byheart import MemGEN
print("ready", flush=True)
print(MemGEN(sys.argv[1]).count("mat"), flush=True)
"""


@pytest.mark.parametrize("kills", [6, pytest.param(60, marks=pytest.mark.full)])
def test_a_kill_while_indexing_leaves_the_memory_as_it_was(memory: Path, kills: int) -> None:
    MemGEN(memory).partial_fit(TEXTS * 3000)
    took = 0.3
    for number in range(kills):
        process = subprocess.Popen([sys.executable, "-c", BUILDER, str(memory)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        began = time.perf_counter()
        time.sleep(took * (number + 0.5) / kills)
        process.kill()
        process.communicate()
        if number == 0:
            took = max(took, time.perf_counter() - began)
        report = check(memory, repair=True)
        assert report.ok
        assert check(memory).leftovers == ()
    assert build(memory).count("owl") == 3001


def test_two_who_index_at_once_both_answer(memory: Path) -> None:
    MemGEN(memory).partial_fit(TEXTS * 500)
    both = [subprocess.Popen([sys.executable, "-c", BUILDER, str(memory)], stdout=subprocess.PIPE) for _ in range(2)]
    said = [process.communicate()[0].split()[1] for process in both]
    assert said == [b"2505", b"2505"]
    assert check(memory).ok


def test_index_json_tells_what_the_index_is_of(memory: Path) -> None:
    build(memory)
    (folder,) = folders(memory)
    told = json.loads((folder / "index.json").read_text())["index"]
    assert told["about"] == {"alphabet": "bytes", "counted": False, "records": [5]}
    assert [pin["last"] for pin in told["pins"]] == [5]
    assert shards._KIND == "text"
