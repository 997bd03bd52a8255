"""Learning, counted and timed: the steps of Algorithm 1, the seconds of the engine, and whether all was learned."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, Final

import numpy as np

from byheart import _files
from byheart.model import MemGEN
from byheart.paper.theory import algorithm_1

LEARNERS: Final = ("Algorithm 1", "byheart, in RAM", "byheart, on disk")


def steps(count: int) -> int:
    """How many lines of TrainModel Python runs to learn so many records: counted by Python, as a debugger steps through them."""
    done = 0

    def watch(frame: FrameType, event: str, argument: Any) -> Callable[..., Any] | None:
        del argument  # of no use
        nonlocal done
        if frame.f_code is not algorithm_1.train_model.__code__:
            return None
        done += event == "line"
        return watch

    with _traced(watch):
        algorithm_1.train_model(range(count), lambda: None)
    return done


@contextmanager
def _traced(watch: Callable[..., Any]) -> Iterator[None]:
    before = sys.gettrace()
    sys.settrace(watch)
    try:
        yield
    finally:
        sys.settrace(before)


@dataclass(frozen=True, slots=True)
class Seconds:
    """What learning took: of the processor, and on the clock, which runs on while a disk is waited for, or other programs have their turn."""

    processor: float
    clock: float


def seconds(learner: str, records: list[str], folder: Path) -> Seconds:
    """What learning takes.

    Args:
        learner: of `LEARNERS`.
        records: that are in RAM already.
        folder: for memories on disk: each is removed again.

    Raises:
        ValueError: not all records were learned.
    """
    path = folder / "timed" if learner == LEARNERS[2] else None
    learn: Callable[[list[str]], Any] = MemGEN(path).fit if learner != LEARNERS[0] else algorithm_1.trained
    clock, processor = time.perf_counter(), time.process_time()
    learned = learn(records)
    took = Seconds(time.process_time() - processor, time.perf_counter() - clock)
    if len(learned) != len(records):
        raise ValueError(f"{learner} learned {len(learned):,} of {len(records):,} records")
    if path is not None:
        del learned
        for inner in sorted((found for found in path.rglob("*") if found.is_dir()), reverse=True):
            _files.remove_tree(inner)
        _files.remove_tree(path)
    return took


def has_converged(records: list[bytes], structure: Any) -> bool:
    """Whether what is learned is what was given: each record, bit for bit, as often; and nothing else."""
    model = MemGEN(structure=structure, kind="bytes").fit(records)
    every = model.sample(len(model), 0, replace=False).tolist()
    return len(model) == len(records) and sorted(every) == sorted(records)


def any_records(generator: np.random.Generator) -> list[bytes]:
    """Random records: 1 to 3,000 of 0 to 40 random bytes, some of them more than once."""
    count = int(np.exp(generator.uniform(0, np.log(3000))))
    sizes = generator.integers(0, 41, max(count // int(generator.integers(1, 4)), 1))
    distinct = [generator.bytes(int(size)) for size in sizes]
    return [distinct[at] for at in generator.integers(0, len(distinct), count).tolist()]
