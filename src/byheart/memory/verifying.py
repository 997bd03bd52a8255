"""Theorems 1 and 2 of the paper, put to the test: the sampler gives the distribution that was learned, and learning takes Theta(N).

Draws are read back as bytes and known again by their fingerprints, so the test covers the draw, the place it stands for and
the copy. Cells that would expect fewer than 5 draws are pooled with their neighbours (Cochran, 1954).
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from byheart import draws
from byheart.errors import InputError
from byheart.memory import store
from byheart.memory.membership import Membership
from byheart.memory.snapshot import Snapshot

_LEAST_EXPECTED: Final = 5
_DRAWS_A_TIME: Final = 8192
_MOST_DRAWS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class LearnTime:
    """How long one learn took: records, seconds, and seconds a record."""

    records: int
    seconds: float

    @property
    def seconds_a_record(self) -> float:
        """Theta(N) means that it does not grow with N."""
        return self.seconds / self.records


@dataclass(frozen=True, slots=True)
class Verification:
    """The goodness of fit of the sampler.

    Attributes:
        chi_squared: Pearson's statistic of the draws against what was learned.
        degrees_of_freedom: cells - 1.
        p_value: the probability of a statistic as large, if the sampler is exact: uniform on [0, 1] then.
        draws: how many were made.
        distinct: how many distinct records there are.
        strangers: draws that were never learned; the p-value is 0 where there is one.
        learns: how long each took.
    """

    chi_squared: float
    degrees_of_freedom: int
    p_value: float
    draws: int
    distinct: int
    strangers: int
    learns: tuple[LearnTime, ...]


def verify(snapshot: Snapshot, n_draws: int | None = None, seed: int = 0) -> Verification:
    """Draw, and compare with what was learned.

    Args:
        snapshot: the version.
        n_draws: how many; None for ten a distinct record, at least 10,000 and at most a million.
        seed: of the draws.
    """
    if n_draws is not None and n_draws < 1:
        raise InputError(f"n: wanted 1 draw or more, got {n_draws}")
    hashes, counts = Membership(snapshot).distribution()
    n = n_draws or min(max(10 * len(hashes), 10_000), _MOST_DRAWS)
    observed = np.zeros(len(hashes), np.int64)
    strangers = 0
    for start in range(0, n, _DRAWS_A_TIME):
        count = min(_DRAWS_A_TIME, n - start)
        rows = snapshot.rows(draws.draw(seed, start=start, count=count, total=len(snapshot)))
        drawn = snapshot.fingerprints_of(snapshot.x(rows), snapshot.labels(rows))
        at = np.minimum(np.searchsorted(hashes, drawn), len(hashes) - 1)
        known = hashes[at] == drawn
        strangers += int((~known).sum())
        observed += np.bincount(at[known], minlength=len(hashes))
    chi_squared, freedom = goodness_of_fit(observed, n * (counts / counts.sum()))
    p_value = 0.0 if strangers else chi_squared_tail(chi_squared, freedom)
    root = snapshot.root
    learns = store.learns_of(root, snapshot.manifest) if root is not None else []
    times = tuple(LearnTime(learn.records, learn.seconds) for learn in learns)
    return Verification(chi_squared, freedom, p_value, n, len(hashes), strangers, times)


def goodness_of_fit(observed: npt.NDArray[np.int64], expected: npt.NDArray[np.float64]) -> tuple[float, int]:
    """Pearson's chi-squared and its degrees of freedom, small cells pooled with their neighbours.

    >>> goodness_of_fit(np.array([8, 12]), np.array([10.0, 10.0]))
    (0.8, 1)
    """
    starts = pools(expected)
    seen, wanted = np.add.reduceat(observed, starts), np.add.reduceat(expected, starts)
    return float((((seen - wanted) ** 2) / wanted).sum()), len(starts) - 1


def pools(expected: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Where each run of cells begins that together expect 5 draws or more; what is left joins the last.

    >>> pools(np.array([1.0, 4, 3, 1, 9, 2])).tolist()
    [0, 2]
    """
    if (expected >= _LEAST_EXPECTED).all():
        return np.arange(len(expected))
    starts, total = [0], 0.0
    for i, cell in enumerate(expected.tolist()):
        if total >= _LEAST_EXPECTED:
            starts.append(i)
            total = 0.0
        total += cell
    if total < _LEAST_EXPECTED and len(starts) > 1:
        starts.pop()
    return np.array(starts)


def chi_squared_tail(statistic: float, freedom: int) -> float:
    """P(X >= statistic), X chi-squared: the upper regularised incomplete gamma Q(freedom / 2, statistic / 2).

    By its series below a + 1 and Lentz's continued fraction above (DLMF 8.11.4 and 8.9.2), to nine digits.

    >>> round(chi_squared_tail(3.841, 1), 4)
    0.05
    """
    if freedom == 0 or statistic <= 0:
        return 1.0
    a, x = freedom / 2, statistic / 2
    scale = math.exp(a * math.log(x) - x - math.lgamma(a))
    return 1 - scale * _lower_series(a, x) if x < a + 1 else scale * _upper_fraction(a, x)


def _lower_series(a: float, x: float) -> float:
    term = total = 1 / a
    k = a
    while abs(term) > abs(total) * 1e-16:
        k += 1
        term *= x / k
        total += term
    return total


def _upper_fraction(a: float, x: float) -> float:
    tiny = 1e-300
    b = x + 1 - a
    c, d = 1 / tiny, 1 / b
    total, change, k = d, 0.0, 0
    while abs(change - 1) > 1e-15 and k < 1_000_000:
        k += 1
        step = -k * (k - a)
        b += 2
        d = 1 / (step * d + b or tiny)
        c = b + step / c or tiny
        change = c * d
        total *= change
    return total
