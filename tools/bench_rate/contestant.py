"""What takes part: a server of studies, and raters who ask it as its own page would."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from tools.bench_rate.wire import Wire

_PATIENCE: Final = 120.0  # seconds for a server to answer
_POLL: Final = 0.002


@dataclass(frozen=True, slots=True)
class Choice:
    """What a rater was told is kept.

    Attributes:
        key: names the judgment: no other has it.
        is_left: which side.
    """

    key: str
    is_left: bool


class Rater(Protocol):
    """Somebody with a browser of their own; what raises OSError may be called again: the choice is kept, and sent once more."""

    wire: Wire

    async def enter(self) -> bool:
        """Come in, up to the first pair; False where all places are taken."""
        ...

    async def judge(self) -> list[Choice]:
        """Choose and wait until that is acknowledged; nothing where no pair is left."""
        ...


class Contestant(Protocol):
    """A server of studies."""

    def command(self, study: Path, port: int) -> list[str]:
        """What serves a study that `furnish` made."""
        ...

    def furnish(self, folder: Path, real: Sequence[str], generated: Sequence[str], pairs: int) -> Path:
        """Make a study of so many pairs of texts."""
        ...

    def page(self, study: Path, port: int) -> str:
        """Where raters begin."""
        ...

    def rater(self, address: str, name: str) -> Rater:
        """Somebody new, or who comes again."""
        ...

    def kept(self, study: Path) -> list[Choice]:
        """What is on the disk of a study."""
        ...


class Process:
    """A server in a process of its own.

    Args:
        command: what starts it.
        address: that will answer.
        folder: to start it in.
    """

    def __init__(self, command: Sequence[str], address: str, folder: Path) -> None:
        self.address = address
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  # open as long as the server is
        self._began = time.perf_counter()
        nothing = subprocess.DEVNULL
        self._process = subprocess.Popen(command, cwd=folder, stdin=nothing, stdout=nothing, stderr=self._log)

    def wait(self) -> float:
        """Wait for its first answer: seconds since it was started."""
        while time.perf_counter() - self._began < _PATIENCE:
            if self._process.poll() is not None:
                self._log.seek(0)
                raise RuntimeError(f"the server ended: {self._log.read().decode(errors='replace')[-300:]}")
            if answers(self.address):
                return time.perf_counter() - self._began
            time.sleep(_POLL)
        raise RuntimeError(f"no answer within {_PATIENCE:.0f} seconds")

    @property
    def spent(self) -> float:
        """Seconds of processor time so far."""
        return sum(_spent(process) for process in _family(self._process.pid))

    @property
    def resident(self) -> int:
        """Bytes of RAM, of it and of the processes that it started."""
        return sum(_resident(process) for process in _family(self._process.pid))

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        for process in reversed(_family(self._process.pid)):
            os.kill(process, signal.SIGKILL)
        self._process.wait()

    def end(self) -> None:
        """Ask it to end."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self.kill()
        self._log.close()


@contextmanager
def served(command: Sequence[str], address: str, folder: Path) -> Iterator[Process]:
    """Serve until the end of the block, from the first answer on."""
    process = Process(command, address, folder)
    try:
        process.wait()
        yield process
    finally:
        process.end()


def answers(address: str) -> bool:
    """Whether a page is given there; asked with a plain socket: no time for anything else."""
    _, _, rest = address.partition("://")
    place, _, path = rest.partition("/")
    host, _, port = place.partition(":")
    try:
        with socket.create_connection((host, int(port)), 5) as connection:
            connection.sendall(f"GET /{path} HTTP/1.1\r\nHost: {place}\r\nConnection: close\r\n\r\n".encode())
            return connection.recv(64).split(b" ")[1][:1] in {b"2", b"3"}
    except (OSError, IndexError):
        return False


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def missing(told: Iterable[Choice], kept: Sequence[Choice]) -> tuple[int, int]:
    """How many that were acknowledged are not there as they were; how many are there more than once."""
    there, keys = set(kept), Counter(one.key for one in kept)
    return sum(one not in there for one in set(told)), sum(count > 1 for count in keys.values())


def python() -> list[str]:
    """The interpreter, with its warnings off."""
    return [sys.executable, "-W", "ignore"]


def _family(pid: int) -> list[int]:
    """A process and all that it started."""
    try:
        told = Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8")
    except FileNotFoundError:
        return [pid]
    return [pid, *(one for child in told.split() for one in _family(int(child)))]


def _resident(pid: int) -> int:
    try:
        pages = Path(f"/proc/{pid}/statm").read_text("utf-8").split()[1]
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _spent(pid: int) -> float:
    try:
        told = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")
