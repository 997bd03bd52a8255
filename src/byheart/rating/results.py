"""The report of a study: one page that opens without a network."""

from collections.abc import Iterator, Sequence
from typing import Final

from byheart.rating import captions, wording
from byheart.rating.findings import Report, Share
from byheart.rating.quality import Quality
from byheart.rating.wording import percent, shown
from byheart.report import page as blocks
from byheart.report.page import Cell
from byheart.report.shares import Curve, Interval, evidence, intervals, over_time

_E_LIMIT: Final = 20.0  # 1 / .05
_FEWEST: Final = 2  # points of a curve
_NAME: Final = 20  # letters, in a chart
_ID: Final = 8  # of a person's HMAC, as much as tells raters apart


def page(report: Report, raters: Sequence[Quality] = ()) -> str:
    """The page.

    Args:
        report: what was found.
        raters: how each went about it.
    """
    headline = wording.headline(report)
    return blocks.page(
        title=f"{'SIMULATED: ' if report.simulated else ''}Can people tell? {report.name}",
        headline=f"SIMULATED RATERS. {headline}" if report.simulated else headline,
        subline=captions.subline(report),
        body=_body(report, raters),
        data=report.told(),
    )


def _body(report: Report, raters: Sequence[Quality]) -> Iterator[str]:
    if report.simulated:
        yield blocks.banner(wording.SIMULATED)
    yield blocks.badge("INTERIM" if report.is_interim else report.verdict)
    yield from map(blocks.paragraph, (wording.meaning(report), wording.reason(report)))
    if report.judgments:
        yield blocks.figure(_estimates(report), captions.caption(report))
    if report.warnings:
        yield blocks.heading("In doubt")
        yield blocks.listed(captions.sentence(one) for one in report.warnings)
    yield from _generators(report)
    yield blocks.heading("Did they look?")
    yield blocks.table(
        [Cell("of"), Cell("share", "right"), Cell("judgments", "right"), Cell("what it says")],
        [
            [Cell(cell, "right" if at in {1, 2} else "") for at, cell in enumerate(row)]
            for row in captions.checks(report)
        ],
        is_stacked=True,
    )
    yield from _tests(report)
    yield from _over_time(report)
    yield blocks.heading("More numbers")
    yield blocks.terms(captions.numbers(report))
    yield from _raters(report, raters)
    yield blocks.heading("What this cannot say")
    yield blocks.listed(wording.limits(report))
    yield blocks.heading("Next")
    yield blocks.paragraph(captions.sentence(report.next))
    yield blocks.heading("Methods")
    yield blocks.terms(captions.methods(report))


def _tests(report: Report) -> Iterator[str]:
    columns = [Cell("test"), Cell("asks"), Cell("says", "right")]
    rows = [[Cell(name), Cell(asks), Cell(says, "right")] for name, asks, says, _ in captions.asked(report)]
    if len(report.generators) > 1:  # which are decided on one by one
        yield blocks.heading("Tests, of all generators together")
        yield blocks.table(columns, rows, is_stacked=True)
        return
    marks = [Cell("yes" if is_read else "", "strong") for *_, is_read in captions.asked(report)]
    yield blocks.heading("Tests")
    yield blocks.table(
        [*columns, Cell("the verdict is read from it")],
        ([*row, mark] for row, mark in zip(rows, marks, strict=True)),
        is_stacked=True,
    )


def _estimates(report: Report) -> str:
    several = len(report.generators) > 1
    rows = (
        [
            Interval(
                "all",
                shown(report.estimate),
                report.estimate.value,
                report.estimate.low,
                report.estimate.high,
                report.inner,
            )
        ]
        if several
        else []
    )
    rows += [_interval(one) for one in report.generators]
    left, right = captions.directions(report)
    return intervals(rows, margin=report.margin, left=left, right=right)


def _interval(share: Share) -> Interval:
    told = share.estimate
    return Interval(
        _cut(share.generator),
        shown(told),
        told.value,
        told.low,
        told.high,
        share.inner,
        is_told=share.verdict == "DISTINGUISHABLE",
    )


def _cut(name: str) -> str:
    """A name that leaves room for the number beside it, on a phone too."""
    return name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"


def _generators(report: Report) -> Iterator[str]:
    if len(report.generators) < 2:
        return
    yield blocks.heading("Each generator")
    strengths = {one.player: one for one in report.strengths}
    columns = [
        Cell("generator"),
        Cell("verdict"),
        Cell("share for the real one", "right"),
        Cell("judgments", "right"),
        Cell("evidence", "right"),
        Cell("strength", "right"),
    ]
    rows = []
    for one in report.generators:
        scale = strengths.get(one.generator)
        rows.append(
            [
                Cell(one.generator, "strong"),
                Cell(one.verdict, "copy" if one.verdict == "DISTINGUISHABLE" else ""),
                Cell(shown(one.estimate), "right"),
                Cell(f"{one.judgments:,}", "right"),
                Cell(_evidence(one), "right"),
                Cell("" if scale is None else f"{scale.value:+.2f} [{scale.low:+.2f}, {scale.high:+.2f}]", "right"),
            ]
        )
    yield blocks.table(columns, rows)
    yield blocks.paragraph(captions.several(report), is_soft=True)


def _evidence(share: Share) -> str:
    """Of a generator: that its choices are no coin's."""
    if share.tests.deciding == "sequential":
        return wording.bets(share.tests)
    return wording.p_of(share.tests.p_sharp)


def _over_time(report: Report) -> Iterator[str]:
    run = report.sequence
    if len(run.judgments) < _FEWEST:
        return
    at = run.judgments.tolist()
    yield blocks.heading("As judgments came in")
    curve = Curve(at, run.value.tolist(), run.low.tolist(), run.high.tolist())
    yield blocks.figure(
        over_time(curve, margin=report.margin, unit="judgments"),
        "The share of choices for the real one, in pairs that were complete, and its 95 % confidence sequence: the truth lies in it at all times at once. The band: what is as good as a coin.",
    )
    yield blocks.figure(
        evidence(at, run.e.tolist(), limit=_E_LIMIT, unit="judgments"),
        "Evidence against the coin: e-values, on a logarithmic scale. One that ever reaches 20 is as good as p = .05, whenever the study is stopped.",
    )


def _raters(report: Report, raters: Sequence[Quality]) -> Iterator[str]:
    yield blocks.heading("Raters")
    yield blocks.paragraph(captions.raters(report))
    gone = {one.rater: one.why for one in report.raters.left_out}
    if not raters:
        return
    columns = [Cell("rater")]
    columns += [
        Cell(name, "right")
        for name in ("judgments", "catch pairs right", "median", "left", "longest run", "below 0.3 s")
    ]
    columns += [Cell("unusual"), Cell("left out")]
    rows = (
        [
            Cell(one.rater if one.is_simulated else one.rater[:_ID]),
            Cell(f"{one.judgments:,}", "right"),
            Cell(f"{one.catch_right} of {one.catches}", "right"),
            Cell(f"{one.median_ms / 1000:.1f} s", "right"),
            Cell(percent(one.left_share), "right"),
            Cell(f"{one.longest_run:,}", "right"),
            Cell(percent(one.too_fast), "right"),
            Cell(", ".join(one.flags), "doubt"),
            Cell(gone.get(one.rater, ""), "copy"),
        ]
        for one in raters
    )
    yield blocks.folded(f"All raters ({len(raters):,})", [blocks.table(columns, rows)])
