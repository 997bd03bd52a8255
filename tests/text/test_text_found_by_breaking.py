"""What attempts to break the text index found, each with what must happen instead."""

import json
import os
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from byheart import InputError, MemGEN
from byheart.errors import ConflictError, StorageError
from byheart.memory import indexes
from byheart.report.highlights import page
from byheart.text import building, corpus
from byheart.text.alphabet import WORDS
from byheart.text.index import TextIndex
from command_line import INSTALLED, command, installed

resource = pytest.importorskip("resource", reason="limits are another thing on Windows")


def test_what_is_forgotten_while_an_index_is_built_is_not_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index is written, and before it gets its name its version is gone: nothing of the record may stay."""
    memory = tmp_path / "m"
    MemGEN(memory).fit(["a secret that nobody shall know", "something else"])
    end = indexes.Building.end

    def end_late(self: Any, *told: Any) -> Any:
        MemGEN(memory).forget(["a secret that nobody shall know"], compact=True)
        return end(self, *told)

    monkeypatch.setattr(indexes.Building, "end", end_late)
    with pytest.raises(ConflictError, match="removed meanwhile: run it again"):
        MemGEN(memory).index_text()
    assert not any(b"secret" in path.read_bytes() for path in memory.rglob("*") if path.is_file())


@pytest.mark.parametrize("records", [["the cat sat", "the dog"], ["aa", "aaa", "a b"]])
def test_words_are_scored_as_what_may_follow_is(path: str, records: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the part in which a text is looked at: no match begins within a word."""
    index = TextIndex(MemGEN().fit(records).snapshot, WORDS)
    for text in ("xthe cat", "aaaaaaaa", "the the xdog a b"):
        wanted = [index.next_probabilities(text[:at])[ord(text[at])] for at in range(1, len(text))]
        for size in (corpus._PART, 3):
            monkeypatch.setattr(corpus, "_PART", size)
            found = np.exp(index.score(text[1:], text[:1]).log_probabilities)
            assert found.tolist() == pytest.approx(wanted, rel=1e-12)


def test_many_small_shards_need_few_descriptors(tmp_path: Path) -> None:
    MemGEN(tmp_path / "m").fit([f"{number:05d} " * 50 for number in range(60)])
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(os.listdir("/dev/fd")) + 30, limits[1]))  # noqa: PTH208  # no folder
    try:
        index = MemGEN(tmp_path / "m").index_text(memory_budget=2000)
        assert len(index.corpus.shards) == 60
        assert MemGEN(tmp_path / "m").count("00007 ") == 50
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def test_what_a_text_says_again_and_again_is_located_once() -> None:
    model = MemGEN().fit(["a" * 300_000])
    began = time.process_time()
    spans = model.trace("ab" * 5000, min_length=1).spans
    assert len(spans) == 5000
    assert {place.offset for span in spans for place in span.places} == {0, 1, 2}
    assert time.process_time() - began < 30  # it took minutes


def test_a_page_of_many_spans_takes_no_longer_for_each() -> None:
    model = MemGEN().fit([f"word{number} " for number in range(3000)])
    found = model.trace(" ".join(f"word{number % 3000}" for number in range(20_000)), min_length=5, limit=0)
    began = time.process_time()
    assert page(found, "m", 5).count("<mark") >= 20_000
    assert time.process_time() - began < 30  # it took minutes


def test_ctrl_c_is_heard_while_suffixes_are_sorted() -> None:
    text = np.random.default_rng(0).integers(97, 101, 30_000_000).astype(np.uint8)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # workers of tests ignore it
    timer = threading.Timer(0.5, signal.raise_signal, [signal.SIGINT])
    try:
        timer.start()
        began = time.process_time()
        with pytest.raises(KeyboardInterrupt):
            building.sort(text)
        assert time.process_time() - began < 2  # all of it takes longer
    finally:
        timer.cancel()
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["index", "{memory}", "--memory-budget=-5"], "memory budget: wanted 1 byte or more, got -5"),
        (
            ["contaminated", "{memory}", "{benchmark}", "--threshold", "nan"],
            "invalid value for '--threshold': wanted a share",
        ),
    ],
)
def test_numbers_that_make_no_sense_are_refused(
    arguments: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    MemGEN(tmp_path / "m").fit(["to be, or not to be"])
    (tmp_path / "b.txt").write_text("to be\n")
    told = [word.format(memory=tmp_path / "m", benchmark=tmp_path / "b.txt") for word in arguments]
    answer = command(capsys)(*told)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"byheart: {said}")
    assert answer.err.count("\n") == 1


def test_enormous_numbers_are_as_good_as_large_ones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = MemGEN(tmp_path / "m").fit(["to be, or not to be"])
    byheart = command(capsys)
    said = byheart("recite", tmp_path / "m", "or not", "--max-bytes", 2**62)
    assert (said.code, said.out) == (0, "or not to be\n")
    assert model.trace("to be", min_length=2**63).spans == ()
    for heat in (1e-320, 1e300):
        told = json.loads(byheart("recite", tmp_path / "m", "to be", "--temperature", heat, "--json").out)
        assert told["log_probability"] <= 0
    with pytest.raises(InputError, match="half a character"):
        model.count("\ud800")
    with pytest.raises(InputError, match="threads: wanted 1 or more"):
        model.text.counts(["to"], threads=0)


def test_a_closed_standard_input_is_said(tmp_path: Path) -> None:
    MemGEN(tmp_path / "m").fit(["to be"])
    answer = subprocess.run(
        ["sh", "-c", '"$0" count "$1" - <&-', INSTALLED, tmp_path / "m"], capture_output=True, text=True, check=False
    )
    assert (answer.returncode, answer.stderr[:9]) == (2, "byheart: ")
    assert "which is closed" in answer.stderr


def test_a_memory_whose_name_is_no_text_is_shown_on_a_page(tmp_path: Path) -> None:
    memory = os.fsencode(tmp_path) + b"/m\xff"
    MemGEN(tmp_path / "m").fit(["to be, or not to be"])
    os.rename(tmp_path / "m", memory)  # noqa: PTH104  # a name in bytes
    (tmp_path / "t.txt").write_text("to be, or what")
    answer = installed(
        "trace", os.fsdecode(memory), tmp_path / "t.txt", "--html", tmp_path / "t.html", "--min-length", 5
    )
    assert answer.returncode == 0, answer.stderr
    assert b"to be" in (tmp_path / "t.html").read_bytes()


@pytest.mark.parametrize("broken", ["seen", "folder"])
def test_a_broken_index_is_made_anew(tmp_path: Path, broken: str) -> None:
    MemGEN(tmp_path / "m").fit(["to be, or not to be"]).count("be")
    (folder,) = (tmp_path / "m" / "indexes").iterdir()
    if broken == "seen":
        (folder / "seen.json").write_bytes(b"[" * 200_000)
    else:
        (folder / "text").unlink()
        (folder / "text").mkdir()
    assert MemGEN(tmp_path / "m").count("be") == 2
    assert MemGEN(tmp_path / "m").count("be") == 2


def test_a_memory_that_may_only_be_read_is_searched_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    MemGEN(tmp_path / "m").fit(["to be, or not to be"])

    def refuse(*_: Any) -> Any:
        raise StorageError(30, "the file system is read-only")

    monkeypatch.setattr(indexes, "building", refuse)
    assert MemGEN(tmp_path / "m").count("be") == 2
