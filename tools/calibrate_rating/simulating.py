"""Studies by the thousand, and what was said of each."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.stats import binom, norm

from byheart.rating.betting import ALPHA, wealth
from byheart.rating.choices import Choices
from byheart.rating.clustered import mean
from byheart.rating.sequential import half_width, running
from byheart.rating.sharp import sign_flip
from tools.calibrate_rating.designs import MARGIN, Design, chosen, completed, designs

PAIR_SDS: Final = (0.0, 0.5, 1.0)
RATER_SDS: Final = (0.0, 0.5)
SEQUENCES: Final = 100  # that are followed in full: a tenth of a second each
_LIMIT: Final = float(np.log(1 / ALPHA))

_ORDERS: Final[dict[str, list[int]]] = {}

Case = tuple[int, float, float, int]


def cases(simulations: int) -> list[Case]:
    """Design, spread of pairs, spread of raters, and how many."""
    return [
        (at, pairs, raters, simulations) for at in range(len(designs())) for pairs in PAIR_SDS for raters in RATER_SDS
    ]


def named(case: Case) -> dict[str, Any]:
    """What a line is of."""
    at, pair_sd, rater_sd, simulations = case
    return {"design": designs()[at].name, "pair_sd": pair_sd, "rater_sd": rater_sd, "simulations": simulations}


def simulated(case: Case) -> dict[str, Any]:
    """One line of the table."""
    at, pair_sd, rater_sd, simulations = case
    design = designs()[at]
    rng = np.random.default_rng([at, int(10 * pair_sd), int(10 * rater_sd)])
    coins = [
        _coin(design, chosen(design, 0.5, pair_sd=pair_sd, rater_sd=rater_sd, rng=rng)) for _ in range(simulations)
    ]
    edge = [
        _edge(chosen(design, 0.5 + MARGIN, pair_sd=pair_sd, rater_sd=rater_sd, rng=rng)) for _ in range(simulations)
    ]
    told = [
        _followed(design, chosen(design, 0.5, pair_sd=pair_sd, rater_sd=rater_sd, rng=rng))
        for _ in range(min(SEQUENCES, simulations) if design.is_followed else 0)
    ]
    return {
        **named(case),
        **_means(coins),
        **_means(edge),
        "power_sequence": float(np.mean(told)) if told else None,
    }


def _order(design: Design) -> list[int]:
    """The pairs as they are complete; the same each time."""
    if design.name not in _ORDERS:
        _ORDERS[design.name] = completed(design, np.arange(len(design.pairs)))
    return _ORDERS[design.name]


def _means(rows: Sequence[dict[str, bool]]) -> dict[str, float]:
    return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}


def _coin(design: Design, choices: Choices) -> dict[str, bool]:
    """The truth is 1/2."""
    share = mean(choices)
    order = _order(design)
    bets = _bets(choices, order)
    low, high = share.interval(0.95)
    has_passed = bool((bets >= _LIMIT).any())
    return {
        "sharp": sign_flip(choices) <= ALPHA,
        "clustered": share.p_value() <= ALPHA,
        "covers": low <= 0.5 <= high,
        "e_value": has_passed,
        "sequence": not has_passed or not _is_lost(choices, order, bets, 0.5),
        "naive": _naive(len(choices))[0][int(choices.chose.sum())],
        "power_fixed": share.p_equivalence(MARGIN) <= ALPHA,
    }


def _edge(choices: Choices) -> dict[str, bool]:
    """The truth is at the margin."""
    share = mean(choices)
    return {
        "false_equivalence": share.p_equivalence(MARGIN) <= ALPHA,
        "naive_equivalence": _naive(len(choices))[1][int(choices.chose.sum())],
        "power_sharp": sign_flip(choices) <= ALPHA,
    }


def _bets(choices: Choices, order: Sequence[int]) -> npt.NDArray[np.float64]:
    """The logarithm of wealth against 1/2, after each pair."""
    right = np.bincount(choices.pairs, choices.chose)[order] / np.bincount(choices.pairs)[order]
    values, which = np.unique(right, return_inverse=True)
    counts = np.cumsum(which[:, None] == np.arange(len(values)), axis=0, dtype=np.float64)
    return wealth(counts, values, np.array([0.5]))[:, 0]


def _is_lost(choices: Choices, order: Sequence[int], bets: npt.NDArray[np.float64], truth: float) -> bool:
    """Whether the wider of the two sequences leaves the truth out at any of 200 times: as `running` does, where bets have lost it."""
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    at = place[choices.pairs]
    for point in np.unique(np.linspace(0, len(order) - 1, min(200, len(order))).astype(np.int64)):
        if bets[: point + 1].max() >= _LIMIT:
            known = choices.only(at <= point)
            if abs(known.share - truth) > half_width(known, (point + 1) / len(order), ALPHA):
                return True
    return False


def _followed(design: Design, choices: Choices) -> bool:
    """Whether the sequence says in the end that it is a coin."""
    order = _order(design)
    low, high = running(choices, order, planned=len(order), alpha=2 * ALPHA, points=1).interval
    return low > 0.5 - MARGIN and high < 0.5 + MARGIN


@cache
def _naive(judgments: int) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """For each number of choices of the real one: whether a binomial test rejects a coin, and whether two one-sided ones show it; as if judgments were independent."""
    right = np.arange(judgments + 1)
    two_sided = np.minimum(2 * np.minimum(binom.cdf(right, judgments, 0.5), binom.sf(right - 1, judgments, 0.5)), 1)
    share = right / judgments
    error = np.sqrt(np.maximum(share * (1 - share), 1e-12) / judgments)
    low, high = share + norm.ppf(ALPHA) * error, share - norm.ppf(ALPHA) * error
    return two_sided <= ALPHA, (low > 0.5 - MARGIN) & (high < 0.5 + MARGIN)
