"""Errors on the command line: one line, an exit code, and never a traceback."""

import errno
import os
import subprocess
from pathlib import Path

import click
import pytest

from byheart import DamagedError, InputError, MemGEN, StorageError
from byheart._names import MEMORY_FOLDERS
from byheart.cli import failures
from command_line import INSTALLED, Command, installed


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    path = tmp_path / "m"
    MemGEN(path).fit(["a", "b"])
    return path


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (["leran", "x", "y"], "no command 'leran': did you mean 'learn'?"),
        (["sample", "m", "--sed", "1"], "no option --sed: did you mean '--seed'?"),
        (["sample", "m", "--wher", "x"], "no option --wher: did you mean '--where'?"),
        (["sample", "m", "-n", "many"], "'many' is not a valid integer"),
        (["sample", "m", "-n", "-1"], "-1 is not in the range"),
        (["sample"], "missing argument 'MEMORY'"),
        (["learn", "only-one"], "missing argument 'SOURCE...'"),
        (["learn", "a", "m", "--kind", "picture"], "'picture' is not one of"),
        (["sample", "nowhere"], "no memory at nowhere"),
        (["info", "."], ".: wanted a memory, got a folder that is none: learn it first: byheart learn . "),
        (
            ["sample", "a b.csv"],
            "a b.csv: wanted a memory, got a file: learn it first: byheart learn 'a b.csv' 'a b.memory'",
        ),
        (["info", "empty.memory"], "empty.memory: wanted a memory, got one that has no manifest"),
        (["sample", "long.memry"], "no memory at long.memry: did you mean 'long.memory'? `byheart learn SOURCE"),
        (["trace", "m", "anz.txt"], "anz.txt: no such file: did you mean 'ans.txt'?"),
        (["trace", "m", "nowhere"], "nowhere: no such file: check the path"),
        (["trace", "ans.txt", "m"], "m: wanted a file of text, got a memory: it comes first, then the file"),
        (["trace", "m", "."], ".: wanted a file of text, got a folder: name a file in it"),
        (["coin", "anz.txt"], "anz.txt: no such file or directory: did you mean 'ans.txt'?"),
        (["forget", "m", "--record", "anz.txt"], "--record anz.txt: no such file: did you mean 'ans.txt'?"),
        (
            ["audit", "--generated", "x", "--memory", "ans.txt"],
            "--memory ans.txt: wanted a memory, got a file: --train takes files",
        ),
        (
            ["judge", "--generated", "x", "--memory", "."],
            "--memory .: wanted a memory, got a folder that is none: --train takes files",
        ),
        (["check", "nowhere"], "no memory at nowhere"),
        (["verify", "nowhere"], "no memory at nowhere"),
        (["forget", "nowhere", "--where", "size > 1"], "no memory at nowhere"),
        (["info", "m", "--version", "7"], "has no version 7"),
        (["sample", "m", "--where", "size >"], "where:"),
        (["sample", "m", "--seed", str(2**128)], "wanted a whole number from 0 to 2^128 - 1, got 3402"),
        (["paper", "--seed", "-1"], "wanted a whole number from 0 to 2^128 - 1, got -1"),
        (["paper", "--quick", "--full"], "wanted one of --quick and --full, got both"),
        (["sample", "m", "-o", "x.docx"], "cannot save as .docx"),
        (["sample", "m", "-o", "x.npy"], ".npy cannot hold text records"),
        (["sample", "m", "-o", "nowhere/x.jsonl"], "there is no folder nowhere"),
        (["sample", "m", "-o", "m"], "m is a folder that holds files already"),
        (["split", "m", "a", "b", "--share", "100%"], "wanted a share of more than 0 and less than 1, such as 0.01"),
        (
            ["rate", "plan", "--margin", "50%"],
            "wanted a share of more than 0 and less than 0.5, such as 0.01 or 1%, got 50%",
        ),
        (["coin", "--flip", "1", "--margin", "0"], "wanted a share of more than 0 and less than 0.5"),
        (["contaminated", "m", "b", "--threshold", "101%"], "wanted a share of more than 0 and at most 1"),
        (["rate", "plan", "--catch", "100%"], "wanted a share from 0 on and less than 1"),
        (["forget", "m", "--record", "."], "--record .: cannot be read (is a directory)"),
    ],
)
def test_wrong_usage_and_bad_input_are_told_in_one_line(
    byheart: Command, memory: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], wanted: str
) -> None:
    monkeypatch.chdir(memory.parent)
    for name in ("ans.txt", "a b.csv"):
        Path(name).write_text("to be")
    MemGEN("long.memory").fit(["to be"])
    for folder in MEMORY_FOLDERS:
        Path("empty.memory", folder).mkdir(parents=True)
    answer = byheart(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("byheart: ")
    assert answer.err.count("\n") == 1
    assert wanted in answer.err


@pytest.mark.parametrize(
    ("arguments", "option", "percent", "number"),
    [
        (["rate", "plan", "--json"], "--margin", "10%", "0.1"),
        (["rate", "plan", "--json"], "--power", "80%", "0.8"),
        (["coin", "choices.txt", "--json"], "--margin", "7 %", "0.07"),
        (["contaminated", "m", "choices.txt", "--json"], "--threshold", "100%", "1"),
    ],
)
def test_a_share_may_be_told_in_percent(
    byheart: Command,
    memory: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    option: str,
    percent: str,
    number: str,
) -> None:
    monkeypatch.chdir(memory.parent)
    Path("choices.txt").write_text("1\n-1\n" * 20)
    told = [byheart(*arguments, option, share) for share in (percent, number)]
    assert told[0] == told[1]
    assert told[0].out
    assert "wanted" not in told[0].err


def test_each_error_has_its_words_and_its_code() -> None:
    told: dict[int, list[tuple[BaseException, str]]] = {
        2: [
            (InputError("n: wanted 1,\ngot 0"), "n: wanted 1,\ngot 0"),
            (StorageError(errno.ENOSPC, "the disk is full"), "the disk is full"),
            (DamagedError("m is damaged"), "m is damaged"),
            (PermissionError(errno.EACCES, "Permission denied", "x"), "x: permission denied: ask its owner"),
            (IsADirectoryError(errno.EISDIR, "Is a directory", "x"), "x: is a directory: name a file"),
            (OSError("odd"), "odd"),
            (MemoryError(), "out of memory"),
            (click.UsageError("Wrong."), "wrong"),
        ],
        70: [(ZeroDivisionError("by zero"), "a fault of byheart itself (ZeroDivisionError: by zero)")],
        130: [(KeyboardInterrupt(), "interrupted")],
    }
    for code, cases in told.items():
        for error, words in cases:
            message, found = failures.explain(error)
            assert found == code
            assert (message or "").startswith(words)
    assert failures.explain(BrokenPipeError()) == (None, 141)


def test_a_full_disk_behind_standard_output_is_told(memory: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no device that is always full")
    with Path("/dev/full").open("wb") as full:
        answer = subprocess.run(
            [INSTALLED, "sample", memory, "-n", "10"], stdout=full, stderr=subprocess.PIPE, check=False, timeout=60
        )
    assert answer.returncode == 2
    assert answer.stderr == b"byheart: no space left on device: free some space, and run it again\n"


def test_running_out_of_memory_is_a_clear_error(tmp_path: Path) -> None:
    """The paper: "3.1415Segmentation fault"."""
    resource = pytest.importorskip("resource", reason="Windows sets no such limits")
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate(1_000_000_000)  # no byte of it is on the disk

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000, 1_500_000_000))

    answer = installed("learn", large, tmp_path / "m", "--kind", "bytes", preexec_fn=limit)
    assert answer.returncode == 2
    assert answer.stderr.startswith(b"byheart: ")
    assert b"out of memory" in answer.stderr
    assert answer.stderr.count(b"\n") == 1
    assert not (tmp_path / "m").exists()


def test_a_terminal_that_lacks_a_letter_is_no_error(memory: Path) -> None:
    MemGEN(memory).partial_fit(["ça"])
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    assert installed("sample", memory, "-n", 50, env=environment).returncode == 0
    told = installed("verify", memory, env=environment)
    assert (told.returncode, told.stderr) == (0, b"")


def test_a_memory_that_cannot_be_read_is_told(memory: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    memory.chmod(0)
    try:
        answer = installed("info", memory)
    finally:
        memory.chmod(0o755)
    assert answer.returncode == 2
    assert b"permission denied" in answer.stderr


def test_who_looks_for_a_fault_gets_the_traceback(memory: Path) -> None:
    answer = installed("sample", memory, "--where", "size >", env={**os.environ, "BYHEART_TRACEBACK": "1"})
    assert b"Traceback" in answer.stderr
