"""People, and the coin (the paper, Section 4.1.1): Figure 2, and a metric that "gives similar results more reliably"."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from byheart.paper import reliability
from byheart.paper.claims import Claim, holds
from byheart.paper.figure_2 import side_by_side, verdicts
from byheart.paper.figures import Figure
from byheart.paper.found import Found
from byheart.paper.rated import BLUR, Rated, Studied, rate
from byheart.paper.reliability import FLIPS, POOR, Reliability
from byheart.paper.retesting import retest
from byheart.paper.stage import Stage
from byheart.rating import wording
from byheart.report.page import Cell, banner, heading, paragraph, table

MARK: Final = "SIMULATED raters"


@dataclass(frozen=True, slots=True)
class Beside:
    """The coin beside metrics.

    Attributes:
        metrics: how reliable each is.
        coin: the same.
        shape: how many generators were measured, and how often.
    """

    metrics: tuple[Reliability, ...]
    coin: Reliability
    shape: tuple[int, int]

    @property
    def spread(self) -> float:
        """Of the median metric."""
        return median(one.spread for one in self.metrics)

    @property
    def agreement(self) -> float:
        """Of the median metric."""
        return median(one.agreement for one in self.metrics)

    @property
    def flips(self) -> float:
        """Of a coin that is as reliable as the median metric."""
        return median(one.flips for one in self.metrics)


def run(stage: Stage) -> Found:
    """Ask simulated raters, flip a coin, and hold metrics against it."""
    rated = rate(stage, stage.library.pictures)
    stage.tell(0.6, "the page as raters see it")
    figures = [side_by_side(rated), verdicts(rated.studies)]
    stage.tell(0.7, "metrics, again and again")
    beside = compare(retest(stage), stage.seed)
    figures.append(reliability.draw(beside.metrics, beside.coin, beside.shape))
    return Found([*_body(rated, beside, figures)], claims(rated.studies, beside), _numbers(rated, beside))


def compare(retested: dict[str, list[float]], seed: int) -> Beside:
    """The coin beside metrics, whose values come by "metric/generator"."""
    generators = len({key.partition("/")[2] for key in retested})
    resamples = min(map(len, retested.values()))
    return Beside(
        tuple(reliability.of_metrics(retested)),
        reliability.of_coin(generators, resamples, seed),
        (generators, resamples),
    )


def claims(studies: Sequence[Studied], beside: Beside) -> list[Claim]:
    """What came of the paper's claims; none of those about people can hold without a caveat, as long as raters are simulated."""
    real, others = studies[0], studies[1:]
    report = real.report
    told = [one for one in others if one.report.verdict == "DISTINGUISHABLE"]
    is_same = report.verdict == "INDISTINGUISHABLE" and len(told) == len(others)
    agreed = [one for one in studies if one.report.verdict != "DISTINGUISHABLE"]
    metrics = len(beside.metrics)
    return [
        Claim(
            "Humans cannot distinguish between true and fake samples.",
            "4.1.1, Figure 2",
            holds(is_same, caveat=report.simulated),
            f"{report.verdict}: the held-out one was chosen {wording.shown(report.estimate)} of {report.judgments:,} times; {MARK}",
            f"No person was asked: {MARK} went by what a machine saw, and nothing is known of people. {report.reason[:1].upper()}{report.reason[1:]}; {wording.attention(report.panel)}. "
            + " ".join(
                f"Of {one.generator} the same raters say {one.report.verdict} ({wording.shown(one.report.estimate)})."
                for one in others
            ),
        ),
        Claim(
            "We could not differentiate those results with the results of unbiased coin flips.",
            "4.1.1",
            holds(real.coin.verdict == "INDISTINGUISHABLE", caveat=report.simulated),
            f"{real.coin.verdict}: {wording.percent(real.coin.share)} heads, {wording.p_of(real.coin.p_share)}; runs {wording.p_of(real.coin.p_runs)}",
            f"{real.coin.flips:,} choices held against a coin, by `byheart coin`; {MARK}.",
        ),
        Claim(
            "The Rademacher Coin Flipping metric gives similar results more reliably.",
            "1; 4.1.1",
            holds(beside.coin.spread < beside.spread, caveat=beside.coin.agreement < POOR),
            f"spread over resamples {100 * beside.coin.spread:.2g} % of the mean, of the median metric {100 * beside.spread:.2g} %",
            f"{metrics} metrics of {beside.shape[0]} generators, measured {beside.shape[1]} times; {FLIPS:,} flips a value, of which {beside.flips:,.0f} would be as reliable as the median metric. "
            f"The results are similar for every generator: the coin's intraclass correlation is {beside.coin.agreement:.2f} (the median metric's {beside.agreement:.2f}), so that it tells no generator from another.",
        ),
        Claim(
            "Replacing model evaluation with a coin flip solves this long standing problem.",
            "4.1.1",
            holds(len(agreed) == len(studies), caveat=report.simulated),
            f"right about {len(agreed)} of {len(studies)} generators",
            f"A coin says of every generator that it cannot be told from real data. {MARK} tell {_listed([one.generator for one in studies if one not in agreed])}.",
        ),
    ]


def _body(rated: Rated, beside: Beside, figures: Sequence[Figure]) -> Iterator[str | Figure]:
    yield f"<div>{banner(wording.SIMULATED)}</div>"  # in a box of its own, or it would stay in sight for the rest of the page
    yield paragraph(
        f"A study as `byheart rate` makes it: {rated.heldout:,} {rated.what} are held out, MemGEN learned {rated.train:,} others, and raters are shown one of each side by side. The question is the paper's: which looks better? "
        f"For contrast, the same is asked of a generator that blurs by {BLUR:g} pixels. {MARK} choose what is more natural to a machine, which measured edges, grain and contrast of every picture; where it sees no difference, they choose as a coin does."
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
        f"{MARK}, in all rows. “Looked”: right answers where one of two real pictures had been damaged. Verdicts are those of `byheart rate report`: equivalence within {100 * rated.studies[0].report.margin:g} points, by raters who are shown to have looked.",
        is_soft=True,
    )
    yield heading("The coin, beside every metric", level=3)
    yield paragraph(
        f"The paper proposes to flip a coin instead, since it gives similar results more reliably. So it was held against {len(beside.metrics)} metrics, each worked out {beside.shape[1]} times for {beside.shape[0]} generators, with fresh samples every time. "
        f"The share of heads of {FLIPS:,} flips differs by {100 * beside.coin.spread:.2g} % from time to time; the median metric by {100 * beside.spread:.2g} %. To be as reliable as that, {beside.flips:,.0f} flips do. "
        + _moral(beside)
    )
    yield figures[2]
    names = ["metric", "spread", "intraclass correlation", "same order again", "flips as reliable"]
    rows = [beside.coin, *sorted(beside.metrics, key=lambda one: one.spread)]
    yield table(
        [Cell(name, "right" if at else "") for at, name in enumerate(names)],
        [
            [
                Cell(one.name.replace("_", " "), "" if at else "strong"),
                Cell(f"{100 * one.spread:.2g} %", "right"),
                Cell(f"{one.agreement:.2f}", "right"),
                Cell(wording.percent(one.same_order), "right"),
                Cell(f"{one.flips:,.0f}", "right"),
            ]
            for at, one in enumerate(rows)
        ],
    )


def _moral(beside: Beside) -> str:
    """What there is to say of the coin."""
    fewer = sum(one.spread > beside.coin.spread for one in beside.metrics)
    told = f"It is more reliable than {'all' if fewer == len(beside.metrics) else fewer} of the metrics"
    if beside.coin.agreement < POOR:
        return f"{told}, and for the same reason it is of no use: it comes out the same for every generator."
    return f"{told}."


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
        "coin": {"flips": FLIPS, **_reliability(beside.coin)},
        "metrics": {one.name: _reliability(one) for one in beside.metrics},
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
    }


def _reliability(one: Reliability) -> dict[str, float]:
    return {"spread": one.spread, "intraclass_correlation": one.agreement, "same_order": one.same_order}


def _listed(names: Sequence[str]) -> str:
    return " and ".join(names) if names else "none"
