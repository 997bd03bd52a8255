"""What the section on distances says of the paper's sentences: each from numbers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from byheart.paper.claims import Claim, holds
from byheart.paper.curves import Curve
from byheart.paper.distance_figures import rises
from byheart.paper.standing import HELDOUT, MEMGEN, Against, Score, Standing

_PLACE = "4.1.1"


@dataclass(frozen=True, slots=True)
class Comparison:
    """MemGEN beside the best of some generators, by the metrics against test.

    Attributes:
        better: metrics by which it is better than each generator.
        much_better: those of them where its interval overlaps none of theirs.
        worse: those where a generator is better, and the intervals do not overlap: the metric, and who.
        total: metrics.
    """

    better: int
    much_better: int
    worse: Sequence[str]
    total: int


def compared(standing: Standing, others: Sequence[str]) -> Comparison:
    """MemGEN beside generators of a material."""
    scores = standing.of("test")
    better = much = 0
    worse = []
    for score in scores:
        apart = {name: score.worse(name, MEMGEN) for name in others}
        least = min(apart.values(), key=lambda one: math.inf if math.isnan(one) else one)
        good = [_is_worse(score, name, MEMGEN) for name in others]
        better += all(good)
        much += all(good) and least > 1
        worse += [f"{score.about.title} ({name}, {standing.material.name})" for name in others if apart[name] < -1]
    return Comparison(better, much, worse, len(scores))


def _copiers(standing: Standing) -> list[str]:
    """The generators that lie nearer to train than held-out records, beyond the intervals, by near copies."""
    scores = [score for score in standing.of("copies") if score.about.name == "copy_share"]
    return [
        name for name in standing.material.generators if any(_told_apart(one.worse(name, HELDOUT)) for one in scores)
    ]


def _without(copiers: Sequence[Sequence[str]], rest: Sequence[Comparison]) -> str:
    names = [name for some in copiers for name in some]
    if not names:
        return ""
    better, much, total = (sum(getattr(one, name) for one in rest) for name in ("better", "much_better", "total"))
    return f"Some of these copy too ({_some(names)}): beside the others it is better in {better} of {total}, beyond the intervals in {much}. "


def _is_worse(score: Score, name: str, than: str) -> bool:
    one, other = score.by[name].value, score.by[than].value
    return one > other if score.is_low_good else one < other


def best_of_all(standings: Sequence[Standing]) -> Claim:
    """That MemGEN is much better than any other, on all distances."""
    told = [compared(one, list(one.material.generators)) for one in standings]
    copiers = [_copiers(one) for one in standings]
    honest = [
        [name for name in one.material.generators if name not in some]
        for one, some in zip(standings, copiers, strict=True)
    ]
    rest = [compared(one, some) for one, some in zip(standings, honest, strict=True) if some]
    better, much, total = (
        sum(one.better for one in told),
        sum(one.much_better for one in told),
        sum(one.total for one in told),
    )
    worse = [name for one in told for name in one.worse]
    scores = measured(standings, "copies")
    seen = [score for score in scores if _told_apart(score.worse(MEMGEN, HELDOUT))]
    odd = f" A generator is better beyond the intervals by: {_some(worse)}." if worse else ""
    detail = (
        f"Against held-out records, in {total} comparisons (metrics times {len(standings)} kinds of data), MemGEN is better than each generator in {better}, "
        f"beyond 95 % intervals in {much}.{odd} {_without(copiers, rest)}It holds if it is in all beyond the intervals, with a caveat if in all it is at all. "
        f"And by {len(seen)} of {len(scores)} values that look for copies, MemGEN lies nearer to train than held-out records do, beyond the intervals: it wins by copying."
    )
    claim = "The results are much better than any state-of-the-art result on all of the distance metrics."
    return Claim(
        claim, f"{_PLACE}, Figure 1", holds(better == total, caveat=much < total), f"{better} of {total}", detail
    )


def like_heldout(standings: Sequence[Standing]) -> Claim:
    """That MemGEN cannot be told from held-out records by any distance to test."""
    scores = measured(standings, "test")
    apart = [score for score in scores if _told_apart(abs(score.worse(MEMGEN, HELDOUT)))]
    detail = (
        f"Of {len(scores)} values against held-out records, MemGEN and other held-out records, of the same number, have intervals that overlap in "
        f"{len(scores) - len(apart)}{': not in ' + _some([one.about.title for one in apart]) if apart else ''}. About 1 in 100 would be apart by chance. "
        "So nothing can beat real data by these, and a list of the train records is as good as real data. It holds if 95 % or more overlap."
    )
    is_so = len(apart) <= 0.05 * len(scores)
    claim = "Generated samples are statistically indistinguishable from real ones, as measured by distances to the test set."
    return Claim(
        claim, f"1, {_PLACE}", holds(is_so, caveat=bool(apart)), f"{len(scores) - len(apart)} of {len(scores)}", detail
    )


def train_hides(standings: Sequence[Standing]) -> Claim:
    """That distances to train would not show overfitting."""
    scores = measured(standings, "train")
    shown = [score for score in scores if score.worse(MEMGEN, HELDOUT) > 1]
    praised = [score for score in scores if score.worse(MEMGEN, HELDOUT) < -1]
    detail = (
        f"Against train, of {len(scores)} values {len(shown)} find MemGEN, which has learned nothing but the list, worse than held-out records beyond the intervals"
        f"{': ' + _some([one.about.title for one in shown]) if shown else ''}; {len(praised)} find it better than real data."
    )
    claim = "Taking the training set would not reveal possible overfitting issues."
    return Claim(claim, _PLACE, holds(not shown), f"{len(shown)} of {len(scores)}", detail)


def test_reveals(standings: Sequence[Standing]) -> Claim:
    """That distances to test would."""
    scores = measured(standings, "test")
    shown = [score for score in scores if score.worse(MEMGEN, HELDOUT) > 1]
    copies = measured(standings, "copies")
    caught = [score for score in copies if _told_apart(score.worse(MEMGEN, HELDOUT))]
    detail = (
        f"Against test, {len(shown)} of {len(scores)} values find MemGEN, the most overfitted model that there can be, worse than held-out records beyond the intervals. "
        f"What reveals it is both sets together: {len(caught)} of the {len(copies)} values that ask whether samples lie nearer to train than test does. "
        "It holds if more than one value in twenty, which chance might give, finds it."
    )
    claim = "Taking the test set to represent the true distribution does reveal them."
    return Claim(claim, _PLACE, holds(len(shown) > 0.05 * len(scores)), f"{len(shown)} of {len(scores)}", detail)


def up_and_right(curves: Sequence[Curve]) -> Claim:
    """That curves go up and to the right."""
    distances = [curve for curve in curves if curve.against == "test"]
    up, down = ([curve for curve in distances if curve.way == way] for way in ("up", "down"))
    fall = f" Down go: {_some([curve.about.title for curve in down])}." if down else ""
    detail = (
        f"With the share of memorised samples going from 0 to 100 %, {len(up)} of {len(distances)} curves of distances to test rise (95 % of resamples have a slope above 0), "
        f"{len(down)} fall, and of the others resamples do not agree.{fall} What lifts them is copying. It holds if all rise, with a caveat if most do."
    )
    claim = "The curves go up and to the right."
    return Claim(
        claim,
        "1",
        holds(2 * len(up) > len(distances), caveat=len(up) < len(distances)),
        f"{len(up)} of {len(distances)}",
        detail,
    )


def told_by_slopes(curves: Sequence[Curve]) -> Claim:
    """That what looks for copies sees them grow."""
    copies = [curve for curve in curves if curve.against == "copies"]
    caught, fooled = ([curve for curve in copies if curve.way == way] for way in ("down", "up"))
    others = [curve.about.title for curve in copies if curve.way != "down"]
    detail = (
        f"{len(caught)} of {len(copies)} values that look for copies fall as the share grows, {len(fooled)} rise"
        f"{'; not all resamples agree on, or rise by: ' + _some(others) if others else ''}. It holds if all fall, with a caveat if none rises."
    )
    claim = "Some metrics show what the paper's metrics hide: those that look for copies get worse with each one."
    is_so = bool(caught) and not fooled
    return Claim(
        claim, "not in the paper", holds(is_so, caveat=bool(others)), f"{len(caught)} of {len(copies)}", detail
    )


def transposing(curves: Sequence[Curve]) -> Claim:
    """That transposing helps where lower is better."""
    low = [curve for curve in curves if curve.against == "test" and curve.is_low_good and curve.way == "up"]
    told = [rises(curve) for curve in low]
    helped = sum(not before and after for before, after in told)
    detail = (
        f"Of {len(low)} curves of which lower is better, that fall as samples are memorised, {helped} rise when their axes are exchanged: "
        "a falling curve's inverse falls. What helps is to turn the axis over, which is how all are drawn here."
    )
    claim = "Where lower is better, transposing the figure makes the curve go up and to the right."
    return Claim(claim, "1", holds(bool(low) and helped == len(low)), f"{helped} of {len(low)}", detail)


def measured(standings: Sequence[Standing], against: Against) -> list[Score]:
    """The values that have intervals, or for which MemGEN and held-out records are the same: of others nothing can be said."""
    every = [score for standing in standings for score in standing.of(against)]
    return [score for score in every if not math.isnan(score.worse(MEMGEN, HELDOUT))]


def _told_apart(worse: float) -> bool:
    return worse > 1


def _some(names: Sequence[str], most: int = 6) -> str:
    names = list(dict.fromkeys(names))
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
