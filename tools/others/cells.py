"""C_T (Meehan et al., 2020), as data-copying, dgm-eval and FLD have it."""

from typing import Any, Final

import numpy as np

from tools.others.case import Case, Figures
from tools.others.ours import Points, audited, judged, normal

_ROWS: Final = 1000
_CELLS: Final = 20
_DRAWS: Final = 40
_PLANTED: Final = 30


def _heights(made: Points, heldout: Points, train: Points) -> tuple[Any, Any]:
    """Distances to train, as scikit-learn returns them: columns."""
    from sklearn.neighbors import NearestNeighbors  # noqa: PLC0415  # here, as with all others

    finder = NearestNeighbors(n_neighbors=1).fit(train)
    return finder.kneighbors(made)[0], finder.kneighbors(heldout)[0]


def _z(made: Any, real: Any) -> Any:
    """U as a z-score; no ties are thought of."""
    from scipy.stats import mannwhitneyu  # noqa: PLC0415  # as above

    n, m = len(real), len(made)
    u = mannwhitneyu(made, real, alternative="less")[0]
    return (u - n * m / 2 + 0.5) / np.sqrt(n * m * (n + m + 1) / 12)


def _c_t(made: Points, heldout: Points, train: Points, cells: int, *, mended: bool = True) -> float:
    """The mean of the cells' z-scores, weighted by held-out. Mended: where the published code passes columns on, rows."""
    from sklearn.cluster import KMeans  # noqa: PLC0415  # as above

    split = KMeans(cells, n_init=1, random_state=0).fit(train)
    of_made, of_real, of_train = (split.predict(points) for points in (made, heldout, train))
    scores = np.zeros(cells)
    for cell in range(cells):
        apart = _heights(made[of_made == cell], heldout[of_real == cell], train[of_train == cell])
        scores[cell] = _z(*(told.ravel() for told in apart)) if mended else _z(*apart)
    return float(scores @ np.bincount(of_real, minlength=cells) / len(heldout))


def _z_scores() -> Figures:
    from scipy.stats import norm  # noqa: PLC0415  # as above
    from sklearn.datasets import load_digits  # noqa: PLC0415  # as above

    told: dict[str, Any] = {"numpy": np.__version__, "cells": _CELLS, "draws": _DRAWS, "rows": _ROWS}
    train, heldout = normal(_ROWS, 2, 0), normal(_ROWS, 2, 1)
    try:
        _c_t(normal(_ROWS, 2, 2), heldout, train, 3, mended=False)
        told["error"] = "none"
    except (TypeError, ValueError) as error:
        told["error"] = f"{type(error).__name__}: {error}".rstrip(".")
    for cells in (3, _CELLS):
        drawn = [_c_t(normal(_ROWS, 2, 100 + s), normal(_ROWS, 2, 500 + s), train, cells) for s in range(_DRAWS)]
        told[f"spread_{cells}"] = float(np.std(drawn))
    digits = np.random.default_rng(20).permutation(load_digits().data)
    train, heldout, fresh = digits[:599], digits[599:1198], digits[1198:]
    made = np.concatenate([train[:_PLANTED], fresh[_PLANTED:]])
    told["digits"] = _c_t(made, heldout, train, 3)
    told["as_z"] = float(norm.cdf(told["digits"]))
    told["in_spreads"] = told["digits"] / told["spread_3"]
    return (
        told
        | {"made": len(made), "planted": _PLANTED}
        | judged(made, heldout, train, "c_t", "exact_share")
        | audited(made, heldout, train)
    )


CASES: Final = (
    Case(
        name="C_T read as a z-score",
        peer="data-copying, dgm-eval and FLD, `C_T`",
        given="{made:,} digits, {planted} of them copied from train",
        says="with numpy {numpy}: {error}. Mended: {digits:.2f}, as a z-score p = {as_z:.2g}",
        true="copies; where the standard deviation of fresh data is {spread_3:.2f}, that is {in_spreads:.1f} of them",
        ours="C_T {c_t:.1f}, p = {c_t_p:.2g} by permutation: {c_t_verdict}; exact share {exact_share:.2f}; {named} named: {verdict}",
        text="All three pass columns to SciPy, which gives a column back, which numpy no longer takes for a number. They come from repositories alone, so that their formula runs here, in a few lines. Mended, it is a weighted mean of z-scores, and no "
        "z-score: of fresh data its standard deviation is {spread_3:.2f} with 3 cells and {spread_20:.2f} with {cells} ({draws} draws of {rows:,} records in two dimensions), not 1. Nor does it correct its variance for ties, and it grows with the number of "
        "records. byheart tells the published value, here of a half of the digits, the other being the reference, and tests it by exchanging records.",
        run=_z_scores,
        peer_errs=lambda f: f["error"] != "none" and max(f["spread_3"], f["spread_20"]) < 0.8,
        ours_holds=lambda f: f["c_t_p"] < 0.05 and f["named"] >= f["planted"] and f["verdict"] == "COPIES",
    ),
)
