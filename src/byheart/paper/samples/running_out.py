"""Memory running out, for real: a child process with a limit learns more digits than there is room for, and draws more than there is."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from byheart.model import MemGEN

IS_POSSIBLE: Final = sys.platform == "linux"
"""Elsewhere the limit is not there, or is not kept."""

_PATIENCE: Final = 300  # seconds
_ROOM: Final = 6_000_000
_DRAWS: Final = 200
_TOO_MANY: Final = 20_000_000


@dataclass(frozen=True, slots=True)
class Ending:
    """How a child ended.

    Attributes:
        commands: that it ran, the last one under the limit.
        printed: on standard output.
        said: on standard error.
        code: that it exited with; negative: the signal that ended it.
        is_intact: whether every file that the memory had is as it was, `check` finds it sound, and it samples what it did.
    """

    commands: tuple[str, ...]
    printed: str
    said: str
    code: int
    is_intact: bool

    @property
    def is_clear(self) -> bool:
        """Whether it ended with one line that says what was wanting, and the code for it."""
        return self.code == 2 and self.said.count("\n") == 1 and self.said.startswith("byheart: out of memory: ")


def learning(folder: Path, source: str | None) -> Ending:
    """Learn 3.1415, sample it, and go on learning.

    Args:
        folder: for the memory.
        source: a file of digits to go on with; None for the `pi:` source.
    """
    memory = folder / "pi.memory"
    MemGEN(memory).fit(["3.1415"])
    more = source or f"pi:{_TOO_MANY}"
    before = [["sample", str(memory)], ["learn", "pi:5", str(folder / "first.memory"), "--quiet"]]
    return _ended(memory, before[: 1 if source else 2], ["learn", "--append", more, str(memory)])


def drawing(folder: Path, memory: Path) -> Ending:
    """Sample a memory of digits, more often than there is room for."""
    small = folder / "small.memory"
    MemGEN(small).fit(["3.1415"])
    return _ended(memory, [["sample", str(small)]], ["sample", str(memory), "-n", str(_DRAWS)])


def _ended(memory: Path, before: list[list[str]], last: list[str]) -> Ending:
    digests, records = _digests(memory), _sampled(memory)
    command = [sys.executable, "-m", "byheart.paper.samples.limited", str(_ROOM), json.dumps([*before, last])]
    done = subprocess.run(command, capture_output=True, check=False, text=True, timeout=_PATIENCE)  # noqa: S603  # our own commands
    after = _digests(memory)
    report = MemGEN(memory).check()
    is_intact = all(after.get(name) == digest for name, digest in digests.items()) and report.ok
    told = tuple(_told(words) for words in [*before[:1], last])
    return Ending(told, done.stdout, done.stderr, done.returncode, is_intact and _sampled(memory) == records)


def _digests(memory: Path) -> dict[str, str]:
    files = (path for path in memory.rglob("*") if path.is_file())
    return {str(path.relative_to(memory)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _sampled(memory: Path) -> list[str]:
    return MemGEN(memory).sample(1, random_state=0).tolist()


def _told(words: Sequence[str]) -> str:
    return " ".join(["byheart", *(Path(word).name if Path(word).is_absolute() else word for word in words)])
