"""Who is left out: decided beforehand, on every other catch trial of a rater, so that the panel's accuracy can be measured on the others.

Whoever is picked for good luck looks better than they are: were the raters' accuracy measured on the trials that they were picked by, it would be too high. Here the trials that
decide (the first catch trial of a slot, the third, ...) measure nothing, and those that measure decide nothing.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from byheart.rating.plan import Plan
from byheart.rating.rows import Row


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A rater whose judgments do not count.

    Attributes:
        rater: who.
        right: of the catch trials that decide, so many were right.
        catches: how many these are.
        why: in words.
    """

    rater: str
    right: int
    catches: int
    why: str


def left_out(plan: Plan, judged: Iterable[Row], below: float | None) -> tuple[LeftOut, ...]:
    """The raters with a smaller share of right answers; those who judged no catch trial that decides are not among them.

    Args:
        plan: which trials are catches, and in what order.
        judged: all judgments.
        below: the share, of `Study.exclude_below`; None: nobody is left out.
    """
    if below is None:
        return ()
    deciding = [deciders(plan, slot) for slot in range(len(plan.slots))]
    told: dict[str, list[bool]] = defaultdict(list)
    for row in judged:
        if row.kept.judgment.trial in deciding[row.kept.slot]:
            told[row.kept.rater].append(row.chose_first)
    return tuple(
        LeftOut(
            rater,
            sum(right),
            len(right),
            f"{sum(right)} of {len(right)} catch trials right, fewer than {below * 100:g} %",
        )
        for rater, right in sorted(told.items())
        if sum(right) < below * len(right)
    )


def deciders(plan: Plan, slot: int) -> frozenset[int]:
    """The trials of a slot that decide: its first catch trial, the third, and so on."""
    catches = [at for at, trial in enumerate(plan.slots[slot]) if plan.pairs[trial.pair].purpose == "catch"]
    return frozenset(catches[::2])
