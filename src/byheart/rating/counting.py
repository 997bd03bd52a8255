"""How far a study has come: what its owner sees while it runs. Neither numpy nor scipy is imported: a server stays small."""

import datetime as dt
from collections import Counter
from dataclasses import asdict
from typing import Any, Final

from byheart.rating.folder import Opened
from byheart.rating.ledger import KNOWN_BY, Ledger
from byheart.rating.quality import Quality, quality

_ACTIVE: Final = 300.0
_HOUR: Final = 3600


def count(opened: Opened, ledger: Ledger, *, now: float) -> dict[str, Any]:
    """Counts, in JSON types.

    Args:
        opened: the study.
        ledger: of it.
        now: seconds since 1970.
    """
    study, kept, sessions = opened.study, ledger.judgments(), ledger.sessions()
    last = {one.judgment.session: one.received for one in kept}
    slots = opened.slots
    finished = {one.number for one in sessions if one.is_finished(slots[one.slot])}
    finished_raters = {one.rater for one in sessions if one.number in finished}
    last_of = {one.rater: one.received for one in kept}
    lapsed = {one.number for one in sessions if one.is_lapsed}
    hours = Counter(int(one.received // _HOUR) for one in kept)
    return {
        "name": study.name,
        "kind": study.kind,
        "question": study.question,
        "analysis": study.analysis,
        "digest": study.digest,
        "created": study.created,
        "people": {
            "joined": len(sessions),
            "active": sum(now - last.get(one.number, 0.0) < _ACTIVE for one in sessions if one.number not in finished),
            "finished": len(finished),
            "lapsed": len(lapsed),
            "silent": sum(not one.own and not one.is_lapsed and one.number not in finished for one in sessions),
        },
        "judgments": len(kept),
        "planned": sum(slots),
        "slots": len(slots),
        "raters": [_rater(one, finished_raters, last_of[one.rater]) for one in quality(opened.plan, kept)],
        "per_hour": [[_iso(hour * _HOUR), hours[hour]] for hour in range(min(hours), max(hours) + 1)] if hours else [],
    }


def _rater(told: Quality, finished: set[str], last: float) -> dict[str, Any]:
    return {
        **asdict(told),
        "rater": told.rater[:KNOWN_BY],
        "flags": list(told.flags),
        "is_finished": told.rater in finished,
        "last": _iso(last),
    }


def _iso(seconds: float) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat(timespec="seconds")
