"""Section 3.2: "MemGEN converges, in a good way, in Theta(N) steps with probability 1" (Theorem 2)."""

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from byheart._optional import require
from byheart.paper.claims import OURS, Claim, Verdict, holds
from byheart.paper.figures import COLOURS, Figure, is_narrow, line, painted
from byheart.paper.found import Found, Part
from byheart.paper.powers import Growth, growth
from byheart.paper.stage import Stage
from byheart.paper.theory import converging
from byheart.paper.theory.kinds import words_of
from byheart.report.page import Cell, paragraph, table

_PLACE: Final = "3.2, Theorem 2"
_NEAR: Final = 0.1
_RUNS: Final = (300, 10_000)
_LEVEL: Final = 0.95
_TURNS: Final = ((100_000, 25), (1_000_000, 15), (math.inf, 7))  # for sizes of so many at most

Times = dict[str, dict[int, list[converging.Seconds]]]


def run(stage: Stage) -> Found:
    """Put it to the test."""
    stage.tell(0, "counting steps")
    sizes = [10**k for k in range(stage.pick(4, 6))]
    steps = {size: converging.steps(size) for size in sizes}
    runs, lost = _runs(stage)
    times = _times(stage)
    generator = np.random.default_rng(stage.seed)
    grown = {
        learner: growth({size: [took.processor for took in turns] for size, turns in found.items()}, generator)
        for learner, found in times.items()
    }
    largest = max(times[converging.LEARNERS[0]])
    limit = _limit(lost, runs)
    parts: list[Part] = [
        paragraph(
            "Theorem 1 is not put to the test: it has no content to test. Theorem 2 has some. The steps first: Python counts the lines of "
            "Algorithm 1 that it runs, as a debugger would."
        ),
        table(
            [Cell("records, N", "right"), Cell("lines run", "right"), Cell("lines a record", "right")], _counted(steps)
        ),
        paragraph(
            f"Then the seconds of the processor: the first N words of {stage.library.texts.name} (begun again where there are no more), "
            f"{len(next(iter(times.values()))[largest])} turns or more each, in random order. Learning has a part that takes as long for one "
            "record as for a thousand; so the exponent is fitted twice: as it is (the slope), and with what does not depend on N set apart "
            "(a + b N^k). The clock is told beside it: a memory on the disk counts as learned when the disk has said so."
        ),
        _figure(times, grown),
        table(*_table(times, grown)),
        paragraph(
            f'"With probability 1": {runs:,} times, random records (1 to 3,000, of random bytes, some repeated) were learned, as a list or as '
            f"a hashmap, and compared with what was given. {lost} runs did not converge. No number of runs shows a probability of 1: by these, "
            f"that of failing is at most {limit:.2g} (Clopper and Pearson, 1934; 95 %)."
        ),
    ]
    numbers = {"steps": {str(size): found for size, found in steps.items()}, "runs": runs, "lost": lost, "limit": limit}
    timings: dict[str, Any] = {
        learner: {
            "seconds": {str(size): [took.processor for took in turns] for size, turns in found.items()},
            "on_the_clock": {str(size): [took.clock for took in turns] for size, turns in found.items()},
            "slope": [*_three(grown[learner])],
            "exponent": [grown[learner].apart.value, grown[learner].apart.low, grown[learner].apart.high],
            "fixed_seconds": grown[learner].fixed,
        }
        for learner, found in times.items()
    }
    return Found(parts, _claims(steps, (runs, lost, limit), grown, times), numbers, timings)


def _runs(stage: Stage) -> tuple[int, int]:
    """How many runs there were, and how many of them did not converge."""
    runs, lost = stage.pick(*_RUNS), 0
    generator = np.random.default_rng([stage.seed, 1])
    for number in range(runs):
        if number % 50 == 0:
            stage.tell(0.25 * number / runs, "learning, and comparing")
        lost += not converging.has_converged(converging.any_records(generator), ("list", "hashmap")[number % 2])
    return runs, lost


def _times(stage: Stage) -> Times:
    """Seconds, by learner and N: in random order, so that what else the machine does falls on all alike."""
    sizes = _sizes(stage)
    words = words_of(stage.library, max(sizes))
    order = [(learner, size) for learner in converging.LEARNERS for size in sizes for _ in range(_turns(size))]
    times: Times = {learner: {size: [] for size in sizes} for learner in converging.LEARNERS}
    for learner in converging.LEARNERS:
        converging.seconds(learner, words[:1000], stage.folder)  # the first is slower: what it needs is imported
    for done, number in enumerate(np.random.default_rng([stage.seed, 2]).permutation(len(order)).tolist()):
        learner, size = order[number]
        stage.tell(0.25 + 0.75 * done / len(order), f"timing: {size:,} words, {learner}")
        times[learner][size].append(converging.seconds(learner, words[:size], stage.folder))
    return times


def _sizes(stage: Stage) -> list[int]:
    return [int(size) for size in np.rint(np.logspace(3, stage.pick(6.5, 7), stage.pick(8, 9)))]


def _turns(size: int) -> int:
    """More where they cost little."""
    return next(turns for most, turns in _TURNS if size <= most)


def _limit(lost: int, runs: int) -> float:
    """The upper limit of the share of runs that do not converge."""
    test = require("scipy.stats", "judge").binomtest(lost, runs)
    return float(test.proportion_ci(_LEVEL, method="exact").high)


def _claims(steps: dict[int, int], runs: tuple[int, int, float], grown: dict[str, Growth], times: Times) -> list[Claim]:
    first, second = sorted(steps)[:2]
    each = (steps[second] - steps[first]) // (second - first)
    fixed = steps[first] - each * first
    is_linear = all(found == fixed + each * size for size, found in steps.items())
    sizes = sorted(next(iter(times.values())))
    on_disk = converging.LEARNERS[-1]
    in_ram = {learner: found for learner, found in grown.items() if learner != on_disk}
    return [
        Claim(
            "MemGEN converges in Theta(N) steps: lines of Algorithm 1 that are run.",
            _PLACE,
            holds(is_linear and each > 0),
            f"{each} N + {fixed} lines run" if is_linear else "not linear",
            f"Counted by Python for N = {', '.join(f'{size:,}' for size in steps)}: exact, not timed.",
        ),
        _timed("MemGEN converges in Theta(N) steps: the processor time of learning grows as N.", _PLACE, in_ram, sizes),
        _timed("Learning to the disk takes Theta(N), too.", OURS, {on_disk: grown[on_disk]}, sizes),
        Claim(
            "It converges with probability 1.",
            _PLACE,
            holds(runs[1] == 0, caveat=True),
            f"{runs[0] - runs[1]:,} of {runs[0]:,} runs converged",
            f"These show only that the probability of failing is at most {runs[2]:.2g} (95 %); the proof is that a loop over N records ends.",
        ),
        Claim(
            "There exists an abelian and additive hyper-universal, non-multiply compact functional?",
            "3.2, Theorem 1",
            "not tried",
            "",
            'The theorem ends in a question mark, its proof in "Probably": there is nothing in it that could be tried.',
        ),
    ]


def _timed(claim: str, place: str, grown: dict[str, Growth], sizes: Sequence[int]) -> Claim:
    """That times grow as N, of some learners: the worst of their verdicts."""
    verdicts = [_verdict(found) for found in grown.values()]
    beyond = [learner for learner, found in grown.items() if not found.apart.is_within(_NEAR)]
    told = f": not all of it is for {' and '.join(beyond)}" if beyond else ""
    return Claim(
        claim,
        place,
        next(verdict for verdict in _FROM_WORST if verdict in verdicts),
        "; ".join(f"{learner}: N^{found.apart}" for learner, found in grown.items()),
        f"N = {sizes[0]:,} to {sizes[-1]:,}, exponent k of a + b N^k with its 95 % interval. It holds if all of each interval is within {_NEAR:g} of 1, it does not hold if all of one is not, else it is not settled{told}. "
        f"Without setting the fixed part a apart: {', '.join(f'{found.plain}' for found in grown.values())}.",
        is_timed=True,
    )


_FROM_WORST: Final[tuple[Verdict, ...]] = ("does not hold", "not settled", "holds")


def _verdict(found: Growth) -> Verdict:
    """By the interval: all of it within the tolerance, none of it, or some: finer than that the times cannot tell."""
    exponent = found.apart
    is_possible = exponent.low <= 1 + _NEAR and exponent.high >= 1 - _NEAR
    return holds(exponent.is_within(_NEAR) or (None if is_possible else False))


def _counted(steps: dict[int, int]) -> list[list[Cell]]:
    return [
        [Cell(f"{size:,}", "right"), Cell(f"{found:,}", "right"), Cell(f"{found / size:.4g}", "right")]
        for size, found in steps.items()
    ]


def _table(times: Times, grown: dict[str, Growth]) -> tuple[list[Cell], list[list[Cell]]]:
    names = ("a million: processor", "on the clock", "exponent (slope)", "exponent, fixed part apart", "fixed part")
    head = [Cell("learner"), *(Cell(name, "right") for name in names)]
    rows = []
    for learner, found in grown.items():
        largest = max(times[learner])
        turns = times[learner][largest]
        ways = ([took.processor for took in turns], [took.clock for took in turns])
        million = [f"{float(np.median(way)) / largest * 1e6:.3g} s" for way in ways]
        told = (*million, f"{found.plain}", f"{found.apart}", f"{found.fixed * 1000:.2g} ms")
        rows.append([Cell(learner), *(Cell(text, "right") for text in told)])
    return head, rows


def _three(found: Growth) -> tuple[float, float, float]:
    return found.plain.value, found.plain.low, found.plain.high


def _figure(times: Times, grown: dict[str, Growth]) -> Figure:

    def paint(canvas: Any, axes: Any) -> None:
        for number, (learner, found) in enumerate(times.items()):
            sizes = np.array(sorted(found), np.float64)
            took = {size: [turn.processor for turn in turns] for size, turns in found.items()}
            for size, turns in took.items():
                axes.plot([size] * len(turns), turns, ".", color=COLOURS[number], alpha=0.35, markersize=3)
            medians = [float(np.median(took[int(size)])) for size in sizes]
            line(axes, number, sizes, medians, f"{learner}: N^{grown[learner].apart}", linestyle="none", markersize=5)
            fine = np.geomspace(sizes[0], sizes[-1], 60)
            line(axes, number, fine, grown[learner].curve(fine), "", marker="", linewidth=1)
        axes.set(
            xscale="log",
            yscale="log",
            xlabel="records, N",
            ylabel="seconds of the processor",
            title="Time to learn N records",
        )
        if is_narrow(canvas):
            canvas.legend(loc="outside lower center")
        else:
            axes.legend(loc="upper left")

    return painted(
        paint,
        "convergence",
        "Seconds of the processor to learn N words; dots are turns, marks their medians, lines a + b N^k, with k and its 95 % interval beside the name.",
        "A line for each learner, through dots: seconds against records, on logarithmic axes; the exponents are in the table.",
        height=3.8,
    )
