"""Powers of N: the exponent of measured times, with an interval."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from byheart._optional import require

Floats = npt.NDArray[np.float64]

_RESAMPLES: Final = 1000
_EXPONENTS: Final = np.arange(0.25, 2.0005, 0.005)


@dataclass(frozen=True, slots=True)
class Exponent:
    """Of N, with its 95 % interval."""

    value: float
    low: float
    high: float

    def is_within(self, tolerance: float) -> bool:
        """Whether the whole interval is so near to 1."""
        return bool(self.low >= 1 - tolerance and self.high <= 1 + tolerance)

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


@dataclass(frozen=True, slots=True)
class Growth:
    """How times grow with N.

    Attributes:
        plain: the slope of log time over log N.
        apart: the exponent k of time = a + b N^k, which sets apart what takes as long for one record as for all.
        fixed: a, in seconds.
        each: b, in seconds.
    """

    plain: Exponent
    apart: Exponent
    fixed: float
    each: float

    def curve(self, sizes: Floats) -> Floats:
        """The times that a + b N^k gives."""
        return self.fixed + self.each * sizes**self.apart.value


def growth(times: Mapping[int, Sequence[float]], generator: np.random.Generator) -> Growth:
    """Fit the medians; turns are resampled within each N (bootstrap, percentile interval).

    Args:
        times: seconds of each turn, by N.
        generator: of the resamples.

    >>> found = growth({10**k: [0.5 + 10.0**k] * 3 for k in range(1, 5)}, np.random.default_rng(0))
    >>> round(found.apart.value, 3), round(found.fixed, 1)
    (1.0, 0.5)
    """
    sizes = np.array(sorted(times), np.float64)
    turns = [np.array(times[int(size)]) for size in sizes]
    medians = np.array([np.median(turn) for turn in turns])
    resampled = np.stack(
        [np.median(generator.choice(turn, (_RESAMPLES, len(turn))), axis=1) for turn in turns], axis=1
    )  # (resamples, sizes)
    plain, apart = _slope(sizes, medians[None]), _apart(sizes, medians[None])
    return Growth(
        _interval(plain[0], _slope(sizes, resampled)),
        _interval(apart[0][0], _apart(sizes, resampled)[0]),
        float(apart[1][0]),
        float(apart[2][0]),
    )


def exponent(sizes: Sequence[int], seconds: Sequence[float]) -> Exponent:
    """Of one time for each N, three or more; of three the interval is wide (least squares of the logarithms, t interval).

    >>> print(exponent([10, 100, 1000], [0.2, 2.0, 20.0]))
    1.000 [1.000, 1.000]
    """
    stats = require("scipy.stats", "judge")
    told = stats.linregress(np.log(sizes), np.log(seconds))
    reach = float(stats.t.ppf(0.975, len(sizes) - 2) * told.stderr)
    return Exponent(float(told.slope), float(told.slope) - reach, float(told.slope) + reach)


def _interval(value: float, resampled: Floats) -> Exponent:
    low, high = np.quantile(resampled, [0.025, 0.975])
    return Exponent(float(value), float(low), float(high))


def _slope(sizes: Floats, times: Floats) -> Floats:
    """Of the straight line through log time over log N, for each row of `times`."""
    x = np.log(sizes) - np.log(sizes).mean()
    slope: Floats = np.log(times) @ x / (x @ x)
    return slope


def _apart(sizes: Floats, times: Floats) -> tuple[Floats, Floats, Floats]:
    """k, a and b of a + b N^k with the least squared relative error, a >= 0, for each row of `times`: k on a grid, a and b by arithmetic."""
    best = np.full(len(times), np.inf)
    found = np.zeros((3, len(times)))
    ones = 1 / times
    for exponent in _EXPONENTS:
        powers = sizes**exponent / times
        aa, ab, bb = (ones**2).sum(1), (ones * powers).sum(1), (powers**2).sum(1)
        a, b = ones.sum(1), powers.sum(1)
        fixed = np.maximum((a * bb - b * ab) / (aa * bb - ab**2), 0)
        each = (b - fixed * ab) / bb
        error = ((fixed[:, None] * ones + each[:, None] * powers - 1) ** 2).sum(1)
        is_better = error < best
        best = np.where(is_better, error, best)
        found = np.where(is_better, np.stack([np.full_like(best, exponent), fixed, each]), found)
    return found[0], found[1], found[2]
