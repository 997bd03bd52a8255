"""`python -m tools.bench_audit`: measure, tell, and write docs/benchmarks-audit.md.

What a task took is kept in `.cache/bench-audit`: so one may be measured again alone, and the page still tells of all.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click
from rich.console import Console

from tools.bench import machine, page, tables
from tools.bench.results import Results
from tools.bench_audit import figures
from tools.bench_audit.tasks import TASKS

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = ("byheart", "numpy", "scipy", "pillow", "imagehash", "faiss-cpu", "imagededup", "sdmetrics", "pandas")
THREADS: Final = 2


@click.command()
@click.option("--only", multiple=True, type=click.Choice(list(TASKS)), help="A task; may be given more than once.")
@click.option("--rest", is_flag=True, help="Only those that have not been measured yet.")
@click.option("--quick", is_flag=True, help="A turn each.")
@click.option("--write/--no-write", "is_written", default=True, help="Whether docs/benchmarks-audit.* are written.")
@click.option("--folder", type=click.Path(path_type=Path), default=ROOT / ".cache" / "bench-audit")
def main(only: Sequence[str], folder: Path, *, rest: bool, quick: bool, is_written: bool) -> None:
    """Measure what an audit takes, beside peers who do a part of it."""
    console = Console(stderr=True)
    folder.mkdir(parents=True, exist_ok=True)
    for name in only or TASKS:
        if not (rest and _kept(folder, name).exists()):
            measure(name, console, rounds=1 if quick else None).write(_kept(folder, name))
    results = together([Results.read(_kept(folder, name)) for name in TASKS if _kept(folder, name).exists()])
    tables.show(results, Console())
    if is_written:
        page.write(results, ROOT / "docs", "benchmarks-audit")


def measure(name: str, console: Console, rounds: int | None = None) -> Results:
    """One task."""
    began, load = time.perf_counter(), machine.load()
    results = Results(machine.describe(PACKAGES))
    figures.run(name, threads=THREADS, rounds=rounds, console=console, results=results)
    took = (time.perf_counter() - began) / 60
    busy = f"{load:.1f} processes before it began, {machine.load():.1f} at its end; it took {took:.0f} minutes"
    results.machine |= {"threads": str(THREADS), f"load, {name}": busy}
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
