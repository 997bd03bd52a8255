"""Sections 1 and 3: "provably outputs the same distribution as the input distribution"."""

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from byheart import draws
from byheart._optional import require
from byheart.memory.learning import Structure
from byheart.memory.verifying import Verification
from byheart.model import MemGEN
from byheart.paper.claims import OURS, Claim, holds
from byheart.paper.fitting import (
    ALPHA,
    Counts,
    Family,
    expected_variation,
    farthest,
    one_sample,
    total_variation,
    two_sample,
    variation_band,
)
from byheart.paper.found import Found, Part
from byheart.paper.showing import tiny
from byheart.paper.stage import Stage
from byheart.paper.theory import distribution_drawn
from byheart.paper.theory.kinds import few_valued, words_of
from byheart.rating.wording import p_of
from byheart.report.page import Cell, paragraph, table

_PLACE: Final = "1, 3"
_STRUCTURES: Final[tuple[Structure, ...]] = ("list", "hashmap")
_WORDS: Final = 20_000
_PICTURES: Final = 1_000
_P_DRAWS: Final = 2_000
_SHOWN: Final = 6
_EXACT: Final = 1e-12
_FAR: Final = 0.05  # of the total variation


@dataclass(frozen=True, slots=True)
class Learned:
    """Data, learned as a list and as a hashmap.

    Attributes:
        what: it is, for people.
        models: by structure.
        fits: of `verify`, by structure.
    """

    what: str
    models: dict[Structure, MemGEN]
    fits: dict[Structure, Verification]


@dataclass(frozen=True, slots=True)
class Words:
    """The words, and what was drawn of them.

    Attributes:
        distinct: words, the most frequent first.
        learned: how often each was learned.
        drawn: how often each was drawn, by structure.
        score_error: the largest difference between a log-probability that was told and the logarithm of the share.
        mass: the sum of the probabilities that were told.
        stranger: the log-probability that was told of a word that was never learned.
    """

    distinct: list[str]
    learned: Counts
    drawn: dict[Structure, Counts]
    score_error: float
    mass: float
    stranger: float

    @property
    def alike(self) -> float:
        """The p-value of as many draws of the distinct words, each alike: what a sampler that forgets how often would do."""
        count = int(self.drawn["list"].sum())
        each = np.full(len(self.learned), count // len(self.learned))
        return one_sample(each, self.learned)

    @property
    def farthest(self) -> float:
        """How far either structure's sampler may be from what was learned, with 95 % confidence in both together; in [0, 1]."""
        return max(farthest(drawn, self.learned, 1 - 0.05 / len(self.drawn)) for drawn in self.drawn.values())

    @property
    def between(self) -> float:
        """The p-value of the list's draws against the hashmap's."""
        return two_sample(self.drawn["list"], self.drawn["hashmap"], self.learned)


def run(stage: Stage) -> Found:
    """Put it to the test."""
    stage.tell(0, "learning words, rows and pictures")
    sets = _sets(stage)
    learned = [_learned(stage, number, what, records) for number, (what, records) in enumerate(sets.items())]
    stage.tell(0.3, "drawing words")
    words = _words(stage, learned[0].models, next(iter(sets.values())))
    stage.tell(0.4, "measuring the total variation")
    variation = _variation(stage, learned[0].models, words)
    p_values: dict[Structure, npt.NDArray[np.float64]] = {}
    for number, structure in enumerate(_STRUCTURES):
        stage.tell(0.6 + 0.2 * number, f"testing a {structure} many times")
        p_values[structure] = _p_values(stage, learned[1].models[structure], 100 + number)
    uniform = {structure: _uniform(found) for structure, found in p_values.items()}
    figures = (
        distribution_drawn.p_values_drawn(p_values, learned[1].what),
        distribution_drawn.variation_drawn(variation, learned[0].what),
    )
    return _told(learned, words, variation, uniform, len(p_values["list"]), figures)


def _sets(stage: Stage) -> dict[str, Any]:
    words = words_of(stage.library, _WORDS)
    columns, rows = few_valued(stage.library)
    images = stage.library.pictures.images[:_PICTURES]
    return {
        f"{len(words):,} words of {stage.library.texts.name}": words,
        f"{len(rows):,} rows of {stage.library.table.name} ({', '.join(columns)})": rows,
        f"{len(images):,} pictures of {stage.library.pictures.name}": images,
    }


def _learned(stage: Stage, number: int, what: str, records: Any) -> Learned:
    models: dict[Structure, MemGEN] = {}
    fits: dict[Structure, Verification] = {}
    for other, structure in enumerate(_STRUCTURES):
        path = stage.folder / f"distribution-{number}-{structure}"
        models[structure] = MemGEN(path, structure=structure).fit(records)
        fits[structure] = models[structure].verify(random_state=draws.split(stage.seed, 2 * number + other))
    return Learned(what, models, fits)


def _words(stage: Stage, models: dict[Structure, MemGEN], records: list[str]) -> Words:
    """Draw words, and ask for their probabilities."""
    counted = pc.value_counts(pa.array(records)).to_pylist()
    counted.sort(key=lambda found: (-found["counts"], found["values"]))
    distinct = [found["values"] for found in counted]
    learned = np.array([found["counts"] for found in counted], np.int64)
    count = stage.pick(200_000, 2_000_000)
    drawn = {
        structure: counts_of(model, distinct, count, draws.split(stage.seed, 10 + number))
        for number, (structure, model) in enumerate(models.items())
    }
    scores = np.stack([model.score_samples(distinct) for model in models.values()])
    error = float(np.abs(scores - np.log(learned / learned.sum())).max())
    stranger = max(float(model.score_samples(["\0never learned"])[0]) for model in models.values())
    mass = max((math.fsum(np.exp(row)) for row in scores), key=lambda sum_: abs(sum_ - 1))
    return Words(distinct, learned, drawn, error, mass, stranger)


def counts_of(model: MemGEN, distinct: list[str], count: int, seed: int) -> Counts:
    """How often each of the distinct texts is among so many draws.

    Raises:
        ValueError: something else was drawn.
    """
    found = pc.index_in(model.sample(count, seed).to_arrow(), value_set=pa.array(distinct, pa.large_string()))
    if found.null_count:
        raise ValueError(f"{found.null_count} draws were never learned")
    return np.bincount(found.to_numpy(), minlength=len(distinct))


def _variation(stage: Stage, models: dict[Structure, MemGEN], words: Words) -> distribution_drawn.Variation:
    """The total variation between n draws and what was learned, n growing."""
    sizes = np.rint(np.logspace(2, stage.pick(5.5, 7), stage.pick(8, 11))).astype(int).tolist()
    generator = np.random.default_rng(stage.seed)
    found: dict[str, list[float]] = {structure: [] for structure in models}
    for number, size in enumerate(sizes):
        for other, (structure, model) in enumerate(models.items()):
            seed = draws.split(stage.seed, 1000 + 2 * number + other)
            found[structure].append(total_variation(counts_of(model, words.distinct, size, seed), words.learned))
    expected = [expected_variation(words.learned, size) for size in sizes]
    bands = [variation_band(words.learned, size, generator, stage.pick(200, 400)) for size in sizes]
    alike = float(np.abs(1 / len(words.learned) - words.learned / words.learned.sum()).sum() / 2)
    return distribution_drawn.Variation(sizes, found, expected, bands, alike)


def _p_values(stage: Stage, model: MemGEN, number: int) -> npt.NDArray[np.float64]:
    """Of `verify`, over many seeds."""
    seeds = (draws.split(stage.seed, 10_000 * number + seed) for seed in range(stage.pick(200, 2000)))
    return np.sort([model.verify(_P_DRAWS, seed).p_value for seed in seeds])


def _uniform(p_values: npt.NDArray[np.float64]) -> float:
    """The p-value of the p-values: of their being uniform (Kolmogorov, 1933)."""
    return float(require("scipy.stats", "judge").kstest(p_values, "uniform").pvalue)


def _told(  # noqa: PLR0913, PLR0917  # what was found, of each sort
    learned: list[Learned],
    words: Words,
    variation: distribution_drawn.Variation,
    uniform: dict[Structure, float],
    seeds: int,
    figures: tuple[Part, Part],
) -> Found:
    fits = Family([fit.p_value for one in learned for fit in one.fits.values()])
    parts = [
        paragraph(
            "A model has learned a distribution if its samples follow it. Real words, rows and pictures were learned, each as a list "
            "and as a hashmap, and `byheart verify` drew from them: it reads every draw back and compares the frequencies with those "
            "that were learned, by Pearson's chi-squared."
        ),
        table(*_fits(learned)),
        paragraph(
            f"One p-value says little. If a sampler is exact, p-values over many seeds are uniform: here are {seeds:,} of a list and "
            "as many of a hashmap."
        ),
        figures[0],
        paragraph(
            "And the total variation between n draws and the training data must shrink exactly as chance "
            "has it: neither slower, as a wrong sampler's would, nor faster, as only a sampler's would that does not draw independently."
        ),
        figures[1],
        paragraph(
            "What was learned twice is drawn twice as often. The most frequent words, and how often each was drawn:"
        ),
        table(*_frequent(words)),
        paragraph(
            f"The probabilities that the model tells (`score_samples`) are those of the training data to within {tiny(words.score_error)} "
            f"of their logarithm, sum to 1 to within {tiny(abs(words.mass - 1))}, and are 0 for what was never learned. "
            f"A sampler that knows the words but forgot how often each was learned gets {p_of(words.alike)}."
        ),
    ]
    numbers = {
        "fits": {one.what: {name: _fit(fit) for name, fit in one.fits.items()} for one in learned},
        "uniform": uniform,
        "seeds": seeds,
        "variation": {"draws": variation.sizes, "expected": variation.expected, **variation.found},
        "score_error": words.score_error,
        "mass": words.mass,
        "farthest": words.farthest,
        "list_against_hashmap": words.between,
    }
    return Found(parts, _claims(fits, learned, words, variation, uniform, seeds), numbers)


def _claims(  # noqa: PLR0913, PLR0917  # as above
    fits: Family,
    learned: list[Learned],
    words: Words,
    variation: distribution_drawn.Variation,
    uniform: dict[Structure, float],
    seeds: int,
) -> list[Claim]:
    strangers = sum(fit.strangers for one in learned for fit in one.fits.values())
    made = sum(fit.draws for one in learned for fit in one.fits.values())
    evenly, chance = Family(list(uniform.values())), Family(variation.p_values())
    copies = Family([one_sample(drawn, words.learned) for drawn in words.drawn.values()])
    is_exact = words.score_error < _EXACT and abs(words.mass - 1) < _EXACT and words.stranger == -math.inf
    return [
        Claim(
            "It provably outputs the same distribution as the input distribution.",
            _PLACE,
            holds(fits.is_passed and not strangers and words.farthest < _FAR, caveat=True),
            f"a total variation of at most {100 * words.farthest:.2g} %, with 95 % confidence",
            f"The caveat: no sample proves it; the proof is that each draw is a place of the list, all places alike. The number is an upper limit, from {int(words.drawn['list'].sum()):,} draws of words each by a list and by a hashmap: more draws bring it down, and none to 0. "
            f"It holds below {100 * _FAR:g} % if chi-squared finds nothing ({fits.told}; {made:,} draws of {', '.join(one.what for one in learned)}) and all draws were learned ({strangers} were not).",
        ),
        Claim(
            "Nothing but chance is between its samples and the training data: p-values over many seeds are uniform.",
            OURS,
            holds(evenly.is_passed),
            f"{p_of(evenly.adjusted)} of their being uniform",
            f"Kolmogorov-Smirnov, {seeds:,} seeds each for a list and a hashmap. It does not hold below p = {ALPHA:g}.",
        ),
        Claim(
            "The total variation from the training data is what so many draws have on average, not more and not less.",
            OURS,
            holds(chance.is_passed),
            f"{variation.ratio():.3f} of its expectation at {variation.sizes[-1]:,} draws",
            f"{variation.inside()} of {len(chance.p_values)} measurements are within the band of 95 % of exact samplers; {chance.told}.",
        ),
        Claim(
            "Duplicates are respected, by lists and hashmaps alike, and probabilities are told exactly.",
            OURS,
            holds(copies.is_passed and words.between >= ALPHA and is_exact, caveat=words.alike >= ALPHA),
            f"list against hashmap: {p_of(words.between)}; log-probabilities off by {tiny(words.score_error)} at most",
            f"The draws of the one against those of the other, and the probabilities that are told against the shares. A sampler that ignores duplicates gets {p_of(words.alike)}.",
        ),
    ]


def _fit(fit: Verification) -> dict[str, Any]:
    return {
        "chi_squared": fit.chi_squared,
        "degrees_of_freedom": fit.degrees_of_freedom,
        "p_value": fit.p_value,
        "draws": fit.draws,
        "strangers": fit.strangers,
    }


def _fits(learned: list[Learned]) -> tuple[list[Cell], list[list[Cell]]]:
    names = ("distinct", "structure", "draws", "chi-squared", "degrees of freedom", "p", "strangers")
    head = [Cell("learned"), *(Cell(name, "" if name == "structure" else "right") for name in names)]
    return head, [
        [
            Cell(one.what),
            Cell(f"{fit.distinct:,}", "right"),
            Cell(structure),
            Cell(f"{fit.draws:,}", "right"),
            Cell(f"{fit.chi_squared:,.1f}", "right"),
            Cell(f"{fit.degrees_of_freedom:,}", "right"),
            Cell(f"{fit.p_value:.3f}", "right"),
            Cell(f"{fit.strangers}", "right"),
        ]
        for one in learned
        for structure, fit in one.fits.items()
    ]


def _frequent(words: Words) -> tuple[list[Cell], list[list[Cell]]]:
    head = [Cell("word"), *(Cell(name, "right") for name in ("learned", "share", *words.drawn))]
    rows = []
    for number, word in enumerate(words.distinct[:_SHOWN]):
        shares = [counts[number] / counts.sum() for counts in (words.learned, *words.drawn.values())]
        cells = [Cell(f"{share * 100:.3f} %", "right") for share in shares]
        rows.append([Cell(word), Cell(f"{words.learned[number]:,}", "right"), *cells])
    return head, rows
