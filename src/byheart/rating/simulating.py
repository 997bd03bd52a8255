"""Simulated raters: to see a study run, and to measure its statistics, before anyone is asked. They use a ledger as people do; their names say what they are.

A choice between players i and j is a coin with log-odds b_i - b_j, b_real = 0; to which are added what is a rater's own, what is a pair's own, and what a side is preferred by. The
first two are normal; the log-odds are scaled so that the mean share stays what was asked for (Zeger, Liang and Albert, 1988: by sqrt(1 + .346 variance)). A lapse is a fair coin.
"""

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

import numpy as np

from byheart import draws
from byheart.errors import InputError
from byheart.rating.ledger import Judgment, Ledger, Note, Session
from byheart.rating.plan import Pair, Plan
from byheart.rating.rows import SIMULATED
from byheart.rating.study import Study

_SHRINKS: Final = 16**2 * 3 / (15 * math.pi) ** 2  # .346, by a unit of variance
_AT_ONCE: Final = 8  # raters
_BATCH: Final = 32  # judgments, in one transaction
_CONSENT: Final = "simulated"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How raters choose.

    Attributes:
        accuracy: the mean probability of choosing the real one in a study pair, without lapses: for all generators, or by their names.
        catch: of choosing right in a catch pair.
        lapse: the probability of choosing without having looked.
        side: log-odds by which the left side is preferred.
        rater_sd: of log-odds, between raters.
        pair_sd: of log-odds, between pairs.
        dropout: the probability that a rater leaves, at any trial alike.
        median_ms: of response times, which are lognormal.
    """

    accuracy: float | Mapping[str, float] = 0.5
    catch: float = 0.97
    lapse: float = 0.0
    side: float = 0.0
    rater_sd: float = 0.0
    pair_sd: float = 0.0
    dropout: float = 0.0
    median_ms: float = 1900.0

    def __post_init__(self) -> None:
        shares = self.accuracy.values() if isinstance(self.accuracy, Mapping) else [self.accuracy]
        for name, share in [*(("accuracy", one) for one in shares), ("catch accuracy", self.catch)]:
            if not 0 < share < 1:
                raise InputError(f"{name}: wanted more than 0 and less than 1, got {share:g}")
        for name, share in (("lapse", self.lapse), ("dropout", self.dropout)):
            if not 0 <= share <= 1:
                raise InputError(f"{name}: wanted 0 to 1, got {share:g}")
        if self.rater_sd < 0 or self.pair_sd < 0 or self.median_ms <= 0:
            raise InputError("raters: wanted standard deviations of 0 or more, and a median time of more than 0")


@dataclass(frozen=True, slots=True)
class Simulated:
    """What came of it: how many raters found a slot, how many left it before its end, and how many judgments they made."""

    raters: int
    left: int
    judgments: int


@dataclass(slots=True)  # not frozen: a rater's clock goes on
class _Rater:
    """Someone at work."""

    session: Session
    token: bytes
    clock: float
    ability: float
    rng: np.random.Generator
    stays: bool = True
    todo: Sequence[int] = field(default_factory=tuple)


def simulate(  # noqa: PLR0913  # a study, its ledger, who comes, and when
    study: Study,
    plan: Plan,
    ledger: Ledger,
    behaviour: Behaviour,
    *,
    raters: int,
    seed: int = 0,
    now: float = 0.0,
    looks: Sequence[float] | None = None,
) -> Simulated:
    """Let simulated raters judge; the same seed, the same choices.

    Args:
        study: what is asked.
        plan: what each sees.
        ledger: of simulated raters, never of people.
        behaviour: how they choose.
        raters: how many come, eight at a time; fewer, where no slot is free.
        seed: of all that is random.
        now: when the first one comes, in seconds since 1970; the others, and their choices, later.
        looks: of each item, log-odds of being taken for real, by whatever looked at it: raters then go by these, in all pairs, and not by the behaviour's accuracies.

    Raises:
        InputError: there are people in the ledger; or an accuracy is of no generator.
    """
    if any(not one.rater.startswith(SIMULATED) for one in ledger.sessions()):
        raise InputError("ledger: wanted one of simulated raters alone, got one with people in it: name another")
    odds = [_odds(pair, behaviour, _strengths(study, behaviour), looks) for pair in plan.pairs]
    pairs = np.random.Generator(np.random.Philox(key=draws.split(seed, 0))).normal(size=len(plan.pairs))
    known, came, left, judged, clock = len(ledger.sessions()), 0, 0, 0, now
    while came < raters:
        group: list[_Rater] = []
        while len(group) < min(_AT_ONCE, raters - came):
            number = known + came + len(group)
            one = _join(plan, ledger, behaviour, number, seed=seed, now=clock + 5.0 * len(group))
            if one is None:
                break
            group.append(one)
        if not group:
            break
        judgments = sorted(
            (told for one in group for told in _judgments(plan, behaviour, one, odds, pairs)),
            key=lambda told: told[0],
        )
        source = iter(judgments)
        while batch := list(islice(source, _BATCH)):
            clock = batch[-1][0]
            ledger.append([judgment for _, judgment in batch], now=clock)
        came, left, judged = came + len(group), left + sum(not one.stays for one in group), judged + len(judgments)
        if not all(one.stays for one in group):
            clock += 60.0 * study.lease_minutes + 1
            ledger.lapse(clock - 60.0 * study.lease_minutes)
    return Simulated(came, left, judged)


def _strengths(study: Study, behaviour: Behaviour) -> list[float]:
    """Of each player, before what varies: log-odds over real."""
    told, accuracy = [0.0], behaviour.accuracy
    if isinstance(accuracy, Mapping):
        unknown = sorted(set(accuracy) - set(study.generators))
        if unknown:
            raise InputError(f"accuracy: wanted one of {', '.join(study.generators)}, got {unknown[0]}")
    scale = math.sqrt(1 + _SHRINKS * (behaviour.rater_sd**2 + behaviour.pair_sd**2))
    for name in study.generators:
        share = accuracy.get(name, 0.5) if isinstance(accuracy, Mapping) else accuracy
        told.append(-scale * math.log(share / (1 - share)))
    return told


def _join(  # noqa: PLR0913  # as `simulate`
    plan: Plan, ledger: Ledger, behaviour: Behaviour, number: int, *, seed: int, now: float
) -> _Rater | None:
    """A rater with a slot, who has practised; None where no slot is free."""
    rater = f"{SIMULATED}{number:05d}"
    token = hashlib.sha256(f"{seed} {rater}".encode()).digest()
    session = ledger.join(rater, token, consent=_CONSENT, now=now)
    if session is None:
        return None
    ledger.note([Note(session.number, "practised", {"simulated": True}, now)])
    rng = np.random.Generator(np.random.Philox(key=draws.split(seed, number + 1)))
    told = _Rater(session, token, now + 30.0, behaviour.rater_sd * float(rng.normal()), rng)
    todo = [at for at in range(len(plan.slots[session.slot])) if at not in session.done]
    told.stays = float(rng.random()) >= behaviour.dropout
    told.todo = todo if told.stays else todo[: int(rng.integers(len(todo) + 1))]
    return told


def _judgments(
    plan: Plan,
    behaviour: Behaviour,
    rater: _Rater,
    odds: Sequence[float],
    pairs: "np.ndarray[tuple[int], np.dtype[np.float64]]",
) -> Iterator[tuple[float, Judgment]]:
    """What a rater chooses, and when."""
    for at in rater.todo:
        trial = plan.slots[rater.session.slot][at]
        pair = plan.pairs[trial.pair]
        own = _towards_real(pair) * (rater.ability + behaviour.pair_sd * float(pairs[trial.pair]))
        total = odds[trial.pair] + own + (behaviour.side if trial.is_first_left else -behaviour.side)
        chance = 0.5 if rater.rng.random() < behaviour.lapse else 1 / (1 + math.exp(-total))
        chose_first = bool(rater.rng.random() < chance)
        ms = behaviour.median_ms * math.exp(0.45 * float(rater.rng.normal()))
        rater.clock += ms / 1000 + 0.4
        key = f"{SIMULATED}{rater.session.number}-{at}"
        yield (
            rater.clock,
            Judgment(rater.session.number, at, chose_first == trial.is_first_left, round(ms, 1), key, "key"),
        )


def _odds(pair: Pair, behaviour: Behaviour, strengths: Sequence[float], looks: Sequence[float] | None) -> float:
    """Of the first one, in logarithms, on the whole."""
    if looks is not None:
        return looks[pair.first] - looks[pair.second]
    if pair.purpose == "catch":
        return math.log(behaviour.catch / (1 - behaviour.catch))
    return strengths[pair.players[0]] - strengths[pair.players[1]] if pair.purpose == "study" else 0.0


def _towards_real(pair: Pair) -> int:
    """What is a rater's and a pair's own is for the real one, where one is."""
    first, second = pair.players
    return 0 if pair.purpose != "study" or (first and second) else 1 if first == 0 else -1
