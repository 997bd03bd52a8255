"""Figure 4: what training costs, of MemGEN beside the generators of Figure 1."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from byheart.model import MemGEN
from byheart.paper.claims import Claim, holds
from byheart.paper.figures import Figure, drawn, finish, line
from byheart.paper.found import Found
from byheart.paper.generators import neural
from byheart.paper.generators.base import Trained
from byheart.paper.generators.vectors import kernel_density
from byheart.paper.materials import Material, pictures, table, texts
from byheart.paper.stage import Stage
from byheart.paper.standing import MEMGEN
from byheart.paper.threads import one_core
from byheart.paper.timing import Cost, Growth, cost, growth, memory, tells_energy
from byheart.report import page
from byheart.report.page import Cell, paragraph

_SIZES: Final = ((250, 500, 1000, 2000), (500, 1000, 2000, 4000, 8000, 16_000, 32_000))
_PATIENCE: Final = (2.0, 15.0)  # seconds of a training, after which no larger one is tried
_EPOCHS: Final = 30
_RUNS: Final = 2
_TEN: Final = 10.0  # times as fast: what is taken for "significantly"
_LIST: Final = "Algorithm 1 as printed"


@dataclass(frozen=True, slots=True)
class Series:
    """The costs of one who learns.

    Attributes:
        kind: of data: "pictures".
        name: of who learns.
        records: how many, of each training.
        costs: of each.
        memory: bytes at most, with the most records.
    """

    kind: str
    name: str
    records: list[int]
    costs: list[Cost]
    memory: int

    @property
    def seconds(self) -> list[float]:
        """Of each training."""
        return [one.seconds for one in self.costs]

    def at(self, records: int) -> float:
        """Seconds for so many records."""
        return self.seconds[self.records.index(records)]

    @property
    def is_memgen(self) -> bool:
        """Whether it learns by heart."""
        return self.name in {MEMGEN, _LIST}

    @property
    def growth(self) -> Growth | None:
        """How seconds grow; None where there are too few sizes."""
        return growth(self.records, self.seconds) if len(self.records) > 2 else None


def run(stage: Stage) -> Found:
    """Put it to the test."""
    sizes = stage.pick(*_SIZES)
    with one_core():
        most = max(sizes)
        materials = [pictures(stage, most, 1, _EPOCHS), table(stage, most, 1), texts(stage, most, 1)]
        everyone = [(material, name, made) for material in materials for name, made in _everyone(material).items()]
        every = []
        for number, (material, name, made) in enumerate(everyone):
            stage.tell(number / len(everyone), f"{material.name}: {name}")
            every.append(_series(material, name, made, sizes, stage.pick(*_PATIENCE)))
    return Found(
        _parts(every),
        [_fastest(every)],
        {"sizes": list(sizes)},
        {
            "records": {f"{one.kind}/{one.name}": one.records for one in every},
            "seconds": {f"{one.kind}/{one.name}": one.seconds for one in every},
            "costs": [_told(one) for one in every],
        },
    )


def _everyone(material: Material) -> dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]]:
    """Who learns, by name: what brings records to the form that it takes, which is not timed, and what trains it."""
    others = dict(material.generators)
    if material.name == "pictures":  # both kernel densities learn the same, and weights are made, not read
        others = {name: one for name, one in others.items() if not name.startswith("kernel")}
        others |= {
            "kernel density": Trained("", kernel_density(0.1)),
            "neural network": Trained("", neural.neural(_EPOCHS)),
        }
    told: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
        _LIST: (list, _as_printed),
        MEMGEN: (material.told, lambda data: MemGEN().fit(data)),
    }
    return told | {name: (lambda data: data, _fitted(one)) for name, one in others.items()}


def _fitted(generator: Trained) -> Callable[[Any], Any]:
    return lambda data: generator.fit(data, 0)


def _as_printed(data: list[Any]) -> list[Any]:
    """`TrainModel` of the paper's Algorithm 1."""
    ell = []
    for x in data:
        ell.append(x)  # noqa: PERF402  # as the paper has it
    return ell


def _series(
    material: Material,
    name: str,
    how: tuple[Callable[[Any], Any], Callable[[Any], Any]],
    sizes: Sequence[int],
    patience: float,
) -> Series:
    brought, train = how
    records = sorted({min(size, len(material.train)) for size in sizes})
    inputs = [brought(material.train[:size]) for size in records]
    train(inputs[0])  # what is imported, and made once
    costs: list[Cost] = []
    for data in inputs:
        costs.append(cost(partial(train, data), runs=_RUNS))
        if costs[-1].seconds > patience:  # more records would take too long
            break
    return Series(material.name, name, records[: len(costs)], costs, memory(partial(train, inputs[len(costs) - 1])))


def _fastest(every: Sequence[Series]) -> Claim:
    """That none is cheaper to train."""
    memgen = {one.kind: one for one in every if one.name == MEMGEN}
    ratios = {
        f"{one.name} ({one.kind}, {one.records[-1]:,})": one.seconds[-1] / memgen[one.kind].at(one.records[-1])
        for one in every
        if not one.is_memgen
    }
    told = ", ".join(f"{name} {ratio:,.3g}" for name, ratio in ratios.items())
    least = min(ratios.values())
    detail = (
        f"Seconds of one core to train on the most records, over MemGEN's for as many: {told}. It holds if each is {_TEN:g} or more, with a caveat if each is above 1. "
        f"A kernel density stores its records too, and sorts them. {_energy()}"
    )
    claim = (
        "The algorithm significantly outperforms any previous reasonable generative model in computational resources."
    )
    return Claim(
        claim,
        "4.2, Figure 4",
        holds(least > 1, caveat=least < _TEN),
        f"{least:,.3g} times the fastest",
        detail,
        is_timed=True,
    )


def _energy() -> str:
    return "" if tells_energy() else "This machine does not tell the energy that it takes: there are no joules."


def _parts(every: Sequence[Series]) -> list[str | Figure]:
    return [
        paragraph(
            "Every generator of Figure 1 is trained on more and more of the same records, on one core, MemGEN beside them. Counted are the processor's seconds, "
            f"the least of {_RUNS} runs; making the records ready is not counted, nor is the drawing of samples. Where a training takes too long, no larger one is tried. The exponent tells how time grows: 1 is in proportion. "
            + _energy()
        ),
        _figure(every),
        _table(every),
        paragraph(
            "What training costs is not what a model costs: MemGEN and the kernel density keep every record, so that memory grows with them for as long as they are used.",
            is_soft=True,
        ),
        paragraph(
            "The table has the seconds, and the memory that Python, numpy and Arrow were asked for beyond what there was before, at most, for the most records. Where MemGEN's exponent is near 0, so few records take no "
            "longer than its start; Theorem 2 is put to the test with more.",
            is_soft=True,
        ),
    ]


def _figure(every: Sequence[Series]) -> Figure:
    kinds = list(dict.fromkeys(one.kind for one in every))
    with drawn(3.9, columns=len(kinds), sharey=True) as (canvas, each):
        for axes, kind in zip(each, kinds, strict=True):
            some = [one for one in every if one.kind == kind]
            ends = some[0].records[0], some[0].records[-1]
            for number, one in enumerate(some):
                own: dict[str, Any] = {"color": "black", "linewidth": 2.2, "marker": "*", "markersize": 8}
                line(axes, number, one.records, one.seconds, one.name, **(own if one.name == MEMGEN else {}))
            axes.set_xscale("log")
            axes.set_yscale("log")
            axes.set_xticks(ends, [f"{end:,}" for end in ends])
            axes.minorticks_off()
            axes.set_title(kind)
            axes.set_xlabel("train records")
            axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), fontsize=8)
        each[0].set_ylabel("seconds of one core")
        caption = "Figure 4: training time against the size of the data set, on one core. Both axes are logarithmic."
        return finish(
            canvas, "figure-4", caption, "Lines that rise to the right: the lowest are those that learn by heart."
        )


def _table(every: Sequence[Series]) -> str:
    heads = ("seconds", "exponent, 95 %", "memory, MB", *(["joules"] if tells_energy() else []))
    head = [Cell("trained on"), Cell("generator"), Cell("records", "right"), *(Cell(name, "right") for name in heads)]
    return page.table(head, [_row(one) for one in every])


def _row(one: Series) -> list[Cell]:
    grown, joules = one.growth, one.costs[-1].joules
    energy = [Cell("not told" if joules is None else f"{joules:.3g}", "right")] if tells_energy() else []
    return [
        Cell(one.kind),
        Cell(one.name, "strong" if one.name == MEMGEN else ""),
        Cell(f"{one.records[-1]:,}", "right"),
        Cell(f"{one.seconds[-1]:.2g}", "right"),
        Cell("" if grown is None else f"{grown.exponent:.2f} [{grown.low:.2f}, {grown.high:.2f}]", "right"),
        Cell(f"{one.memory / 1e6:,.1f}", "right"),
        *energy,
    ]


def _told(one: Series) -> dict[str, Any]:
    grown = one.growth
    return {
        "kind": one.kind,
        "name": one.name,
        "exponent": None if grown is None else [grown.exponent, grown.low, grown.high],
        "memory": one.memory,
        "joules": [each.joules for each in one.costs],
    }
