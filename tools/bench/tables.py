"""The tables, for the terminal and for the page."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table as Grid

from tools.bench import wording
from tools.bench.figures.names import COLD, LARGE, LEARN, ONE, SMALL, START
from tools.bench.results import Results

_FIGURES = (LEARN, SMALL, LARGE, ONE, COLD)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under a title."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def verdicts(results: Results) -> Table:
    """Every target, and what was reached."""
    rows = [
        (v.figure, v.workload, v.claim, wording.reached(v), wording.target(v), wording.answer(v))
        for v in results.verdicts
    ]
    return Table("Targets", ("figure", "workload", "what", "median (spread)", "target", ""), rows)


def workload(results: Results, name: str) -> Table:
    """What each contestant reached on one workload."""
    told = dict.fromkeys(series.figure for series in results.series if series.workload == name)
    figures = [
        *(figure for figure in _FIGURES if figure in told),
        *(figure for figure in told if figure not in _FIGURES),
    ]
    found = {figure: results.of(figure, name) for figure in figures}
    everyone = list(dict.fromkeys(who for figure in figures for who in found[figure]))
    rows = [
        [wording.who(who), *(wording.rate(found[f][who]) if who in found[f] else "" for f in figures)]
        for who in everyone
    ]
    columns = ["", *(f"{figure}, {next(iter(found[figure].values())).unit}" for figure in figures)]
    return Table(name, columns, rows)


def start(results: Results) -> Table:
    """What starting takes."""
    found = results.of(START, "")
    return Table("Start-up", ("process", "median (spread)"), [(who, wording.rate(s)) for who, s in found.items()])


def every(results: Results) -> list[Table]:
    """Those that have rows, in order."""
    names = dict.fromkeys(s.workload for s in results.series if s.workload)
    tables = [verdicts(results), *(workload(results, name) for name in names), start(results)]
    return [table for table in tables if table.rows]


def show(results: Results, console: Console) -> None:
    """All tables on the terminal."""
    for table in every(results):
        grid = Grid(title=table.title, title_justify="left", box=None, pad_edge=False)
        for number, column in enumerate(table.columns):
            grid.add_column(column, justify="left" if number == 0 or table.title == "Targets" else "right")
        for row in table.rows:
            style = {"short": "yellow", "met": "green"}.get(row[-1])
            grid.add_row(*row[:-1], f"[{style}]{row[-1]}[/]" if style else row[-1])
        console.print(grid)
        console.print()
    for name, reason in results.missing.items():
        console.print(f"not measured: {name}: {reason}", style="yellow", highlight=False)
