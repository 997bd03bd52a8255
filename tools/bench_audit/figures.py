"""A task, by all in turns, and its targets."""

from collections.abc import Sequence
from typing import Final

from rich.console import Console

from tools.bench.results import Results, Series, Verdict
from tools.bench_audit.tasks import TASKS
from tools.bench_judge.figures import CLOCK, OURS, PEAK, PROCESSOR, SECONDS
from tools.bench_judge.worker import FailedError, Taken, turn

FOUND: Final = "found"
RATE: Final = "pairs of rows"
_MODULE: Final = "tools.bench_audit.worker"
_MB: Final = 1e6

# task, whose processor time is divided by byheart's, at least
RATIOS: Final = (
    ("pictures", "imagehash and faiss", 5.0),
    ("pictures", "imagededup", 5.0),
    ("kept", "imagehash and faiss", 1.0),
)
# task, figure, byheart's at most
LIMITS: Final = (
    ("table", SECONDS, 60.0),
    ("table", CLOCK, 60.0),
    ("table", PEAK, 1000.0),
    ("text", SECONDS, 60.0),
    ("text", CLOCK, 60.0),
    ("budget-64", PEAK, 64 * 1.048576),
    ("budget-512", PEAK, 512 * 1.048576),
)
# task and whose, another task and whose, of which the first's pairs a second of processor time are divided by the other's, at least; its title
PAIRS: Final = (("table", OURS), ("pairs", "SDMetrics"), 100.0)
# as RATIOS, but byheart's time is that of another task: what was kept once is kept
LATER: Final = (("pictures", "imagehash and faiss", "kept", 5.0), ("pictures", "imagededup", "kept", 5.0))


def run(  # each is told by its name
    name: str, *, threads: int, rounds: int | None, console: Console, results: Results
) -> None:
    """Do a task, everyone in turn; as often as it says, where nothing else is wanted."""
    task = TASKS[name]
    console.print(f"{task.title} ...")
    taken: dict[str, list[Taken]] = {who: [] for who in task.contestants}
    for who in [*taken] * (rounds or task.rounds):
        if f"{who}, {task.title}" not in results.missing:
            try:
                taken[who].append(turn(name, who, threads, _MODULE))
            except FailedError as error:
                results.missing[f"{who}, {task.title}"] = str(error)
    for who, turns in taken.items():
        if turns:
            tell(results, name, who, turns)


def tell(results: Results, name: str, who: str, turns: Sequence[Taken]) -> None:
    """Keep what a contestant took and found."""
    title = TASKS[name].title
    told = {
        PROCESSOR: ("CPU-s", [one.processor for one in turns]),
        CLOCK: ("seconds", [one.clock for one in turns]),
        PEAK: ("MB", [one.peak / _MB for one in turns]),
    }
    if "pairs" in turns[0].answer:
        told[RATE] = ("pairs/CPU-s", [one.answer["pairs"] / one.processor for one in turns])
    for key in ("near", "copies"):
        if key in turns[0].answer:
            told[FOUND] = (key, [one.answer[key] for one in turns])
    for figure, (unit, values) in told.items():
        results.series.append(Series(figure, title, who, unit, tuple(values)))


def judge(results: Results) -> None:
    """The targets, of what there is."""
    for name, who, least in RATIOS:
        title = TASKS[name].title
        ratios = results.ratio(PROCESSOR, title, who, OURS)
        results.judge(Verdict(PROCESSOR, title, f"{who} takes so many times as long", ratios, least))
    for name, who, ours, least in LATER:
        mine, theirs = results.of(PROCESSOR, TASKS[ours].title), results.of(PROCESSOR, TASKS[name].title)
        if OURS in mine and who in theirs:
            ratios = _over(theirs[who].values, mine[OURS].values)
            claim = f"{who} takes so many times as long as byheart from the second time on"
            results.judge(Verdict(PROCESSOR, TASKS[name].title, claim, ratios, least))
    (ours, me), (other, peer), least = PAIRS
    mine, theirs = results.of(RATE, TASKS[ours].title), results.of(RATE, TASKS[other].title)
    if me in mine and peer in theirs:
        ratios = _over([mine[me].median] * len(theirs[peer].values), theirs[peer].values)
        claim = f"pairs a second of the whole audit, to those of {peer}'s distances alone"
        results.judge(Verdict(RATE, TASKS[ours].title, claim, ratios, least))
    for name, figure, most in LIMITS:
        title = TASKS[name].title
        if found := results.of(PROCESSOR if figure == SECONDS else figure, title).get(OURS):
            values = tuple(value / 2 for value in found.values) if figure == SECONDS else found.values
            unit = "seconds" if figure == SECONDS else found.unit
            results.judge(Verdict(figure, title, OURS, values, most, at_least=False, unit=unit))


def _over(first: Sequence[float], second: Sequence[float]) -> tuple[float, ...]:
    return tuple(a / b for a, b in zip(first, second, strict=False))
