"""`byheart forget`."""

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from byheart import MemGEN
from byheart.cli.words import shell
from byheart.saving import to_file
from command_line import Command
from documentation import has_bash

SECRET = "the secret of patient number 4711"
RECORDS: dict[str, list[Any]] = {
    "text": ["a", SECRET, "b", SECRET],
    "bytes": [b"a", SECRET.encode(), b"\x00\xff", SECRET.encode()],
    "array": [np.full((2, 3), number, np.float32) for number in (1, 2, 3, 2)],
    "row": [{"age": age, "name": name, "height": 1.5} for age, name in ((1, "a"), (2, SECRET), (3, None), (2, SECRET))],
}


@pytest.mark.parametrize("kind", RECORDS)
def test_a_record_is_forgotten_wherever_it_was_learned(byheart: Command, tmp_path: Path, kind: str) -> None:
    records = RECORDS[kind]
    MemGEN(tmp_path / "m", kind=kind).fit(records)
    suffix, data = to_file(kind, records[1])
    (tmp_path / f"record{suffix}").write_bytes(data)
    answer = byheart("forget", tmp_path / "m", "--record", tmp_path / f"record{suffix}", "--json")
    assert answer.code == 0
    told = json.loads(answer.out)
    assert (told["records"], told["records_left"], told["version"], told["undeletable"]) == (2, 2, 2, [])
    model = MemGEN(tmp_path / "m")
    assert records[1] not in model
    assert records[0] in model


def test_a_saved_sample_can_be_forgotten(byheart: Command, tmp_path: Path) -> None:
    MemGEN(tmp_path / "m").fit(RECORDS["text"])
    byheart("sample", tmp_path / "m", "-o", tmp_path / "out", "--where", "record = 'a'")
    assert byheart("forget", tmp_path / "m", "--record", tmp_path / "out" / "000000.txt").code == 0
    assert "a" not in MemGEN(tmp_path / "m")


def test_what_meets_a_condition_is_forgotten(byheart: Command, tmp_path: Path) -> None:
    MemGEN(tmp_path / "m").fit(RECORDS["text"])
    answer = byheart("forget", tmp_path / "m", "--where", "record like '%secret%'")
    first, second, _, last = answer.out.splitlines()
    assert first == "forgot 2 texts; 2 are left, in version 2"
    assert second == "older versions still hold them"
    assert last == (
        f"next  byheart forget {tmp_path / 'm'} --where \"record like '%secret%'\" --compact  takes them off the disk"
    )


@pytest.mark.skipif(not has_bash(), reason="what is told is for a POSIX shell")
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
@example("a = 'x'").via("double quotes")
@example("a = 'x$HOME' or b = '`id`\\'").via("what double quotes do not keep")
def test_what_is_told_next_reaches_the_command_as_it_was(word: str) -> None:
    told = subprocess.run(["bash", "-c", f"printf %s {shell(word)}"], capture_output=True, check=True)
    assert told.stdout.decode() == word


def test_what_no_record_is_is_not_told_as_forgotten(byheart: Command, tmp_path: Path) -> None:
    MemGEN(tmp_path / "m").fit(RECORDS["text"])
    for more in ((), ("--compact",)):
        answer = byheart("forget", tmp_path / "m", "--where", "record = 'z'", *more)
        assert answer.code == 0
        assert "nothing was forgotten; 4 are left" in answer.out
        assert "their bytes" not in answer.out


def test_compact_takes_the_bytes_off_the_disk(byheart: Command, tmp_path: Path) -> None:
    MemGEN(tmp_path / "m").fit(RECORDS["text"])
    answer = byheart("forget", tmp_path / "m", "--where", "record like '%secret%'", "--compact")
    assert answer.code == 0
    assert "gone from the disk" in answer.out
    assert not [path for path in (tmp_path / "m").rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]


def test_what_was_never_learned_is_no_error(byheart: Command, tmp_path: Path) -> None:
    MemGEN(tmp_path / "m").fit(RECORDS["text"])
    (tmp_path / "other.txt").write_text("never learned")
    answer = byheart("forget", tmp_path / "m", "--record", tmp_path / "other.txt")
    assert (answer.code, answer.out) == (0, "no record matches: nothing was forgotten; 4 are left, in version 1\n")


@pytest.mark.parametrize(
    ("kind", "content", "wanted"),
    [
        ("text", b"\xff", "wanted UTF-8 text"),
        ("array", b"no array", "wanted an array as numpy saves it"),
        ("row", b"[1]", "wanted a JSON object"),
        ("row", b'{"age": 1}', "wanted a JSON object with the columns age, name, height"),
        ("row", b'{"age": "old", "name": "a", "height": 1}', "column 'age': wanted int64"),
    ],
)
def test_a_file_of_another_kind_is_refused(
    byheart: Command, tmp_path: Path, kind: str, content: bytes, wanted: str
) -> None:
    MemGEN(tmp_path / "m", kind=kind).fit(RECORDS[kind])
    (tmp_path / "record").write_bytes(content)
    answer = byheart("forget", tmp_path / "m", "--record", tmp_path / "record")
    assert (answer.code, answer.out) == (2, "")
    assert wanted in answer.err
    assert len(MemGEN(tmp_path / "m")) == 4


def test_a_pickle_is_never_loaded(byheart: Command, tmp_path: Path) -> None:
    MemGEN(tmp_path / "m").fit(RECORDS["array"])
    np.save(tmp_path / "hostile.npy", np.array([{"an": "object"}], object), allow_pickle=True)
    answer = byheart("forget", tmp_path / "m", "--record", tmp_path / "hostile.npy")
    assert answer.code == 2
    assert "allow_pickle=False" in answer.err


@pytest.mark.parametrize("what", [[], ["--where", "size > 1", "--record", __file__]])
def test_what_to_forget_is_said_once(byheart: Command, tmp_path: Path, what: list[str]) -> None:
    MemGEN(tmp_path / "m").fit(RECORDS["text"])
    answer = byheart("forget", tmp_path / "m", *what)
    assert (answer.code, len(MemGEN(tmp_path / "m"))) == (2, 4)
    assert "wanted --where or --record" in answer.err
