"""Curves up and to the right: a metric against the share of a generator's samples that are memorised.

A mediocre generator's samples are replaced, one after the other, by MemGEN's. Each curve is of a half of the samples, drawn anew, whose spread is that of the whole
(Politis, Romano and Wolf, 1999, "Subsampling", Section 2.2). Curves are turned so that up is better: nearer to real records, or, where a
metric looks for copies, further from train. Where the value of fresh data is known, better is towards it from where the generator is: a density
that falls from 2 to 1 improves.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Literal, TypeAlias

import numpy as np

from byheart import draws
from byheart._optional import require
from byheart.errors import InputError
from byheart.judging.comparing import Comparer
from byheart.judging.metric import About, Metric, Statistic
from byheart.neighbours.blocks import Floats
from byheart.paper.distances.standing import Against, direction, rounded

SHARES: Final = (0.0, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)
Way: TypeAlias = Literal["up", "down", "neither"]


@dataclass(frozen=True, slots=True)
class Curve:
    """A value of a metric, by the share that is memorised.

    Attributes:
        about: it.
        against: what it is measured against.
        is_low_good: whether a lower value is better, on this curve.
        values: of shape (resamples, shares).
        heldout: what held-out records have at that size, on average.
    """

    about: About
    against: Against
    is_low_good: bool
    values: Floats
    heldout: float

    @property
    def turned(self) -> Floats:
        """The values on a scale on which up is better, and their means reach from 0 to 1; of shape (resamples, shares)."""
        up = -self.values if self.is_low_good else self.values
        means = up.mean(axis=0)
        span = float(np.ptp(means)) or 1.0
        out: Floats = (up - means.min()) / span
        return out

    @property
    def slope(self) -> tuple[float, float, float]:
        """Of the turned curve by least squares, over all of the share: its mean over resamples, and where 95 % of them lie."""
        slopes = np.polyfit(SHARES, self.turned.T, 1)[0]
        reach = require("scipy.stats", "judge").t.ppf(0.975, len(slopes) - 1) * slopes.std(ddof=1)
        mean = float(slopes.mean())
        return mean, mean - float(reach), mean + float(reach)

    def is_clear(self, of: int) -> bool:
        """Whether its slope is no chance, in any of so many curves: its 95 % interval would still be on one side of 0 if it were made wide enough for all."""
        quantile = require("scipy.stats", "judge").t.ppf
        mean, low, high = self.slope
        wider = quantile(1 - 0.025 / of, len(self.values) - 1) / quantile(0.975, len(self.values) - 1)
        return bool(abs(mean) > wider * (high - low) / 2)

    @property
    def real(self) -> float:
        """What held-out records have, on the scale of `turned`."""
        sign = -1 if self.is_low_good else 1
        means = sign * self.values.mean(axis=0)
        return float((sign * self.heldout - means.min()) / (float(np.ptp(means)) or 1.0))

    @property
    def arrow(self) -> str:
        """Which way is better."""
        return direction(self.about, is_low_good=self.is_low_good)

    @property
    def way(self) -> Way:
        """Where it goes, if nearly all resamples agree."""
        _, low, high = self.slope
        return "up" if low > 0 else "down" if high < 0 else "neither"

    def told(self) -> dict[str, Any]:
        """It, in types that JSON has."""
        mean, low, high = self.slope
        numbers = rounded({"slope": mean, "low": low, "high": high, "heldout": self.heldout})
        means = rounded(
            {f"{share:g}": value for share, value in zip(SHARES, self.values.mean(axis=0).tolist(), strict=True)}
        )
        return {"metric": self.about.name, "against": self.against, "way": self.way, **numbers, "means": means}


def curves(
    comparer: Comparer, metrics: Sequence[Metric], *, tries: int, seed: int, tell: Callable[[float, str], None]
) -> list[Curve]:
    """The curves of a generator's metrics: of those against test, and of those that look for copies.

    Args:
        comparer: its points, beside MemGEN's, held-out's and the reference.
        metrics: all that there are; those that cannot be worked out for parts of the points are left out.
        tries: resamples.
        seed: of them.
        tell: how much is done.
    """
    pool = comparer.pool
    if pool.stand_in is None or pool.heldout is None:
        return []
    out = []
    for number, metric in enumerate(metrics):
        tell(number / len(metrics), f"curves: {metric.abouts[0].title}")
        if not metric.traits.is_of_members or metric.traits.sees not in {"GR", "GTH"}:
            continue
        parts = [part.first(metric.traits.most) for part in (*pool.rows, pool.heldout)]
        against: Against = "copies" if metric.traits.sees == "GTH" else "test"
        try:
            told = _values(comparer.over(metric, parts), [len(part) for part in parts], tries, seed)
        except InputError:  # too few records for it
            continue
        for at, about in enumerate(metric.abouts):
            some = told[:, :-1, at]
            is_low_good = low_is_good(about, against, float(some[:, 0].mean()))
            out.append(Curve(about, against, is_low_good, some, float(told[:, -1, at].mean())))
    return out


def low_is_good(about: About, against: Against, start: float) -> bool:
    """Whether a curve that starts at a value improves as it falls.

    >>> density = About("density", "density", "high", 1.0, "")
    >>> low_is_good(density, "test", 1.9), low_is_good(density, "test", 0.3)
    (True, False)
    """
    if against == "copies":
        return about.of_copies == "high"
    return about.toward == "low" if about.null is None else start > about.null


def _values(statistic: Statistic, sizes: Sequence[int], tries: int, seed: int) -> Floats:
    """Of shape (tries, shares + 1, values): the last is of held-out records."""
    starts = np.cumsum([0, *sizes])
    generated, memory, heldout, reference = (np.arange(a, b) for a, b in pairwise(starts.tolist()))
    size = min(sizes[:3])
    samples = np.zeros((tries, len(SHARES) + 1, starts[-1]), np.bool_)
    for number in range(tries):
        order = np.random.default_rng(draws.split(seed, number)).permutation(size)[: size // 2]
        for row, share in zip(samples[number], SHARES, strict=False):
            copies = round(share * len(order))  # place i of either: a higher share only adds copies
            row[memory[order[:copies]]] = True
            row[generated[order[copies:]]] = True
        samples[number, -1, heldout[order]] = True
    members = np.zeros(starts[-1], np.bool_)
    members[reference] = True
    flat = samples.reshape(-1, starts[-1])
    return statistic(flat, np.broadcast_to(members, flat.shape)).reshape(tries, len(SHARES) + 1, -1)
