"""Sampling what is not in RAM."""

from collections.abc import Sequence
from typing import Final

from tools.bench.figures.names import COLD
from tools.bench.peers import registry
from tools.bench.peers.registry import FACE, LIST
from tools.bench.results import Results, Verdict
from tools.bench.run import Run
from tools.bench.workloads import Files

OF_BEST: Final = 1.3
_BATCH: Final = 256
_NOT_ON_DISK: Final = (LIST, registry.FLOOR, registry.GATHER)


def measure(run: Run, files: Files, keys: Sequence[str]) -> None:
    """Each time a new process, and the store dropped from RAM: what a process has mapped would stay there."""
    asked = [key for key in keys if key not in _NOT_ON_DISK]
    run.rounds_anew(
        COLD,
        files,
        unit="records/s",
        keys=asked,
        repetitions=run.effort.learns,
        measure=lambda worker, n: worker.cold(_BATCH, run.effort.cold_batches, n),
    )


def judge(results: Results, workload: str) -> None:
    """Against the best peer."""
    best = results.best(COLD, workload, registry.PEERS)
    if best is not None:
        claim = f"sample(), to {registry.get(best).name}, the fastest peer"
        results.judge(Verdict(COLD, workload, claim, results.ratio(COLD, workload, FACE, best), OF_BEST))
