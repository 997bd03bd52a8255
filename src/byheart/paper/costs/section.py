"""Figure 4: what training costs, of MemGEN beside the generators of Figure 1."""

from collections.abc import Sequence
from typing import Any, Final

from byheart.paper.costs.claims import claims, size, without_joules
from byheart.paper.costs.series import RUNS, Effort, Series, everyone, measured
from byheart.paper.costs.timing import tells_energy
from byheart.paper.distances.standing import MEMGEN
from byheart.paper.figures import COLOURS, DASHES, MARKS, Figure, is_narrow, painted
from byheart.paper.found import Found
from byheart.paper.materials import pictures, table, texts
from byheart.paper.stage import Stage
from byheart.paper.threads import one_core
from byheart.report import page
from byheart.report.page import Cell, paragraph

_MOST: Final = 100_000  # records; where there are fewer, all
_EFFORTS: Final = (Effort(2.5, 7, 2.5, 1000, 1600), Effort(2, 9, 25, 4000, 4000))
_EPOCHS: Final = 30
_TICKS: Final = (10, 100, 1000, 10_000, 100_000)


def run(stage: Stage) -> Found:
    """Put it to the test."""
    effort = stage.pick(*_EFFORTS)
    with one_core():
        materials = [pictures(stage, _MOST, 1, _EPOCHS), table(stage, _MOST, 1), texts(stage, _MOST, 1)]
        who = [(material, *one) for material in materials for one in everyone(material, _EPOCHS).items()]
        every = []
        for number, (material, name, learner) in enumerate(who):
            stage.tell(number / len(who), f"{material.name}: {name}")
            every.append(measured(material, name, learner, effort))
    return Found(
        _parts(every),
        claims(every),
        {"most": {material.name: len(material.train) for material in materials}},
        {
            "records": {f"{one.kind}/{one.name}": one.records for one in every},
            "seconds": {f"{one.kind}/{one.name}": one.seconds for one in every},
            "costs": [_told(one) for one in every],
        },
    )


def _parts(every: Sequence[Series]) -> list[str | Figure]:
    return [
        paragraph(
            "Every generator of Figure 1 is trained on more and more of the same records, up to all that there are, on one core, MemGEN beside them. Counted are the processor's seconds, "
            f"the least of {RUNS} runs; making the records ready is not counted, nor is the drawing of samples. Where the next training would take too long, it is not tried. {without_joules()}"
        ),
        figure_4(every),
        _table(every),
        paragraph(
            "The exponent tells how time grows: 1 is in proportion to the records, 0 not at all. It is below 1 where few records take no longer than the start does, as with MemGEN; Theorem 2 is put to the test with more.",
            is_soft=True,
        ),
        paragraph(
            "What training costs is not what a model costs. “Keeps” is the memory that is still taken when training is done and the records are let go; “each more” is what every further record adds to it. "
            "A neural network keeps as much of any number of records; who learns by heart keeps all of them, for as long as the model is used. “Most” is what training took at one time, beyond the records.",
            is_soft=True,
        ),
    ]


def figure_4(every: Sequence[Series]) -> Figure:
    """Time against records, a panel for each kind of data."""
    kinds = list(dict.fromkeys(one.kind for one in every))

    def paint(canvas: Any, each: Any) -> None:
        for axes, kind in zip(each, kinds, strict=True):
            _panel(axes, [one for one in every if one.kind == kind])
            axes.legend(
                loc="upper left" if is_narrow(canvas) else "upper center",
                bbox_to_anchor=(0, -0.2) if is_narrow(canvas) else (0.5, -0.2),
                fontsize=8,
            )
            if is_narrow(canvas) or axes is each[0]:
                axes.set_ylabel("seconds of one core")

    return painted(
        paint,
        "figure-4",
        "Figure 4: training time against the size of the data set, on one core. Both axes are logarithmic: each grid line is ten times the one before.",
        "A panel for each kind of data: training time against records, a line for each who learns; the times are in the table.",
        height=4.3,
        columns=len(kinds),
        narrow=4.2 * len(kinds),
        sharey=True,
    )


def _panel(axes: Any, some: Sequence[Series]) -> None:
    """The lines, named from the top one down; marks are open, so that lines that meet can be told."""
    for number, one in sorted(enumerate(some), key=lambda pair: -pair[1].seconds[-1]):
        look: dict[str, Any] = {"color": COLOURS[number % 6], "linestyle": DASHES[number % 6], "linewidth": 1.2}
        look |= {"marker": MARKS[number % 6], "markersize": 5.5, "markerfacecolor": "white", "markeredgewidth": 1.1}
        if one.name == MEMGEN:
            look |= {"color": "black", "linestyle": "-", "linewidth": 2.2, "marker": "*", "markersize": 8}
            look |= {"markerfacecolor": "black"}
        axes.plot(one.records, one.seconds, label=one.name, **look)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}" if value >= 0.001 else f"{value:.6f}".rstrip("0"))
    low, high = min(some[0].records), max(some[0].records)
    decades = [tick for tick in _TICKS if low <= tick <= high]
    axes.set_xticks(decades if len(decades) > 1 else [low, high])
    axes.minorticks_off()
    axes.set_title(some[0].kind)
    axes.set_xlabel(f"train records, up to {high:,}")


def _table(every: Sequence[Series]) -> str:
    heads = [Cell("trained on"), Cell("generator")]
    heads += [Cell(name, "right") for name in ("records", "seconds", "exponent, 95 %")]
    heads += [Cell(name, "right") for name in ("weighed with", "most", "keeps", "each more")]
    heads += [Cell("joules", "right")] if tells_energy() else []
    return page.table(heads, [_row(one) for one in every])


def _row(one: Series) -> list[Cell]:
    grown, joules, weighed = one.growth, one.costs[-1].joules, one.weighed
    energy = [Cell("not told" if joules is None else f"{joules:.3g}", "right")] if tells_energy() else []
    numbers = [
        f"{one.records[-1]:,}",
        f"{float(f'{one.seconds[-1]:.2g}'):.7f}".rstrip("0").rstrip("."),
        "too few sizes" if grown is None else f"{grown.value:.2f} [{grown.low:.2f}, {grown.high:.2f}]",
        f"{weighed.records:,}",
        size(weighed.most),
        size(weighed.kept),
        size(one.each_more),
    ]
    return [
        Cell(one.kind),
        Cell(one.name, "strong" if one.name == MEMGEN else ""),
        *(Cell(number, "right") for number in numbers),
        *energy,
    ]


def _told(one: Series) -> dict[str, Any]:
    grown = one.growth
    return {
        "kind": one.kind,
        "name": one.name,
        "exponent": None if grown is None else [grown.value, grown.low, grown.high],
        "memory": [{"records": each.records, "most": each.most, "kept": each.kept} for each in one.memories],
        "joules": [each.joules for each in one.costs],
    }
