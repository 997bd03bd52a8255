"""How many of what a study has, and who sees which: from numbers and a secret seed to a plan."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np

from byheart.errors import InputError
from byheart.rating.plan import Pair, Plan, Trial
from byheart.rating.study import TRIALS

CONTROL: Final = 0.05
"""Of the trials, so many show two real samples: whoever tells these apart tells sides apart, not samples."""
_PRACTICE: Final = 3
_CATCHES: Final = 40  # distinct ones, where there are enough real samples: their interval is clustered by pair, too
_CONTROLS: Final = 20
_MOST: Final = 200
_TRIES: Final = 200
_ENOUGH: Final = 0.75  # of the pairs that there could be, rather than catch pairs that many raters see

_PAIRS: Final = 900

_Slot = list[Trial]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a study shall have.

    Attributes:
        pairs: that count, of all generators together; None: as many as there can be, 900 at most.
        raters_per_pair: who judge each: 1 to 3.
        catch: the share of trials with a known answer; in [0, .5].
        trials: of a rater, about.
    """

    pairs: int | None = None
    raters_per_pair: int = 2
    catch: float = 0.12
    trials: int = TRIALS

    def __post_init__(self) -> None:
        if self.trials < 4:
            raise InputError(f"trials: wanted 4 or more for each rater, got {self.trials}")
        if not 1 <= self.raters_per_pair <= 3:
            raise InputError(f"raters per pair: wanted 1 to 3, got {self.raters_per_pair}")
        if not 0 <= self.catch <= 0.5:
            raise InputError(f"catch: wanted a share from 0 to 0.5, got {self.catch:g}")


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many there are.

    Attributes:
        pairs: that count, of each generator.
        catches, controls, practice: distinct pairs of these.
        slots: how many raters it takes.
        slot_catches, slot_controls: of these, in each slot.
    """

    pairs: tuple[int, ...]
    catches: int
    controls: int
    practice: int
    slots: int
    slot_catches: int
    slot_controls: int

    @property
    def real(self) -> int:
        """How many real samples it takes: each stands in one pair."""
        return sum(self.pairs) + 2 * (self.catches + self.controls + self.practice)


def sizes(asked: Asked, *, real: int, generated: Sequence[int]) -> Sizes:
    """What so many samples are enough for.

    Args:
        asked: for what.
        real: samples that there are.
        generated: the same, of each generator.

    Raises:
        InputError: there are too few samples for what was asked.

    >>> told = sizes(Asked(pairs=900, raters_per_pair=2, catch=0.12), real=2000, generated=[1000])
    >>> told.slots, told.slot_catches, told.slot_controls, told.real
    (43, 6, 3, 1346)
    """
    most = min(generated) * len(generated)
    pairs = min(most, _PAIRS) if asked.pairs is None else asked.pairs
    if pairs > most:
        raise InputError(
            f"pairs: wanted {pairs:,}, got generated samples for {most:,}: give more of them, or ask for fewer pairs"
        )
    if pairs < 2 * len(generated):
        raise InputError(f"pairs: wanted 2 or more of each generator, got {pairs:,} in all")
    for distinct in ((_CATCHES, _CONTROLS, _PRACTICE), (0, 0, _PRACTICE), (0, 0, 1)):
        told = _sizes(asked, pairs, len(generated), *distinct)
        if told.real <= real:
            return _with_more_catches(told, real)
        fewer = pairs - (told.real - real)
        if asked.pairs is None and fewer >= max(pairs * _ENOUGH if any(distinct[:2]) else 0, 2 * len(generated)):
            return sizes(replace(asked, pairs=fewer), real=real, generated=generated)
    others = told.real - pairs
    raise InputError(
        f"real: wanted {told.real:,} samples ({pairs:,} for pairs, {others:,} for catch, control and practice pairs), "
        f"got {real:,}: give more of them, or ask for fewer pairs"
    )


def _sizes(asked: Asked, pairs: int, generators: int, catches: int, controls: int, practice: int) -> Sizes:  # noqa: PLR0913, PLR0917  # three of them are numbers of distinct pairs, if there are samples
    share = 1 - asked.catch - CONTROL
    counting = max(round(asked.trials * share), 1)
    slots = max(asked.raters_per_pair, -(-pairs * asked.raters_per_pair // counting))
    each = -(-pairs * asked.raters_per_pair // slots) / share
    slot_catches = max(1, round(each * asked.catch)) if asked.catch else 0
    slot_controls = round(each * CONTROL)
    return Sizes(
        tuple(pairs // generators + (at < pairs % generators) for at in range(generators)),
        max(slot_catches, min(catches, slots * slot_catches)),
        max(slot_controls, min(controls, slots * slot_controls)),
        practice,
        slots,
        slot_catches,
        slot_controls,
    )


def _with_more_catches(told: Sizes, real: int) -> Sizes:
    """With real samples that are left, catch pairs that are shown to fewer raters each."""
    more = told.catches + (real - told.real) // 2
    return replace(told, catches=min(more, told.slots * told.slot_catches, max(_MOST, told.catches)))


def lay_out(pairs: Sequence[Pair], contents: Sequence[str], told: Sizes, *, raters_per_pair: int, seed: bytes) -> Plan:
    """Deal pairs to slots.

    Args:
        pairs: all of them, in any order.
        contents: of each item, a digest of what is seen.
        told: how many there are.
        raters_per_pair: who judge each pair that counts.
        seed: secret.
    """
    of = {purpose: [n for n, pair in enumerate(pairs) if pair.purpose == purpose] for purpose in _PURPOSES}
    rng = _random(seed, "deal")
    turns: list[tuple[int, bool]] = []
    sides = rng.integers(0, 2, len(pairs)).astype(bool)
    for turn in range(raters_per_pair):
        turns += [(int(n), bool(sides[n]) ^ bool(turn % 2)) for n in rng.permutation(of["study"])]
    cuts = np.linspace(0, len(turns), told.slots + 1).round().astype(int)
    slots = [[Trial(*turn) for turn in turns[start:end]] for start, end in pairwise(cuts)]
    counting = [len(slot) for slot in slots]
    for purpose, each in (("catch", told.slot_catches), ("control", told.slot_controls)):
        _deal_in(slots, of[purpose], each, rng)
    _part_equals(slots, counting, _Looks(pairs, contents), rng)
    shuffled = tuple(tuple(slot[at] for at in rng.permutation(len(slot))) for slot in slots)
    practice = tuple(Trial(n, bool(rng.integers(2))) for n in of["practice"])
    return Plan(tuple(pairs), shuffled, practice)


_PURPOSES: Final = ("study", "catch", "control", "practice")


def _random(seed: bytes, use: str) -> np.random.Generator:
    key = hashlib.sha256(b"byheart rate:" + use.encode() + b":" + seed).digest()[:16]
    return np.random.Generator(np.random.Philox(key=int.from_bytes(key, "little")))


def shuffled(count: int, *, seed: bytes, use: str) -> list[int]:
    """The numbers from 0, in an order that only whoever has the seed can tell; each use has its own.

    >>> sorted(shuffled(3, seed=b"secret", use="real"))
    [0, 1, 2]
    """
    return [int(n) for n in _random(seed, use).permutation(count)]


def _deal_in(slots: list[_Slot], pairs: Sequence[int], each: int, rng: np.random.Generator) -> None:
    """Add so many to each slot, none twice; every other time that a pair is shown, it is the other way round."""
    if not each:
        return
    order = rng.permutation(pairs)
    sides = rng.integers(0, 2, len(order)).astype(bool)
    for at, slot in enumerate(slots):
        for turn in range(at * each, (at + 1) * each):
            round_, place = divmod(turn, len(order))
            slot.append(Trial(int(order[place]), bool(sides[place]) ^ bool(round_ % 2)))


class _Looks:
    """What each pair shows: its number (a pair is met once), and the contents of its samples (a sample is, too)."""

    def __init__(self, pairs: Sequence[Pair], contents: Sequence[str]) -> None:
        self._of = [(f"pair {n}", *{contents[pair.first], contents[pair.second]}) for n, pair in enumerate(pairs)]

    def of(self, trial: Trial) -> tuple[str, ...]:
        return self._of[trial.pair]


def _part_equals(slots: list[_Slot], counting: Sequence[int], looks: _Looks, rng: np.random.Generator) -> None:
    """Exchange trials between slots until no rater meets a pair or a sample twice, as far as samples that are alike allow it."""
    seen = [Counter(look for trial in slot for look in looks.of(trial)) for slot in slots]
    for at, slot in enumerate(slots):
        for place in range(counting[at]):
            if not _is_met(seen[at], looks.of(slot[place]), times=2):
                continue
            for _ in range(_TRIES):
                other = int(rng.integers(len(slots)))
                if other == at or not counting[other]:
                    continue
                there = int(rng.integers(counting[other]))
                mine, theirs = slot[place], slots[other][there]
                seen[at].subtract(looks.of(mine))
                seen[other].subtract(looks.of(theirs))
                is_better = not _is_met(seen[at], looks.of(theirs)) and not _is_met(seen[other], looks.of(mine))
                if is_better:
                    slot[place], slots[other][there] = theirs, mine
                seen[at].update(looks.of(slot[place]))
                seen[other].update(looks.of(slots[other][there]))
                if is_better:
                    break


def _is_met(seen: Counter[str], looks: Sequence[str], *, times: int = 1) -> bool:
    return any(seen[look] >= times for look in looks)


def repeats(plan: Plan, contents: Sequence[str]) -> int:
    """How many times a rater would meet what they saw before, since samples are alike."""
    again = 0
    for slot in plan.slots:
        shown = [contents[item] for trial in slot for item in set(trial.items(plan.pairs[trial.pair]))]
        again += len(shown) - len(set(shown))
    return again
