"""How reliable is a metric, and how reliable is a coin? The same generators, measured again and again.

Two things are called reliable. A value that comes out the same when it is measured again has a small spread: the standard deviation over resamples, relative to the mean. A value that tells generators apart
again and again has a large intraclass correlation (Shrout and Fleiss, 1979, "Intraclass correlations: uses in assessing rater reliability", case 1): of k resamples of each generator,

    ICC = (B - W) / (B + (k - 1) W),

with B and W the mean squares between generators and within them. A constant has the smallest spread of all, and tells nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
import numpy.typing as npt

from byheart import coin, draws
from byheart.paper.figures import COLOURS, Figure, drawn, finish

FLIPS: Final = 10_000
"""Of the coin, for one value."""
POOR: Final = 0.5
"""An intraclass correlation below this is called poor (Koo and Li, 2016)."""
_LEAST: Final = 1e-4  # of a spread, in the figure

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reliability:
    """Of one metric.

    Attributes:
        name: its.
        spread: the standard deviation over resamples, relative to the mean: the median over generators.
        agreement: the intraclass correlation, in [-1, 1]; 0 where all values are the same.
        same_order: the share of pairs of resamples that put all generators in the same order, none of them level.
    """

    name: str
    spread: float
    agreement: float
    same_order: float

    @property
    def flips(self) -> float:
        """Flips of a coin whose share of heads has the same spread: 1 / spread^2."""
        return 1 / self.spread**2 if self.spread else np.inf


def reliability(name: str, values: Floats) -> Reliability:
    """Of values of shape (generators, resamples).

    >>> told = reliability("m", np.array([[1.0, 1.1], [2.0, 2.1]]))
    >>> round(told.agreement, 2), told.same_order
    (0.99, 1.0)
    """
    generators, resamples = values.shape
    means = values.mean(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = float(np.median(values.std(axis=1, ddof=1) / np.abs(means)))
    between = resamples * float(means.var(ddof=1))
    within = float(values.var(axis=1, ddof=1).mean())
    total = between + (resamples - 1) * within
    orders = [tuple(np.argsort(column)) if len(set(column)) == generators else None for column in values.T.tolist()]
    pairs = [a == b and a is not None for a, b in combinations(orders, 2)]
    return Reliability(name, spread, (between - within) / total if total else 0.0, float(np.mean(pairs)))


def of_metrics(retested: Mapping[str, Sequence[float]]) -> list[Reliability]:
    """Of each metric: by "metric/generator", its values over the same resamples."""
    names = list(dict.fromkeys(key.partition("/")[0] for key in retested))
    tables = {name: [values for key, values in retested.items() if key.partition("/")[0] == name] for name in names}
    return [reliability(name, np.array(rows, np.float64)) for name, rows in tables.items()]


def of_coin(generators: int, resamples: int, seed: int) -> Reliability:
    """Of the share of heads of a Rademacher coin, flipped anew for each generator and each resample."""
    shares = [
        [
            float((coin.flip(FLIPS, random_state=draws.split(seed, one * resamples + again)) > 0).mean())
            for again in range(resamples)
        ]
        for one in range(generators)
    ]
    return reliability(f"coin, {FLIPS:,} flips", np.array(shares))


def draw(metrics: Sequence[Reliability], flipped: Reliability, shape: tuple[int, int]) -> Figure:
    """The figure: spread on the left, agreement on the right, a line for each.

    Args:
        metrics: of each.
        flipped: the coin's.
        shape: how many generators were measured, and how often.
    """
    rows = [flipped, *sorted(metrics, key=lambda one: one.spread)]
    at = np.arange(len(rows))
    looks = [{"marker": "D", "color": "black", "s": 48}] + [{"marker": "o", "color": COLOURS[0], "s": 26}] * len(
        metrics
    )
    with drawn(0.9 + 0.23 * len(rows), columns=2, sharey=True) as (canvas, axes):
        for place, row, look in zip(at, rows, looks, strict=True):
            axes[0].scatter(100 * max(row.spread, _LEAST), place, zorder=3, **look)
            axes[1].scatter(row.agreement, place, zorder=3, **look)
        axes[0].set_xscale("log")
        axes[0].set_yticks(at, [row.name.replace("_", " ") for row in rows])
        axes[0].get_yticklabels()[0].set_fontweight("bold")
        axes[0].invert_yaxis()
        axes[0].xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes[0].set_xlabel("spread over resamples, % of the mean")
        axes[0].set_title("comes out the same again  ←")
        axes[1].set_xlabel("intraclass correlation")
        axes[1].set_title("→  tells generators apart again")
        axes[1].axvline(0, color="black", linewidth=0.8)
        axes[1].set_xlim(min(-0.2, min(row.agreement for row in rows) - 0.05), 1.05)
        return finish(
            canvas,
            "coin-reliability",
            f"The coin (diamond) beside metrics (dots), {shape[0]} generators measured {shape[1]} times each. Left: how much a value differs when it is measured again; further left is more reliable. "
            "Right: whether it tells the generators apart in the same way again; further right is more reliable, and 0 is no better than chance.",
            f"Two columns of marks. The coin has a spread of {100 * flipped.spread:.1f} % and an intraclass correlation of {flipped.agreement:.2f}.",
        )
