"""Studies as they are planned, and choices whose truth is known."""

from collections.abc import Callable
from typing import Any

import numpy as np

from byheart.rating.design import Sizes, lay_out
from byheart.rating.ledger import Judgment, Kept, Session
from byheart.rating.plan import DEGRADED, Pair, Plan
from byheart.rating.study import Study

Chance = Callable[[Pair, int], float]
"""Of a pair and a slot: the probability that the first one is chosen."""


def planned(
    *,
    pairs: int = 300,
    raters: int = 2,
    slots: int = 20,
    catches: int = 12,
    controls: int = 2,
    seed: bytes = b"seed",
    **asked: Any,
) -> tuple[Study, Plan]:
    generators = asked.pop("generators", ("gan",))
    told: dict[str, Any] = {
        "name": "faces",
        "kind": "image",
        "question": "real",
        "generators": generators,
        "pairs": pairs,
        "raters_per_pair": raters,
        "catch": 0.1,
        "margin": 0.1,
        "analysis": "fixed",
        "exclude_below": None,
        "exposure": None,
        "lease_minutes": 30,
        "digest": "ab" * 32,
        "code": "CODE",
        "link": "",
        "created": "2026-11-26T12:00:00+00:00",
    }
    count = len(generators)
    own = [Pair("study", 2 * n, 2 * n + 1, (0, 1 + n % count)) for n in range(pairs)]
    base = 2 * pairs
    own += [Pair("catch", base + 2 * n, base + 2 * n + 1, (0, DEGRADED)) for n in range(slots * catches)]
    base = 2 * len(own)
    own += [Pair("control", base + 2 * n, base + 2 * n + 1, (0, 0)) for n in range(slots * controls)]
    parts = Sizes((pairs,), slots * catches, slots * controls, 0, slots, catches, controls)
    contents = [str(item) for item in range(2 * len(own))]
    return Study(**(told | asked)), lay_out(own, contents, parts, raters_per_pair=raters, seed=seed)


def chances(study: float = 0.5, catch: float = 0.97, control: float = 0.5, **by_generator: float) -> Chance:
    """The same for all pairs of a purpose."""
    names = {f"g{number}": share for number, share in enumerate(by_generator.values(), 1)}

    def chance(pair: Pair, slot: int) -> float:
        if pair.purpose == "study":
            return names.get(f"g{pair.players[1]}", study)
        return {"catch": catch, "control": control}[pair.purpose]

    return chance


def judged(
    plan: Plan, chance: Chance, *, seed: int = 0, share: float = 1.0, prefix: str = ""
) -> tuple[list[Session], list[Kept]]:
    """One rater a slot, all at the same time; `share` of all judgments are there."""
    rng = np.random.default_rng(seed)
    kept = []
    for slot, trials in enumerate(plan.slots):
        for at, trial in enumerate(trials):
            chose_first = bool(rng.random() < chance(plan.pairs[trial.pair], slot))
            judgment = Judgment(
                slot, at, chose_first == trial.is_first_left, float(rng.lognormal(7.5, 0.4)), f"{slot}-{at}", "key"
            )
            kept.append(Kept(judgment, slot, f"{prefix}{slot:04x}", 1.8e9 + 5 * at + slot / 100))
    kept = sorted(kept, key=lambda one: one.received)[: round(share * len(kept))]
    done: dict[int, set[int]] = {slot: set() for slot in range(len(plan.slots))}
    for one in kept:
        done[one.slot].add(one.judgment.trial)
    sessions = [
        Session(slot, slot, f"{prefix}{slot:04x}", frozenset(own), len(own), True, False, "2026-11-26")
        for slot, own in done.items()
    ]
    return sessions, kept
