"""Where generators stand: every metric of each, beside MemGEN and held-out records, against test and against train."""

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import NormalDist
from typing import Any, Final, Literal, TypeAlias

from byheart import draws
from byheart.errors import InputError
from byheart.judging.comparing import Comparer, TooFew
from byheart.judging.findings import Estimate, Reference
from byheart.judging.metric import About, Metric
from byheart.judging.pool import Points
from byheart.paper.distances.measuring import Yardstick
from byheart.paper.materials import Material

MEMGEN: Final = "MemGEN"
HELDOUT: Final = "held-out"
_REFERENCES: Final[dict[str, tuple[Reference, ...]]] = {
    "GR": ("heldout", "train"),
    "GH": ("heldout",),
    "G": ("heldout",),
    "GTH": ("train",),
}
Against: TypeAlias = Literal["test", "train", "itself", "copies"]
"""What the sample is measured against: held-out records, train ones, nothing but itself, or how near held-out records lie to train ones."""

_REACH: Final = 1.96  # standard errors, to an end of an interval
_AGAINST: Final[dict[str, Against]] = {"GTH": "copies", "G": "itself"}


@dataclass(frozen=True, slots=True)
class Score:
    """One value of a metric, of all who are judged.

    Attributes:
        about: it.
        against: see `Against`.
        by: the value of each generator, of MemGEN and of held-out, by name.
    """

    about: About
    against: Against
    by: dict[str, Estimate]

    def worse(self, name: str, than: str) -> float:
        """How much worse one is than another, in units of which 1 is as far as the two intervals reach together; NaN where there are none.

        Worse is further from the ideal (`badness`). So a value that is too good to be true may be better (a distance that is too small) or worse (a 1-NN
        accuracy of 0, whose ideal is a half): whether two are told apart at all is `apart`.
        """
        return self._in_units(self.badness(name) - self.badness(than), name, than)

    def apart(self, name: str, than: str) -> float:
        """How far apart two values lie, in the same units, whichever is better: below 0 where the first is on the side of what is nearer to its reference."""
        away = self.by[name].value - self.by[than].value
        return self._in_units(away if self.about.toward == "low" else -away, name, than)

    def is_clearly_worse(self, name: str, than: str, of: int) -> bool:
        """Whether one is worse than another by more than chance gives, once in twenty times, in any `of` such comparisons."""
        away, spread = self.badness(name) - self.badness(than), math.hypot(self.reach(name), self.reach(than)) / _REACH
        return away > spread * NormalDist().inv_cdf(1 - 0.05 / of)

    def is_worse(self, name: str, than: str) -> bool:
        """Whether one value is worse than another, be it by chance."""
        return self.badness(name) > self.badness(than)

    def reach(self, name: str) -> float:
        """Half the width of an interval; NaN where there is none."""
        one = self.by[name]
        return float("nan") if one.low is None or one.high is None else (one.high - one.low) / 2

    def badness(self, name: str) -> float:
        """How bad a value is, on a scale of its own.

        Where the value of fresh data is known, that is the ideal, and further from it is worse: against held-out records, and as much against train,
        since fresh data are another sample of what train is a sample of. Where it is not known, the end that a metric calls better is.
        Where a metric looks for copies, nearer to train is worse, whatever the ideal: a poor sample does not copy.
        """
        value = self.by[name].value
        if self.against in {"test", "train"} and self.about.null is not None:
            return abs(value - self.about.null)
        return value if self.is_low_good else -value

    def _in_units(self, away: float, name: str, than: str) -> float:
        reach = self.reach(name) + self.reach(than)
        return 0.0 if away == 0 else away / reach if reach > 0 else float("nan")

    @property
    def is_low_good(self) -> bool:
        """Whether a lower value is a better one, where no ideal is known."""
        return (self.about.of_copies == "high") if self.against == "copies" else self.about.toward == "low"

    @property
    def arrow(self) -> str:
        """Which way is better: down, up, or to a value."""
        return direction(self.about, is_low_good=self.is_low_good)

    def told(self) -> dict[str, Any]:
        """It, in types that JSON has."""
        by = {name: rounded(asdict(one)) for name, one in self.by.items()}
        return {"metric": self.about.name, "against": self.against, "better": self.arrow, "by": by}


@dataclass(frozen=True, slots=True)
class Standing:
    """All that was measured with one material.

    Attributes:
        material: it.
        scores: every value.
        left_out: what was not measured, and why.
        comparers: the points of each generator, beside the others'.
        size: records of each row.
    """

    material: Material
    scores: Sequence[Score]
    left_out: Sequence[str]
    comparers: dict[str, Comparer]
    size: int

    def of(self, *against: Against) -> list[Score]:
        """The values against some of what there is."""
        return [score for score in self.scores if score.against in against]


def stand(
    material: Material, *, most: int, seed: int, tell: Callable[[float, str], None], without: Sequence[str] = ()
) -> Standing:
    """Train the generators and measure all.

    Args:
        material: whose generators they are.
        most: records of each row, at most.
        seed: of all that is drawn.
        tell: how much is done.
        without: names of metrics that take too long.
    """
    yardstick = Yardstick(material)
    comparers: dict[str, Comparer] = {}
    for name, generator in material.generators.items():
        tell(0.3 * len(comparers) / len(material.generators), f"training: {name}")
        made = generator.made(material.train, 2 * most, draws.split(seed, 1) % 2**32)
        comparers[name] = yardstick.put(made, most=most, seed=seed)
    metrics = [metric for metric in yardstick.metrics() if metric.abouts[0].name not in without]
    scores, left_out = [], []
    for number, metric in enumerate(metrics):
        tell(0.3 + 0.7 * number / len(metrics), metric.abouts[0].title)
        for reference in _REFERENCES[metric.traits.sees]:
            try:
                scores += _scores(metric, reference, comparers)
            except (TooFew, InputError) as error:
                told = f"it needs {error.least} records" if isinstance(error, TooFew) else str(error)
                left_out.append(f"{metric.abouts[0].title} against {reference}: {told}")
    size = min(len(comparer.pool.generated) for comparer in comparers.values())
    return Standing(material, scores, left_out, comparers, size)


def rows_of(standing: Standing) -> dict[str, Points]:
    """The records of all who are judged, by name: the generators', MemGEN's and held-out ones."""
    pools = {name: comparer.pool for name, comparer in standing.comparers.items()}
    last = next(reversed(pools.values()))
    rows = {name: pool.generated for name, pool in pools.items()} | {MEMGEN: last.memory}
    return rows if last.stand_in is None else rows | {HELDOUT: last.stand_in}


def _scores(metric: Metric, reference: Reference, comparers: dict[str, Comparer]) -> list[Score]:
    by: dict[str, list[Estimate]] = {}
    for name, comparer in comparers.items():
        rows: dict[str, Points] = {name: comparer.pool.generated}
        by |= _estimates(comparer, metric, reference, rows)
    pool = comparer.pool  # the controls are the same in each
    controls = {MEMGEN: pool.memory} | ({} if pool.stand_in is None else {HELDOUT: pool.stand_in})
    by |= _estimates(comparer, metric, reference, controls)
    against = _AGAINST.get(metric.traits.sees, "test" if reference == "heldout" else "train")
    return [
        Score(about, against, {name: row[number] for name, row in by.items()})
        for number, about in enumerate(metric.abouts)
    ]


def _estimates(
    comparer: Comparer, metric: Metric, reference: Reference, rows: dict[str, Points]
) -> dict[str, list[Estimate]]:
    return dict(zip(rows, comparer.estimates(metric, reference, list(rows.values())), strict=True))


def direction(about: About, *, is_low_good: bool) -> str:
    """Which way is better: an arrow down or up; where the ideal is known and no end of the scale, one that points to it.

    >>> direction(About("a", "1-NN accuracy", "low", 0.5, "", (0, 1)), is_low_good=True)
    '→ ½'
    >>> direction(About("b", "column shapes", "high", 1.0, "", (0, 1)), is_low_good=False)
    '↑'
    """
    if about.null is None or about.null in about.ends:
        return "\N{DOWNWARDS ARROW}" if is_low_good else "\N{UPWARDS ARROW}"
    return f"\N{RIGHTWARDS ARROW} {'½' if about.null == 0.5 else f'{about.null:g}'}"


def rounded(numbers: dict[str, float | None]) -> dict[str, float | None]:
    """Six digits of each: what is beyond them is another machine's rounding; None for what is no number."""
    return {
        name: None if one is None or not math.isfinite(one) else float(f"{one:.6g}") for name, one in numbers.items()
    }
