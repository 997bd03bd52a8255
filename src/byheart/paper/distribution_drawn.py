"""The figure of sections 1 and 3: p-values against the uniform distribution, and total variation against chance."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from byheart._optional import require
from byheart.paper.figures import COLOURS, MARKS, Figure, drawn, finish

_QUANTILE: Final = 1.959964
_MARKS_SHOWN: Final = 40


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


def drawn_figure(
    p_values: Mapping[Any, npt.NDArray[np.float64]], variation: Variation, tested: str, measured: str
) -> Figure:
    """Both, side by side.

    Args:
        p_values: sorted, by structure.
        variation: see there.
        tested: what the p-values are of.
        measured: what the variation is of.
    """
    with drawn(3.5, columns=2) as (canvas, (left, right)):
        _quantiles(left, p_values)
        _variation(right, variation)
        number = len(next(iter(p_values.values())))
        return finish(
            canvas,
            "same-distribution",
            f"Left: {number:,} p-values of {tested}, a list's and a hashmap's, sorted, against those of a perfect sampler; 95 % of "
            f"perfect ones would be in the band, at each place. Right: the total variation between n draws and {measured}; line and "
            "band are those of an exact sampler, by arithmetic and by simulation.",
            "Left, both sets of p-values follow the diagonal. Right, the marks of list and hashmap follow the falling line "
            "of an exact sampler; a sampler that ignores duplicates would stop at a dotted line.",
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


def _variation(axes: Any, variation: Variation) -> None:
    low, high = np.transpose(variation.bands)
    axes.fill_between(variation.sizes, low, high, color="#d9d9d9", label="95 % of exact samplers", linewidth=0)
    axes.plot(variation.sizes, variation.expected, color="#222222", linewidth=1, label="expected of n draws")
    axes.axhline(
        variation.alike, color="#555555", linestyle=":", linewidth=1.2, label="duplicates ignored: never below"
    )
    for line, (name, found) in enumerate(variation.found.items()):
        axes.plot(
            variation.sizes,
            found,
            MARKS[line],
            color=COLOURS[line],
            markersize=5 + 2 * line,
            markerfacecolor="none" if line else COLOURS[line],
            label=name,
        )
    axes.set(
        xscale="log", yscale="log", xlabel="draws, n", ylabel="total variation", title="Distance from the training data"
    )
    axes.legend(loc="lower left", fontsize=8)


def _spread(number: int, most: int, offset: int) -> Sequence[int]:
    """Numbers of about so many marks, those of two lines not above each other."""
    step = max(number // most, 1)
    return list(range(offset * step // 2, number, step))
