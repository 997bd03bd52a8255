"""The Rademacher coin beside metrics: does it give similar results, more reliably, for less?"""

import time
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

import numpy as np

from byheart import coin
from byheart._optional import require
from byheart.judging.metric import About
from byheart.paper.figures import COLOURS, Figure, is_narrow, painted
from byheart.paper.people.reliability import Floats, Reliability, correlation, heads, of_coin, reliability
from byheart.paper.people.retesting import SIZE, Retested, abouts
from byheart.rating.verdict import Estimate

COINS: Final = 1000
"""That are tried where a coin's answer itself is judged."""
_LEVEL: Final = 0.05  # of a test
_TAIL: Final = 1.96
_TRIES: Final = 200  # of which the time is the mean
_LEAST: Final = 1e-7  # seconds
_TICKS: Final = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500)


@dataclass(frozen=True, slots=True)
class Beside:
    """The coin beside metrics.

    Attributes:
        metrics: how reliable each is.
        coin: the same of a coin with as many flips as a metric gets records.
        shape: how many generators were measured, and how often.
        alike: Spearman's correlation over generators of a coin with a metric: the mean over metrics and `COINS` coins, with its 95 % interval.
        among: the same of a metric with another.
        seconds: of the processor, for a value of the coin, and of the median metric.
    """

    metrics: tuple[Reliability, ...]
    coin: Reliability
    shape: tuple[int, int]
    alike: Estimate
    among: float
    seconds: tuple[float, float]

    @property
    def noise(self) -> float:
        """Of the median metric."""
        return median(one.noise.value for one in self.metrics)

    @property
    def agreement(self) -> Estimate:
        """Of the median metric: the medians of the values, and of where the intervals begin and end."""
        every = [one.agreement for one in self.metrics]
        return Estimate(*(median(getattr(one, name) for one in every) for name in ("value", "low", "high")))


def compare(retested: Retested, seed: int) -> Beside:
    """The coin beside metrics that were measured again and again."""
    tables = {name: np.array(list(by.values()), np.float64) for name, by in retested.values.items()}
    shape = next(iter(tables.values())).shape
    known = abouts()
    metrics = tuple(
        reliability(name, table, _scale(table, retested.heldout[name]), known[name].title if name in known else name)
        for name, table in tables.items()
    )
    alike, among = _alike(tables, seed)
    seconds = median(median(some) for some in retested.seconds.values())
    flipped = of_coin(shape[0], shape[1], SIZE, seed)
    return Beside(metrics, flipped, (shape[0], shape[1]), alike, among, (_seconds(), max(seconds, _LEAST)))


def _scale(table: Floats, heldout: list[float]) -> float:
    """How far the worst generator is from held-out records, on average."""
    return float(np.abs(table.mean(axis=1) - np.mean(heldout)).max())


def _alike(tables: dict[str, Floats], seed: int) -> tuple[Estimate, float]:
    """Coins with metrics, and metrics with each other."""
    known = abouts()
    means = [goodness(table.mean(axis=1), known.get(name)) for name, table in tables.items()]
    among = [correlation(a, b) for at, a in enumerate(means) for b in means[:at]]
    ranks = require("scipy.stats", "judge").rankdata
    coins = ranks(heads((COINS, len(means[0])), SIZE, seed, 1), axis=1)
    others = np.array([ranks(one) for one in means])
    coins, others = (some - some.mean(axis=1, keepdims=True) for some in (coins, others))
    sizes = [np.sqrt((some**2).sum(axis=1)) for some in (coins, others)]
    each = (coins @ others.T / np.maximum(np.outer(*sizes), _LEAST)).mean(axis=1)
    value, reach = float(each.mean()), _TAIL * float(each.std(ddof=1)) / float(np.sqrt(COINS))
    return Estimate(value, value - reach, value + reach), float(np.mean(among)) if among else 1.0


def goodness(values: Floats, about: About | None) -> Floats:
    """Turned so that more is better: nearer to the value of fresh data, where that is known.

    >>> goodness(np.array([0.2, 0.5, 0.9]), About("a", "1-NN accuracy", "low", 0.5, "")).tolist()
    [-0.3, -0.0, -0.4]
    """
    if about is not None and about.null is not None:
        return -np.abs(values - about.null)
    return -values if about is not None and about.toward == "low" else values


def _seconds() -> float:
    start = time.process_time()
    for number in range(_TRIES):
        (coin.flip(SIZE, random_state=number) > 0).mean()
    return max((time.process_time() - start) / _TRIES, _LEAST)


def differing(flips: int, seed: int) -> Estimate:
    """Of `COINS` coins, the share that say of a generator, by a test at 5 %, that it is not chosen half of the time; with its 95 % interval."""
    stats = require("scipy.stats", "judge")
    counts = np.rint(flips * heads((COINS,), flips, seed, 2))
    p_values = 2 * stats.binom.cdf(np.minimum(counts, flips - counts), flips, 0.5)
    found = stats.binomtest(int((p_values <= _LEVEL).sum()), COINS)
    ends = found.proportion_ci()
    return Estimate(float(found.statistic), float(ends.low), float(ends.high))


def share(noise: float) -> str:
    """Noise in percent, in two digits.

    >>> share(0.02891), share(1.234)
    ('2.9 %', '120 %')
    """
    return f"{float(f'{100 * noise:.2g}'):g} %"


def draw(beside: Beside) -> Figure:
    """The figure: noise, and agreement, a line for each."""
    rows = [beside.coin, *sorted(beside.metrics, key=lambda one: -one.agreement.value)]
    names = [row.title for row in rows]

    def paint(canvas: Any, axes: Any) -> None:
        for place, row in enumerate(rows):
            look: dict[str, Any] = {"color": COLOURS[0], "marker": "o", "markersize": 4}
            if row is beside.coin:
                look = {"color": "black", "marker": "D", "markersize": 6}
            for one, told, unit in ((axes[0], row.noise, 100), (axes[1], row.agreement, 1)):
                if np.isfinite(told.value) and (told.value or unit == 1):
                    one.plot([unit * told.low, unit * told.high], [place] * 2, color=look["color"], linewidth=1)
                    one.plot([unit * told.value], [place], **look)
        for one in axes:
            one.set_yticks(range(len(rows)), names)
            for label in one.get_yticklabels()[
                :1
            ]:  # those of the second are not shown where the two are beside each other
                label.set_fontweight("bold")
            one.set_ylim(len(rows) - 0.5, -0.5)
        axes[0].set_xscale("log")
        low, high = axes[0].get_xlim()
        ticks = [tick for tick in _TICKS if low <= tick <= high]
        axes[0].set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes[0].minorticks_off()
        axes[0].set_xlabel("noise, %" if is_narrow(canvas) else "noise, % of what there is to tell")
        axes[0].set_title("← the same value again")
        axes[1].set_xlabel("intraclass correlation" if is_narrow(canvas) else "intraclass correlation (0: chance)")
        axes[1].set_title("the same verdict again →")
        axes[1].axvline(0, color="black", linewidth=0.8)
        axes[1].set_xlim(min(-0.2, min(row.agreement.low for row in rows) - 0.05), 1.05)

    height = 0.9 + 0.23 * len(rows)
    return painted(
        paint,
        "coin-reliability",
        f"The coin (diamond) beside metrics (dots), {beside.shape[0]} generators measured {beside.shape[1]} times each, with 95 % intervals. First: how much a value differs when it is measured again; further left is more reliable. "
        "Second: whether it tells the generators apart in the same way again; further right is more reliable, and 0 is no better than chance.",
        f"Two panels of marks. The coin's noise is {share(beside.coin.noise.value)}, and its intraclass correlation {beside.coin.agreement.value:.2f}; the median metric's are {share(beside.noise)} and {beside.agreement.value:.2f}.",
        height=height,
        columns=2,
        sharey=True,
    )
