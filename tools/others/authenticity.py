"""Authenticity (Alaa et al., 2022), as FLD and synthcity have it."""

from typing import Any, Final

import numpy as np

from tools.others.case import Case, Figures
from tools.others.lifting import lifted
from tools.others.ours import COPYING, Points, audited, judged, normal, prefixed

_WIDTH: Final = 32
_LEARNED: Final = 50_000
_KEPT: Final = 10_000  # of either sample, by FLD
_MADE: Final = 2000
_ROWS: Final = 1000


def _mixture(count: int, seed: int) -> Points:
    """Ten normal distributions."""
    rng, centres = np.random.default_rng(seed), normal(10, _WIDTH, 99) * 2
    return np.asarray(centres[rng.integers(0, 10, count)] + rng.normal(size=(count, _WIDTH)))


def _fld(train: Points, made: Points, seed: int = 0) -> float:
    """The formula of `fld/metrics/AuthPct.py`: at most 10,000 train records are drawn before neighbours are looked for."""
    from sklearn.neighbors import NearestNeighbors  # noqa: PLC0415  # here, as with all others

    drawn = np.random.default_rng(seed).permutation(train)[:_KEPT]
    finder = NearestNeighbors(n_neighbors=2, algorithm="brute").fit(drawn)
    among = finder.kneighbors(drawn)[0][:, 1]  # how far each is from its nearest other
    apart, which = finder.kneighbors(made, 1)
    return float((among[which[:, 0]] < apart[:, 0]).mean())


def _subsampled() -> Figures:
    train, heldout, fresh = _mixture(_LEARNED, 0), _mixture(_KEPT, 1), _mixture(_KEPT, 2)
    copies = train[np.random.default_rng(3).permutation(_LEARNED)[:_KEPT]]
    told: dict[str, Any] = {"learned": _LEARNED, "kept": _KEPT, "made": _KEPT, "width": _WIDTH}
    for name, made in (("copies", copies), ("fresh", fresh)):
        told[name] = 100 * _fld(train, made)
        told |= prefixed(name, judged(made, heldout, train, "authenticity") | audited(made[:_MADE], heldout, train))
    return told


def _synthcity() -> Any:
    """Its own method: to import the package takes numpy below 2 and torch below 2.3."""
    from sklearn.neighbors import NearestNeighbors  # noqa: PLC0415  # as above

    names = {"np": np, "NearestNeighbors": NearestNeighbors}
    metrics = lifted("synthcity", "metrics/eval_statistical.py", "AlphaPrecision.metrics", names)
    return lambda train, made: float(metrics(None, train, made)[-1])


def _wrong_array() -> Figures:
    authenticity = _synthcity()
    train, heldout, fresh = normal(_ROWS, 3, 0), normal(_ROWS, 3, 1), normal(_ROWS, 3, 2)
    told: dict[str, Any] = {"rows": _ROWS}
    memory = train[np.random.default_rng(5).integers(0, _ROWS, _ROWS)]
    for name, made in (("memory", memory), ("fresh", fresh)):
        told[name] = authenticity(train, made)
        told |= prefixed(name, judged(made, heldout, train, *COPYING) | audited(made, heldout, train))
    return told


CASES: Final = (
    Case(
        name="A large train set",
        peer="FLD, `AuthPct`",
        given="{made:,} copies of records among {learned:,}, a mixture of ten normals in {width} dimensions; or as many fresh ones",
        says="{copies:.1f} % of the copies are authentic, {fresh:.1f} % of the fresh ones",
        true="none of the copies is",
        ours="authenticity {copies_authenticity:.2f} and {fresh_authenticity:.2f}, where held-out has {copies_authenticity_real:.2f}; {copies_named:,} and {fresh_named:,} of {fresh_samples:,} named: {copies_verdict} and {fresh_verdict}",
        text="It keeps {kept:,} train records, drawn at random, for want of memory, so that four of five originals are not there to be found. FLD comes from a repository alone, and is in no package index: "
        "what runs here is its formula, in a few lines. What fresh data have is no half either, so byheart tells held-out's beside it, and keeps all of train in bounded memory.",
        run=_subsampled,
        peer_errs=lambda f: f["copies"] > 10,
        ours_holds=lambda f: (
            f["copies_authenticity"] == 0
            and f["copies_named"] == f["copies_samples"]
            and f["copies_verdict"] == "COPIES"
            and f["fresh_named"] == 0
        ),
    ),
    Case(
        name="Authenticity of the wrong record",
        peer="synthcity 0.2.12, `AlphaPrecision`",
        given="{rows:,} records, drawn with replacement out of a memory of as many",
        says="authenticity {memory:.2f}; of fresh records {fresh:.2f}",
        true="0: each is a copy",
        ours="authenticity {memory_authenticity:.2f}, of fresh records {fresh_authenticity:.2f}; {memory_named:,} and {fresh_named:,} named: {memory_verdict} and {fresh_verdict}",
        text="It asks each *train* record for the nearest generated one, and averages over train: what it calls authentic here are train records that were not drawn, and are no part of the sample. And it looks up how far "
        "a record is from its nearest other at the place of the *generated* record, in the array of *train* records, where some other record stands. synthcity asks for numpy below 2 and torch below 2.3, and byheart for "
        "numpy 2: it is installed without what it depends on, and its method run as it stands there.",
        run=_wrong_array,
        peer_errs=lambda f: f["memory"] > 0.05,
        ours_holds=lambda f: (
            f["memory_authenticity"] == 0
            and f["memory_named"] == f["memory_samples"]
            and f["memory_verdict"] == "COPIES"
            and f["fresh_named"] == 0
        ),
    ),
)
