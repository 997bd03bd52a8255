"""`python -m tools.others`: give peers and byheart the same data, and write docs/what-others-miss.md."""

import json
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console

from tools.bench import machine
from tools.others.page import CASES, missed, not_reproduced, page

DOCS: Final = Path(__file__).parents[2] / "docs"
PACKAGES: Final = (
    "byheart", "numpy", "scipy", "scikit-learn", "pandas", "torch", "sdmetrics", "prdc", "torchmetrics", "m3-score", "synthcity",
)  # fmt: skip  # one line


@click.command()
@click.option(
    "--only", multiple=True, type=click.Choice([case.name for case in CASES]), help="A case; may be repeated."
)
@click.option("--write/--no-write", "is_written", default=None, help="Whether docs/what-others-miss.* are written.")
def main(only: Sequence[str], *, is_written: bool | None) -> None:
    """Reproduce what other packages get wrong about copies, beside what byheart says."""
    began, console = time.perf_counter(), Console(stderr=True)
    told: dict[str, Any] = {"machine": machine.describe(PACKAGES), "cases": {}, "missing": {}}
    warnings.simplefilter("ignore")  # peers' own, of what they will no longer do
    for case in CASES:
        if only and case.name not in only:
            continue
        console.print(f"{time.perf_counter() - began:6.0f} s  {case.name} ...")
        try:
            told["cases"][case.name] = dict(case.run())
        except Exception as error:  # noqa: BLE001  # the others still run, and the page says why
            told["missing"][case.name] = f"{type(error).__name__}: {error}"
    told["machine"]["took"] = f"{(time.perf_counter() - began) / 60:.0f} minutes"
    console.print(page(told), markup=False, highlight=False)
    console.print(f"not reproduced: {not_reproduced(told)}; byheart is wrong in: {missed(told)}", markup=False)
    if is_written or (is_written is None and not only):
        (DOCS / "what-others-miss.json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")
        (DOCS / "what-others-miss.md").write_text(page(told), "utf-8")


if __name__ == "__main__":
    main()
