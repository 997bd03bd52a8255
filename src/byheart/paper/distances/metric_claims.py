"""Whether metrics agree, and what comes of choosing among them: and whether neural networks are outperformed: sentences of the paper, each from numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median
from typing import Final

import numpy as np

from byheart.paper.claims import Claim, holds
from byheart.paper.distances.claims import CHANCE, measured
from byheart.paper.distances.standing import MEMGEN, Against, Score, Standing
from byheart.paper.generators import neural

_USED: Final[tuple[Against, ...]] = ("test", "train", "itself", "copies")
_AGREED: Final = 0.9  # of Kendall's tau


def select(standings: Sequence[Standing]) -> Claim:
    """That it is enough to select the metrics: on the same data MemGEN is first by some, and last by others."""
    places = [_places(one) for one in standings]
    told = [
        f"{one.material.name}: first by {first[0]} (for sure by {first[1]}), last by {last[0]} (for sure by {last[1]}), of {total}"
        for one, (first, last, total) in zip(standings, places, strict=True)
    ]
    firsts, lasts, total = (sum(each) for each in zip(*((a[0], b[0], n) for a, b, n in places), strict=True))
    detail = (
        "Nobody can try whether the authors did, but whether it would do, on data that stay as they are. By how many values, against test, against train, of the sample alone and for copies, is MemGEN better than "
        f"every generator here, and by how many worse than every one? {'; '.join(told)}. For sure: beyond the 95 % intervals. Whoever selects the metrics selects the winner. "
        "It holds, with that caveat, if in each kind of data MemGEN is first for sure by some values and last for sure by others; it does not hold if in some kind it is never first, or never last; else it is not settled."
    )
    can = all(first[0] and last[0] for first, last, _ in places)
    for_sure = all(first[1] and last[1] for first, last, _ in places)
    claim = "We did not even have to select the dataset, we only selected the metrics."
    number = f"first by {firsts}, last by {lasts} of {total}"
    return Claim(claim, "5", holds((for_sure or None) if can else False, caveat=True), number, detail)


def _places(standing: Standing) -> tuple[tuple[int, int], tuple[int, int], int]:
    """How many values MemGEN is first by, at all and beyond the intervals; how many it is last by; and of how many."""
    scores = [score for against in _USED for score in measured([standing], against)]
    others = list(standing.material.generators)
    first = (
        sum(all(score.is_worse(name, MEMGEN) for name in others) for score in scores),
        sum(all(score.worse(name, MEMGEN) > 1 for name in others) for score in scores),
    )
    last = (
        sum(all(score.is_worse(MEMGEN, name) for name in others) for score in scores),
        sum(all(score.worse(MEMGEN, name) > 1 for name in others) for score in scores),
    )
    return first, last, len(scores)


def outperforms(standings: Sequence[Standing]) -> Claim:
    """That neural networks are outperformed: beyond the intervals more often than the reverse, and than chance gives."""
    scores = [score for one in standings if neural.NAME in one.material.generators for score in measured([one], "test")]
    won = sum(score.worse(neural.NAME, MEMGEN) > 1 for score in scores)
    lost = sum(score.worse(MEMGEN, neural.NAME) > 1 for score in scores)
    is_told = won + lost > CHANCE * len(scores)
    detail = (
        f"The neural network here, of pictures, is {neural.what()}; it is small, and no network of today. Against held-out records MemGEN is better than it by {won} of {len(scores)} values beyond the 95 % intervals, and worse by {lost}. "
        "What is not counted is that its samples are new and MemGEN's are not. It holds, with these caveats, if MemGEN is better by more than it is worse, and by more than 1 in 20, which chance might give; it does not hold if it is worse by more; else it is not settled."
    )
    claim = "We are able to outperform old techniques from the 80s called Neural Networks."
    number = f"better by {won}, worse by {lost} of {len(scores)}"
    return Claim(claim, "1", holds(won > lost if is_told and won != lost else None, caveat=True), number, detail)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far pairs of metrics agree on who is better.

    Attributes:
        taus: Kendall's tau of each pair's orders, where there are three who are ranked or more.
        contradicted: pairs of which one finds beyond the intervals that a generator is better than another, the other the reverse.
        other_best: pairs that put different ones first.
        total: pairs.
    """

    taus: Sequence[float]
    contradicted: int
    other_best: int
    total: int


def agreement(standings: Sequence[Standing], used: Sequence[Against]) -> Agreement:
    """Of all pairs of values on the same data, over the generators and MemGEN."""
    taus, contradicted, other_best, total = [], 0, 0, 0
    for standing in standings:
        names = [*standing.material.generators, MEMGEN]
        for one, other in combinations([score for against in used for score in measured([standing], against)], 2):
            pairs = list(combinations(names, 2))
            orders = [np.array([np.sign(some.badness(a) - some.badness(b)) for a, b in pairs]) for some in (one, other)]
            sure = [np.array([_sure(some, a, b) for a, b in pairs]) for some in (one, other)]
            norm = np.sqrt(np.prod([np.count_nonzero(order) for order in orders]))
            if len(names) > 2 and norm:
                taus.append(float(orders[0] @ orders[1] / norm))
            contradicted += bool((sure[0] * sure[1] < 0).any())
            other_best += not _best(one, names) & _best(other, names)
            total += 1
    return Agreement(taus, contradicted, other_best, total)


def _sure(score: Score, name: str, than: str) -> int:
    """1 if one is worse than another beyond the intervals, -1 if better, else 0."""
    worse = score.worse(name, than)
    return int(worse > 1) - int(worse < -1)


def _best(score: Score, names: Sequence[str]) -> set[str]:
    least = min(map(score.badness, names))
    return {name for name in names if score.badness(name) == least}


def closed(standings: Sequence[Standing]) -> Claim:
    """That the debate on metrics is closed: then they would agree."""
    every, test = agreement(standings, ("test", "itself", "copies")), agreement(standings, ("test",))
    middle, middle_test = (median(one.taus) if one.taus else float("nan") for one in (every, test))
    detail = (
        f"A debate is closed when metrics agree on which generator is better. Of {every.total:,} pairs of values on the same data, {every.contradicted:,} contradict each other beyond the 95 % intervals on some two generators, "
        f"and {every.other_best:,} put different ones first. The median of Kendall's tau of their orders is {_said(middle)} (1: the same order; 0: as two random ones; -1: the reverse). Among distances to test alone, "
        f"which cannot see copies, {test.contradicted:,} of {test.total:,} pairs contradict each other, {test.other_best:,} put different ones first, and the median is {_said(middle_test)}. "
        "Whether values that look for copies are among the debated ones is itself debated; here they are. It does not hold if more than 1 pair in 20 contradict each other; it holds if none does and the median is .9 or more; else it is not settled."
    )
    is_agreed = not every.contradicted and middle >= _AGREED
    is_so = False if every.contradicted > CHANCE * every.total else is_agreed or None
    share = every.contradicted / every.total if every.total else 0
    claim = "This finally closes the long debate on generative modeling metrics."
    by_test = 100 * test.contradicted / test.total if test.total else 0
    number = (
        f"{100 * share:.2g} % of pairs contradict each other; {by_test:.2g} % among distances to test"
        if every.total
        else ""
    )
    return Claim(claim, "1", holds(is_so), number, detail)


def _said(tau: float) -> str:
    return "not defined" if np.isnan(tau) else f"{tau:.2g}"
