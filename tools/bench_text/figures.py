"""What is measured: building, and the time of single questions, in turns."""

import mmap
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from tools.bench import cache
from tools.bench.results import Results, Series, Verdict
from tools.bench_text.corpus import Corpus
from tools.bench_text.peers import PEERS, Engine, learn

COUNT: Final = "count of 20 bytes"
NEXT: Final = "what follows 200 bytes"
TRACE_HELD: Final = "trace of 2 KB, held out"
TRACE_IN: Final = "trace of 2 KB of the corpus"
SCORE: Final = "score of 2 KB"
BUILD: Final = "index, CPU"
_ROUNDS: Final = 5
_PATIENCE: Final = 4.0  # seconds a round; who takes longer is asked less
TOKENS_COUNT: Final = "count of 5 tokens"
TOKENS_NEXT: Final = "what follows 50 tokens"
TOKENS_TRACE: Final = "trace of 512 tokens, held out"
ENGINE_OF: Final = {
    COUNT: "count",
    NEXT: "following",
    TRACE_HELD: "trace",
    TRACE_IN: "trace",
    SCORE: "score",
    TOKENS_COUNT: "count",
    TOKENS_NEXT: "following",
    TOKENS_TRACE: "trace",
}


class Questions:
    """Texts to ask for, from a seed: of the corpus, of what was held out, or of both in turns."""

    def __init__(self, documents: Sequence[bytes], held_out: Sequence[bytes]) -> None:
        self._random = random.Random(1)
        self._known = [document for document in documents[:4000] if len(document) > 2500]
        self._held_out = [document for document in held_out if len(document) > 2500]

    def of(self, size: int, number: int, *, known: bool | None = None) -> list[bytes]:
        """So many texts of a size; ASCII, so that no one stumbles over half a character."""
        found: list[bytes] = []
        while len(found) < number:
            is_known = len(found) % 2 == 0 if known is None else known
            document = self._random.choice(self._known if is_known else self._held_out)
            at = self._random.randrange(len(document) - size)
            text = document[at : at + size]
            if text.isascii():
                found.append(text)
        return found


def build(results: Results, name: str, documents: list[bytes], folder: Path, workload: str) -> bool:
    """Index the documents; whether that worked."""
    peer = PEERS[name]
    size = sum(map(len, documents))
    if size > peer.largest:
        results.missing[f"{name}, {workload}"] = "indexing would take more than 20 minutes, or the RAM that there is"
        return False
    folder.mkdir(parents=True)
    if name == "byheart":
        learn(documents, folder)
    _touch(8 * size)
    before = cpu()
    try:
        peer.build(documents, folder)
    except Exception as error:  # noqa: BLE001  # whatever keeps a peer from it is told in the tables
        results.missing[f"{name}, {workload}"] = str(error).strip().splitlines()[-1][:200]
        return False
    if name != "fast-gram":
        results.series.append(Series(BUILD, workload, name, "ns/B", ((cpu() - before) / size * 1e9,)))
    return True


def _touch(size: int) -> None:
    """Have so much RAM once: a virtual machine is slow to hand out what it has not had before, by other figures a run."""
    np.empty(size, np.uint8)[:: mmap.PAGESIZE] = 1


def cpu() -> float:
    """The processor time of this process, and of those that it has waited for."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def asked_of(questions: Questions) -> dict[str, list[bytes]]:
    """The texts that each figure asks for."""
    return {
        COUNT: questions.of(20, 2000),
        NEXT: questions.of(200, 400),
        TRACE_HELD: questions.of(2048, 60, known=False),
        TRACE_IN: questions.of(2048, 60, known=True),
        SCORE: questions.of(2048, 60, known=False),
    }


def ask(results: Results, workload: str, engines: Mapping[str, Engine], asked: Mapping[str, Sequence[Any]]) -> None:
    """The median time of each question, round by round, everyone in turn."""
    for figure, texts in asked.items():
        able = {who: found for who, engine in engines.items() if (found := getattr(engine, ENGINE_OF[figure]))}
        times: dict[str, list[float]] = {who: [] for who in able}
        few = {who: texts[: _patient(answer, texts)] for who, answer in able.items()}
        for number in range(_ROUNDS):
            for who, answer in able.items():
                if number == 0 or len(few[who]) > 5:
                    times[who].append(_median(answer, few[who]))
        for who, values in times.items():
            results.series.append(Series(figure, workload, who, "µs", tuple(values)))


def _patient(answer: Callable[[Any], Any], texts: Sequence[Any]) -> int:
    """How many questions fit into a round; the store is warm afterwards."""
    began, asked = time.perf_counter(), 0
    while asked < len(texts) and (time.perf_counter() - began < _PATIENCE or asked < 2):
        answer(texts[asked])
        asked += 1
    return asked


def _median(answer: Callable[[Any], Any], texts: Sequence[Any]) -> float:
    times = []
    for text in texts:
        began = time.perf_counter()
        answer(text)
        times.append(time.perf_counter() - began)
    return float(np.median(times)) * 1e6


def agree(results: Results, workload: str, engines: Mapping[str, Engine], questions: Questions) -> None:
    """Whether counts and spans are those of infini-gram."""
    ours, theirs = engines.get("byheart"), engines.get("infini-gram")
    if not (ours and theirs and ours.count and theirs.count and ours.trace and theirs.trace):
        return
    patterns = questions.of(20, 1000) + questions.of(6, 1000) + questions.of(2, 1000)
    same = [ours.count(pattern) == theirs.count(pattern) for pattern in patterns]
    results.judge(Verdict("agreement", workload, "3,000 counts that are infini-gram's", (float(np.mean(same)),), 1.0))
    texts = questions.of(2048, 20, known=False) + questions.of(2048, 20, known=True)
    same = [ours.trace(text) == theirs.trace(text) for text in texts]
    claim = "40 texts whose spans and their counts are infini-gram's"
    results.judge(Verdict("agreement", workload, claim, (float(np.mean(same)),), 1.0))


def threads(results: Results, workload: str, engine: Engine, questions: Questions) -> None:
    """What a second thread brings."""
    if (os.cpu_count() or 1) < 2:
        return
    patterns, gains = questions.of(20, 40_000), []
    for _ in range(_ROUNDS):
        took = []
        for number in (1, 2):
            began = time.perf_counter()
            engine.itself.counts(patterns, threads=number)
            took.append(time.perf_counter() - began)
        gains.append(took[0] / took[1])
    results.judge(Verdict("threads", workload, "40,000 counts, 2 threads to 1", tuple(gains), 1.7))


_COLD: Final = """
import resource, sys
from byheart import MemGEN
index = MemGEN(sys.argv[1]).text
patterns = open(sys.argv[2], "rb").read().split(b"\\xff")
index.count(patterns.pop())
before = resource.getrusage(resource.RUSAGE_SELF).ru_majflt
for pattern in patterns:
    index.count(pattern)
print((resource.getrusage(resource.RUSAGE_SELF).ru_majflt - before) / len(patterns))
"""


def cold(results: Results, workload: str, folder: Path, questions: Questions) -> None:
    """Page faults a count, when none of the index is in RAM."""
    values = []
    for _ in range(3):
        asked = folder / "asked"
        asked.write_bytes(b"\xff".join(questions.of(20, 201)))
        cache.drop(folder / "x.memory")
        command = [sys.executable, "-c", _COLD, str(folder / "x.memory"), str(asked)]
        values.append(float(subprocess.run(command, check=True, capture_output=True).stdout))
    claim = "reads from the disk a count of 20 bytes, none of the index in RAM"
    results.judge(Verdict("larger than RAM", workload, claim, tuple(values), 12, at_least=False))


_BUDGETED: Final = """
import sys, threading, time
import pydivsufsort
from byheart import MemGEN
def ram():  # of its own: mapped files can be let go at any time
    told = open("/proc/self/status").read().split("RssAnon:")[1]
    return int(told.split()[0]) * 1024
model = MemGEN(sys.argv[1])
model.sample(1)[0]
before, most = ram(), 0
def watch():
    global most
    while True:
        most = max(most, ram())
        time.sleep(0.002)
threading.Thread(target=watch, daemon=True).start()
model.index_text(memory_budget=int(sys.argv[2]))
print(most - before)
"""


def budget(results: Results, workload: str, documents: list[bytes], folder: Path) -> None:
    """The peak of RAM, to the budget that was asked for."""
    asked = sum(map(len, documents)) * 2
    folder.mkdir(parents=True)
    learn(documents, folder)
    command = [sys.executable, "-c", _BUDGETED, str(folder / "x.memory"), str(asked)]
    peak = float(subprocess.run(command, check=True, capture_output=True).stdout)
    claim = f"RAM taken at the most, to a budget of {asked / 1e6:,.0f} MB"
    results.judge(Verdict("index", workload, claim, (peak / asked,), 1.0, at_least=False))


def judge(results: Results, workload: str, *, with_build: bool) -> None:
    """The targets."""
    if with_build:
        found = results.of(BUILD, workload)["byheart"]
        results.judge(Verdict(BUILD, workload, "a byte, one core", found.values, 80, at_least=False, unit=found.unit))
    limits = {COUNT: 6.0, NEXT: 40.0, TRACE_HELD: 6000.0, TRACE_IN: 1000.0, SCORE: 5000.0}
    for figure, limit in limits.items():
        found = results.of(figure, workload)["byheart"]
        results.judge(Verdict(figure, workload, "byheart", found.values, limit, at_least=False, unit=found.unit))
    wanted = [(BUILD, "infini-gram", 15.0), (COUNT, "infini-gram", 30.0), (TRACE_HELD, "infini-gram", 100.0)]
    wanted += [(COUNT, "fast-gram", 1.0), (NEXT, "fast-gram", 1.0), (TRACE_HELD, "fast-gram", 1.0)]
    for figure, who, times in wanted:
        ratios = results.ratio(figure, workload, who, "byheart")
        results.judge(Verdict(figure, workload, f"{who} takes so many times as long", ratios, times))


def corpora(found: Corpus, megabytes: Sequence[int]) -> dict[str, list[bytes]]:
    """The documents of each size."""
    return {f"{size} MB": found.first(size * 10**6) for size in megabytes}
