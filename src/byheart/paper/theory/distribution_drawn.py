"""The figures of sections 1 and 3: p-values against the uniform distribution, and total variation against chance."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from byheart._optional import require
from byheart.paper.figures import COLOURS, MARKS, Figure, painted

_QUANTILE: Final = 1.959964
_MARKS_SHOWN: Final = 40
_BINS: Final = 10
_TICKS: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1)


@dataclass(frozen=True, slots=True)
class Variation:
    """Total variation between n draws and what was learned.

    Attributes:
        sizes: the numbers of draws.
        found: what was measured, by structure.
        expected: what exact samplers have on average.
        bands: between which 95 % of them lie.
        alike: where a sampler ends that draws each distinct record alike.
    """

    sizes: list[int]
    found: Mapping[str, list[float]]
    expected: list[float]
    bands: list[tuple[float, float]]
    alike: float

    def p_values(self) -> list[float]:
        """Of each measurement, two-sided: a sum over many records is normal, with the band for its width."""
        return [
            math.erfc(abs(value - mean) / (high - low) * 2 * _QUANTILE / math.sqrt(2))
            for values in self.found.values()
            for value, mean, (low, high) in zip(values, self.expected, self.bands, strict=True)
        ]

    def inside(self) -> int:
        """How many measurements are within the band."""
        return sum(
            low <= value <= high
            for values in self.found.values()
            for value, (low, high) in zip(values, self.bands, strict=True)
        )

    def ratio(self) -> float:
        """The mean of the last measurements, over their expectation."""
        return float(np.mean([values[-1] for values in self.found.values()]) / self.expected[-1])


def p_values_drawn(p_values: Mapping[Any, npt.NDArray[np.float64]], tested: str) -> Figure:
    """P-values over seeds: against a perfect sampler's, and their histogram.

    Args:
        p_values: sorted, by structure.
        tested: what they are of.
    """
    number = len(next(iter(p_values.values())))

    def paint(_: Any, axes: Any) -> None:
        left, right = axes
        _quantiles(left, p_values)
        _histogram(right, p_values)

    return painted(
        paint,
        "p-values",
        f"{number:,} p-values each of a list and of a hashmap ({tested}). First: sorted, against those of a perfect sampler. Second: "
        "how many are in each tenth. Grey is where 95 % of perfect samplers are, at each place.",
        "The first chart has p-values of list and hashmap about the diagonal of a perfect sampler; the second how many are in each tenth.",
        height=3.4,
        columns=2,
    )


def variation_drawn(variation: Variation, measured: str) -> Figure:
    """Total variation over the number of draws, and over its expectation.

    Args:
        variation: see there.
        measured: what it is of.
    """

    def paint(_: Any, axes: Any) -> None:
        left, right = axes
        _variation(left, variation)
        _ratio(right, variation)

    return painted(
        paint,
        "total-variation",
        f"First: the total variation between n draws and {measured}; the line is what an exact sampler has on average, "
        "by arithmetic. Second: the same, divided by that; in the grey band are 95 % of exact samplers, by simulation.",
        "In the first chart the marks of list and hashmap follow the falling line of an exact sampler, below the dotted one at which a sampler "
        f"stops that ignores duplicates. In the second {variation.inside()} of {2 * len(variation.sizes)} are within the band.",
        height=3.4,
        columns=2,
    )


def _quantiles(axes: Any, p_values: Mapping[Any, npt.NDArray[np.float64]]) -> None:
    number = len(next(iter(p_values.values())))
    place = np.arange(1, number + 1)
    low, high = (require("scipy.stats", "judge").beta.ppf(q, place, number + 1 - place) for q in (0.025, 0.975))
    ideal = place / (number + 1)
    axes.fill_between(ideal, low, high, color="#d9d9d9", label="95 % of perfect samplers", linewidth=0)
    axes.plot([0, 1], [0, 1], color="#222222", linewidth=0.8)
    for line, (name, found) in enumerate(p_values.items()):
        shown = _spread(number, _MARKS_SHOWN, line)
        axes.plot(
            ideal[shown],
            found[shown],
            MARKS[line],
            color=COLOURS[line],
            markersize=4,
            markerfacecolor="none" if line else COLOURS[line],
            label=f"{name}",
        )
    axes.set(xlabel="p-value of a perfect sampler", ylabel="p-value found", title="p-values over seeds", aspect="equal")
    axes.legend(loc="upper left")


def _histogram(axes: Any, p_values: Mapping[Any, npt.NDArray[np.float64]]) -> None:
    number = len(next(iter(p_values.values())))
    low, high = require("scipy.stats", "judge").binom.ppf([0.025, 0.975], number, 1 / _BINS)
    axes.axhspan(low, high, color="#d9d9d9", label="95 % of perfect samplers", linewidth=0)
    places = (np.arange(_BINS) + 0.5) / _BINS
    for line, (name, found) in enumerate(p_values.items()):
        counts = np.histogram(found, _BINS, (0, 1))[0]
        hatch = {"facecolor": "none", "hatch": "////", "edgecolor": COLOURS[line]} if line else {"color": COLOURS[line]}
        axes.bar(places + (line - 0.5) * 0.4 / _BINS, counts, 0.36 / _BINS, label=name, zorder=2, **hatch)
    axes.set(xlabel="p-value", ylabel="how many", title="p-values, by tenths", ylim=(0, 1.6 * high))
    axes.legend(loc="upper left", ncols=2, fontsize=8)


def _variation(axes: Any, variation: Variation) -> None:
    axes.plot(variation.sizes, variation.expected, color="#222222", linewidth=1, label="expected of n draws")
    axes.axhline(variation.alike, color="#555555", linestyle=":", linewidth=1.2, label="if duplicates were ignored")
    _marks(axes, variation.sizes, variation.found)
    axes.set(
        xscale="log", yscale="log", xlabel="draws, n", ylabel="total variation", title="Distance from the training data"
    )
    ticks = [tick for tick in _TICKS if min(variation.expected) * 0.8 <= tick <= 1]
    axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.legend(loc="lower left", fontsize=8)


def _ratio(axes: Any, variation: Variation) -> None:
    low, high = np.transpose(variation.bands) / np.array(variation.expected)
    axes.fill_between(variation.sizes, low, high, color="#d9d9d9", label="95 % of exact samplers", linewidth=0)
    axes.axhline(1, color="#222222", linewidth=1)
    ratios = {name: np.array(values) / variation.expected for name, values in variation.found.items()}
    _marks(axes, variation.sizes, ratios)
    axes.set(xscale="log", xlabel="draws, n", ylabel="found / expected", title="... over its expectation")
    span = high.max() - low.min()
    axes.set_ylim(low.min() - 0.1 * span, high.max() + 0.5 * span)
    axes.minorticks_off()
    axes.legend(loc="upper right", fontsize=8)


def _marks(axes: Any, sizes: list[int], found: Mapping[str, Any]) -> None:
    for line, (name, values) in enumerate(found.items()):
        look = {
            "color": COLOURS[line],
            "markersize": 5 + 2 * line,
            "markerfacecolor": "none" if line else COLOURS[line],
        }
        axes.plot(sizes, values, MARKS[line], label=name, **look)


def _spread(number: int, most: int, offset: int) -> Sequence[int]:
    """Numbers of about so many marks, those of two lines not above each other."""
    step = max(number // most, 1)
    return list(range(offset * step // 2, number, step))
