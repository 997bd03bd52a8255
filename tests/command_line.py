"""What the tests of the command line share: running it in this process, as a process of its own, and on a terminal."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from byheart.cli.main import run

INSTALLED = shutil.which("byheart", path=str(Path(sys.executable).parent)) or "byheart"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command answered."""

    code: int
    out: str
    err: str


Command = Callable[..., Answer]


def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """A function that runs `byheart` in this process."""

    def byheart(*arguments: object) -> Answer:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        told = capsys.readouterr()
        return Answer(code, told.out, told.err)

    return byheart


def installed(*arguments: object, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """Run the installed command as a process of its own."""
    words = [INSTALLED, *map(str, arguments)]
    return subprocess.run(words, capture_output=True, timeout=60, check=False, **options)


def on_a_terminal(arguments: Sequence[object], program: str = INSTALLED, **environment: str) -> str:
    """All that the installed command, or another, writes to a terminal."""
    pty = pytest.importorskip("pty", reason="terminals are another thing on Windows")
    child, terminal = pty.fork()
    if child == 0:
        os.execve(program, [program, *map(str, arguments)], {**os.environ, "TERM": "xterm", **environment})
    parts = []
    try:
        while data := os.read(terminal, 65_536):
            parts.append(data)
    except OSError:  # Linux says so where others say the end
        pass
    finally:
        os.close(terminal)
        os.waitpid(child, 0)
    return b"".join(parts).decode()


def damage(memory: Path, learned: bytes, written: bytes) -> Path:
    """Change bytes of a record on the disk; give back the segment that holds it."""
    (segment,) = (path for path in (memory / "segments").iterdir() if learned in path.read_bytes())
    segment.write_bytes(segment.read_bytes().replace(learned, written, 1))
    return segment


def gulls(folder: Path) -> tuple[Path, Path]:
    """Two sources of texts for a study: real ones, and a generator's, whose name would stand out."""
    for name, count in (("real.txt", 260), ("zebragan.txt", 100)):
        lines = (f"{name[0]} says that {at} gulls stood along the wall\n" for at in range(count))
        (folder / name).write_text("".join(lines))
    return folder / "real.txt", folder / "zebragan.txt"
