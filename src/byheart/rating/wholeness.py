"""How much of the plan is there: which pairs are complete, in what order they became so."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from byheart.rating.plan import Plan
from byheart.rating.rows import Row

COUNTED: Final = "study"


def planned(plan: Plan) -> Counter[int]:
    """How many judgments each pair of a real and a generated sample will have."""
    which = {at for at, pair in enumerate(plan.pairs) if pair.purpose == COUNTED and 0 in pair.players}
    return Counter(trial.pair for slot in plan.slots for trial in slot if trial.pair in which)


def complete(plan: Plan, rows: Iterable[Row]) -> list[int]:
    """The pairs whose judgments are all there, in the order in which the last one came in; judgments of raters who are left out are there, too."""
    missing = planned(plan)
    told = []
    for row in rows:
        pair = row.trial.pair
        if pair in missing:
            missing[pair] -= 1
            if missing[pair] == 0:
                told.append(pair)
    return told
