"""What the section on distances says of the paper's sentences on distances from two samples: each from numbers.

Rule 1: that intervals overlap is no proof that two are alike. So the other generators are looked at by the same values: if these are not told apart
        either, nothing is settled.
Rule 2: of many comparisons some come out by chance: about 1 in 100 intervals of two samples that are alike do not overlap. More than 1 in 20 is no chance.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from byheart.paper.claims import Claim, holds
from byheart.paper.distances.standing import HELDOUT, MEMGEN, Against, Score, Standing

_PLACE: Final = "4.1.1"
CHANCE: Final = 0.05
_SHARP: Final = 0.1  # of values that tell another generator from real data


@dataclass(frozen=True, slots=True)
class Comparison:
    """MemGEN beside some generators, by the metrics against test.

    Attributes:
        better: values by which it is better than each generator.
        much_better: those of them where its interval overlaps none of theirs.
        worse: those by which a generator is better, by more than chance gives: the metric, and who.
        total: values.
        pairs: values times generators.
    """

    better: int
    much_better: int
    worse: Sequence[str]
    total: int
    pairs: int


def compared(standing: Standing, others: Sequence[str], of: int) -> Comparison:
    """MemGEN beside generators of a material; `of`: comparisons that there are in all, of which some come out by chance."""
    scores = measured([standing], "test")
    better = much = 0
    worse = []
    for score in scores:
        better += all(score.is_worse(name, MEMGEN) for name in others)
        much += all(score.worse(name, MEMGEN) > 1 for name in others)
        worse += [
            f"{score.about.title} ({name}, {standing.material.name})"
            for name in others
            if score.is_clearly_worse(MEMGEN, name, of)
        ]
    return Comparison(better, much, worse, len(scores), len(scores) * len(others))


def _copiers(standing: Standing) -> list[str]:
    """The generators that lie nearer to train than held-out records, beyond the intervals, by near copies."""
    scores = [score for score in standing.of("copies") if score.about.name == "copy_share"]
    return [name for name in standing.material.generators if any(one.worse(name, HELDOUT) > 1 for one in scores)]


def best_of_all(standings: Sequence[Standing]) -> Claim:
    """That MemGEN is much better than any other, on all distances: false if one of them is clearly better by one."""
    pairs = sum(len(measured([one], "test")) * len(one.material.generators) for one in standings)
    told = [compared(one, list(one.material.generators), pairs) for one in standings]
    better, much, total = (sum(getattr(one, name) for one in told) for name in ("better", "much_better", "total"))
    worse = [name for one in told for name in one.worse]
    copies = measured(standings, "copies")
    seen = [score for score in copies if score.worse(MEMGEN, HELDOUT) > 1]
    beaten = (
        f"By more than chance gives in {pairs} comparisons, a generator beats it in {len(worse)}: {some(worse)}. "
        if worse
        else "No generator beats it by more than chance gives. "
    )
    detail = (
        "The generators here are what one machine trains in minutes, neither the state of the art of 2018 nor that of today. Beside them, of "
        f"{total} values against held-out records, MemGEN is better than every other in {better}, and its 95 % interval is apart from all of theirs in {much}. {beaten}"
        f"{_without(standings, pairs)}It does not hold if one is beaten so; it holds, with the caveat of who is compared, if MemGEN is apart in all; else it is not settled. "
        f"And {len(seen)} of {len(copies)} values that look for copies find MemGEN nearer to train than held-out records lie: where it wins, it wins by copying."
    )
    claim = "The results are much better than any state-of-the-art result on all of the distance metrics."
    is_so = False if worse else (total > 0 and much == total) or None
    return Claim(
        claim,
        f"{_PLACE}, Figure 1",
        holds(is_so, caveat=True),
        f"best in {better} of {total}, clearly in {much}",
        detail,
    )


def _without(standings: Sequence[Standing], pairs: int) -> str:
    """The same beside those generators that do not copy."""
    copiers = [_copiers(one) for one in standings]
    names = [name for few in copiers for name in few]
    honest = [
        [name for name in one.material.generators if name not in few]
        for one, few in zip(standings, copiers, strict=True)
    ]
    rest = [compared(one, few, pairs) for one, few in zip(standings, honest, strict=True) if few]
    if not names or not rest:
        return ""
    better, much, total = (sum(getattr(one, name) for one in rest) for name in ("better", "much_better", "total"))
    return f"Some of them copy too ({some(names)}): beside the others it is better in {better} of {total}, apart in {much}. "


def like_heldout(standings: Sequence[Standing]) -> Claim:
    """That MemGEN cannot be told from held-out records by any distance to test."""
    scores = measured(standings, "test")
    apart = [score for score in scores if is_apart(score, MEMGEN)]
    best = {one.material.name: _best(one) for one in standings}
    alike = sum(_is_within(score, best[one.material.name]) for one in standings for score in measured([one], "test"))
    others = [f"{name} in {total - found} of {total}" for one in standings for name, found, total in _told(one, "test")]
    detail = (
        f"Of {len(scores)} values against held-out records, the 95 % intervals of MemGEN and of other held-out records, as many, overlap in "
        f"{len(scores) - len(apart)}{': not in ' + some([one.about.title for one in apart]) if apart else ''}. That intervals overlap does not prove that two are alike: there may be too few records. "
        f"So the others are looked at in the same way: {'; '.join(others)}. And no difference was named beforehand that would be too small to matter. Take the difference of the best other generator, one that does not copy where there is one "
        f"({'; '.join(f'{name}: {who}' for name, who in best.items())}): MemGEN's, with the uncertainty of both added, is below it in {alike} of {len(scores)}: so many are shown to be alike. It holds if 95 % are, with a caveat if a few intervals do not overlap; it does not hold if more than 1 in 20 do not; else it is not settled."
    )
    is_shown = alike >= (1 - CHANCE) * len(scores)
    is_so = None if not scores else False if len(apart) > CHANCE * len(scores) else is_shown or None
    claim = "Generated samples are statistically undistinguishable from real samples: by distances to the test set."
    return Claim(
        claim,
        f"1, {_PLACE}",
        holds(is_so, caveat=bool(apart)),
        f"{len(scores) - len(apart)} of {len(scores)} intervals overlap; {alike} are shown to be alike",
        detail,
    )


def _best(standing: Standing) -> str:
    """The generator whose values are nearest to those of held-out records, by the median; one that does not copy, if there is one."""
    scores = measured([standing], "test")
    copiers = _copiers(standing)
    names = [name for name in standing.material.generators if name not in copiers] or list(standing.material.generators)
    away = {name: [one for score in scores if math.isfinite(one := abs(score.apart(name, HELDOUT)))] for name in names}
    return min(names, key=lambda name: median(away[name] or [math.inf]))


def _is_within(score: Score, other: str) -> bool:
    """Whether MemGEN is nearer to held-out records, all that is uncertain added, than another generator is found to be."""
    margin = abs(score.by[other].value - score.by[HELDOUT].value)
    return abs(score.by[MEMGEN].value - score.by[HELDOUT].value) + score.reach(MEMGEN) + score.reach(HELDOUT) < margin


def any_metric(standings: Sequence[Standing]) -> Claim:
    """The abstract's: that no test or metric tells generated samples from the training examples."""
    copies, train = measured(standings, "copies"), measured(standings, "train")
    told = [score for score in copies if score.worse(MEMGEN, HELDOUT) > 1]
    further = [score for score in train if score.apart(MEMGEN, HELDOUT) > 1]
    exact = [score.by[MEMGEN].value for score in copies if score.about.name == "exact_share"]
    letter = f"{100 * min(exact):.3g} % of them stand in train, byte for byte, and " if exact else ""
    detail = (
        f"It can be read in two ways. As good as real data: no. {len(told)} of {len(copies)} values that look for copies tell MemGEN's samples from records that were held out. "
        f"{'So it is not any metric: they have to be chosen. ' if told else ''}To the letter, that no sample can be told from the very examples that were learned: yes, {letter}{len(further)} of {len(train)} values "
        "against train find them further from it than real data lies. It does not hold if more than 1 in 20 of those that look for copies tell them from real data; else it is not settled."
    )
    claim = "The generated samples are indistinguishable from the training examples, as measured by any statistical tests or metrics."
    is_so = False if len(told) > CHANCE * len(copies) else None
    return Claim(claim, "Abstract", holds(is_so), f"{len(told)} of {len(copies)} tell", detail)


def train_hides(standings: Sequence[Standing]) -> Claim:
    """That distances to train would not show overfitting: they do, if what is too good is taken for a sign of it."""
    scores = measured(standings, "train")
    shown = [score for score in scores if is_apart(score, MEMGEN)]
    praised, faulted = (sum(sign * score.worse(MEMGEN, HELDOUT) > 1 for score in shown) for sign in (-1, 1))
    nearer = sum(score.apart(MEMGEN, HELDOUT) < -1 for score in shown)
    detail = (
        f"Against train, {len(shown)} of {len(scores)} values tell MemGEN, which has learned nothing but the list, from held-out records, beyond the intervals"
        f"{': ' + some([one.about.title for one in shown]) if shown else ''}. Whoever only asks whether it is better than real data sees praise in {praised} of them, and a fault in {faulted}: "
        f"of some, as of 1-NN accuracy, the best value is in the middle, and is passed. Whoever knows what held-out data get sees more: it lies nearer to train than fresh data would in {nearer} of them, and that is what overfitting is. "
        "It does not hold if more than 1 in 20 values tell; it holds if they do not, and do tell some other generator in each kind of data; else it is not settled."
    )
    claim = "Taking the training set would not reveal possible overfitting issues."
    is_so = False if len(shown) > CHANCE * len(scores) else _is_sharp(standings, "train") or None
    return Claim(claim, _PLACE, holds(is_so, caveat=bool(shown)), f"{len(shown)} of {len(scores)} reveal it", detail)


def test_reveals(standings: Sequence[Standing]) -> Claim:
    """That distances to test would: counted where they tell at least some other generator from real data."""
    sharp = [one for one in standings if _is_sharp([one])]
    scores = measured(sharp, "test")
    shown = [score for score in scores if score.worse(MEMGEN, HELDOUT) > 1]
    copies = measured(standings, "copies")
    caught = [score for score in copies if score.worse(MEMGEN, HELDOUT) > 1]
    others = [(found, total) for one in sharp for _, found, total in _told(one, "test")]
    detail = (
        f"Against test, {len(shown)} of {len(scores)} values find MemGEN, the most overfitted model that there can be, worse than held-out records beyond the intervals. "
        f"It is not that they find nothing: of the other generators' values, {sum(found for found, _ in others)} of {sum(total for _, total in others)} are told from real data"
        f"{_left_out(standings, sharp)}. What reveals it is both sets together: {len(caught)} of the {len(copies)} values that ask whether samples lie nearer to train than test does. "
        "It holds if more than 1 value in 20, which chance might give, finds it; if none of the others is told from real data either, it is not settled."
    )
    claim = "Taking the test set to represent the true distribution does reveal them."
    is_so = len(shown) > CHANCE * len(scores) if scores else None
    return Claim(claim, _PLACE, holds(is_so), f"{len(shown)} of {len(scores)} reveal it", detail)


def _left_out(standings: Sequence[Standing], sharp: Sequence[Standing]) -> str:
    blunt = [one.material.name for one in standings if one not in sharp]
    return f" ({some(blunt)}: not counted, since too few records tell no generator at all)" if blunt else ""


def _told(standing: Standing, against: Against) -> Iterator[tuple[str, int, int]]:
    """Of each generator, how many values tell it from held-out records, and of how many."""
    scores = measured([standing], against)
    for name in standing.material.generators:
        yield name, sum(is_apart(score, name) for score in scores), len(scores)


def _is_sharp(standings: Sequence[Standing], against: Against = "test") -> bool:
    """Whether in each kind of data some generator is told from real data, by more than one value in ten."""
    return all(any(found > _SHARP * total for _, found, total in _told(one, against)) for one in standings)


def is_apart(score: Score, name: str) -> bool:
    """Whether a generator is told from held-out records: their intervals do not overlap, whichever is better."""
    return abs(score.apart(name, HELDOUT)) > 1


def measured(standings: Sequence[Standing], against: Against) -> list[Score]:
    """The values that have intervals, or for which MemGEN and held-out records are the same: of others nothing can be said."""
    every = [score for standing in standings for score in standing.of(against)]
    return [score for score in every if not math.isnan(score.worse(MEMGEN, HELDOUT))]


def some(names: Sequence[str], most: int = 6) -> str:
    """The first few of them, each once.

    >>> some(["a", "b", "a", "c"], most=2)
    'a; b and 1 more'
    """
    names = list(dict.fromkeys(names))
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return "; ".join(names[:most]) + more
