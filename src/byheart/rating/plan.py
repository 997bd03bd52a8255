"""The plan of a study: who will see what, on which side, in what order. It is made before the first rater comes, and kept secret until the study is closed.

Rule 1: no sample stands in two pairs that count, so that the sharp test is exact (`sharp`).
Rule 2: no slot, so no rater, meets a sample twice.
Rule 3: a pair's side is a random bit; the pair's second rater sees it the other way round.
Rule 4: SHA-256 of the seed, the plan and the terms (`Study.terms`: what is asked, and how it will be judged) is published first: whoever has them afterwards can check that they were these.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

Purpose = Literal["study", "catch", "control", "practice"]
DEGRADED: Final = -1
"""The player of degraded samples: of catch and practice pairs, the second sample."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two samples beside each other.

    Attributes:
        purpose: "study"; "catch": real against degraded, the answer is known; "control": real against real, which must be a coin; "practice": as a catch, with the answer told.
        first: the number of an item (`media`): the real one, of a control either.
        second: the other's.
        players: whose they are: 0 real, 1 and up the generators, `DEGRADED`.
    """

    purpose: Purpose
    first: int
    second: int
    players: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Trial:
    """A pair as one rater sees it."""

    pair: int
    is_first_left: bool

    def items(self, pair: Pair) -> tuple[int, int]:
        """The items on the left and on the right."""
        return (pair.first, pair.second) if self.is_first_left else (pair.second, pair.first)


@dataclass(frozen=True, slots=True)
class Plan:
    """All of it.

    Attributes:
        pairs: every pair, by its number.
        slots: what one rater sees, in order; a slot whose rater leaves is finished by another.
        practice: what every rater sees first.
    """

    pairs: tuple[Pair, ...]
    slots: tuple[tuple[Trial, ...], ...]
    practice: tuple[Trial, ...]

    def told(self) -> dict[str, Any]:
        """Everything, in types that JSON has."""
        return {
            "pairs": [[pair.purpose, pair.first, pair.second, *pair.players] for pair in self.pairs],
            "slots": [[[trial.pair, int(trial.is_first_left)] for trial in slot] for slot in self.slots],
            "practice": [[trial.pair, int(trial.is_first_left)] for trial in self.practice],
        }


def plan_of(told: dict[str, Any]) -> Plan:
    """What `Plan.told` gave."""
    return Plan(
        tuple(Pair(purpose, first, second, (one, other)) for purpose, first, second, one, other in told["pairs"]),
        tuple(tuple(Trial(pair, bool(left)) for pair, left in slot) for slot in told["slots"]),
        tuple(Trial(pair, bool(left)) for pair, left in told["practice"]),
    )


def revealed(plan: Plan, terms: Mapping[str, Any]) -> dict[str, Any]:
    """The plan with its terms, in types that JSON has: what is published when the study is closed."""
    return {**plan.told(), "terms": dict(terms)}


def digest(seed: bytes, plan: Plan, terms: Mapping[str, Any]) -> str:
    """SHA-256 of the seed, the plan and its terms, in hexadecimal.

    >>> digest(b"secret", Plan((), (), ()), {"margin": 0.05})[:16]
    'e5263277d24a712b'
    """
    told = json.dumps(revealed(plan, terms), separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(seed + told.encode()).hexdigest()
