"""Generators, each against real data, and with each other.

Several have a verdict each after Holm's correction: of the tests for a difference, and of those for equivalence, so that among all verdicts of either sort any is false in one study of
twenty at most; confidence sequences share .05 among them. Intervals that are shown are not corrected. All together are DISTINGUISHABLE if one is, and INDISTINGUISHABLE if all are.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from byheart.coin import Verdict
from byheart.errors import InputError
from byheart.rating.agreement import sensitivity
from byheart.rating.clustered import Mean, mean
from byheart.rating.findings import Evidence, Share, Strength
from byheart.rating.judged import Judged, judged
from byheart.rating.multiple import holm
from byheart.rating.plan import Plan
from byheart.rating.preferring import resampled, strengths
from byheart.rating.rows import Row
from byheart.rating.sequential import Running, running
from byheart.rating.sharp import sign_flip
from byheart.rating.study import Study
from byheart.rating.verdict import ALPHA, Estimate, Panel, decide, estimate
from byheart.rating.wholeness import planned


@dataclass(frozen=True, slots=True)
class Seen:
    """Judgments, their share, how it came about, and between what it lies at all times with a probability of .90: either end is wrong in 5 % of studies at most, as equivalence asks for."""

    shown: Judged
    share: Mean
    run: Running
    inner: tuple[float, float]


def follow(shown: Judged, done: Sequence[int], *, planned: int, several: int = 1) -> Seen:
    """Follow judgments.

    Args:
        shown: of study pairs, that count.
        done: the pairs that are complete, in the order in which they became so.
        planned: how many pairs there will be.
        several: how many claims share .05.
    """
    run = running(shown.choices, done, planned=planned, alpha=ALPHA / several)
    inner = running(shown.choices, done, planned=planned, alpha=2 * ALPHA / several, points=1)
    return Seen(shown, mean(shown.choices), run, inner.interval)


def apart(study: Study, plan: Plan, shown: Judged, done: Sequence[int]) -> list[Seen]:
    """The judgments of each generator, followed; arguments as of `follow`."""
    of_pair = {at: max(plan.pairs[at].players) for at in planned(plan)}
    sizes = Counter(of_pair.values())
    return [
        follow(
            shown.only(shown.players[:, 1] == number),
            [pair for pair in done if of_pair[pair] == number],
            planned=sizes[number],
            several=len(study.generators),
        )
        for number in range(1, len(study.generators) + 1)
    ]


def each(study: Study, seen: Sequence[Seen], looked: Panel) -> tuple[Share, ...]:
    """Each generator with its verdict.

    Args:
        study: what was asked.
        seen: the judgments of each.
        looked: the panel.
    """
    is_sequential = study.analysis == "sequential"
    differ = holm([one.run.p_value if is_sequential else sign_flip(one.shown.choices) for one in seen])
    same = holm([one.share.p_equivalence(study.margin) for one in seen])
    told = []
    for at, name in enumerate(study.generators):
        low, high = seen[at].inner
        is_inside = 0.5 - study.margin < low and high < 0.5 + study.margin
        verdict = decide(
            is_told=differ[at] <= ALPHA,
            is_within=is_inside if is_sequential else same[at] <= ALPHA,
            panel=looked,
            margin=study.margin,
            share=seen[at].share.value,
        )
        told.append(_share(study, name, seen[at], looked, verdict))
    return tuple(told)


def together(study: Study, seen: Seen, generators: Sequence[Share], looked: Panel) -> Share:
    """All generators: as soon as one can be told, they can."""
    verdicts = {one.verdict for one in generators}
    verdict: Verdict = "INCONCLUSIVE"
    if "DISTINGUISHABLE" in verdicts:
        verdict = "DISTINGUISHABLE"
    elif verdicts == {"INDISTINGUISHABLE"}:
        verdict = "INDISTINGUISHABLE"
    reason = f"each generator by itself: {', '.join(f'{one.generator} {one.verdict}' for one in generators)}"
    return _share(study, "", seen, looked, (verdict, reason))


def _share(study: Study, name: str, seen: Seen, looked: Panel, verdict: tuple[Verdict, str]) -> Share:
    is_sequential = study.analysis == "sequential"
    share, run, choices = seen.share, seen.run, seen.shown.choices
    interval = Estimate(share.value, *run.interval) if is_sequential else estimate(share)
    return Share(
        generator=name,
        verdict=verdict[0],
        reason=verdict[1],
        estimate=interval,
        inner=seen.inner if is_sequential else share.interval(1 - 2 * ALPHA),
        tests=Evidence(
            sign_flip(choices),
            share.p_value(),
            share.p_equivalence(study.margin),
            run.e_value,
            run.p_value,
            study.analysis,
        ),
        judgments=len(choices),
        pairs=len(np.unique(choices.pairs)),
        raters=len(np.unique(choices.raters)),
        corrected=corrected(interval, looked),
        sensitivity=sensitivity(choices.chose, seen.shown.is_left),
    )


def corrected(share: Estimate, looked: Panel) -> Estimate | None:
    """The share without lapses, which are coins: p = 1/2 + (1 - lapse) (p' - 1/2), lapse = 2 (1 - accuracy); accuracy as it was measured, so the interval is a little too narrow.

    >>> corrected(Estimate(0.59, 0.545, 0.635), Panel(Estimate(0.95, 0.9, 1), 100, is_attentive=True))
    Estimate(value=0.6, low=0.55, high=0.65)
    """
    kept = 1 if looked.accuracy is None else 2 * looked.accuracy.value - 1
    if looked.accuracy is None or kept <= 0:
        return None
    value, low, high = (min(max(0.5 + (one - 0.5) / kept, 0.0), 1.0) for one in (share.value, share.low, share.high))
    return Estimate(round(value, 12), round(low, 12), round(high, 12))


def scale(study: Study, counted: Sequence[Row]) -> tuple[Strength, ...]:
    """Strengths of several generators that have met, by way of whomever; the wider of the intervals by raters and by pairs."""
    shown = judged(row for row in counted if row.pair.purpose == "study")
    players = len(study.generators) + 1
    if players == 2 or len(np.unique(shown.players)) < players:
        return ()
    wins = np.zeros((players, players))
    winners = np.where(shown.choices.chose, shown.players[:, 0], shown.players[:, 1])
    np.add.at(wins, (winners, shown.players.sum(axis=1) - winners), 1)
    try:
        values = strengths(wins)
    except InputError:  # parts of the plan are not judged yet
        return ()
    ends = np.array(
        [
            np.quantile(resampled(shown.players, shown.choices.chose, which), [0.025, 0.975], axis=0)
            for which in (shown.choices.raters, shown.choices.pairs)
        ]
    )
    low, high = ends[:, 0].min(axis=0), ends[:, 1].max(axis=0)
    return tuple(
        Strength(name, float(values[at]), float(low[at]), float(high[at]))
        for at, name in enumerate(("real", *study.generators))
    )
