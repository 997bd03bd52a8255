"""What the system refuses: a full disk, a read-only folder, no permission, a source that vanishes, an interrupt.

Each gives one clear line, and leaves the last version and nothing else.
"""

import errno
import io
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from contents import contents, contents_if_any, require_sound
from killing import PROCESSES

from byheart import ByheartError, MemGEN, _files
from byheart.cli import failures
from byheart.cli.main import run
from byheart.memory import compacting
from byheart.memory import manifest as m
from byheart.memory.checking import check
from byheart.memory.learning import Plan
from byheart.sources import Options, open_source
from command_line import INSTALLED, Answer, Command, command, installed

FIRST = [f"record {i}" for i in range(50)]
NOBODY = 65534
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0

byheart = pytest.fixture(command)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A memory of two versions, in which there is something to compact, and to merge at the next append."""
    model = MemGEN(tmp_path / "m").fit(FIRST, ["a", "b"] * 25)
    model.partial_fit(["second"])
    model.partial_fit(["third"])
    model.forget(["record 7"])
    return tmp_path / "m"


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    """A text of 3 MB."""
    path = tmp_path / "lines.txt"
    path.write_text("".join(f"line {i} of a text that does not fit\n" for i in range(80_000)))
    return path


class FailingOs:
    """The module `os` as `_files` sees it, of a system that has no room left (or fails) from some call on; removing still works."""

    def __init__(self, after: int, number: int) -> None:
        self._left = after
        self._number = number

    def __getattr__(self, name: str) -> Any:
        real = getattr(os, name)
        if name not in {"open", "write", "fsync", "link", "replace", "mkdir"}:
            return real

        def call(*arguments: Any) -> Any:
            if name != "open" or arguments[1] & os.O_CREAT:
                self._left -= 1
                if self._left < 0:
                    raise OSError(self._number, os.strerror(self._number))
            return None if name == "fsync" else real(*arguments)  # no power is lost here

        return call

    @property
    def has_failed(self) -> bool:
        return self._left < 0


ACTIONS: dict[str, Callable[[Path], object]] = {
    "append": lambda root: MemGEN(root).partial_fit(["more"], ["a"]),
    "replace": lambda root: MemGEN(root).fit(["more"], overwrite=True),
    "forget": lambda root: MemGEN(root).forget(where="label = 'a'"),
    "compact": lambda root: MemGEN(root).compact(),
    "create": lambda root: MemGEN(root.with_name("new")).fit(FIRST),
    "create a hashmap": lambda root: MemGEN(root.with_name("new"), structure="hashmap").fit(FIRST),
}


@pytest.mark.parametrize(
    "number", [pytest.param(errno.ENOSPC, id="full"), pytest.param(errno.EIO, id="fails", marks=pytest.mark.full)]
)
@pytest.mark.parametrize("name", ACTIONS)
def test_wherever_the_disk_is_full_or_fails_the_last_version_stays(
    name: str, number: int, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compacting, "MERGE_AT", 4)
    before, failures_seen, made = contents(root), 0, root.with_name("new")
    for after in range(1000):
        failing = FailingOs(after, number)
        with monkeypatch.context() as patch:
            patch.setattr(_files, "os", failing)
            try:
                ACTIONS[name](root)
            except OSError as error:
                told, code = failures.explain(error)
                assert code == 2
                assert told is not None
                assert "full" in told if number == errno.ENOSPC else "disk fails" in told
                failures_seen += 1
            else:
                if not failing.has_failed:
                    break
                return  # what failed was not needed: merging, sweeping
        if name.startswith("create"):
            assert contents(root) == before
            if m.versions(made):
                assert [record for record, _ in contents(made)] == FIRST  # the failure came after it was published
                return
            assert not made.exists()
        elif contents(root) != before:
            assert m.versions(root)[-1] > 4  # the same
            require_sound(root)
            return
        report = check(root)
        assert report.ok
        assert report.leftovers == ()
    assert failures_seen > 5


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real disk of 2 MB, where the system lets us mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = IS_ROOT and sys.platform == "linux"
    if not mounted or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", place], check=False).returncode:
        pytest.skip("mounting a small disk takes root")
    yield place
    subprocess.run(["umount", place], check=True)


def one_line(answer: Any, *words: str) -> None:
    """The command said no: in one line, that has these words."""
    err = answer.stderr.decode() if isinstance(answer, subprocess.CompletedProcess) else answer.err
    code = answer.returncode if isinstance(answer, subprocess.CompletedProcess) else answer.code
    assert code == 2, err
    assert err.count("\n") == 1, err
    assert all(word in err for word in words), err


def test_a_disk_that_fills_up_leaves_the_last_version(small_disk: Path, lines: Path) -> None:
    memory = small_disk / "m"
    one_line(installed("learn", lines, memory, "--quiet"), "the disk is full", "free some space")
    assert list(small_disk.iterdir()) == []
    MemGEN(memory).fit(FIRST)
    one_line(installed("learn", lines, memory, "--append", "--quiet"), "the disk is full")
    assert [record for record, _ in contents(memory)] == FIRST
    assert check(memory).leftovers == ()


def test_a_read_only_disk_can_be_read_and_says_no_to_the_rest(small_disk: Path, byheart: Command, lines: Path) -> None:
    memory = small_disk / "m"
    MemGEN(memory).fit(FIRST)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    one_line(byheart("learn", lines, memory, "--append", "--quiet"), "read-only")
    one_line(byheart("forget", memory, "--where", "record = 'record 1'"), "read-only")
    one_line(byheart("learn", lines, small_disk / "new", "--quiet"), "read-only")
    assert byheart("check", memory).code == 0
    assert list(MemGEN(memory).sample(50, 0, replace=False, verify=True))


def test_a_file_that_may_grow_no_more_leaves_the_last_version(root: Path, lines: Path) -> None:
    before = contents(root)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))

    one_line(installed("learn", lines, root, "--append", "--quiet", preexec_fn=limit), "too large")
    assert contents(root) == before
    assert check(root).leftovers == ()


def as_nobody(commands: list[list[str]], scratch: Path, parent: "Connection[Any, Any]") -> None:
    """Run commands as a user who owns nothing; first as who we are, so that all modules are there: he may not read those either."""
    _answers([["learn", commands[0][1], str(scratch), "--quiet"], ["sample", str(scratch)], ["check", str(scratch)]])
    _answers([["learn", commands[0][1], str(scratch), "--quiet"], ["forget", str(scratch), "--where", "locator < 3"]])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    parent.send(_answers(commands))


def _answers(commands: list[list[str]]) -> list[Answer]:
    answers = []
    for words in commands:
        err = io.StringIO()
        with redirect_stderr(err), redirect_stdout(io.TextIOWrapper(io.BytesIO())):
            answers.append(Answer(run(words), "", err.getvalue()))
    return answers


@pytest.mark.skipif(not IS_ROOT, reason="to be someone else takes root")
def test_who_may_not_write_reads_and_is_told_so(lines: Path, tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        place.chmod(0o755)
        root, text, secret = place / "m", place / "lines.txt", place / "secret"
        text.write_bytes(lines.read_bytes())
        MemGEN(root).fit(FIRST)
        MemGEN(secret).fit(FIRST)
        secret.chmod(0o700)
        (root / "writers" / "someone.lock").touch(0o600)  # another one may be writing
        ours, theirs = PROCESSES.Pipe()
        commands = [
            ["learn", str(text), str(root), "--append", "--quiet"],
            ["learn", str(text), str(root), "--replace", "--quiet"],
            ["learn", str(text), str(place / "new"), "--quiet"],
            ["forget", str(root), "--where", "record = 'record 1'"],
            ["sample", str(secret)],
            ["sample", str(root)],
            ["check", str(root)],
        ]
        process = PROCESSES.Process(target=as_nobody, args=(commands, tmp_path / "scratch", theirs))
        process.start()
        theirs.close()
        answers = ours.recv()
        process.join()
        for answer in answers[:5]:
            one_line(answer, "permission")
        assert [(answer.code, answer.err) for answer in answers[5:]] == [(0, ""), (0, "")]
        assert [record for record, _ in contents(root)] == FIRST
        assert {path.name for path in place.iterdir()} == {"m", "lines.txt", "secret"}


def test_a_source_that_vanishes_half_way_leaves_the_last_version(root: Path, tmp_path: Path) -> None:
    before = contents(root)
    folder = tmp_path / "texts"
    folder.mkdir()
    for i in range(4):
        (folder / f"{i}.txt").write_text("".join(f"{i} {j} a line of text\n" for j in range(200_000)))

    def vanish(*_: object) -> None:
        for file in folder.glob("[123].txt"):
            file.unlink()

    source = open_source(str(folder), Options())
    with pytest.raises((ByheartError, OSError)) as caught:
        MemGEN(root).learn_sources([source], Plan(mode="append"), vanish)
    told, code = failures.explain(caught.value)
    assert code == 2
    assert "txt" in str(told)
    assert contents(root) == before
    assert check(root).leftovers == ()


def test_a_memory_path_that_is_something_else_is_left_as_it_is(byheart: Command, lines: Path, tmp_path: Path) -> None:
    file, folder = tmp_path / "file", tmp_path / "folder"
    file.write_text("not a memory")
    folder.mkdir()
    (folder / "thesis.txt").write_text("years of work")
    for mode in ("--quiet", "--append", "--replace"):
        one_line(byheart("learn", lines, file, mode), "choose another path")
        one_line(byheart("learn", lines, file / "below", mode), "choose another place")
        one_line(byheart("learn", lines, folder, mode), "choose another path")
    assert file.read_text() == "not a memory"
    assert [path.name for path in folder.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("is_new", [True, False])
def test_an_interrupt_leaves_the_last_version_and_says_so(is_new: bool, root: Path, tmp_path: Path) -> None:
    memory = tmp_path / "new" if is_new else root
    before = contents_if_any(memory)
    words = [INSTALLED, "learn", "-", str(memory), "--append", "--quiet"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write(b"a line of text that is long enough\n" * 200_000)
        process.stdin.flush()
        deadline = time.monotonic() + 30
        while not any((memory / "segments").glob("*")) and time.monotonic() < deadline:
            process.stdin.write(b"a line of text that is long enough\n" * 10_000)
        process.send_signal(signal.SIGINT)
        process.stdin.close()
        told = process.stderr.read().decode()
    assert process.returncode == 130
    assert told.count("\n") == 1
    assert "interrupted" in told
    assert contents_if_any(memory) == before
    assert not memory.exists() if is_new else check(memory).leftovers == ()
