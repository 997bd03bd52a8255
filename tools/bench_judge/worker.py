"""One contestant at one task, in a process of its own, so that its time and its RAM are its own: `python -m tools.bench_judge.worker TASK WHO`."""

import gc
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

from tools.bench_judge.tasks import TASKS

_PATIENCE: Final = 1800.0  # seconds
_TOUCHED: Final = 2 << 30  # bytes
_ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Taken:
    """What one turn took.

    Attributes:
        processor: seconds of all cores.
        clock: seconds.
        peak: bytes of RAM at the most, over what the process held before.
        answer: what was found, as numbers by name.
    """

    processor: float
    clock: float
    peak: int
    answer: dict[str, float]


class FailedError(Exception):
    """A contestant did not come to an end; the message is its last line."""


def turn(task: str, who: str, threads: int, module: str = "tools.bench_judge.worker") -> Taken:
    """Let a contestant do a task.

    Args:
        task: its name.
        who: takes part.
        threads: that it may have.
        module: what is run, with these three behind it.

    Raises:
        FailedError: it failed, or took too long.
    """
    command = [sys.executable, "-W", "ignore", "-m", module, task, who, str(threads)]
    _touch()
    try:
        done = subprocess.run(
            command, cwd=_ROOT, env=environment(threads), capture_output=True, check=True, text=True, timeout=_PATIENCE
        )
    except subprocess.CalledProcessError as error:
        raise FailedError((error.stderr.strip().splitlines() or ["it ended without a word"])[-1][:200]) from error
    except subprocess.TimeoutExpired as error:
        raise FailedError(f"it took more than {_PATIENCE / 60:.0f} minutes") from error
    return Taken(**json.loads(done.stdout.splitlines()[-1]))


def environment(threads: int) -> dict[str, str]:
    """What a contestant finds around it: so many threads, of which those that wait shall not seem to work."""
    waiting = {"OMP_WAIT_POLICY": "passive", "OPENBLAS_THREAD_TIMEOUT": "4"}
    numbers = {name: str(threads) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
    return {**os.environ, **waiting, **numbers}


def _touch() -> None:
    """Have so much RAM once, in a process that ends: a virtual machine is slow to hand out what it has not had before, by other figures a turn."""
    subprocess.run([sys.executable, "-c", f"b'x' * {_TOUCHED}"], check=True)


def measured(work: Callable[[], dict[str, float]]) -> Taken:
    """What it takes to do it once."""
    gc.collect()
    with suppress(OSError):  # elsewhere than on Linux: then what came before counts as well
        Path("/proc/self/clear_refs").write_text("5", "utf-8")  # the most so far is what there is now
    held, spent, began = _resident(), time.process_time(), time.perf_counter()
    answer = work()
    took, spent = time.perf_counter() - began, time.process_time() - spent
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Taken(spent, took, max(peak - held, 0), answer)


def _resident() -> int:
    told: Any = Path("/proc/self/statm")
    return int(told.read_text().split()[1]) * resource.getpagesize()


@click.command()
@click.argument("task", type=click.Choice(list(TASKS)))
@click.argument("who")
@click.argument("threads", type=int)
def main(task: str, who: str, threads: int) -> None:
    """Do it, and print what it took."""
    tell(measured(TASKS[task].contestants[who](threads)))


def tell(taken: Taken) -> None:
    """Print what it took, as `turn` reads it."""
    print(json.dumps({name: getattr(taken, name) for name in Taken.__slots__}))


if __name__ == "__main__":
    main()
