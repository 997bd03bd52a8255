"""`byheart info`, `verify`, `check`: what a memory holds, whether its sampler is right, whether its bytes are."""

import json
from pathlib import Path

import pytest

from byheart import MemGEN
from byheart.memory.checking import check
from command_line import Command, damage, installed, on_a_terminal

TEXTS = [f"the {number}th text" for number in range(60)]


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    path = tmp_path / "m"
    MemGEN(path).fit([*TEXTS, TEXTS[0]], [*["old"] * 40, *["new"] * 21])
    return path


@pytest.mark.parametrize("structure", ["list", "hashmap"])
def test_info_json_has_the_figures(byheart: Command, tmp_path: Path, structure: str) -> None:
    MemGEN(tmp_path / "m", structure=structure).fit([*TEXTS, TEXTS[0]], ["x"] * 61)  # type: ignore[arg-type]  # a parameter of the test
    told = json.loads(byheart("info", tmp_path / "m", "--json").out)
    size = sum(len(text) for text in TEXTS) + (len(TEXTS[0]) if structure == "list" else 0)
    wanted = {"records": 61, "distinct": 60, "bytes": size, "kind": "text", "version": 1, "segments": 1}
    assert wanted.items() <= told.items()
    assert told["structure"] == structure
    assert told["versions"] == [1]
    assert told["labels"] == {"x": 61}
    assert [learn["records"] for learn in told["learns"]] == [61]
    assert told["on_disk"] == sum(file.stat().st_size for file in (tmp_path / "m").rglob("*") if file.is_file())


def test_info_follows_what_is_forgotten_and_can_go_back(byheart: Command, memory: Path) -> None:
    MemGEN(memory).forget(where="label = 'old'")
    now = json.loads(byheart("info", memory, "--json").out)
    assert (now["records"], now["labels"], now["versions"]) == (21, {"new": 21}, [1, 2])
    before = json.loads(byheart("info", memory, "--version", 1, "--json").out)
    assert (before["records"], before["labels"]) == (61, {"old": 40, "new": 21})


def test_info_is_aligned_and_ends_in_a_next_step(byheart: Command, memory: Path) -> None:
    first, *fields, empty, last = byheart("info", memory).out.splitlines()
    assert first == str(memory)
    assert fields[0] == "records    61 texts, all distinct"  # the label is a part of what is learned
    assert len({len(line) - len(line[9:].lstrip()) for line in fields}) == 1
    assert empty == ""
    assert last.startswith("next  byheart verify ")


def test_of_a_memory_that_has_forgotten_all_nothing_is_told_that_it_cannot_do(byheart: Command, memory: Path) -> None:
    MemGEN(memory).forget(where="size >= 0")
    for _ in ("forgotten", "compacted"):
        told = byheart("info", memory).out
        assert told.splitlines()[1] == "records    0 texts"
        assert "next" not in told
        assert "verify" not in byheart("check", memory).out
        MemGEN(memory).compact()
    assert "learned    " in told
    assert "from  in" not in told


def test_verify_json_has_the_fit_and_the_seconds_a_record(byheart: Command, memory: Path) -> None:
    MemGEN(memory).partial_fit(["more"] * 10, ["new"] * 10)
    answer = byheart("verify", memory, "-n", 20_000, "--json")
    told = json.loads(answer.out)
    assert answer.code == 0
    assert told["ok"] is True
    assert 1e-6 < told["p_value"] <= 1
    assert (told["draws"], told["distinct"], told["strangers"]) == (20_000, 62, 0)
    assert [learn["records"] for learn in told["learns"]] == [61, 10]
    for learn in told["learns"]:
        assert learn["seconds_a_record"] == pytest.approx(learn["seconds"] / learn["records"])


def test_verify_says_no_where_something_is_drawn_that_was_never_learned(byheart: Command, memory: Path) -> None:
    damage(memory, b"the 7th text", b"the 7th lie!")
    answer = byheart("verify", memory)
    assert answer.code == 1
    assert "do NOT follow" in answer.out
    assert "records that were never learned" in answer.out
    told = byheart("verify", memory, "--json")
    assert (told.code, json.loads(told.out)["ok"]) == (1, False)


def test_verify_tells_of_the_fit_and_of_learning(byheart: Command, memory: Path) -> None:
    out = byheart("verify", memory).out
    assert out.startswith(f"the samples of {memory} follow what it learned\np-value   ")
    assert "61 records in " in out
    assert " each\n" in out


def test_a_sound_memory_passes_the_check(byheart: Command, memory: Path) -> None:
    answer = byheart("check", memory)
    assert answer.code == 0
    assert answer.out.startswith(f"{memory} is sound: every byte is as it was written (")
    told = json.loads(byheart("check", memory, "--json").out)
    assert (told["ok"], told["damage"], told["leftovers"]) == (True, [], [])


def test_a_flipped_byte_is_found_and_the_record_named(byheart: Command, memory: Path) -> None:
    segment = damage(memory, b"the 7th text", b"the 7th tExt")
    answer = byheart("check", memory)
    assert answer.code == 1
    assert f"{segment.relative_to(memory)}  record 7  " in answer.out
    told = installed("check", memory, "--json")
    assert (told.returncode, told.stderr) == (1, b"")
    (place,) = json.loads(told.stdout)["damage"]
    assert (place["segment"], place["record"]) == (segment.name, 7)


def test_leftovers_are_told_of_and_removed_on_request(byheart: Command, memory: Path) -> None:
    stray = memory / "segments" / "0123456789abcdef0123456789abcdef-0.arrow"
    stray.write_bytes(b"of a writer that was killed")
    answer = byheart("check", memory)
    assert answer.code == 0
    assert "1 file left behind" in answer.out
    assert f"next  byheart check {memory} --repair" in answer.out
    assert json.loads(byheart("check", memory, "--repair", "--json").out)["repaired"] == [f"segments/{stray.name}"]
    assert not stray.exists()
    assert check(memory).leftovers == ()


def test_what_is_waited_for_is_told_on_a_terminal_alone(memory: Path) -> None:
    assert "reading" in on_a_terminal(["check", memory])
    assert installed("check", memory).stderr == b""
