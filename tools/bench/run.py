"""One run: who takes part, how long and how often each is measured, and what came of it."""

import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from tools.bench.peers import registry
from tools.bench.results import Results, Series
from tools.bench.worker import FailedError, Worker
from tools.bench.workloads import WORKLOADS, Files, make


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured.

    Attributes:
        repetitions: of each figure; they alternate between the contestants.
        learns: repetitions of learning.
        seconds: that one repetition of sampling takes.
        processes: started for each start-up time.
        cold_batches: of 256 records, read from the disk in one repetition.
        patience: seconds for all repetitions of a figure; a peer that takes longer, and that no target is set
            against, is measured less often.
    """

    repetitions: int
    learns: int
    seconds: float
    processes: int
    cold_batches: int
    patience: float


FULL = Effort(repetitions=7, learns=5, seconds=0.2, processes=15, cold_batches=20, patience=8.0)
QUICK = Effort(repetitions=3, learns=1, seconds=0.1, processes=5, cold_batches=4, patience=2.0)


@dataclass(slots=True)
class Run:
    """One run.

    Args:
        folder: for the data and the stores.
        peers: keys of the registry.
        effort: how much is measured.
        results: what it finds goes there.
    """

    folder: Path
    peers: Sequence[str]
    effort: Effort
    results: Results
    console: Console = field(default_factory=lambda: Console(stderr=True))

    def files(self, name: str) -> Files:
        """A workload, made if need be."""
        return make(WORKLOADS[name], self.folder / "data")

    def store(self, key: str, files: Files) -> Path:
        """Where a contestant keeps a workload."""
        return self.folder / "stores" / files.workload.name / (registry.FACE if key == registry.GATHER else key)

    def forget(self, files: Files) -> None:
        """Remove what was learned of a workload."""
        shutil.rmtree(self.folder / "stores" / files.workload.name, ignore_errors=True)

    def able(self, keys: Sequence[str], files: Files) -> list[str]:
        """Those who are here, and take the workload."""
        return [k for k in keys if k not in self.results.missing and registry.get(k).takes(files.workload)]

    def worker(self, key: str, files: Files) -> Worker:
        """A contestant in a new process."""
        return Worker(key, files, self.store(key, files))

    @contextmanager
    def opened(self, keys: Sequence[str], files: Files) -> Iterator[dict[str, Worker]]:
        """Contestants that have opened what they learned, and give it back bit for bit."""
        with ExitStack() as stack:
            workers = {}
            for key in keys:
                worker = stack.enter_context(self.worker(key, files))
                try:
                    worker.open()
                    if wrong := worker.wrong(64):
                        self.tell(key, files, f"{wrong} of 64 records differ from what was learned")
                        continue
                except FailedError as error:
                    self.tell(key, files, str(error))
                    continue
                workers[key] = worker
            yield workers

    def rounds(
        self, figure: str, files: Files, workers: dict[str, Worker], measure: Callable[[Worker, int], float]
    ) -> None:
        """Records a second: one contestant after the other, and then all again."""

        def measured(key: str, n: int) -> float:
            return measure(workers[key], n)

        self._alternate(figure, files, unit="records/s", keys=workers, measure=measured)

    def rounds_anew(  # noqa: PLR0913  # what, who, how often and how
        self,
        figure: str,
        files: Files,
        *,
        unit: str,
        keys: Sequence[str],
        repetitions: int,
        measure: Callable[[Worker, int], float],
    ) -> list[str]:
        """As `rounds`, in a new process each time; those who did it."""

        def in_new_process(key: str, n: int) -> float:
            with self.worker(key, files) as worker:
                return measure(worker, n)

        return self._alternate(figure, files, unit=unit, keys=keys, measure=in_new_process, repetitions=repetitions)

    def _alternate(  # noqa: PLR0913  # as above
        self,
        figure: str,
        files: Files,
        *,
        unit: str,
        keys: Iterable[str],
        measure: Callable[[str, int], float],
        repetitions: int | None = None,
    ) -> list[str]:
        values: dict[str, list[float]] = {key: [] for key in keys}
        patience = dict.fromkeys(values, self.effort.patience)
        for n in range(self.effort.repetitions if repetitions is None else repetitions):
            for key in list(values):
                if patience[key] < 0 and key not in registry.COMPARED:
                    continue
                began = time.perf_counter()
                try:
                    values[key].append(measure(key, n + 1))
                except FailedError as error:
                    self.tell(key, files, str(error))
                    del values[key]
                patience[key] -= time.perf_counter() - began
        for key, found in values.items():
            self.add(figure, files, key, unit, found)
        return list(values)

    def add(self, figure: str, files: Files, key: str, unit: str, values: Sequence[float]) -> None:
        """Keep what a contestant reached."""
        self.results.series.append(Series(figure, files.workload.name, key, unit, tuple(values)))

    def tell(self, key: str, files: Files, problem: str) -> None:
        """A contestant is out of a figure: say why."""
        self.results.missing[f"{registry.get(key).name} on {files.workload.name}"] = problem
        self.console.print(f"  {registry.get(key).name}: {problem}", style="yellow", highlight=False)

    def step(self, what: str) -> None:
        """Say what is being measured."""
        self.console.print(f"{what} ...", style="dim", highlight=False)
