"""What a study found, as values: what `byheart rate report --json` prints, and its page shows."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from byheart.coin import Verdict
from byheart.rating.excluding import LeftOut
from byheart.rating.sequential import Running
from byheart.rating.study import Analysis, Kind, Question
from byheart.rating.verdict import Estimate, Panel


@dataclass(frozen=True, slots=True)
class Evidence:
    """The tests of a share.

    Attributes:
        p_sharp: sign-flip, exact: that nobody could tell anything.
        p_mean: two-sided, clustered: that the share is 1/2.
        p_equivalence: two one-sided, clustered: that the share is the margin or more away from 1/2.
        e_value: evidence against the coin at the end of what is there: bets on pairs.
        p_anytime: 1 / the largest e-value that there was, also if it has fallen since: a p-value of the coin, whenever one stops; a sequential analysis goes by it.
        deciding: which of them the verdict is read from: "fixed" or "sequential".
    """

    p_sharp: float
    p_mean: float
    p_equivalence: float
    e_value: float
    p_anytime: float
    deciding: Analysis


@dataclass(frozen=True, slots=True)
class Share:
    """What was found of one generator, or of all of them.

    Attributes:
        generator: its name; "" of all.
        verdict: with several generators, after a correction for their number.
        reason: of the verdict.
        estimate: the share that chose the real one; its 95 % interval: clustered, or, of a sequential analysis, the confidence sequence's.
        inner: the interval that equivalence is read off: of 90 %; of a sequential analysis it is a confidence sequence's, too.
        tests: p-values without a correction.
        judgments: that count; of so many pairs and by so many raters.
        pairs: see there.
        raters: see there.
        corrected: what the share would be without lapses: a secondary number, from the panel's accuracy on catch pairs; None where that is 1/2 or less.
        sensitivity: d', corrected for a side that is preferred; None where it cannot be known.
    """

    generator: str
    verdict: Verdict
    reason: str
    estimate: Estimate
    inner: tuple[float, float]
    tests: Evidence
    judgments: int
    pairs: int
    raters: int
    corrected: Estimate | None
    sensitivity: float | None


@dataclass(frozen=True, slots=True)
class Control:
    """Pairs of two real samples: they must be a coin. If they are not, something else than the samples tells them apart.

    Attributes:
        share: that chose the first one; None without any.
        judgments: of such pairs.
        p_value: sign-flip.
        is_suspect: whether that is .01 or less.
    """

    share: Estimate | None
    judgments: int
    p_value: float
    is_suspect: bool


@dataclass(frozen=True, slots=True)
class Sides:
    """Whether one side is preferred: the share that chose the left one, of all judgments that count, and the clustered p-value."""

    left: Estimate
    p_value: float


@dataclass(frozen=True, slots=True)
class Times:
    """Response times of study pairs, in milliseconds: the median, a twentieth below and above, and the share of those below 300."""

    median: float
    low: float
    high: float
    too_fast: float


@dataclass(frozen=True, slots=True)
class Raters:
    """Who came.

    Attributes:
        joined: who agreed to take part.
        finished: whose slot is done.
        counted: whose judgments count.
        left_out: whose do not, and why.
    """

    joined: int
    finished: int
    counted: int
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class Power:
    """What so many judgments could show.

    Attributes:
        equivalence: the probability that a coin would have been shown to be one within the margin, by a study with this error.
        effective: as many independent judgments would say as much.
        effect: of the design: judgments that count, for each of those.
        needed: about so many judgments would show it with a probability of .9, at this effect; None where the effect is not known.
    """

    equivalence: float
    effective: float
    effect: float
    needed: int | None


@dataclass(frozen=True, slots=True)
class Strength:
    """A player's place on the scale of Bradley and Terry: the log-odds of being chosen over real data, with its 95 % interval by a cluster bootstrap."""

    player: str
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Report:
    """A study's answer.

    Attributes:
        name, kind, question, analysis, margin, digest, created: of the study.
        verdict: of all generators: "DISTINGUISHABLE" if one is, "INDISTINGUISHABLE" if all are.
        reason: of the verdict.
        is_interim: whether a fixed analysis is read before all planned judgments are there: then the verdict is no verdict yet.
        estimate: the share of choices for the real one, of all generators.
        inner: the interval that equivalence is read off.
        tests: of all generators.
        panel: whether the raters looked; measured on catch trials that decided on nobody.
        control: real against real.
        corrected: see `Share`.
        sensitivity: see `Share`.
        sides: whether one side is preferred.
        alpha: Krippendorff's, of study pairs.
        times: to respond; None without judgments.
        raters: who came.
        judgments: that the estimate is of: of study pairs, by raters who count.
        pairs: of these.
        kept: all judgments in the ledger.
        planned: judgments of study pairs, by the plan; of these `received` are there.
        received: see there.
        generators: one each.
        strengths: of several generators; none of one.
        power: what so many judgments could show.
        sequence: the share over time.
        peeks: how often the verdict was looked at before.
        warnings: what is in doubt.
        next: what to do.
        simulated: whether raters were simulated: then nothing is known of people.
    """

    name: str
    kind: Kind
    question: Question
    analysis: Analysis
    margin: float
    digest: str
    created: str
    verdict: Verdict
    reason: str
    is_interim: bool
    estimate: Estimate
    inner: tuple[float, float]
    tests: Evidence
    panel: Panel
    control: Control
    corrected: Estimate | None
    sensitivity: float | None
    sides: Sides
    alpha: float | None
    times: Times | None
    raters: Raters
    judgments: int
    pairs: int
    kept: int
    planned: int
    received: int
    generators: tuple[Share, ...]
    strengths: tuple[Strength, ...]
    power: Power
    sequence: Running
    peeks: int
    warnings: tuple[str, ...]
    next: str
    simulated: bool

    def told(self) -> dict[str, Any]:
        """Everything, in types that JSON has."""
        told: dict[str, Any] = _plain(asdict(self))
        return told


def _plain(value: Any) -> Any:
    """What is no number is null; arrays and tuples are lists."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if not isinstance(value, float) or np.isfinite(value) else None
