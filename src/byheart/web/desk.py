"""Who is here, and what they may see: sessions in RAM, beside the ledger that knows them for good.

Samples go by names that are made for each session with the study's key: whoever sees two sessions' names cannot tell what they have in common, and a name says nothing of what it is of.
"""

import math
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from time import monotonic, time
from typing import Any, Final

from byheart.rating.folder import Opened
from byheart.rating.ledger import KNOWN_BY, Judgment, Note, Outcome, Session
from byheart.rating.plan import Trial
from byheart.web.guarding import hashed, token
from byheart.web.writing import Writer

AHEAD: Final = 4
"""Trials that a browser is told at once: the one that is shown, and three to load."""
_RENEWED: Final = 60.0
_SETTLED: Final = 600.0  # seconds from joining to the first choice, with time for the instructions
_MOST: Final = 2_000

Json = dict[str, Any]


@dataclass(slots=True)
class Visit:
    """A session that somebody is in.

    Attributes:
        session: as the ledger has it.
        csrf: the token that pages send back.
        items: names of samples, and the items that they are of.
        seen: when the ledger was last told of them, by a clock that nobody sets.
        shown: every trial, as the browser is told of it.
        practice: the same.
    """

    session: Session
    csrf: str
    items: Mapping[str, int]
    seen: float
    shown: tuple[Json, ...]
    practice: tuple[Json, ...]


class Desk:
    """Lets raters in and keeps what they choose.

    Args:
        opened: the study.
        writer: of its ledger.
    """

    def __init__(self, opened: Opened, writer: Writer) -> None:
        self.opened, self._writer = opened, writer
        self._numbers: dict[bytes, int] = {}  # by hashes of tokens: a rater who comes again gets another token
        self._visits: dict[int, Visit] = {}
        self.is_stopped = False
        """Whether nobody may join or judge: as the ledger had it last."""
        self.turned_away = 0
        """How often somebody found no free slot, since the study has been served."""

    async def join(self, params: Mapping[str, str], consent: str) -> tuple[str, Visit] | None:
        """Let somebody in; None where no slot is free. Then those who came long ago, and have judged nothing, make room: a script that joins ten thousand times, too."""
        secret, rater, now = token(), self._rater(params), time()
        session = await self._writer.join(rater, hashed(secret), consent=consent, now=now)
        if session is None and await self._writer.release(now - min(_SETTLED, 60 * self.opened.study.lease_minutes)):
            session = await self._writer.join(rater, hashed(secret), consent=consent, now=now)
        if session is None:
            self.turned_away += 1
            return None
        return secret, self._remember(hashed(secret), session)

    async def visit(self, secret: str | None) -> Visit | None:
        """Whose token it is; None for nobody's."""
        if not secret:
            return None
        name = hashed(secret)
        known = self._visits.get(self._numbers.get(name, -1))
        if known is None or monotonic() - known.seen > _RENEWED or known.session.is_lapsed:
            session = await self._writer.session(name, now=time())
            return None if session is None else self._remember(name, session)
        return known

    async def judge(self, visit: Visit, judgments: Sequence[Judgment]) -> list[int]:
        """Keep choices; which trials' were refused. What others hold, or had before, is as good as kept: it is done."""
        outcomes = await self._writer.append(judgments, now=time())
        done = {one.trial for one, told in zip(judgments, outcomes, strict=True) if told is not Outcome.REFUSED}
        kept = sum(told is Outcome.KEPT for told in outcomes)
        refused = [one.trial for one, told in zip(judgments, outcomes, strict=True) if told is Outcome.REFUSED]
        session = visit.session
        visit.session = replace(session, done=session.done | done, own=session.own + kept)
        if refused:
            visit.seen = -math.inf  # the ledger knows more: it is asked again
            self.is_stopped = await self._writer.is_stopped()  # by another server, too
        return refused

    async def note(self, visit: Visit, kind: str) -> None:
        """Keep what happened."""
        await self._writer.note([Note(visit.session.number, kind, {}, time())])
        if kind == "practised":
            visit.session = replace(visit.session, has_practised=True)

    async def stop(self, *, is_stopped: bool) -> None:
        """Let nobody join or judge; or let them again."""
        await self._writer.stop(is_stopped=is_stopped, now=time())
        self.is_stopped = is_stopped

    async def tidy(self) -> None:
        """Take back the slots of those who left; see whether another process has stopped the study."""
        await self._writer.lapse(time() - 60 * self.opened.study.lease_minutes)
        self.is_stopped = await self._writer.is_stopped()

    def is_right(self, place: int, side: str) -> bool:
        """Whether the real one of a practice pair was chosen."""
        return self.opened.plan.practice[place].is_first_left == (side == "left")

    def state(self, visit: Visit) -> Json:
        """What the browser may know."""
        study, session = self.opened.study, visit.session
        total = len(self.opened.plan.slots[session.slot])
        phase = self._phase(session, total)
        told: Json = {
            "phase": phase,
            "csrf": visit.csrf,
            "kind": study.kind,
            "question": study.question,
            "exposure": study.exposure,
            "practice": list(visit.practice) if phase == "practice" else [],
            "rater": session.rater[:KNOWN_BY],
            "total": total,
            "done": len(session.done),
            "trials": [],
            "code": "",
            "link": "",
        }
        if phase in {"practice", "trials"}:
            undone = [shown for shown in visit.shown if shown["n"] not in session.done]
            told["trials"] = undone[:AHEAD]
        if phase == "done":
            told |= {"code": study.code, "link": study.link}
        return told

    def _phase(self, session: Session, total: int) -> str:
        if session.is_lapsed:
            return "lapsed"
        if session.is_finished(total):
            return "done"
        if self.is_stopped:
            return "stopped"
        return "trials" if session.has_practised or not self.opened.plan.practice else "practice"

    def _rater(self, params: Mapping[str, str]) -> str:
        """Whoever it is, hidden: by the platform's id, or as nobody in particular."""
        for name, use in (("PROLIFIC_PID", "prolific"), ("rater", "rater")):
            if params.get(name):
                return self.opened.hide(use, params[name], 32)
        return self.opened.hide("nobody", secrets.token_hex(16), 32)

    def _remember(self, name: bytes, session: Session) -> Visit:
        if len(self._numbers) >= _MOST:  # the oldest goes: the ledger knows it
            self._visits.pop(self._numbers.pop(next(iter(self._numbers))), None)
        self._numbers[name] = session.number
        known = self._visits.get(session.number)
        if known is None:
            known = self._visits[session.number] = self._visit(session)
        known.session, known.seen = session, monotonic()
        return known

    def _visit(self, session: Session) -> Visit:
        plan = self.opened.plan
        items: dict[str, int] = {}

        def shown(use: str, n: int, trial: Trial) -> Json:
            told: Json = {"n": n}
            for side, item in zip(("left", "right"), trial.items(plan.pairs[trial.pair]), strict=True):
                told[side] = self.opened.hide("sample", f"{session.number}:{use}:{n}:{side}")
                items[told[side]] = item
            return told

        trials = tuple(shown("trial", n, trial) for n, trial in enumerate(plan.slots[session.slot]))
        practice = tuple(shown("practice", n, trial) for n, trial in enumerate(plan.practice))
        csrf = self.opened.hide("csrf", str(session.number))
        return Visit(session, csrf, items, monotonic(), trials, practice)
