"""A task, by all in turns, and its targets."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from rich.console import Console

from tools.bench.results import Results, Series, Verdict
from tools.bench_judge.tasks import TASKS
from tools.bench_judge.worker import FailedError, Taken, turn

PROCESSOR: Final = "processor time"
CLOCK: Final = "clock"
PEAK: Final = "RAM taken"
SECONDS: Final = "seconds of two cores"
_UNITS: Final = {PROCESSOR: "CPU-s", CLOCK: "seconds", PEAK: "MB"}
OURS: Final = "byheart"
AGREES: Final = "answers of byheart and its peers, apart as a share"

# task, whose processor time is divided by byheart's, at least
RATIOS: Final = (
    ("neighbours-64", "faiss", 0.9),
    ("neighbours-64", "scikit-learn", 1.0),
    ("neighbours-512", "product alone", 0.8),
    ("neighbours-512", "faiss", 0.9),
    ("neighbours-512", "scikit-learn", 1.0),
    ("neighbours-2048", "product alone", 0.8),
    ("neighbours-2048", "faiss", 0.9),
    ("neighbours-2048", "scikit-learn", 1.0),
    ("manifold-2048", "prdc", 1.0),
    ("manifold-64", "prdc", 1.0),
    ("records", "SDMetrics", 100.0),
    ("frechet", "clean-fid's formula", 2.0),
    ("frechet", "torch-fidelity's formula", 2.0),
)
# task, figure, byheart's at most
LIMITS: Final = (
    ("manifold-2048", SECONDS, 7.0),
    ("manifold-2048", PEAK, 500.0),
    ("manifold-64", SECONDS, 2.5),
    ("large", PEAK, 1000.0),
)


def run(results: Results, name: str, threads: int, console: Console) -> None:
    """Do a task, everyone in turn, and judge it."""
    task = TASKS[name]
    console.print(f"{task.title} ...")
    taken: dict[str, list[Taken]] = {who: [] for who in task.contestants}
    for who in [*taken] * task.rounds:
        if f"{who}, {task.title}" not in results.missing:
            try:
                taken[who].append(turn(name, who, threads))
            except FailedError as error:
                results.missing[f"{who}, {task.title}"] = str(error)
    for who, turns in taken.items():
        if turns:
            _tell(results, task.title, who, turns)
    judge(results, name)
    _agree(results, name, taken)


def _tell(results: Results, title: str, who: str, turns: Sequence[Taken]) -> None:
    told = {
        PROCESSOR: [one.processor for one in turns],
        CLOCK: [one.clock for one in turns],
        PEAK: [one.peak / 1e6 for one in turns],
    }
    for figure, values in told.items():
        results.series.append(Series(figure, title, who, _UNITS[figure], tuple(values)))


def judge(results: Results, name: str) -> None:
    """The targets of a task: by processor time, which others who use the machine change least."""
    title = TASKS[name].title
    for task, who, least in RATIOS:
        if task == name:
            ratios = results.ratio(PROCESSOR, title, who, OURS)
            results.judge(Verdict(PROCESSOR, title, f"{who} takes so many times as long", ratios, least))
    for task, figure, most in LIMITS:
        if task == name and (found := results.of(PROCESSOR if figure == SECONDS else figure, title).get(OURS)):
            values = tuple(value / 2 for value in found.values) if figure == SECONDS else found.values
            unit = "seconds" if figure == SECONDS else found.unit
            results.judge(Verdict(figure, title, OURS, values, most, at_least=False, unit=unit))


def _agree(results: Results, name: str, taken: dict[str, list[Taken]]) -> None:
    """Whether all found the same, and whether progress was told."""
    task, ours = TASKS[name], next(iter(taken.get(OURS, [])), None)
    if ours is None:
        return
    others = [turns[0].answer for who, turns in taken.items() if who != OURS and turns and turns[0].answer]
    apart = [abs(other[key] / ours.answer[key] - 1) for other in others for key in ours.answer]
    if apart and np.isfinite(task.agreement):
        results.judge(
            Verdict("agreement", task.title, AGREES, (max(apart),), task.agreement, at_least=False, unit="share")
        )
    if "told" in ours.answer:
        results.judge(Verdict("progress", task.title, "times that it was told", (ours.answer["told"],), 5.0))
