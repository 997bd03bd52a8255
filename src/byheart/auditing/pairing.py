"""Pairs of a sample and its original: the copies, and those that are near."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from byheart.auditing.identity import CANONICAL, EXACT
from byheart.auditing.naming import Bools
from byheart.auditing.results import Pair, Shown
from byheart.auditing.scoring import Scored
from byheart.judging.samples import Sample
from byheart.neighbours.blocks import Indices
from byheart.records import KINDS

SHOWN: Final = 24
_DESCRIBED: Final = 5_000  # pairs whose difference is put into words: each takes reading both records closely
_AT_ONCE: Final = 512


@dataclass(frozen=True, slots=True)
class Paired:
    """Pairs in the order of the samples, and a few with their records: the surest of each kind of evidence in turns."""

    pairs: tuple[Pair, ...]
    shown: tuple[Shown, ...]


def paired(made: Sample, scored: Scored, is_copy: Bools, is_near: Bools) -> Paired:
    """Put the samples that are copies, or near, beside their originals."""
    which = np.flatnonzero(is_copy | is_near)
    surest = which[np.lexsort((scored.made.values[which], ~is_copy[which]))]
    described, first = frozenset(surest[:_DESCRIBED].tolist()), _in_turns(surest, scored)[:SHOWN]
    pairs: list[Pair] = []
    shown: dict[int, Shown] = {}
    for start in range(0, len(which), _AT_ONCE):
        for pair, record, original in _pairs(made, scored, which[start : start + _AT_ONCE], is_copy, described):
            pairs.append(pair)
            if pair.sample in first:
                shown[pair.sample] = Shown(pair, record, original)
    return Paired(tuple(pairs), tuple(shown[at] for at in first))


def _in_turns(surest: Indices, scored: Scored) -> list[int]:
    """Of each kind of evidence the first, then of each the second, and so on: a report then shows all that there is to see."""
    seen: Counter[int] = Counter()
    turns = []
    for at in surest.tolist():
        kind = int(scored.which[at])
        turns.append((seen[kind], at))
        seen[kind] += 1
    return [at for _, at in sorted(turns, key=lambda turn: turn[0])]


def _pairs(
    made: Sample, scored: Scored, some: Indices, is_copy: Bools, described: frozenset[int]
) -> list[tuple[Pair, Any, Any]]:
    """Some of the pairs, with their records."""
    originals, snapshot = scored.originals, scored.originals.train.snapshot
    numbers = np.array([original_of(scored, at) for at in some.tolist()])
    theirs = KINDS[made.kind].decode(originals.x(numbers), originals.field)
    ours = KINDS[made.kind].decode(made.x(some), made.field)
    places = snapshot.origins(snapshot.rows(originals.first[numbers]))
    names = made.place_names
    told = []
    for at, number, record, original, place in zip(some.tolist(), numbers.tolist(), ours, theirs, places, strict=True):
        evidence, distance, words = _evidence(scored, at, (record, original) if at in described else None)
        pair = Pair(
            sample=at,
            name=names[at] if names else "",
            record=int(originals.first[number]),
            source=place,
            fingerprint=int(originals.prints[number]),
            learned=int(originals.counts[number]),
            evidence=evidence,
            distance=distance,
            p_value=None if scored.p is None else float(scored.p[at]),
            is_copy=bool(is_copy[at]),
            words=words,
        )
        told.append((pair, record, original))
    return told


def original_of(scored: Scored, at: int) -> int:
    """Which original a sample may be a copy of."""
    kind = int(scored.which[at])
    return int(scored.same.records[at] if kind < 0 else scored.found[kind].records[at, 0])


def _evidence(scored: Scored, at: int, records: tuple[Any, Any] | None) -> tuple[str, float, str]:
    """What gives a sample away, how far it is from its original, and how they differ."""
    kind = int(scored.which[at])
    if kind < 0:
        return (EXACT, 0.0, "the same") if scored.same.is_exact[at] else (CANONICAL, 0.0, "only written differently")
    evidence, distance = scored.evidence[kind], float(scored.found[kind].distances[at, 0])
    words = f"by its {evidence.name}" if records is None else evidence.describe(*records, distance)
    return evidence.name, distance, words
