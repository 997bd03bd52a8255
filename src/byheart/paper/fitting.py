"""Whether draws follow the distribution that was learned: Pearson's chi-squared, as `byheart verify` has it, and total variation."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from byheart.memory.verifying import chi_squared_tail, goodness_of_fit, pools
from byheart.rating.wording import p_of

Counts: TypeAlias = npt.NDArray[np.int64]

ALPHA: Final = 1e-4
"""A section says that distributions differ where the smallest of its p-values, times their number, is below this: with exact samplers, once in ten thousand seeds."""


@dataclass(frozen=True, slots=True)
class Family:
    """P-values that are judged together (Bonferroni, 1936).

    Attributes:
        p_values: one a test.
    """

    p_values: Sequence[float]

    @property
    def adjusted(self) -> float:
        """The smallest, times how many there are; at most 1."""
        return min(1.0, min(self.p_values) * len(self.p_values))

    @property
    def told(self) -> str:
        """The smallest, for people."""
        return f"{p_of(self.adjusted)}, the smallest of {len(self.p_values)}, adjusted for their number"

    @property
    def is_passed(self) -> bool:
        """Whether nothing speaks against the samplers."""
        return self.adjusted >= ALPHA


def one_sample(drawn: Counts, learned: Counts) -> float:
    """The p-value of draws against what was learned.

    Args:
        drawn: how often each distinct record was drawn.
        learned: how often it was learned.

    >>> round(one_sample(np.array([8, 12]), np.array([1, 1])), 3)
    0.371
    """
    return chi_squared_tail(*goodness_of_fit(drawn, drawn.sum() * (learned / learned.sum())))


def two_sample(a: Counts, b: Counts, learned: Counts) -> float:
    """The p-value of two samplers' draws against each other, cells pooled as their expectations have it.

    Args:
        a: how often each distinct record was drawn by one.
        b: by the other.
        learned: how often it was learned, by which rare ones are pooled: so the draws do not choose the cells.

    >>> round(two_sample(np.array([8, 12]), np.array([12, 8]), np.array([1, 1])), 3)
    0.206
    """
    starts = pools(min(a.sum(), b.sum()) * (learned / learned.sum()))
    seen = np.stack([np.add.reduceat(counts, starts) for counts in (a, b)])
    wanted = seen.sum(axis=1, keepdims=True) * seen.sum(axis=0) / seen.sum()
    told = wanted > 0
    statistic = float((((seen - wanted) ** 2)[told] / wanted[told]).sum())
    return chi_squared_tail(statistic, int((seen.sum(axis=0) > 0).sum()) - 1)


def total_variation(drawn: Counts, learned: Counts) -> float:
    """Half of the sum of the differences in probability, in [0, 1].

    >>> total_variation(np.array([3, 1]), np.array([1, 1]))
    0.25
    """
    return float(np.abs(drawn / drawn.sum() - learned / learned.sum()).sum() / 2)


def farthest(drawn: Counts, learned: Counts, level: float = 0.95) -> float:
    """How far the sampler may be from what was learned: an upper limit of the total variation between the two, in [0, 1].

    Total variation is at most half the root of the chi-squared divergence, the sum of q^2 / p less 1 (Cauchy and Schwarz). Of n draws, x(x - 1) / n(n - 1) is q^2 on average, so that the divergence is estimated without
    bias; its limit is so many standard errors above, as of any U-statistic (Hoeffding, 1948, "A class of statistics with asymptotically normal distribution", Section 5). That takes a
    hundred distinct records or more: of few, the estimate is not normal.

    Args:
        drawn: how often each distinct record was drawn.
        learned: how often it was learned.
        level: of confidence.

    >>> drawn = np.random.default_rng(0).multinomial(100_000, np.full(1000, 0.001))
    >>> round(farthest(drawn, np.ones(1000, np.int64)), 3)
    0.018
    """
    count, shares = float(drawn.sum()), learned / learned.sum()
    once, twice, thrice = (
        drawn / count,
        drawn * (drawn - 1.0) / count**2,
        drawn * (drawn - 1.0) * (drawn - 2.0) / count**3,
    )
    second = float((twice / shares).sum()) * count / (count - 1)
    spread = 4 / count * (float((thrice / shares**2).sum()) - second**2) + 2 / count**2 * float((once / shares).sum())
    most = second - 1 + NormalDist().inv_cdf(level) * math.sqrt(max(spread, 2 * (len(drawn) - 1) / count**2))
    return min(1.0, math.sqrt(max(most, 0.0)) / 2)


def expected_variation(learned: Counts, draws: int) -> float:
    """The total variation that so many draws of an exact sampler have on average.

    Each count is binomial, and its mean absolute deviation is 2 v C(n, v) p^v (1 - p)^(n - v + 1), v = floor(n p) + 1 (de Moivre, 1730).

    >>> round(expected_variation(np.array([1, 1]), 2), 12)
    0.25
    """
    values, times = np.unique(learned, return_counts=True)
    total = 0.0
    for value, repeats in zip((values / learned.sum()).tolist(), times.tolist(), strict=True):
        if value < 1:
            at = math.floor(draws * value) + 1
            ways = (
                math.lgamma(draws + 1) - math.lgamma(at + 1) - math.lgamma(draws - at + 1) if at <= draws else -math.inf
            )
            logarithm = ways + at * math.log(value) + (draws - at + 1) * math.log1p(-value)
            total += repeats * 2 * at * math.exp(logarithm)
    return total / (2 * draws)


def variation_band(learned: Counts, draws: int, generator: np.random.Generator, runs: int) -> tuple[float, float]:
    """Between which 95 % of exact samplers lie, by simulation: numpy's own multinomial, not ours."""
    found = [
        total_variation(generator.multinomial(draws, learned / learned.sum()).astype(np.int64), learned)
        for _ in range(runs)
    ]
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)
