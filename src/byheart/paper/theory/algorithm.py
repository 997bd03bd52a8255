"""Section 3.1: Algorithm 1 as the ten lines it is, beside the engine: on any type of data, with lists and hashmaps, in RAM and on the disk."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from byheart import draws
from byheart.errors import InputError
from byheart.memory.learning import Structure
from byheart.model import MemGEN
from byheart.paper.claims import OURS, Claim, holds
from byheart.paper.fitting import ALPHA, Counts, Family, one_sample, two_sample
from byheart.paper.found import Found
from byheart.paper.showing import verbatim
from byheart.paper.stage import Stage
from byheart.paper.theory import algorithm_1
from byheart.paper.theory.kinds import Data, some_of_each
from byheart.rating.wording import p_of
from byheart.report.page import Cell, folded, paragraph, table

_STRUCTURES: Final[tuple[Structure, ...]] = ("list", "hashmap")
_ITSELF: Final = "Algorithm 1"
_BROKEN: Final = "off by one"
_PLACE: Final = "3.1, Algorithm 1"


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of one type of data.

    Attributes:
        data: that was learned.
        distinct: how many records differ.
        fits: the p-value of each sampler against what was learned.
        pairs: the p-value of each two that are compared.
        strangers: draws that were never learned.
        is_whole: whether each memory holds exactly what it was given.
        is_refused: whether the disk refused the data.
    """

    data: Data
    distinct: int
    fits: dict[str, float] = field(default_factory=dict)
    pairs: dict[tuple[str, str], float] = field(default_factory=dict)
    strangers: int = 0
    is_whole: bool = True
    is_refused: bool = False


def run(stage: Stage) -> Found:
    """Put it to the test."""
    count = stage.pick(20_000, 200_000)
    kinds = list(some_of_each(stage.library))
    trials = []
    for number, data in enumerate(kinds):
        stage.tell(number / len(kinds), f"Algorithm 1 learns {data.name}")
        trials.append(_tried(data, count, draws.split(stage.seed, number), stage.folder / data.name))
    stage.tell(1, "something useless, which looks fancy")
    is_same = _is_useless(kinds[0], lambda: stage.tell(1, "something useless, which looks fancy"))
    caught = _caught(next(data for data in kinds if data.name == "images"), count, stage.seed)
    return _told(trials, count, is_same=is_same, caught=caught)


def _tried(data: Data, count: int, seed: int, folder: Path) -> Trial:
    """Let Algorithm 1 and the engine learn, and draw."""
    numbers, learned = data.counts()
    memory = algorithm_1.trained(data.records)
    randint = np.random.default_rng(seed).integers
    drawn = {_ITSELF: _counted(data, numbers, (algorithm_1.sample(memory, randint) for _ in range(count)))}
    is_whole = list(map(data.key, memory)) == list(map(data.key, data.records))
    is_refused = False
    for number, structure in enumerate(_STRUCTURES):
        for place in ("in RAM", "on disk"):
            path = folder.with_name(f"{folder.name}-{structure}") if place == "on disk" else None
            try:
                model = MemGEN(path, structure=structure).fit(data.records)
            except InputError:
                is_refused = True
                continue
            found = model.sample(count, draws.split(seed, 2 * number + (path is None))).tolist()
            drawn[f"{structure}, {place}"] = _counted(data, numbers, found)
            every = _counted(data, numbers, model.sample(len(model), 0, replace=False).tolist())
            is_whole &= len(model) == len(data.records) and np.array_equal(every, learned)
    strangers = sum(count - int(counts.sum()) for counts in drawn.values())
    names = list(drawn)
    pairs = [(a, b) for a in names for b in names if names.index(a) < names.index(b)]
    return Trial(
        data,
        len(numbers),
        {name: one_sample(counts, learned) for name, counts in drawn.items()},
        {(a, b): two_sample(drawn[a], drawn[b], learned) for a, b in pairs},
        strangers,
        bool(is_whole),
        is_refused,
    )


def _counted(data: Data, numbers: dict[Hashable, int], samples: Iterable[Any]) -> Counts:
    """How often each distinct record was drawn; what was never learned is left out."""
    places = [numbers.get(data.key(sample), -1) for sample in samples]
    return np.bincount(np.array(places, np.int64) + 1, minlength=len(numbers) + 1)[1:]


def _is_useless(data: Data, look_fancy: Callable[[], None]) -> bool:
    """Whether a memory is the same with the optional part of Algorithm 1 as without it."""
    impressive, plain = (algorithm_1.train_model(data.records, extra) for extra in (look_fancy, lambda: None))
    return impressive == plain


def _caught(data: Data, count: int, seed: int) -> float:
    """The p-value of a sampler that never draws the last record: a test that let it pass would say nothing of the others."""
    numbers, learned = data.counts()
    memory = algorithm_1.trained(data.records)
    randint = np.random.default_rng(seed).integers
    drawn = [algorithm_1.sample(memory, lambda size: int(randint(size - 1))) for _ in range(count)]
    return one_sample(_counted(data, numbers, drawn), learned)


def _told(trials: list[Trial], count: int, *, is_same: bool, caught: float) -> Found:
    fits = Family([p for trial in trials for p in trial.fits.values()])
    pairs = Family([p for trial in trials for p in trial.pairs.values()])
    strangers = sum(trial.strangers for trial in trials)
    lines = algorithm_1.lines()
    tests = len(fits.p_values) + len(pairs.p_values) + 1
    parts = [
        paragraph(
            f"The paper's best software engineers need {lines} lines. Here they are, as this page has just run them; "
            'the last one was "TODO: Add test".'
        ),
        verbatim(algorithm_1.source(), "byheart/paper/theory/algorithm_1.py, to the letter"),
        paragraph(
            f"Beside it ran the engine, MemGEN: a list, which keeps every record, and a hashmap, which keeps each distinct "
            f"one with its count; in RAM and on the disk. Each learned the same data and drew {count:,} records. Every draw was "
            "looked up in the training data, and the draws' frequencies were compared with the training frequencies "
            "(chi-squared; a p-value near 0 would mean that they differ)."
        ),
        table(*_table(trials)),
        paragraph(
            f"Would such a test notice anything? Algorithm 1 with a bug, which never draws the last of {_images(trials)} pictures, "
            f"gets {p_of(caught)}."
        ),
        folded(
            "Each sampler against each other (p-values of two samples)",
            [table([Cell("data"), Cell("samplers"), Cell("p", "right")], _pairs(trials))],
        ),
    ]
    numbers = {
        "draws": count,
        "lines": lines,
        "tests": tests,
        "strangers": strangers,
        "fits": {trial.data.name: trial.fits for trial in trials},
        "pairs": {trial.data.name: {" / ".join(two): p for two, p in trial.pairs.items()} for trial in trials},
        _BROKEN: caught,
    }
    return Found(parts, _claims(trials, fits, pairs, is_same=is_same, caught=caught), numbers)


def _claims(trials: list[Trial], fits: Family, pairs: Family, *, is_same: bool, caught: float) -> list[Claim]:
    strangers = sum(trial.strangers for trial in trials)
    is_sharp = caught < ALPHA
    unkept = [trial.data.name for trial in trials if trial.is_refused]
    tests = len(fits.p_values) + len(pairs.p_values) + 1
    passed = (
        sum(p * len(family.p_values) >= ALPHA for family in (fits, pairs) for p in family.p_values) + is_sharp
    )  # a test each
    structures = Family([trial.pairs[two] for trial in trials for two in trial.pairs if _differ_in_structure(*two)])
    return [
        Claim(
            "Algorithm 1, as printed, and the engine draw alike.",
            OURS,
            holds(fits.is_passed and pairs.is_passed and not strangers, caveat=not is_sharp),
            pairs.told,
            f"{len(pairs.p_values)} pairs of samplers against each other, and {len(fits.p_values)} samplers against what they learned ({fits.told}); "
            f"{strangers} of the draws were not learned. They would differ below p = {ALPHA:g}, and a planted bug gets {p_of(caught)}.",
        ),
        Claim(
            "The training data may be of any type.",
            _PLACE,
            holds(all(trial.is_whole for trial in trials), caveat=bool(unkept)),
            f"{sum(trial.is_whole for trial in trials)} of {len(trials)} in RAM, {sum(trial.is_whole and not trial.is_refused for trial in trials)} on the disk",
            f"Tried were {', '.join(trial.data.name for trial in trials)}: "
            + (
                f"all that came back was as it went in; a memory on the disk refuses {' and '.join(unkept)}."
                if unkept
                else "in RAM and on the disk."
            ),
        ),
        Claim(
            "One can apply more complicated data structures such as hashmaps.",
            _PLACE,
            holds(structures.is_passed),
            structures.told,
            f"{len(structures.p_values)} comparisons of a hashmap's draws with a list's; they would differ below p = {ALPHA:g}.",
        ),
        Claim(
            "Optionally, it does something useless which looks fancy.",
            _PLACE,
            holds(is_same),
            f"{0 if is_same else 'some'} records differ",
            "The display of progress: what is learned is the same with it as without it.",
        ),
        Claim(
            "TODO: Add test.",
            _PLACE,
            holds(passed == tests),
            f"{tests} tests added, {passed} passed",
            "Those of this section, the planted bug's included, each at the level that their number allows.",
        ),
    ]


def _differ_in_structure(a: str, b: str) -> bool:
    return {name.partition(",")[0] for name in (a, b)} == set(_STRUCTURES)


def _images(trials: list[Trial]) -> int:
    return next(len(trial.data.records) for trial in trials if trial.data.name == "images")


def _table(trials: list[Trial]) -> tuple[list[Cell], list[list[Cell]]]:
    names = list(trials[0].fits)
    short = [name.replace(", in RAM", " (RAM)").replace(", on disk", " (disk)") for name in names]
    head = [Cell("p-values of"), Cell("distinct", "right"), *(Cell(name, "right") for name in short)]
    return head, [
        [
            Cell(trial.data.what),
            Cell(f"{trial.distinct:,}", "right"),
            *(Cell(f"{trial.fits[name]:.3f}" if name in trial.fits else "refused", "right") for name in names),
        ]
        for trial in trials
    ]


def _pairs(trials: list[Trial]) -> list[list[Cell]]:
    return [
        [Cell(trial.data.name), Cell(f"{a} / {b}"), Cell(f"{p:.3f}", "right")]
        for trial in trials
        for (a, b), p in trial.pairs.items()
    ]
