"""Figure 1: distances from two samples, of real generators beside MemGEN; and the curves up and to the right."""

from collections.abc import Callable, Sequence
from typing import Final

from byheart.judging.choosing import chosen
from byheart.paper.claims import Claim
from byheart.paper.distances import claims, curve_claims, figures, metric_claims
from byheart.paper.distances.curve_figures import curve_panels, transposed
from byheart.paper.distances.curves import Curve, curves
from byheart.paper.distances.glossary import glossary
from byheart.paper.distances.standing import HELDOUT, MEMGEN, Against, Standing, stand
from byheart.paper.distances.tables import curve_table, given, standing_table
from byheart.paper.found import Found, Part
from byheart.paper.generators import neural
from byheart.paper.materials import Material, pictures, table, texts
from byheart.paper.stage import Stage
from byheart.paper.threads import one_core
from byheart.report.page import folded, heading, listed, paragraph, terms

_COUNTED: Final[tuple[Against, ...]] = ("test", "train", "copies")
_KINDS: Final = {"pictures": "array", "table": "row", "sentences": "text"}
_SLOW: Final = ("frechet_infinity",)
_MEDIOCRE: Final = {
    "pictures": neural.NAME,
    "table": "Gaussian copula",
    "sentences": "Markov chain, 1 word",
}


def run(stage: Stage) -> Found:
    """Put it to the test."""
    with one_core():
        return _found(stage)


def _found(stage: Stage) -> Found:
    most = stage.pick(250, 1500)
    each = 2 * most  # so that the reference is all of train, or as many held-out records as there are in two samples
    materials = [pictures(stage, each, each, stage.pick(40, 100)), table(stage, each, each), texts(stage, each, each)]
    skipped = stage.pick(_SLOW, ())
    tried = [material for material in materials if material.generators]
    standings, every = [], {}
    for number, material in enumerate(tried):
        tell = _part(stage, number / len(tried), 0.7 / len(tried))
        standings.append(stand(material, most=most, seed=stage.seed, tell=tell, without=skipped))
        tell = _part(stage, (number + 0.7) / len(tried), 0.3 / len(tried))
        comparer = standings[-1].comparers[_MEDIOCRE[material.name]]
        metrics = [metric for metric in chosen(_KINDS[material.name]) if metric.abouts[0].name not in skipped]
        every[material.name] = curves(comparer, metrics, tries=stage.pick(12, 60), seed=stage.seed, tell=tell)
    return Found(
        _parts(standings, every, [material for material in materials if not material.generators], skipped),
        _claims(standings, [curve for some in every.values() for curve in some]),
        {
            "scores": {standing.material.name: [score.told() for score in standing.scores] for standing in standings},
            "curves": {name: [curve.told() for curve in some] for name, some in every.items()},
            "records": {standing.material.name: standing.size for standing in standings},
        },
        stand_ins=neural.stand_ins(),
    )


def _part(stage: Stage, start: float, share: float) -> Callable[[float, str], None]:
    """Tell how far a part has come."""
    return lambda done, what: stage.tell(start + share * done, what)


def _claims(standings: Sequence[Standing], every: Sequence[Curve]) -> list[Claim]:
    return [
        claims.best_of_all(standings),
        metric_claims.outperforms(standings),
        claims.like_heldout(standings),
        claims.any_metric(standings),
        claims.train_hides(standings),
        claims.test_reveals(standings),
        curve_claims.up_and_right(every),
        curve_claims.transposing(every),
        metric_claims.select(standings),
        metric_claims.closed(standings),
        curve_claims.told_by_slopes(every),
    ]


def _parts(
    standings: Sequence[Standing], every: dict[str, list[Curve]], untried: Sequence[Material], skipped: Sequence[str]
) -> list[Part]:
    parts: list[Part] = [
        paragraph(
            "The paper's Figure 1 is generic, so that it can be reused for other papers. This one is not: every generator was trained here, on the same train records "
            "as MemGEN, and judged by every metric of byheart judge that suits; each sample is as large as the others. Held-out records that nobody was trained on "
            "are judged as if they were a generator too: that is what real data would get."
        ),
        *_who(standings),
        glossary([metric for standing in standings for metric in chosen(_KINDS[standing.material.name])]),
    ]
    for standing in standings:
        parts += _one(standing)
    parts += [
        paragraph(
            "In the tables: values with 95 % intervals; the arrow is the way to better, or points to the ideal. Values that have no interval (it would take too long, or they jump at a "
            "threshold) are in no count. In colour: worse than held-out records, or nearer to train, beyond both intervals; bold alone: better, which is too good.",
            is_soft=True,
        ),
        heading("Curves up and to the right", level=3),
        paragraph(
            "Take a mediocre generator, and replace more and more of its samples by train records. A metric that rewards this is one that can be improved by memorising."
        ),
    ]
    for name, some in every.items():
        parts.append(curve_panels(some, _MEDIOCRE[name], name))
        parts.append(folded(f"{name}: every curve in numbers", [curve_table(some)]))
    low = [
        curve
        for some in every.values()
        for curve in some
        if curve.is_low_good and curve.way == "up" and curve.against == "test"
    ]
    if low:
        parts.append(transposed(low[0]))
    left_out = _left_out(standings, untried, skipped)
    if left_out:
        parts.append(folded("What was left out", [listed(left_out)]))
    return parts


def _one(standing: Standing) -> list[Part]:
    """A kind of data: what is given, where each stands, and who copies."""
    name = standing.material.name
    numbers = [standing_table(standing, one) for one in ("test", "itself", "train", "copies")]
    return [
        heading(name.capitalize(), level=3),
        figures.samples(standing) or given(standing),
        figures.dots(standing),
        paragraph(_summary(standing)),
        figures.copies(standing),
        folded(f"{name}: every number", numbers),
    ]


def _left_out(standings: Sequence[Standing], untried: Sequence[Material], skipped: Sequence[str]) -> list[str]:
    left_out = [f"{standing.material.name}: {told}" for standing in standings for told in standing.left_out]
    left_out += [f"{name}: it takes as long as all others together; in a full run only" for name in skipped]
    left_out += [
        f"{material.name}: the package that has their generator, markovify, is not installed" for material in untried
    ]
    apart = [one.abouts[0].title for one in chosen("array") if not one.traits.is_of_members and one.traits.sees == "GR"]
    return left_out + [f"{name}: no curve, since it looks at all the points that there are" for name in apart]


def _summary(standing: Standing) -> str:
    """What the panels say of MemGEN, in counts."""
    test, train, copies = (claims.measured([standing], one) for one in _COUNTED)
    told = sum(claims.is_apart(score, MEMGEN) for score in test)
    seen = [score for score in train if claims.is_apart(score, MEMGEN)]
    better, worse = (sum(sign * score.worse(MEMGEN, HELDOUT) > 1 for score in seen) for sign in (-1, 1))
    caught = sum(score.worse(MEMGEN, HELDOUT) > 1 for score in copies)
    return (
        f"Against held-out records {told} of {len(test)} values tell MemGEN from real data. Against train {len(seen)} of {len(train)} do: by {better} it seems better than real data, by {worse} worse. "
        f"{panels_say(told / max(len(test), 1), len(seen) / max(len(train), 1))} The metrics that look for copies say so by {caught} of {len(copies)} values:"
    )


def panels_say(test: float, train: float) -> str:
    """Whether the two panels give away that MemGEN learned a list, by the shares of values that tell it from real data."""
    by_test, by_train = test > claims.CHANCE, train > claims.CHANCE
    if by_test and by_train:
        return "So both panels tell that it is not fresh data."
    if by_test:
        return "So the first panel tells that it is not fresh data."
    if by_train:
        return "So the first panel does not say that all it learned is a list; the second does, to whoever knows what real data get."
    return "Neither panel says that all it learned is a list."


def _who(standings: Sequence[Standing]) -> list[str]:
    """The data, and the generators."""
    told = [(name, one.what) for standing in standings for name, one in standing.material.generators.items()]
    sizes = [
        f"{standing.material.name}: {standing.material.what}; {len(standing.material.train):,} train records, {len(standing.material.heldout):,} held out, "
        f"{standing.size:,} in each sample"
        for standing in standings
    ]
    return [listed(sizes), terms(told)]
