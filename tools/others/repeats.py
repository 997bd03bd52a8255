"""m3-score and prdc, where train repeats records."""

import contextlib
import io
from typing import Any, Final

import numpy as np

from tools.others.case import Case, Figures
from tools.others.ours import COPYING, audited, judged, normal, prefixed

_ROWS: Final = 600
_WIDTH: Final = 16
_AGAIN: Final = 20
_MANIFOLD: Final = ("precision", "recall", "density", "coverage")


def _twice() -> Figures:
    import torch  # noqa: PLC0415  # here, as with all others
    from m3score.stats import memorization  # noqa: PLC0415  # as above

    once, heldout, fresh = (normal(_ROWS, _WIDTH, seed) for seed in range(3))
    train = np.repeat(once, 2, axis=0)
    told: dict[str, Any] = {"rows": _ROWS}
    for name, learned in (("once", once), ("twice", train)):
        told[name] = memorization(torch.as_tensor(learned), torch.as_tensor(once))[0]
    for name, made in (("copies", once), ("fresh", fresh)):
        told |= prefixed(name, judged(made, heldout, train, *COPYING) | audited(made, heldout, train))
    return told


def _six() -> Figures:
    from prdc import compute_prdc  # noqa: PLC0415  # as above

    times, rows = 6, 200
    rng = np.random.default_rng(3)  # whole numbers, as rounding would make distances of twins differ
    train = np.repeat(rng.integers(0, 100, (rows, 4)), times, axis=0).astype(float)
    heldout = rng.integers(0, 100, (2 * times * rows, 4)).astype(float)
    with contextlib.redirect_stdout(io.StringIO()):  # it prints
        theirs = compute_prdc(train, train, nearest_k=5)
    ours = judged(train, heldout, train, "manifold")
    told: dict[str, Any] = {f"theirs_{name}": float(theirs[name]) for name in _MANIFOLD}
    again = [_again(rows, times, seed) for seed in range(_AGAIN)]
    told |= {"again": _AGAIN, "doubted": sum(one["verdict"] == "INCONCLUSIVE" for one in again)}
    told["all_named"] = sum(one["named"] == one["samples"] for one in again)
    return told | {"rows": rows, "times": times} | prefixed("ours", ours) | audited(train, heldout, train)


def _again(rows: int, times: int, seed: int) -> dict[str, Any]:
    """The audit of such a memory of normal records."""
    train = np.repeat(normal(rows, 4, seed), times, axis=0)
    return audited(train, normal(2 * times * rows, 4, _AGAIN + seed), train)


CASES: Final = (
    Case(
        name="Every train record twice",
        peer="m3-score 0.1.0, `stats.memorization`",
        given="{rows:,} copies of train, in which each record stands twice",
        says="{twice:.1f} of them are memorized ({once:.1f} where each stands once)",
        true="all are",
        ours="exact share {copies_exact_share:.2f}, authenticity {copies_authenticity:.2f}; {copies_named:,} named, {fresh_named:,} of fresh ones: {copies_verdict} and {fresh_verdict}",
        text="A record is memorized if it is nearer to train than the median train record is to its nearest other. Where records have twins, that median is 0, and nothing is nearer than 0. "
        "To its credit, m3-score's class warns of it where the images repeat, and asks that duplicates be removed. In byheart a record that was learned several times is one, and neighbours are distinct.",
        run=_twice,
        peer_errs=lambda f: f["twice"] < 0.5,
        ours_holds=lambda f: (
            f["copies_exact_share"] == 1
            and f["copies_authenticity"] == 0
            and f["copies_named"] == f["copies_samples"]
            and f["copies_verdict"] == "COPIES"
            and f["fresh_named"] == 0
        ),
    ),
    Case(
        name="Every train record six times",
        peer="prdc 0.2, `compute_prdc(nearest_k=5)`",
        given="the memory itself, {rows:,} records of whole numbers {times} times each, against train",
        says="precision {theirs_precision:.0f}, recall {theirs_recall:.0f}, density {theirs_density:.0f}, coverage {theirs_coverage:.0f}",
        true="precision, recall and coverage are 1, density at least 1",
        ours="precision {ours_precision:.2f}, recall {ours_recall:.2f}, density {ours_density:.2f}, coverage {ours_coverage:.2f}; {named:,} named: {verdict}",
        text="With six twins the fifth neighbour is at distance 0, and what is at 0 is not *below* 0: the best sample that there is has the worst of all scores. Where a sphere has no radius, byheart takes its "
        "border for a part of it. Of {again} further memories like it, of normal records, the audit names all records in {all_named}; but in {doubted} its verdict is INCONCLUSIVE, where its test of train against held-out takes "
        "the repeats for as many records, and finds that the two differ.",
        run=_six,
        peer_errs=lambda f: max(f[f"theirs_{name}"] for name in _MANIFOLD) == 0,
        ours_holds=lambda f: (
            min(f["ours_precision"], f["ours_recall"], f["ours_coverage"]) == 1
            and f["ours_density"] >= 1
            and f["named"] == f["samples"]
            and f["verdict"] == "COPIES"
            and f["all_named"] == f["again"]
            and f["doubted"] <= 1
        ),
    ),
)
