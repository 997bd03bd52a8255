"""The Rademacher coin (the paper, Section 4.1): flipped, and recognised.

The paper proposes to flip a coin in the place of human evaluation, since it "gives similar results more reliably". So it can be flipped here, beside any metric; and any
column of choices can be held against it: are they those of a coin? A coin has no side that it prefers, and no memory.

* No preference: the exact binomial test; and equivalence: whether the share of heads is within a margin of 1/2 (two one-sided tests at 5 %: the 90 % interval of
  Clopper and Pearson lies inside). Not to reject the coin is no evidence of a coin.
* No memory: the number of runs, exactly, given how many heads there are (Wald and Wolfowitz, 1940, "On a test whether two samples are from the same population").

Of ratings of a study with several raters, `byheart rate report` says more: choices of one rater, or of one pair, hang together.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from byheart import draws
from byheart._optional import require
from byheart.draws import RandomState
from byheart.errors import InputError

Verdict: TypeAlias = Literal["DISTINGUISHABLE", "INDISTINGUISHABLE", "INCONCLUSIVE"]

MARGIN: Final = 0.05
_ALPHA: Final = 0.05
_TESTS: Final = 2
_TAIL: Final = 0.05
_SAME: Final = 1 + 1e-9  # probabilities that are equal, but for rounding


@dataclass(frozen=True, slots=True)
class Coin:
    """What choices have of a coin.

    Attributes:
        flips: how many choices there are.
        heads: how often the first of the two was chosen.
        names: of the two: heads, tails.
        share: of heads, in [0, 1]; `low` to `high` its 90 % interval, which equivalence is read off.
        runs: stretches of the same choice.
        p_share: that a coin's share is as far from 1/2.
        p_runs: that a coin with as many heads has as unusual a number of runs.
        margin: within which a share is as good as 1/2.
        verdict: "DISTINGUISHABLE" from a coin, "INDISTINGUISHABLE" within the margin, or "INCONCLUSIVE".
    """

    flips: int
    heads: int
    names: tuple[str, str]
    share: float
    low: float
    high: float
    runs: int
    p_share: float
    p_runs: float
    margin: float
    verdict: Verdict


def flip(count: int, *, random_state: RandomState = 0, start: int = 0) -> npt.NDArray[np.int8]:
    """Flip a Rademacher coin.

    Args:
        count: how often.
        random_state: an integer seed, None for one from the operating system, or a numpy generator.
        start: how many flips of the same seed went before.

    Returns:
        -1 and 1, int8 of shape (count,): flip i is a function of (seed, i) alone.

    >>> flip(6).tolist(), flip(2, start=4).tolist()
    ([-1, 1, -1, -1, 1, 1], [1, 1])
    """
    if count < 0 or start < 0:
        raise InputError(f"flips: wanted 0 or more, got {min(count, start):,}")
    sides = draws.draw(draws.seed_from(random_state), start=start, count=count, total=2)
    return (2 * sides - 1).astype(np.int8)


def recognise(choices: Iterable[object], *, margin: float = MARGIN) -> Coin:
    """Whether choices are those of a coin.

    Args:
        choices: in the order that they were made, of two sorts; the one that comes first in the alphabet (of numbers, the larger) is heads.
        margin: within which a share of heads is as good as 1/2, in (0, 1/2).

    Raises:
        InputError: there are none, or of more than two sorts; or the margin is none.

    >>> told = recognise(flip(2000))
    >>> told.verdict, recognise([1] * 60 + [-1] * 10).verdict, recognise([1, -1] * 500).verdict
    ('INDISTINGUISHABLE', 'DISTINGUISHABLE', 'DISTINGUISHABLE')
    """
    if not 0 < margin < 0.5:
        raise InputError(f"margin: wanted more than 0 and less than 0.5, got {margin:g}")
    is_heads, names = _sides(list(choices))
    flips, heads = len(is_heads), int(is_heads.sum())
    stats = require("scipy.stats", "judge")
    found = stats.binomtest(heads, flips)
    ends = found.proportion_ci(1 - 2 * _TAIL, "exact")
    runs = 1 + int((is_heads[1:] != is_heads[:-1]).sum())
    p_runs = _p_runs(runs, heads, flips - heads)
    is_within = 0.5 - margin < ends.low and ends.high < 0.5 + margin
    return Coin(
        flips,
        heads,
        names,
        heads / flips,
        float(ends.low),
        float(ends.high),
        runs,
        float(found.pvalue),
        p_runs,
        margin,
        decided(float(found.pvalue), p_runs, is_within=is_within),
    )


def decided(p_share: float, p_runs: float, *, is_within: bool) -> Verdict:
    """The verdict of two tests, at 2.5 % each, and of whether equivalence is shown; a memory is none of a coin's, whatever the share.

    >>> decided(0.4, 0.3, is_within=True), decided(0.4, 0.001, is_within=True), decided(0.02, 0.3, is_within=True)
    ('INDISTINGUISHABLE', 'DISTINGUISHABLE', 'INDISTINGUISHABLE')
    """
    if p_runs <= _ALPHA / _TESTS or (p_share <= _ALPHA / _TESTS and not is_within):
        return "DISTINGUISHABLE"
    return "INDISTINGUISHABLE" if is_within else "INCONCLUSIVE"


def _sides(choices: Sequence[object]) -> tuple[npt.NDArray[np.bool_], tuple[str, str]]:
    if not choices:
        raise InputError("choices: wanted one or more, got none")
    told = [str(choice).strip() for choice in choices]
    sorts = sorted(set(told), key=_in_order)
    if len(sorts) > 2:
        raise InputError(f"choices: wanted two sorts, got {len(sorts):,}, such as {', '.join(map(repr, sorts[:3]))}")
    other = sorts[1] if len(sorts) == 2 else "the other"
    return np.array([one == sorts[0] for one in told]), (sorts[0], other)


def _in_order(choice: str) -> tuple[float, str]:
    """Numbers first, the largest of all in front: 1 is heads, and 0 or -1 tails."""
    try:
        return -float(choice), ""
    except ValueError:
        return np.inf, choice


def _p_runs(runs: int, heads: int, tails: int) -> float:
    """The probability of numbers of runs that are no more likely than this one; 1 where there is but one sort.

    With m heads and n tails, of 2 k runs: 2 C(m - 1, k - 1) C(n - 1, k - 1) / C(m + n, m); of 2 k + 1: C(m - 1, k) C(n - 1, k - 1) + C(m - 1, k - 1)
    C(n - 1, k), over the same.

    >>> round(_p_runs(2, 3, 3), 2), _p_runs(1, 5, 0)
    (0.2, 1.0)
    """
    if not heads or not tails:
        return 1.0
    counts = np.arange(2, 2 * min(heads, tails) + 2)
    half = counts // 2
    even = np.log(2) + _choose(heads - 1, half - 1) + _choose(tails - 1, half - 1)
    odd = np.logaddexp(
        _choose(heads - 1, half) + _choose(tails - 1, half - 1), _choose(heads - 1, half - 1) + _choose(tails - 1, half)
    )
    chances = np.exp(np.where(counts % 2 == 0, even, odd) - _choose(heads + tails, np.array([heads])))
    own = chances[runs - 2]
    return float(min(chances[chances <= own * _SAME].sum(), 1.0))


def _choose(of: int, some: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """The logarithm of the binomial coefficients; minus infinity where there are none."""
    gammaln = require("scipy.special", "judge").gammaln
    inside = (some >= 0) & (some <= of)
    few = np.where(inside, some, 0)
    told: npt.NDArray[np.float64] = np.where(
        inside, gammaln(of + 1) - gammaln(few + 1) - gammaln(of - few + 1), -np.inf
    )
    return told
