"""`python -m tools.bench`: measure, tell, and write docs/benchmarks.md."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click
from rich.console import Console

from tools.bench import floors, machine, page, tables
from tools.bench.figures import cold, growth, learning, processes, sampling
from tools.bench.peers import registry
from tools.bench.results import Results, Series
from tools.bench.run import FULL, QUICK, Run

PARTS: Final = ("start", "W1", "W2", "W3", "growth")
ROOT: Final = Path(__file__).parents[2]


@click.command()
@click.option("--only", multiple=True, type=click.Choice(PARTS), help="A part of the run; may be given more than once.")
@click.option("--peers", help="Which peers, by comma: " + ", ".join(registry.PEERS) + "; or none.")
@click.option("--quick", is_flag=True, help="Fewer and shorter repetitions; the page is not written.")
@click.option(
    "--folder", type=click.Path(path_type=Path), default=ROOT / ".cache" / "bench", help="For data and stores."
)
@click.option("--write/--no-write", "is_written", default=None, help="Whether docs/benchmarks.* are written.")
def main(only: Sequence[str], peers: str | None, folder: Path, *, quick: bool, is_written: bool | None) -> None:
    """Measure byheart beside its peers, and what this machine can do at best."""
    began = time.perf_counter()
    parts = only or PARTS
    results = Results(machine.describe())
    run = Run(folder, _present(peers, results), QUICK if quick else FULL, results)
    load = machine.load()
    if "start" in parts:
        run.step("start-up")
        processes.start(run)
    results.series.append(Series("memcpy", "", registry.FLOOR, "bytes/s", (floors.memcpy_rate(1.0),)))
    for name in ("W1", "W2", "W3"):
        if name in parts:
            workload(run, name)
            results.write(folder / "results.json")
    if "growth" in parts:
        growth.measure(run)
    results.machine["load"] = f"{load:.1f} processes before it began, {machine.load():.1f} at its end"
    results.machine["took"] = f"{(time.perf_counter() - began) / 60:.0f} minutes"
    tables.show(results, Console())
    folder.mkdir(parents=True, exist_ok=True)
    results.write(folder / "results.json")
    if is_written or (is_written is None and not quick and not only and peers is None):
        page.write(results, ROOT / "docs")


def workload(run: Run, name: str) -> None:
    """All figures of one workload."""
    files = run.files(name)
    run.step(f"{name}: learn {files.sizes() / 1e6:,.0f} MB")
    ours = [registry.FLOOR, registry.FACE, registry.HASHMAP]
    learned = learning.learn(run, files, run.able([*ours, *run.peers], files), run.effort.learns)
    learning.judge(run, name)
    readers = [registry.GATHER, *(key for key in learned if key != registry.HASHMAP)]
    with run.opened(readers, files) as workers:
        run.step(f"{name}: sample")
        sampling.warm(workers)
        sampling.measure(run, files, workers)
        sampling.measure_one_by_one(run, files, workers)
    sampling.judge(run.results, name)
    sampling.judge_one_by_one(run.results, name)
    if name == "W2":
        run.step(f"{name}: sample from the disk")
        cold.measure(run, files, [key for key in readers if key in workers])
        cold.judge(run.results, name)
    run.forget(files)


def _present(peers: str | None, results: Results) -> list[str]:
    """The peers that are wanted and can be imported; why the others cannot goes into the results."""
    wanted = list(registry.PEERS) if peers is None else [key for key in peers.split(",") if key != "none"]
    if unknown := [key for key in wanted if key not in registry.PEERS]:
        raise click.BadParameter(f"no peer {', '.join(unknown)}: wanted some of {', '.join(registry.PEERS)}, or none")
    why = {key: registry.why_missing(key) for key in wanted}
    results.missing |= {registry.get(key).name: reason for key, reason in why.items() if reason is not None}
    return [key for key in wanted if why[key] is None]


if __name__ == "__main__":
    main()
