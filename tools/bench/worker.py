"""A process for each contestant: what one loads, starts or spoils does not touch the others."""

import gc
import multiprocessing
import os
import shutil
import time
from collections import deque
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np

from tools.bench import cache
from tools.bench.peers import registry
from tools.bench.peers.base import Reader
from tools.bench.workloads import Files, Rows, as_bytes

_CONTEXT: Final = multiprocessing.get_context("spawn")
_DISTINCT_ROWS: Final = 1 << 18  # a cycle of this many, far more than the processor's caches hold
_FIRST_ONE_BY_ONE: Final = 250
_FIRST_LEARNED: Final = 1000
_TOUCHED: Final = 1 << 30


class FailedError(Exception):
    """A contestant cannot do what it was asked."""


@dataclass(frozen=True, slots=True)
class LearnTime:
    """Seconds until `learn` returned, and until all was on the disk."""

    returned: float
    on_disk: float


class Worker:
    """A contestant in a process of its own.

    Args:
        key: in the registry.
        files: the workload.
        folder: where it keeps what it learns.
    """

    def __init__(self, key: str, files: Files, folder: Path) -> None:
        self.key = key
        self._connection, theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=_serve, args=(theirs, key, files, folder), daemon=True)
        self._process.start()
        theirs.close()

    def learn(self) -> LearnTime:
        """Learn the workload anew; the process is of no other use afterwards."""
        return self._ask("learn")  # type: ignore[no-any-return]  # through a pipe

    def open(self) -> None:
        """Open what was learned."""
        self._ask("open")

    def wrong(self, count: int) -> int:
        """How many of `count` records differ from what was learned."""
        return self._ask("wrong", count)  # type: ignore[no-any-return]  # through a pipe

    def batches(self, size: int, seconds: float, seed: int) -> float:
        """Records a second in batches of `size`."""
        return self._ask("batches", size, seconds, seed)  # type: ignore[no-any-return]  # through a pipe

    def one_by_one(self, seconds: float, seed: int) -> float:
        """Records a second, one after the other."""
        return self._ask("one_by_one", seconds, seed)  # type: ignore[no-any-return]  # through a pipe

    def cold(self, size: int, count: int, seed: int) -> float:
        """Records a second in `count` batches of `size`, when none of the store's files is in RAM."""
        return self._ask("cold", size, count, seed)  # type: ignore[no-any-return]  # through a pipe

    def _ask(self, what: str, *how: Any) -> Any:
        try:
            self._connection.send((what, how))
            answer, problem = self._connection.recv()
        except (EOFError, OSError) as error:
            raise FailedError(f"{self.key}: its process ended at {what}") from error
        if problem:
            raise FailedError(f"{self.key}, {what}: {problem}")
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._connection.close()
        self._process.join(10)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


class _Contestant:
    """What runs in the process."""

    def __init__(self, key: str, files: Files, folder: Path) -> None:
        self._key = key
        self._peer = registry.get(key)
        self._files = files
        self._folder = folder
        self._reader: Reader | None = None

    def learn(self) -> LearnTime:
        # the floor writes one buffer: laying the records end to end is a part of learning, not of writing
        records: Any = self._files.data.read_bytes() if self._key == registry.FLOOR else self._files.records()
        self._empty()
        self._peer.learn(records[:_FIRST_LEARNED], self._folder)  # imports all that is needed
        self._empty()
        os.sync()  # what others have written and not put on the disk is theirs
        _touch(max(3 * self._files.sizes(), _TOUCHED))
        began = time.perf_counter()
        self._peer.learn(records, self._folder)
        returned = time.perf_counter() - began
        cache.sync(self._folder)
        return LearnTime(returned, time.perf_counter() - began)

    def _empty(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)

    def open(self) -> None:
        self._reader = self._peer.open(self._folder, self._files)

    def wrong(self, count: int) -> int:
        rows = self._rows(np.random.default_rng(count), count)
        found = as_bytes(self._open.many(rows))
        rows = getattr(self._open, "drawn", rows)  # byheart's face draws its own
        return sum(a != b for a, b in zip(found, self._files.some(rows), strict=True))

    def batches(self, size: int, seconds: float, seed: int) -> float:
        rng = np.random.default_rng(seed)
        rows = [self._rows(rng, size) for _ in range(_DISTINCT_ROWS // size)]
        many = self._open.many
        once = self._time(many, rows[:4]) / 4
        turns = max(int(seconds / once), 4)
        rows = (rows * (turns // len(rows) + 1))[:turns]
        return size * turns / self._time(many, rows)

    def one_by_one(self, seconds: float, seed: int) -> float:
        rng = np.random.default_rng(seed)
        count = _FIRST_ONE_BY_ONE
        while True:
            rows = self._rows(rng, count).tolist()
            began = time.perf_counter()
            deque(self._open.stream(rows), maxlen=0)
            took = time.perf_counter() - began
            if took > seconds / 2:
                return count / took
            count *= 2 if took > seconds / 4 else 4  # until it takes long enough to be timed

    def cold(self, size: int, count: int, seed: int) -> float:
        rng = np.random.default_rng(seed)
        self.open()
        self._open.many(self._rows(rng, 1))  # what is imported at the first use is not what is measured
        self._reader = None
        gc.collect()
        cache.drop(self._folder)
        batches = [self._rows(rng, size) for _ in range(count)]
        began = time.perf_counter()
        self.open()  # some begin to read here
        self._time(self._open.many, batches)
        return size * count / (time.perf_counter() - began)

    def _rows(self, rng: np.random.Generator, size: int) -> Rows:
        return rng.integers(0, self._files.workload.records, size)

    @staticmethod
    def _time(many: Any, batches: list[Rows]) -> float:
        began = time.perf_counter()
        for rows in batches:
            many(rows)
        return time.perf_counter() - began

    @property
    def _open(self) -> Reader:
        if self._reader is None:
            raise FailedError("not open")
        return self._reader


def _touch(size: int) -> None:
    """Use some RAM and let it go: a virtual machine has to ask its host for what it has not used lately, at the speed of a disk."""
    np.ones(size, np.uint8)


def _serve(connection: Connection, key: str, files: Files, folder: Path) -> None:
    contestant = _Contestant(key, files, folder)
    gc.disable()  # it strikes whoever happens to run
    while True:
        try:
            what, how = connection.recv()
        except EOFError:
            os._exit(0)  # some peers' threads do not end by themselves
        try:
            answer, problem = getattr(contestant, what)(*how), ""
        except Exception as error:  # noqa: BLE001  # the others still run, and the table says why
            answer, problem = None, f"{type(error).__name__}: {error}"
        connection.send((answer, problem))
