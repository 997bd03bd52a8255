"""`python -m tools.calibrate_rating`: simulate studies, and write docs/rating-calibration.md."""

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any, Final

from tools.bench.machine import describe
from tools.calibrate_rating.designs import MARGIN
from tools.calibrate_rating.panels import claims, exclusions
from tools.calibrate_rating.simulating import SEQUENCES, cases, named, simulated

DOCS: Final = Path(__file__).parents[2] / "docs"
_NAME: Final = "rating-calibration"


def main() -> None:
    """Run the simulations, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--simulations", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--resume", action="store_true", help="keep the lines that are there")
    options = parser.parse_args()
    began, path = time.perf_counter(), DOCS / f"{_NAME}.json"
    known: dict[str, Any] = {"rows": []}
    if options.resume and path.exists():
        known = json.loads(path.read_text("utf-8"))
    known["about"] = {**describe(("byheart", "numpy", "scipy")), "simulations": str(options.simulations)}
    there = {_of(row) for row in known["rows"] if row["simulations"] == options.simulations}
    asked = [case for case in cases(options.simulations) if _of(named(case)) not in there]
    with ProcessPoolExecutor(options.workers) as pool:
        if "panels" not in known:
            panels, leaving = pool.submit(claims, options.simulations), pool.submit(exclusions, options.simulations)
            known |= {"panels": panels.result(), "exclusions": leaving.result()}
        for done in as_completed([pool.submit(simulated, case) for case in asked]):
            known["rows"].append(done.result())
            path.write_text(json.dumps(known, indent=1) + "\n", "utf-8")
            print(f"{time.perf_counter() - began:6.0f} s  {_of(known['rows'][-1])}", flush=True)
    order = [_of(named(case)) for case in cases(options.simulations)]
    known["rows"].sort(key=lambda row: order.index(_of(row)))
    path.write_text(json.dumps(known, indent=1) + "\n", "utf-8")
    (DOCS / f"{_NAME}.md").write_text("\n".join(_page(known)) + "\n", "utf-8")


def _page(known: dict[str, Any]) -> Iterator[str]:
    about, rows = known["about"], known["rows"]
    yield "# Calibration of side-by-side studies"
    yield ""
    yield (
        "Do the tests of `byheart rate report` reject a coin as seldom as they say, do its intervals hold the truth, and is equivalence claimed falsely? Each line is of"
        f" {int(about['simulations']):,} simulated studies whose truth is known: two standard errors are {200 * (0.05 * 0.95 / int(about['simulations'])) ** 0.5:.1f} points where .05 is said."
        " Pairs, and raters, differ by normal log-odds with the standard deviations that are given. Made by `make calibrate-rating`."
    )
    yield ""
    yield "Machine: " + "; ".join(f"{name} {said}" for name, said in about.items() if name != "simulations") + "."
    yield from _worst(rows)
    yield from _coins(rows)
    yield from _edges(rows)
    yield from _panels(known["panels"])
    yield from _leaving(known["exclusions"])


def _worst(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    same = [row for row in rows if row["rater_sd"] == 0]
    told = [
        ("sign-flip rejects a coin", ".06 at most", _number(max(row["sharp"] for row in same))),
        ("clustered t rejects a coin", ".06 at most", _number(max(row["clustered"] for row in rows))),
        ("e-value ever reaches 20", ".05 at most", _number(max(row["e_value"] for row in same))),
        ("95 % interval holds the truth", ".94 at least", _number(min(row["covers"] for row in rows))),
        ("95 % confidence sequence always holds it", ".95 at least", _number(min(row["sequence"] for row in rows))),
        ("equivalence is claimed at the margin", ".06 at most", _number(max(row["false_equivalence"] for row in rows))),
        ("for contrast: binomial test rejects a coin", "", _number(max(row["naive"] for row in rows))),
        (
            "for contrast: as if independent, equivalence is claimed at the margin",
            "",
            _number(max(row["naive_equivalence"] for row in rows)),
        ),
    ]
    yield ""
    yield "## The worst of all lines"
    yield ""
    yield "| | wanted | worst |"
    yield "|---|---|---|"
    yield from (f"| {' | '.join(row)} |" for row in told)
    yield ""
    yield "The sign-flip test and the e-value are of the sharp null, that nobody can tell: where raters differ it is false, even if as many lean one way as the other, so those lines are not in the first and third row."


def _coins(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    yield ""
    yield "## The truth is a coin"
    yield ""
    yield "In brackets where the sharp null is false, as raters differ."
    yield ""
    yield "| design | pairs' SD | raters' SD | sign-flip | clustered t | binomial (naive) | interval holds | e >= 20 at any time | sequence always holds |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for row in rows:
        sharp, e_value = (_number(row[name]) for name in ("sharp", "e_value"))
        if row["rater_sd"]:
            sharp, e_value = f"({sharp})", f"({e_value})"
        told = [
            sharp,
            *(_number(row[name]) for name in ("clustered", "naive", "covers")),
            e_value,
            _number(row["sequence"]),
        ]
        yield f"| {_of(row)} | {' | '.join(told)} |"


def _edges(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    yield ""
    yield f"## The truth is at the margin of {MARGIN:g}; and power"
    yield ""
    yield (
        "Equivalence claimed where the share is .55, by clusters and as if judgments were independent; the sign-flip test's power there; and how often a coin is shown to be one within the margin, by"
        f" the fixed analysis, and by the confidence sequence when all judgments are there (of {SEQUENCES} studies, where pairs are as many as a plan has)."
    )
    yield ""
    yield "| design | pairs' SD | raters' SD | false equivalence | naive | sign-flip at .55 | coin shown, fixed | coin shown, sequential |"
    yield "|---|---|---|---|---|---|---|---|"
    for row in rows:
        names = ("false_equivalence", "naive_equivalence", "power_sharp", "power_fixed", "power_sequence")
        yield f"| {_of(row)} | {' | '.join(_number(row[name]) for name in names)} |"


def _panels(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    yield ""
    yield "## Panels that look"
    yield ""
    yield "How often 45 raters with 6 catch pairs each are called attentive: at an accuracy of .90 wrongly, above rightly."
    yield ""
    yield "| accuracy | raters' SD | called attentive |"
    yield "|---|---|---|"
    yield from (f"| {_number(row['accuracy'])} | {row['rater_sd']:g} | {_number(row['attentive'])} |" for row in rows)


def _leaving(told: dict[str, float]) -> Iterator[str]:
    yield ""
    yield "## Leaving raters out"
    yield ""
    yield (
        f"A fifth of 45 raters are right in .60 of catch pairs, the others in .97; six catch pairs each, of which three decide; below .75 right a rater is left out ({_number(told['left_out'])} of them are). Those who are kept are"
        f" right in {_number(told['true'])}. Measured on the catch pairs that did not decide: {_number(told['measured'])}, and the 95 % limits hold the truth in {_number(told['covers'])}. Measured on those that decided, it would be {_number(told['by_those_that_decide'])}."
    )


def _of(row: dict[str, Any]) -> str:
    return f"{row['design']} | {row['pair_sd']:g} | {row['rater_sd']:g}"


def _number(value: float | None) -> str:
    """Three figures after the point, as .050, 1 or 0; nothing of nothing."""
    if value is None:
        return ""
    told = f"{value:.3f}"
    return {"0.000": "0", "1.000": "1"}.get(told, told.removeprefix("0"))


if __name__ == "__main__":
    main()
