"""People, and the coin (the paper, Section 4.1.1): Figure 2, and a metric that "gives similar results more reliably"."""

from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any

from byheart.paper.figures import Figure
from byheart.paper.found import Found
from byheart.paper.people.beside import Beside, compare, draw, share
from byheart.paper.people.claims import claims, flips, interval
from byheart.paper.people.figure_2 import side_by_side, verdicts
from byheart.paper.people.rated import BLUR, Rated, Studied, rate
from byheart.paper.people.reliability import POOR, Reliability
from byheart.paper.people.retesting import SIZE, retest
from byheart.paper.stage import Stage
from byheart.rating import wording
from byheart.report.page import Cell, banner, heading, paragraph, table


def run(stage: Stage) -> Found:
    """Ask simulated raters, flip a coin, and hold metrics against it."""
    rated = rate(stage, stage.library.pictures)
    stage.tell(0.6, "the page as raters see it")
    figures = [side_by_side(rated), verdicts(rated.studies)]
    stage.tell(0.7, "metrics, again and again")
    beside = compare(retest(stage), stage.seed)
    figures.append(draw(beside))
    return Found(
        [*_body(rated, beside, figures)],
        claims(rated.studies, beside, stage.seed),
        _numbers(rated, beside),
        {"seconds of a value": {"coin": beside.seconds[0], "median metric": beside.seconds[1]}},
    )


def _body(rated: Rated, beside: Beside, figures: Sequence[Figure]) -> Iterator[str | Figure]:
    yield f"<div>{banner(wording.SIMULATED)}</div>"  # in a box of its own, or it would stay in sight for the rest of the page
    yield paragraph(
        "The paper shows people two pictures, a real one and one of the model, and asks which looks better: who cannot tell chooses each as often as a coin would. "
        f"Such a study was made here with `byheart rate`: {rated.heldout:,} {rated.what} are held out, and MemGEN learned {rated.train:,} others. There is a second one of a generator that blurs by {BLUR:g} pixels, which raters should tell."
    )
    yield paragraph(
        "No person has judged yet. Simulated raters fill in: they choose what is more natural to a machine, which measured edges, grain and contrast of every picture, and where it sees no difference, they choose as a coin does. "
        "That shows that the study works; what people would say it does not show, and so claims about people are not tried."
    )
    yield figures[0]
    side = "left" if rated.pair.is_real_left else "right"
    yield paragraph(f"Held out is the one on the {side}. Both are real: MemGEN's was learned by heart.", is_soft=True)
    yield figures[1]
    columns = ["held out against", "verdict", "held-out one chosen", "judgments", "pairs", "looked", "as a coin's"]
    right = {2, 3, 4, 5}
    yield table(
        [Cell(name, "right" if at in right else "") for at, name in enumerate(columns)], map(_row, rated.studies)
    )
    yield paragraph(
        f"Simulated raters, in all rows. “Looked”: right answers where one of two real pictures had been damaged. Verdicts are those of `byheart rate report`: equivalence within {100 * rated.studies[0].report.margin:g} points, by raters who are shown to have looked.",
        is_soft=True,
    )
    yield heading("The coin, beside every metric", level=3)
    yield paragraph(
        f"The paper proposes to flip a coin instead. So {len(beside.metrics)} metrics were worked out {beside.shape[1]} times for {beside.shape[0]} generators, with fresh samples and other held-out records every time, {SIZE} of each; and a coin was flipped as often, {SIZE} times for each value. "
        + _moral(beside)
    )
    yield figures[2]
    yield _table(beside)
    yield paragraph(
        "Noise: the standard deviation over resamples, as a share of the way from held-out records to the worst generator; of the coin, as a share of all that it could say, from 0 to 1. "
        "Intraclass correlation: the share of the variance that is between generators. Same order: of two generators, measured twice, how often the same one comes first; by chance 50 %. Flips: how many have as little noise.",
        is_soft=True,
    )


def _table(beside: Beside) -> str:
    names = ["metric", "noise", "intraclass correlation, 95 %", "same order again", "flips"]
    rows = [beside.coin, *sorted(beside.metrics, key=lambda one: -one.agreement.value)]
    return table(
        [Cell(name, "right" if at else "") for at, name in enumerate(names)],
        [
            [
                Cell(one.title, "" if at else "strong"),
                Cell(share(one.noise.value), "right"),
                Cell(interval(one.agreement), "right"),
                Cell(wording.percent(one.same_order), "right"),
                Cell(
                    flips(one.flips).split(" ")[0] if at and isfinite(one.flips) else "" if at else f"{SIZE}", "right"
                ),
            ]
            for at, one in enumerate(rows)
        ],
    )


def _moral(beside: Beside) -> str:
    """What there is to say of the coin."""
    told = f"Measured again, a coin's value differs by {share(beside.coin.noise.value)} of its range, and the more flips, the less. "
    if beside.coin.agreement.value < POOR:
        return f"{told}But it comes out alike for every generator: which of two is better it tells by chance."
    return f"{told}And it tells generators apart."


def _row(one: Studied) -> list[Cell]:
    report = one.report
    looked = "" if report.panel.accuracy is None else wording.percent(report.panel.accuracy.value)
    look = "copy" if report.verdict == "DISTINGUISHABLE" else ""
    return [
        Cell(one.generator, "strong"),
        Cell(f"{report.verdict} (simulated)" if report.simulated else report.verdict, look),
        Cell(wording.shown(report.estimate), "right"),
        Cell(f"{report.judgments:,}", "right"),
        Cell(f"{report.pairs:,}", "right"),
        Cell(looked, "right"),
        Cell(one.coin.verdict.lower()),
    ]


def _numbers(rated: Rated, beside: Beside) -> dict[str, Any]:
    return {
        "data": {"what": rated.what, "heldout": rated.heldout, "train": rated.train},
        "studies": {one.generator: _study(one) for one in rated.studies},
        "coin": {"flips": SIZE, **_reliability(beside.coin)},
        "metrics": {one.name: _reliability(one) for one in beside.metrics},
        "similar": {
            "coin": [beside.alike.value, beside.alike.low, beside.alike.high],
            "metrics": beside.among,
        },
        "retested": {"generators": beside.shape[0], "resamples": beside.shape[1]},
    }


def _study(one: Studied) -> dict[str, Any]:
    report = one.report
    return {
        "simulated": report.simulated,
        "question": report.question,
        "verdict": report.verdict,
        "share": [report.estimate.value, report.estimate.low, report.estimate.high],
        "judgments": report.judgments,
        "pairs": report.pairs,
        "p_equivalence": report.tests.p_equivalence,
        "p_sharp": report.tests.p_sharp,
        "catch": None if report.panel.accuracy is None else report.panel.accuracy.value,
        "coin": {"verdict": one.coin.verdict, "p_share": one.coin.p_share, "p_runs": one.coin.p_runs},
        "machine": {"p": one.told_apart, "pictures": one.looked_at},
    }


def _reliability(one: Reliability) -> dict[str, Any]:
    told = {"noise": one.noise, "intraclass_correlation": one.agreement}
    ends = {name: [each.value, each.low, each.high] for name, each in told.items()}
    return {name: every if all(map(isfinite, every)) else None for name, every in ends.items()} | {
        "same_order": one.same_order
    }
