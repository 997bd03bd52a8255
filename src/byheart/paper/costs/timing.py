"""What training costs: seconds of one core, and the most memory that it takes, against the number of records."""

import gc
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

_POWER: Final = Path("/sys/class/powercap")
_SOON: Final = 0.3  # seconds, of all runs together
_MOST: Final = 15  # runs
_LONG: Final = 0.25  # seconds, of which once is enough
_LEAST: Final = 1e-6  # seconds, that a clock can tell


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one training.

    Attributes:
        seconds: of the processor, all threads together; the least of the runs.
        joules: that the processor took; None where the machine does not tell.
    """

    seconds: float
    joules: float | None


def cost(train: Callable[[], Any], *, runs: int) -> Cost:
    """Train again and again, and take the least: what else the machine does only adds.

    Args:
        train: does it.
        runs: how often, at the least; what is soon done is done more often.
    """
    seconds: list[float] = []
    joules: list[float] = []
    while len(seconds) < runs or (len(seconds) < _MOST and sum(seconds) < _SOON):
        energy, start = _energy(), time.process_time()
        train()
        seconds.append(time.process_time() - start)
        after = _energy()
        joules += [(after - energy) / 1e6] if energy is not None and after is not None and after >= energy else []
        if seconds[-1] > _LONG:  # what else the machine does is little beside it
            break
    return Cost(max(min(seconds), _LEAST), min(joules, default=None))


@dataclass(frozen=True, slots=True)
class Memory:
    """What a training takes, in bytes of Python, numpy and Arrow.

    Attributes:
        records: that it was of.
        most: beyond the records, at one time.
        kept: when it is done and the records are let go: what it takes to have the model, with all that it holds of them.
    """

    records: int
    most: int
    kept: int


def memory(records: Callable[[], Any], train: Callable[[Any], Any]) -> Memory:
    """What training takes, and what it leaves.

    Args:
        records: makes them, of its own: what is left of them in the end is the model's.
        train: gives the model.
    """
    gc.freeze()  # what is there already is not looked at again
    before = pa.total_allocated_bytes()
    tracemalloc.start()
    try:
        data = records()
        count, given = len(data), _traced(before)
        tracemalloc.reset_peak()
        model = train(data)
        most = tracemalloc.get_traced_memory()[1] + pa.total_allocated_bytes() - before - given
        del data
        gc.collect()
        kept = _traced(before)
    finally:
        tracemalloc.stop()
        gc.unfreeze()
    del model
    return Memory(count, most, kept)


def _traced(before: int) -> int:
    """Bytes of Python, numpy and Arrow, of which Arrow had some before."""
    told: int = tracemalloc.get_traced_memory()[0] + pa.total_allocated_bytes() - before
    return told


def tells_energy() -> bool:
    """Whether the machine tells the energy that its processor takes."""
    return _energy() is not None


def _energy() -> int | None:
    """Microjoules that all processors have taken so far; None where that is not told, or not to us."""
    try:
        files = sorted(_POWER.glob("intel-rapl:?/energy_uj"))
        return sum(int(file.read_text("ascii")) for file in files) if files else None
    except (OSError, ValueError):
        return None
