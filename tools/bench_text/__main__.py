"""`python -m tools.bench_text`: measure, tell, and write docs/benchmarks-text.md."""

import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click
from rich.console import Console

from tools.bench import machine, page, tables
from tools.bench.results import Results
from tools.bench_text import figures, tokens
from tools.bench_text.corpus import corpus
from tools.bench_text.peers import PEERS, missing

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = ("byheart", "infini-gram", "fast-gram", "tokengrams", "py-infinigram", "fm-index", "pydivsufsort")
_LARGE: Final = 150  # MB, from which on only those that targets are set against take part


@click.command()
@click.option("--size", "sizes", multiple=True, type=int, default=(10, 100, 400), show_default=True, help="MB of text.")
@click.option("--write/--no-write", "is_written", default=True, help="Whether docs/benchmarks-text.* are written.")
@click.option("--folder", type=click.Path(path_type=Path), default=ROOT / ".cache" / "bench-text")
def main(sizes: Sequence[int], folder: Path, *, is_written: bool) -> None:
    """Measure byheart's text index beside its peers."""
    began, console = time.perf_counter(), Console(stderr=True)
    results = Results(machine.describe(PACKAGES), missing=missing(list(PEERS)))
    load = machine.load()
    console.print("fetching text ...")
    found = corpus(folder)
    for workload, documents in figures.corpora(found, sizes).items():
        console.print(f"{workload}: {len(documents):,} documents")
        questions = figures.Questions(documents, found.held_out)
        one(results, workload, documents, questions, folder / "stores")
    if 100 in sizes and {"infini-gram", "fast-gram"}.isdisjoint(results.missing):
        console.print("tokens ...")
        tokens.measure(results, found, folder / "stores")
    results.machine["load"] = f"{load:.1f} processes before it began, {machine.load():.1f} at its end"
    results.machine["took"] = f"{(time.perf_counter() - began) / 60:.0f} minutes"
    tables.show(results, Console())
    if is_written:
        page.write(results, ROOT / "docs", "benchmarks-text")


def one(results: Results, workload: str, documents: list[bytes], questions: figures.Questions, folder: Path) -> None:
    """All figures of one corpus."""
    console = Console(stderr=True)
    shutil.rmtree(folder, ignore_errors=True)
    size = sum(map(len, documents)) / 1e6
    names = [name for name in PEERS if name not in results.missing]
    if size > _LARGE:
        names = [name for name in names if name in {"byheart", "infini-gram", "fast-gram"}]
    engines = {}
    for name in names:
        console.print(f"  {name}: index ...")
        store = folder / name
        if name == "fast-gram":
            store.mkdir(parents=True, exist_ok=True)
            if (folder / "infini-gram" / "index").exists():
                (store / "index").symlink_to(folder / "infini-gram" / "index")
        if name == "fast-gram" or figures.build(results, name, documents, store, workload):
            engines[name] = PEERS[name].open(store)
    console.print("  ask ...")
    figures.ask(results, workload, engines, figures.asked_of(questions))
    figures.judge(results, workload, with_build=True)
    figures.agree(results, workload, engines, questions)
    figures.threads(results, workload, engines["byheart"], questions)
    engines.clear()
    figures.cold(results, workload, folder / "byheart", questions)
    figures.budget(results, workload, documents, folder / "budget")
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
