"""Processes that change a memory, and are killed at a random moment."""

import multiprocessing
import random
import signal
import time
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from contents import Contents

from byheart import MemGEN
from byheart.memory import compacting, retention, writer
from byheart.memory.learning import Structure

RECORDS: Final = 1000
PROCESSES: Final = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["byheart.model", "byheart.memory.compacting", "byheart.memory.learning"])


def record(number: int, i: int) -> bytes:
    """Record i of what is learned as number so and so: it says so, and differs in size."""
    return b"%d:%d:" % (number, i) + bytes([i % 251]) * (i * 7919 % 301)


def records_of(number: int) -> Contents:
    """What is learned as number so and so, with labels; some of it twice."""
    return [(record(number, i % 900), str(i % 3)) for i in range(RECORDS)]  # 900 is a multiple of 3


@dataclass(frozen=True, slots=True)
class Action:
    """One change of a memory; `number` tells what is learned, or forgotten."""

    verb: str
    number: int

    def do(self, root: Path, structure: Structure) -> None:
        """Do it."""
        model = MemGEN(root, structure=structure)
        if self.verb == "forget":
            model.forget(where=f"label = '{self.number % 3}' and size < 100")
        elif self.verb == "compact":
            model.compact()
        else:
            records, labels = zip(*records_of(self.number), strict=True)
            if self.verb == "append":
                model.partial_fit(list(records), list(labels))
            else:
                model.fit(list(records), list(labels), overwrite=self.verb == "replace")

    def expected(self, before: Contents) -> Contents:
        """What the memory holds once it is done."""
        if self.verb == "compact":
            return before
        if self.verb == "forget":
            gone = str(self.number % 3)
            return [(x, label) for x, label in before if label != gone or len(x) >= 100]
        return [*(before if self.verb == "append" else []), *records_of(self.number)]


def with_small_files() -> None:
    """Let a memory of this process have many batches, segments, merges and sweeps, where it is small."""
    for module, name, value in (
        (writer, "BATCH_ROWS", 100),
        (writer, "SEGMENT_BYTES", 40_000),
        (writer, "HASHMAP_SEGMENT_BYTES", 40_000),
        (compacting, "SEGMENT_BYTES", 40_000),
        (compacting, "MERGE_AT", 4),
        (retention, "VERSIONS_KEPT", 3),
        (retention, "KEPT_FOR", timedelta(0)),
    ):
        setattr(module, name, value)


def run(root: Path, structure: Structure, action: Action, parent: "Connection[Any, Any]") -> None:
    """What a process does: it tells when it begins, and (in seconds) how long it took."""
    with_small_files()
    parent.send("begins")
    began = time.perf_counter()
    action.do(root, structure)
    parent.send(time.perf_counter() - began)


class Killer:
    """Runs actions in processes of their own, and kills each at a random moment of its run; every fifth lives."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._seconds: dict[str, float] = {}

    def finished(self, root: Path, structure: Structure, action: Action) -> bool:
        """Whether it was done before it was killed."""
        ours, theirs = PROCESSES.Pipe()
        process = PROCESSES.Process(target=run, args=(root, structure, action, theirs))
        process.start()
        theirs.close()
        assert ours.recv() == "begins"
        lives = action.verb not in self._seconds or self._rng.random() < 0.2  # to learn how long one takes
        if not lives:
            first = self._rng.choice((0.0, 0.85))  # half of them towards the end, when it is published
            time.sleep(self._rng.uniform(first, 1.1) * self._seconds[action.verb])
            process.kill()
        process.join()
        try:
            seconds = ours.recv()
        except EOFError:
            assert process.exitcode == -signal.SIGKILL
            return False
        if lives:
            self._seconds[action.verb] = seconds
        return True
