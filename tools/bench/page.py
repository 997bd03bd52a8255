"""docs/benchmarks.md: what a run found, between markers; the words around it are written by hand."""

import re
from pathlib import Path
from typing import Final

from tools.bench import tables
from tools.bench.results import Results
from tools.bench.tables import Table

_BLOCK: Final = re.compile(r"(<!-- measured: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def write(results: Results, docs: Path, name: str = "benchmarks") -> None:
    """Put the results into a page, and beside it as JSON."""
    path = docs / f"{name}.md"
    path.write_text(rendered(path.read_text("utf-8"), results), "utf-8")
    results.write(path.with_suffix(".json"))


def rendered(page: str, results: Results) -> str:
    """The page with the blocks `machine`, `targets`, `tables` and `missing` anew."""
    blocks = {
        "machine": _machine(results),
        "targets": _markdown(tables.verdicts(results)),
        "tables": "\n".join(f"### {t.title}\n\n{_markdown(t)}" for t in tables.every(results)[1:]),
        "missing": "\n".join(f"- {name}: {reason}" for name, reason in results.missing.items()) or "Nothing.",
    }
    return _BLOCK.sub(lambda found: f"{found[1]}\n{blocks[found[2]].rstrip()}\n\n{found[3]}", page)


def _machine(results: Results) -> str:
    return "\n".join(f"- {name}: {value}" for name, value in results.machine.items())


def _markdown(table: Table) -> str:
    lines = [table.columns, ["---"] * len(table.columns), *table.rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)
