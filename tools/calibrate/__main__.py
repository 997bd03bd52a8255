"""`make calibrate`: simulate each metric where there is nothing to find, and write docs/calibration.md; with `--power`, where copies are planted."""

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path
from typing import Any, Final

from scipy.stats import binom

from byheart.judging.choosing import METRICS
from tools.bench.machine import describe
from tools.calibrate import power
from tools.calibrate.simulating import WORLDS, simulate, summary

DOCS: Final = Path(__file__).parent.parent.parent / "docs"
REFERENCES: Final = 8  # real samples, where intervals are given these
FAMILY: Final = 0.01  # of any test of the page being out of bounds by chance


def main() -> None:
    """Run the simulations, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--simulations", type=int, default=400)
    parser.add_argument(
        "--power",
        action="store_true",
        help="write docs/power.md instead; 40 simulations took 16 minutes on a busy machine",
    )
    parser.add_argument("--metrics", default=",".join(_of_points_or_rows()))
    options = parser.parse_args()
    began = time.perf_counter()
    rows: list[dict[str, Any]] = []
    with ProcessPoolExecutor() as pool:
        if options.power:
            rows = power.measure(pool, options.simulations)
            power.write(DOCS, rows, options.simulations, _about(began))
            return
        for world in WORLDS:
            for name in options.metrics.split(","):
                told = _calibrated(pool, world, name, options.simulations)
                rows += [{"world": world, **row} for row in told]
                print(f"{time.perf_counter() - began:6.0f} s  {world}: {name}: {told}", flush=True)
    about = _about(began)
    (DOCS / "calibration.json").write_text(
        json.dumps({"about": about, "simulations": options.simulations, "rows": rows}, indent=1)
    )
    (DOCS / "calibration.md").write_text("\n".join(_page(rows, options.simulations, about)) + "\n", "utf-8")


def _of_points_or_rows() -> list[str]:
    """The metrics that a simulation can draw records for."""
    return [name for name in METRICS if METRICS[name]().traits.kinds in {None, ("row",)}]


def _about(began: float) -> dict[str, str]:
    took = f"{(time.perf_counter() - began) / 60:.0f} minutes"
    return {**describe(("numpy", "scipy", "scikit-learn")), "took": took}


def _calibrated(pool: ProcessPoolExecutor, world: str, name: str, count: int) -> list[dict[str, Any]]:
    fixed = METRICS[name]().traits.is_reference_fixed
    seeds = range(count)
    fresh = list(pool.map(simulate, repeat(world), repeat(name), seeds, (1000 + seed for seed in seeds), chunksize=8))
    told = summary(fresh, list(seeds), is_reference_fixed=False)
    if not fixed:
        return told
    references = [seed % REFERENCES for seed in seeds]
    given = list(pool.map(simulate, repeat(world), repeat(name), seeds, references, chunksize=8))
    covered = summary(given, references, is_reference_fixed=True)
    return [{**row, "covered": other["covered"]} for row, other in zip(told, covered, strict=True)]


def _page(rows: Sequence[dict[str, Any]], count: int, about: dict[str, str]) -> Iterator[str]:
    tests = 2 * len(rows)
    most = int(binom.ppf(1 - FAMILY / tests, count, 0.05)) / count
    wrong = [row for row in rows if max(row["low"], row["high"]) > most]
    narrow = [row for row in rows if row["covered"] < 0.93]
    yield "# Calibration\n"
    yield "`make calibrate` draws train, held-out and generated records of one distribution, so that there is nothing to find, and measures each metric."
    yield f"Of {count} simulations a row: the share in which each tail rejects at .05, and in which the 95 % interval holds the expected value at these sizes.\n"
    yield from (f"- {name}: {said}" for name, said in about.items())
    yield f"\nA correct test rejects in at most {most:.1%} of {count} simulations, but for one page in a hundred ({tests} tests). "
    yield f"{len(wrong)} of {tests // 2} rows have a test beyond that; {len(narrow)} have an interval that holds less than 93 %. Where values are tied, tests reject less often than that.\n"
    for world in dict.fromkeys(row["world"] for row in rows):
        yield f"## {world[0].upper() + world[1:]}\n"
        yield "| metric | low tail | high tail | interval holds |"
        yield "| --- | --- | --- | --- |"
        for row in rows:
            if row["world"] == world:
                marks = ["!" if row in wrong else "", " !" if row in narrow else ""]
                yield f"| {row['name']} | {row['low']:.3f} | {row['high']:.3f}{marks[0]} | {row['covered']:.3f}{marks[1]} |"
        yield ""


if __name__ == "__main__":
    main()
