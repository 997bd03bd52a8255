"""`python -m tools.bench_judge`: measure, tell, and write docs/benchmarks-judge.md."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click
from rich.console import Console

from tools.bench import machine, page, tables
from tools.bench.results import Results
from tools.bench_judge import figures, whole
from tools.bench_judge.tasks import TASKS

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = ("byheart", "numpy", "scipy", "faiss-cpu", "scikit-learn", "prdc", "sdmetrics", "pandas")
THREADS: Final = 2
_WHOLE: Final = "judge"


@click.command()
@click.option("--only", multiple=True, type=click.Choice([*TASKS, _WHOLE]), help="A task; may be given more than once.")
@click.option("--write/--no-write", "is_written", default=None, help="Whether docs/benchmarks-judge.* are written.")
@click.option("--folder", type=click.Path(path_type=Path), default=ROOT / ".cache" / "bench-judge")
def main(only: Sequence[str], folder: Path, *, is_written: bool | None) -> None:
    """Measure what byheart's judge is made of, beside its peers."""
    began, console = time.perf_counter(), Console(stderr=True)
    results = Results(machine.describe(PACKAGES))
    load = machine.load()
    for name in TASKS:
        if name in (only or TASKS):
            figures.run(results, name, THREADS, console)
            folder.mkdir(parents=True, exist_ok=True)
            results.write(folder / "results.json")  # what there is, should it be interrupted
    if not only or _WHOLE in only:
        console.print("a whole judgment ...")
        whole.measure(results, THREADS)
    results.machine["threads"] = str(THREADS)
    results.machine["load"] = f"{load:.1f} processes before it began, {machine.load():.1f} at its end"
    results.machine["took"] = f"{(time.perf_counter() - began) / 60:.0f} minutes"
    tables.show(results, Console())
    if is_written or (is_written is None and not only):
        page.write(results, ROOT / "docs", "benchmarks-judge")


if __name__ == "__main__":
    main()
