"""Sampling: records in batches, and one by one, from stores that are in RAM."""

from functools import partial
from typing import Final

from tools.bench.figures.names import LARGE, ONE, SMALL
from tools.bench.peers import registry
from tools.bench.peers.registry import FACE, FLOOR, GATHER, LIST
from tools.bench.results import Results, Verdict
from tools.bench.run import Run
from tools.bench.worker import Worker
from tools.bench.workloads import Files

SIZES: Final = {SMALL: 256, LARGE: 4096}
OF_FLOOR: Final = 0.8
OF_DURABLE: Final = 5.0
ONE_BY_ONE: Final = 2e6
_WARM_UP_SECONDS: Final = 1.0
_WARM_UPS: Final = 8
_STEADY: Final = 1.1


def warm(workers: dict[str, Worker]) -> None:
    """Bring every store into RAM, and read it until no one gets faster: a virtual machine's host takes its time to lay RAM out well."""
    best = dict.fromkeys(workers, 0.0)
    for _ in range(_WARM_UPS):
        rates = {key: worker.batches(4096, _WARM_UP_SECONDS, 0) for key, worker in workers.items()}
        if all(rates[key] < _STEADY * best[key] for key in workers):
            break
        best = {key: max(best[key], rate) for key, rate in rates.items()}


def measure(run: Run, files: Files, workers: dict[str, Worker]) -> None:
    """Batches of both sizes."""
    for figure, size in SIZES.items():
        run.rounds(figure, files, workers, partial(_in_batches, size, run.effort.seconds))


def _in_batches(size: int, seconds: float, worker: Worker, n: int) -> float:
    return worker.batches(size, seconds, n)


def measure_one_by_one(run: Run, files: Files, workers: dict[str, Worker]) -> None:
    """Through an iterator: byheart's gather has none."""
    asked = {key: worker for key, worker in workers.items() if key != GATHER}
    run.rounds(ONE, files, asked, lambda w, n: w.one_by_one(run.effort.seconds, n))


def judge(results: Results, workload: str) -> None:
    """Against the floor, and against the best peer that survives kill -9."""
    durable = [key for key, peer in registry.PEERS.items() if peer.survives_kill]
    for figure in SIZES:
        for ours, words in ((FACE, "sample()"), (GATHER, "the gather alone")):
            of_floor = results.ratio(figure, workload, ours, FLOOR)
            results.judge(Verdict(figure, workload, f"{words}, to the compiled gather", of_floor, OF_FLOOR))
        best = results.best(figure, workload, durable)
        if best is not None:
            name = registry.get(best).name
            ratio = results.ratio(figure, workload, FACE, best)
            results.judge(
                Verdict(figure, workload, f"sample(), to {name}, the best that survives kill -9", ratio, OF_DURABLE)
            )


def judge_one_by_one(results: Results, workload: str) -> None:
    """Against 2 million a second, and the fastest peer that stores anything."""
    found = results.of(ONE, workload)
    if FACE in found and workload == "W1":
        claim = "stream(), records a second"
        results.judge(Verdict(ONE, workload, claim, found[FACE].values, ONE_BY_ONE, unit="records/s"))
    best = results.best(ONE, workload, [key for key in registry.PEERS if key != LIST])
    for key, wanted in ((best, 1.0), (LIST, 0.0)):
        if key is not None:
            words = "the fastest that stores" if key != LIST else "which copies nothing (no target)"
            claim = f"stream(), to {registry.get(key).name}, {words}"
            results.judge(Verdict(ONE, workload, claim, results.ratio(ONE, workload, FACE, key), wanted))
