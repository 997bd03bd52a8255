"""How cost grows with the number of records: it should not, a record."""

from typing import Final

from tools.bench.figures import learning, processes, sampling
from tools.bench.figures.names import GROWTH, LARGE, LEARN
from tools.bench.peers.registry import FACE, FLOOR, GATHER
from tools.bench.results import Verdict
from tools.bench.run import Run

NUMBERS: Final = {"N100k": 100_000, "N1M": 1_000_000, "N10M": 10_000_000}
WITHIN: Final = 0.15


def measure(run: Run) -> None:
    """Learn and sample 0.1, 1 and 10 million records of about 100 bytes; open the largest memory, cold."""
    for name in NUMBERS:
        files = run.files(name)
        run.step(f"{name}: {files.workload.records:,} records of about 100 bytes")
        largest = name == "N10M"
        keys = learning.learn(run, files, [FLOOR, FACE], min(run.effort.learns, 3) if largest else run.effort.learns)
        with run.opened([*keys, GATHER], files) as workers:
            sampling.warm(workers)
            sampling.measure(run, files, workers)
        if largest:
            run.step("open it in a cold process")
            processes.open_cold(run, files)
        run.forget(files)
    judge(run)


def judge(run: Run) -> None:
    """How far the cost of a record at one number is from that at another, as a share."""
    results = run.results
    for figure, ours, words in (
        (LEARN, FACE, "learning: ratio to write + fsync at the same N"),
        (LARGE, FACE, "sample(): ratio to the compiled gather at the same N"),
        (LARGE, GATHER, "the gather alone: ratio to the compiled gather at the same N"),
    ):
        ratios = [sorted(results.ratio(figure, name, ours, FLOOR)) for name in NUMBERS]
        if all(ratios):
            medians = [values[len(values) // 2] for values in ratios]
            apart = max(medians) / min(medians) - 1
            claim = f"{words}, largest to smallest - 1"
            results.judge(Verdict(GROWTH, "N100k to N10M", claim, (apart,), WITHIN, at_least=False))
    rates = [results.of(LEARN, name).get(FACE) for name in NUMBERS]
    if rates[1] and rates[2]:
        slower = rates[1].median / rates[2].median - 1
        claim = "learning: seconds a record at 10 M against 1 M, more by"
        results.judge(Verdict(GROWTH, "N100k to N10M", claim, (slower,), WITHIN, at_least=False))
