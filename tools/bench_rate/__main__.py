"""`python -m tools.bench_rate`: measure, tell, and write docs/benchmarks-rate.md.

What was found is kept in `.cache/bench-rate`: so one task may be measured again alone, and the page still tells of all.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click
from rich.console import Console

from tools.bench import machine, page, tables
from tools.bench.results import Results
from tools.bench_rate import figures

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = ("byheart", "starlette", "uvicorn", "httptools", "potato-annotation", "flask", "werkzeug", "psycopg")


@click.command()
@click.option("--only", multiple=True, type=click.Choice(list(figures.TASKS)), help="A task; may be given more often.")
@click.option("--quick", is_flag=True, help="Small, and a turn each: whether it runs at all.")
@click.option("--write/--no-write", "is_written", default=True, help="Whether docs/benchmarks-rate.* are written.")
@click.option("--folder", type=click.Path(path_type=Path), default=ROOT / ".cache" / "bench-rate")
def main(only: Sequence[str], folder: Path, *, quick: bool, is_written: bool) -> None:
    """Measure how raters are served, beside Potato."""
    console = Console(stderr=True)
    folder.mkdir(parents=True, exist_ok=True)
    for name in only or figures.TASKS:
        console.print(f"{name} ...")
        measure(name, figures.QUICK if quick else figures.Sizes()).write(_kept(folder, name))
    results = together([Results.read(_kept(folder, name)) for name in figures.TASKS if _kept(folder, name).exists()])
    tables.show(results, Console())
    if is_written:
        page.write(results, ROOT / "docs", "benchmarks-rate")


def measure(name: str, sizes: figures.Sizes) -> Results:
    """One task."""
    began, busy = time.perf_counter(), machine.load()
    told = machine.describe(PACKAGES)
    results = Results({key: told[key] for key in ("date", "cores", "Python", "sqlite", *PACKAGES)})
    figures.run(name, sizes, results)
    took = (time.perf_counter() - began) / 60
    results.machine[f"load, {name}"] = (
        f"{busy:.1f} processes before it began, {machine.load():.1f} at its end; it took {took:.1f} minutes"
    )
    return results


def together(parts: Sequence[Results]) -> Results:
    """What all tasks found, and the targets."""
    results = Results.together(parts)
    figures.judge(results)
    return results


def _kept(folder: Path, name: str) -> Path:
    return folder / f"task-{name}.json"


if __name__ == "__main__":
    main()
