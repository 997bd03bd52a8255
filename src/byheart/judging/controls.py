"""What a metric sees: would it tell copies from real data?

Held-out data stand in as a perfect generator, in half samples (whose spread is that of the whole: Politis, Romano and Wolf, 1999, "Subsampling",
Section 2.2), with a growing share of their records replaced by some of the memory's. A metric sees copying if the memory itself lies beyond
the 1 % of real samples that are nearest to the reference; and detects a share if 80 % of the samples with so many copies do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from byheart import draws
from byheart._optional import require
from byheart.judging.metric import About, Statistic
from byheart.neighbours.blocks import Floats, Indices

SHARES: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
_DRAWS: Final = (200, 50)  # the more that there is time for
_TAIL: Final = 0.01
_POWER: Final = 0.8
_MOST: Final = 1e11  # of a metric's cost: two seconds


@dataclass(frozen=True, slots=True)
class Sight:
    """Of each value of a metric: whether it sees copying, and the smallest share that it detects (NaN: none of them)."""

    sees: list[bool]
    detects: Floats


def sight(
    statistic: Statistic, rows: tuple[Indices, Indices, Indices], abouts: Sequence[About], seed: int
) -> Sight | None:
    """Try a metric on real samples with planted copies; None where that would take too long.

    Args:
        statistic: over pooled points.
        rows: which of them are the memory's row, the held-out row and the reference.
        abouts: of its values.
        seed: of the draws.
    """
    shares = (0.0, *SHARES, 1.0)
    tries = next((tries for tries in _DRAWS if tries * len(shares) * statistic.cost <= _MOST), None)
    if tries is None:
        return None
    memory, heldout, reference = rows
    count, half = sum(map(len, rows)), len(heldout) // 2
    samples = np.zeros((len(shares), tries, count), np.bool_)
    for number in range(tries):
        generator = np.random.Generator(np.random.Philox(key=draws.split(seed, number)))
        order = generator.permutation(len(heldout))
        for planted, share in zip(samples[:, number], shares, strict=True):
            copies = round(share * half)  # place i of either row: so that a higher share only adds copies
            planted[memory[order[:copies]]] = True
            planted[heldout[order[copies:half]]] = True
    members = np.zeros(count, np.bool_)
    members[reference] = True
    flat = samples.reshape(-1, count)
    values = statistic(flat, np.broadcast_to(members, flat.shape)).reshape(len(shares), tries, -1)
    values = values * np.array([1.0 if about.of_copies == "low" else -1.0 for about in abouts])  # low: near
    with np.errstate(over="ignore"):
        means, spreads = values.mean(axis=1), values.std(axis=1, ddof=1)
    normal = require("scipy.stats", "judge").norm
    limit = means[0] + normal.ppf(_TAIL) * np.sqrt(2) * spreads[0]  # the held-out row is one sample, and so is its mean
    with np.errstate(divide="ignore", invalid="ignore"):
        power = normal.cdf((limit - means[1:]) / spreads[1:])
    power = np.where(spreads[1:] > 0, power, means[1:] < limit)
    power = np.minimum(
        power, (values[1:] < limit).mean(axis=1)
    )  # a value that jumps, as beyond a threshold, is not normal
    tried = np.array([*SHARES, 1.0])
    seen = (power >= _POWER) & (np.cumprod(power[::-1] >= _POWER, axis=0)[::-1] > 0)  # and every higher share too
    detects = np.where(seen.any(axis=0), tried[seen.argmax(axis=0)], np.nan)
    return Sight([bool(mean < least) for mean, least in zip(means[-1], limit, strict=True)], detects)
