"""`make calibrate-audit`: plant copies, let the audit look for them, and write docs/audit-calibration.md."""

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, Final

import numpy as np

from tools.bench.machine import describe
from tools.calibrate_audit.simulating import ALPHA, FAIL_ABOVE, FRESH, SAMPLES, SHARES, simulated
from tools.calibrate_audit.worlds import KINDS

DOCS: Final = Path(__file__).parents[2] / "docs"
_NAME: Final = "audit-calibration"


def main() -> None:
    """Run the simulations, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--simulations", type=int, default=200)
    parser.add_argument(
        "--only", default=",".join(KINDS), help="kinds of worlds; the others stay as they were measured"
    )
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    began = time.perf_counter()
    path = DOCS / f"{_NAME}.json"
    known = json.loads(path.read_text()) if path.exists() else {"rows": {}}
    for kind in options.only.split(","):
        worlds = min(KINDS[kind].worlds, options.simulations)
        cases = [(kind, seed, options.simulations // worlds) for seed in range(worlds)]
        with ProcessPoolExecutor(options.workers) as pool:
            told = [row for rows in pool.map(simulated, cases) for row in rows]
        known["rows"][kind] = list(_summaries(told))
        known["about"] = {**describe(("byheart", "numpy", "scipy")), "simulations": str(options.simulations)}
        path.write_text(json.dumps(known, indent=1) + "\n")
        print(f"{time.perf_counter() - began:6.0f} s  {kind}", flush=True)
    (DOCS / f"{_NAME}.md").write_text("\n".join(_page(known)) + "\n", "utf-8")


def _summaries(told: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """One for each background and share."""
    groups: dict[tuple[str, float], list[dict[str, Any]]] = defaultdict(list)
    for row in told:
        groups[row["background"], row["share"]].append(row)
    for (background, share), rows in groups.items():
        summary: dict[str, Any] = {"background": background, "share": share, "audits": len(rows)}
        if background == "changes":
            names = rows[0]["seen"]
            yield summary | {"seen": {name: float(np.mean([row["seen"][name] for row in rows])) for name in names}}
            continue
        recalls = [row["recall"] for row in rows if row["recall"] is not None]
        summary["recall"] = float(np.mean(recalls)) if recalls else None
        if background == "MemGEN":
            yield summary
            continue
        rates = np.array([row["false"] / max(row["named"], 1) for row in rows])
        totals = {
            name: np.sum([row["by_change"][name] for row in rows], axis=0).tolist() for name in rows[0]["by_change"]
        }
        yield summary | {
            "fdr": float(rates.mean()),
            "fdr_error": float(rates.std() / len(rates) ** 0.5),
            "accused": float(np.mean([row["false"] > 0 for row in rows])),
            "at_most": float(np.mean([row["high"] >= row["planted"] for row in rows])),
            "at_least": float(np.mean([row["low"] <= share for row in rows])),
            "holds_0": float(np.mean([row["low"] <= 0 for row in rows])),
            "verdicts": {
                name: float(np.mean([row["verdict"] == name for row in rows]))
                for name in ("BELOW", "COPIES", "INCONCLUSIVE")
            },
            "by_change": {name: found / count for name, (found, count) in totals.items() if count},
        }


def _page(known: dict[str, Any]) -> Iterator[str]:
    about = known["about"]
    yield "# Calibration of the audit"
    yield ""
    yield (
        "Does the audit name copies, and no others? Copies are planted among fresh data and among what innocent generators make, and looked for."
        f" Each line is of {about['simulations']} audits of {SAMPLES:,} samples (fewer where there are fewer) with up to {2 * SAMPLES:,} held-out records, at a false discovery rate"
        f" of {ALPHA:g} and a threshold of {FAIL_ABOVE:g}; copies of all the changes below, equally many of each. The lower limit of the share is of all copies; the upper one, of those that are seen at a limit that is fixed beforehand (a tenth of the threshold): copies through a change that is seen seldom are in no upper limit. Made by `make calibrate-audit`."
    )
    yield ""
    yield "Machine: " + "; ".join(f"{name} {said}" for name, said in about.items() if name != "simulations") + "."
    yield from _innocents(known["rows"])
    for kind, rows in _in_order(known["rows"]):
        yield ""
        yield f"## {KINDS[kind].about[0].upper()}{KINDS[kind].about[1:]}"
        yield ""
        yield from _planted(rows)
        yield from _changes(rows)


def _in_order(kinds: dict[str, list[dict[str, Any]]]) -> list[tuple[str, list[dict[str, Any]]]]:
    return [(kind, kinds[kind]) for kind in KINDS if kind in kinds]


def _innocents(kinds: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    yield ""
    yield "## Nothing copied"
    yield ""
    yield "How often anyone is named, how often the interval of the share holds 0, and the verdicts, where nothing was copied."
    yield ""
    yield "| world | generator | anyone named | share's interval holds 0 | BELOW | COPIES |"
    yield "|---|---|---|---|---|---|"
    for kind, rows in _in_order(kinds):
        for row in rows:
            if row["share"] == 0:
                told = [row["accused"], row["holds_0"], row["verdicts"]["BELOW"], row["verdicts"]["COPIES"]]
                yield f"| {KINDS[kind].about} | {row['background']} | {' | '.join(map(_number, told))} |"


def _planted(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    memory = next(row for row in rows if row["background"] == "MemGEN")
    yield f"The memory itself: {memory['recall'] * 100:.3g} % of its samples are named."
    yield ""
    yield "| among | planted | false discovery rate | named of the copies | lower limit holds | upper limit holds what is seen | COPIES |"
    yield "|---|---|---|---|---|---|---|"
    for row in rows:
        if row["share"] in SHARES and row["share"] > 0 and "fdr" in row:
            rate = f"{_number(row['fdr'])} ± {_number(2 * row['fdr_error'])}"
            told = [_number(one) for one in (row["recall"], row["at_least"], row["at_most"], row["verdicts"]["COPIES"])]
            yield f"| {row['background']} | {row['share'] * 100:g} % | {rate} | {' | '.join(told)} |"


def _changes(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    seen = next(row for row in rows if row["background"] == "changes")["seen"]
    by_share = {row["share"]: row for row in rows if row["background"] == FRESH}
    yield ""
    yield f"By change, among fresh data: seen is the share below the limit of a tenth of the threshold (fresh data: {_number(seen[FRESH])}); named, where so many were planted in all."
    yield ""
    yield "| change | seen | named, of 1 % | of 5 % | of 10 % |"
    yield "|---|---|---|---|---|"
    for name, share in seen.items():
        if name != FRESH:
            told = [by_share[planted]["by_change"].get(name) for planted in (0.01, 0.05, 0.1)]
            yield f"| {name} | {_number(share)} | {' | '.join(_number(one) for one in told)} |"


def _number(value: float | None) -> str:
    """Two or three figures, as .05, 1 or 0; nothing of nothing."""
    if value is None:
        return ""
    told = f"{value:.3f}" if 0 < value < 0.1 else f"{value:.2f}"
    return {"0.00": "0", "0.000": "0", "1.00": "1"}.get(told, told.removeprefix("0"))


if __name__ == "__main__":
    main()
