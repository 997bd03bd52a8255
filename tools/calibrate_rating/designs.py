"""Who judges what: designs, and choices whose mean is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from byheart.rating.choices import Choices, Indices

MARGIN: Final = 0.05


@dataclass(frozen=True, slots=True)
class Design:
    """Who judges which pair.

    Attributes:
        name: for people.
        raters: of each judgment; int64 of shape (n,).
        pairs: the same.
        is_followed: whether sequences are followed to the end, which takes its time.
    """

    name: str
    raters: Indices
    pairs: Indices
    is_followed: bool = False


def designs() -> list[Design]:
    """All of them; what is left to chance is the same each time."""
    return [
        _dealt("the plan: 900 pairs, 2 raters each, 45 raters x 40", pairs=900, each=2, raters=45),
        _dealt("1,500 pairs once, 75 raters x 20", pairs=1500, each=1, raters=75),
        _shared("30 raters x 50 shared pairs", raters=30, pairs=50),
        _shared("75 raters x 20 shared pairs", raters=75, pairs=20),
        _leaving("the plan, a third of the raters leave early, others finish", pairs=900, each=2, raters=45),
        _dealt("few raters: 300 pairs, 2 raters each, 10 raters x 60", pairs=300, each=2, raters=10),
        _shared("few raters: 5 raters x 60 shared pairs", raters=5, pairs=60),
    ]


def chosen(design: Design, mean: float, *, pair_sd: float, rater_sd: float, rng: np.random.Generator) -> Choices:
    """Choices of random raters, of random pairs; with that mean over all of them."""
    logits = shift(mean, (pair_sd**2 + rater_sd**2) ** 0.5) + (
        pair_sd * rng.normal(size=design.pairs.max() + 1)[design.pairs]
        + rater_sd * rng.normal(size=design.raters.max() + 1)[design.raters]
    )
    chose = rng.random(len(logits)) < 1 / (1 + np.exp(-logits))
    return Choices(design.raters, design.pairs, chose.astype(np.int64))


@cache
def shift(mean: float, spread: float) -> float:
    """The mean of normal log-odds whose probabilities have a mean."""
    points, weights = np.polynomial.hermite_e.hermegauss(61)

    def off(at: float) -> float:
        return float((weights / (1 + np.exp(-at - spread * points))).sum() / weights.sum()) - mean

    return float(brentq(off, -10, 10))


def _shared(name: str, *, raters: int, pairs: int) -> Design:
    return Design(name, np.repeat(np.arange(raters), pairs), np.tile(np.arange(pairs), raters))


def _dealt(name: str, *, pairs: int, each: int, raters: int) -> Design:
    rng = np.random.default_rng(0)
    turns = np.concatenate([rng.permutation(pairs) for _ in range(each)])
    cuts = np.linspace(0, len(turns), raters + 1).round().astype(int)
    return Design(name, np.repeat(np.arange(raters), np.diff(cuts)), turns, is_followed=pairs >= 900)


def _leaving(name: str, *, pairs: int, each: int, raters: int) -> Design:
    """A third of the raters leave after a tenth of their trials, and others finish what they leave."""
    whole = _dealt(name, pairs=pairs, each=each, raters=raters)
    who = whole.raters.copy()
    for rater in range(raters // 3):
        own = np.flatnonzero(who == rater)
        who[own[len(own) // 10 :]] = raters + rater
    return Design(name, who, whole.pairs)


def completed(design: Design, kept: Sequence[int] | npt.NDArray[np.int64]) -> list[int]:
    """The pairs, in the order in which their last judgments came in, if raters came one after the other."""
    last = {pair: at for at, pair in enumerate(design.pairs[kept].tolist())}
    return sorted(last, key=lambda pair: last[pair])
