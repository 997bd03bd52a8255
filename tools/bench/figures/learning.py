"""Learning: from records in RAM until they are on the disk."""

from typing import Final

from tools.bench.figures.names import LEARN
from tools.bench.peers.registry import FACE, FLOOR, HASHMAP, LMDB
from tools.bench.results import Verdict
from tools.bench.run import Run
from tools.bench.workloads import Files

OF_WRITING: Final = 0.6
OF_LMDB: Final = 1.3


def learn(run: Run, files: Files, keys: list[str], repetitions: int) -> list[str]:
    """Each learns the workload that often, in turns; those who did so."""
    megabytes = files.sizes() / 1e6
    return run.rounds_anew(
        LEARN,
        files,
        unit="MB/s",
        keys=keys,
        repetitions=repetitions,
        measure=lambda worker, _: megabytes / worker.learn().on_disk,
    )


def judge(run: Run, workload: str) -> None:
    """Against write+fsync of the same bytes, and against LMDB."""
    results = run.results
    for ours, wanted in ((FACE, OF_WRITING), (HASHMAP, 0.0)):
        claim = "a list, to write + fsync" if ours == FACE else "a hashmap, to write + fsync (no target)"
        results.judge(Verdict(LEARN, workload, claim, results.ratio(LEARN, workload, ours, FLOOR), wanted))
    results.judge(Verdict(LEARN, workload, "a list, to LMDB", results.ratio(LEARN, workload, FACE, LMDB), OF_LMDB))
