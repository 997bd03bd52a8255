"""A study's judgments, judged: the one function that makes a report.

Rule 1: only pairs of a real and a generated sample are in the estimate: catch pairs tell of the panel, control pairs of the study itself.
Rule 2: who is left out was settled before the first judgment (`excluding`), and so was how the verdict is read: "fixed", from tests and intervals, once, when all planned judgments are
        there; or "sequential", from the e-value and the confidence sequence, whenever one likes.
Rule 3: each generator has its own verdict (`comparing`).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from byheart.errors import InputError
from byheart.rating import betting, planning, wording
from byheart.rating.agreement import alpha
from byheart.rating.clustered import Mean, mean
from byheart.rating.comparing import apart, each, follow, scale, together
from byheart.rating.excluding import LeftOut, deciders, left_out
from byheart.rating.findings import Control, Power, Raters, Report, Sides, Times
from byheart.rating.judged import Judged, judged
from byheart.rating.ledger import Kept, Note, Session
from byheart.rating.plan import Plan
from byheart.rating.rows import Row, is_simulated, rows
from byheart.rating.sharp import sign_flip
from byheart.rating.study import Study
from byheart.rating.verdict import ATTENTIVE, Estimate, Panel, estimate, panel
from byheart.rating.wholeness import complete, planned

SUSPECT: Final = 0.01
_TOO_FAST: Final = 300.0  # milliseconds: nobody has seen two samples, and chosen, by then


def report(
    study: Study, plan: Plan, sessions: Sequence[Session], kept: Sequence[Kept], notes: Sequence[Note] = ()
) -> Report:
    """Say what a study found.

    Args:
        study: what was asked.
        plan: what each rater saw.
        sessions: who came.
        kept: every judgment, in the order in which they came in.
        notes: what else happened.
    """
    everything = list(rows(plan, kept))
    excluded = left_out(plan, everything, study.exclude_below)
    gone = {one.rater for one in excluded}
    counted = [row for row in everything if row.kept.rater not in gone]
    shown = judged(row for row in counted if row.is_against_real)
    looked = _panel(study, plan, counted)
    done = complete(plan, everything)
    wanted = planned(plan)
    received = sum(row.is_against_real for row in everything)
    seen_apart = apart(study, plan, shown, done)
    generators = each(study, seen_apart, looked)
    seen = seen_apart[0] if len(generators) == 1 else follow(shown, done, planned=len(wanted))
    whole = generators[0] if len(generators) == 1 else together(study, seen, generators, looked)
    told = Report(
        name=study.name,
        kind=study.kind,
        question=study.question,
        analysis=study.analysis,
        margin=study.margin,
        digest=study.digest,
        created=study.created,
        verdict=whole.verdict,
        reason=whole.reason,
        is_interim=study.analysis == "fixed" and received < wanted.total(),
        estimate=whole.estimate,
        inner=whole.inner,
        tests=whole.tests,
        panel=looked,
        control=_control(counted),
        corrected=whole.corrected,
        sensitivity=whole.sensitivity,
        sides=_sides(counted),
        alpha=alpha(shown.choices),
        times=_times(shown),
        raters=_raters(plan, sessions, counted, excluded),
        judgments=len(shown),
        pairs=whole.pairs,
        kept=len(kept),
        planned=wanted.total(),
        received=received,
        generators=generators,
        strengths=scale(study, counted),
        power=_power(seen.share, len(shown), study.margin),
        sequence=seen.run,
        peeks=_peeks(notes),
        warnings=(),
        next="",
        simulated=any(map(is_simulated, {*(one.rater for one in sessions), *(one.rater for one in kept)})),
    )
    return replace(told, warnings=tuple(wording.warnings(told)), next=wording.following(told))


def _peeks(notes: Sequence[Note]) -> int:
    """Looks after which more could come: while raters judged, or while the study was stopped, if it was resumed after that."""
    of_study = [note.kind for note in notes if note.session is None]
    resumed = max((at for at, kind in enumerate(of_study) if kind == "resumed"), default=0)
    return of_study.count("peeked") + of_study[:resumed].count("read")


def _panel(study: Study, plan: Plan, counted: Sequence[Row]) -> Panel:
    """Measured on catch trials that decided on nobody; where it may be looked at at any time, so may this."""
    deciding = [
        deciders(plan, slot) if study.exclude_below is not None else frozenset() for slot in range(len(plan.slots))
    ]
    catches = judged(
        row for row in counted if row.pair.purpose == "catch" and row.kept.judgment.trial not in deciding[row.kept.slot]
    ).choices
    told = panel(catches)
    if study.analysis == "fixed" or told.accuracy is None:
        return told
    bets = betting.sequence(catches.chose.astype(np.float64))
    low, high = min(told.accuracy.low, float(bets.low[-1])), max(told.accuracy.high, float(bets.high[-1]))
    return Panel(Estimate(told.accuracy.value, low, high), told.catches, is_attentive=low >= ATTENTIVE)


def _control(counted: Sequence[Row]) -> Control:
    told = judged(row for row in counted if row.pair.purpose == "control").choices
    p_value = sign_flip(told)
    return Control(estimate(mean(told)) if len(told) else None, len(told), p_value, p_value <= SUSPECT)


def _sides(counted: Sequence[Row]) -> Sides:
    left = mean(judged(row for row in counted if row.pair.purpose in {"study", "control"}).left)
    return Sides(estimate(left), left.p_value())


def _times(shown: Judged) -> Times | None:
    if not len(shown):
        return None
    low, median, high = np.quantile(shown.milliseconds, [0.05, 0.5, 0.95]).tolist()
    return Times(median, low, high, float((shown.milliseconds < _TOO_FAST).mean()))


def _raters(plan: Plan, sessions: Sequence[Session], counted: Sequence[Row], excluded: Sequence[LeftOut]) -> Raters:
    finished = {one.rater for one in sessions if one.is_finished(len(plan.slots[one.slot]))}
    judging = {row.kept.rater for row in counted if row.is_against_real}
    return Raters(len({one.rater for one in sessions}), len(finished), len(judging), tuple(excluded))


def _power(share: Mean, judgments: int, margin: float) -> Power:
    if not np.isfinite(share.error):
        return Power(0.0, 0.0, 1.0, None)
    effective = min(0.25 / share.error**2, judgments)
    effect = judgments / effective
    try:
        needed = planning.judgments(margin, effect=effect)
    except InputError:  # more than there will ever be
        needed = None
    return Power(share.power(margin), effective, effect, needed)
