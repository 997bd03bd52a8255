"""The paper's Figure 2: a pair as raters see it; and what simulated raters chose."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from byheart.paper.figures import COLOURS, Figure, is_narrow, painted
from byheart.paper.people.rated import Rated, Shown, Studied
from byheart.paper.people.screenshot import screenshot
from byheart.paper.showing import decoded, lay

_CAPTION = "The paper's Figure 2: one sample from the held-out set and one of MemGEN are shown side by side, as raters see them"
_STAMP = "SIMULATED raters: no person was asked"
_NARROW_STAMP = "SIMULATED raters"
_FAR = 0.65  # from where on a word above a mark stays on the left of it


def side_by_side(rated: Rated) -> Figure:
    """A pair on the real page; where there is no browser, the same pair composed."""
    taken = screenshot(rated.opened, rated.pair.trial)
    return _composed(rated.pair) if taken is None else _photographed(taken)


def verdicts(studies: Sequence[Studied]) -> Figure:
    """The share of choices for the held-out one, with its intervals, beside a coin's."""
    margin = 100 * studies[0].report.margin

    def paint(canvas: Any, axes: Any) -> None:
        axes.axvspan(50 - margin, 50 + margin, color="#dddddd", zorder=0)
        axes.text(
            50,
            len(studies) - 0.55,
            "a coin",
            ha="center",
            va="bottom",
            fontsize=8,
            bbox={"facecolor": "#dddddd", "edgecolor": "none", "pad": 0.8},
        )
        axes.axvline(50, color="black", linewidth=0.8, linestyle="--")
        for place, one in enumerate(studies):
            _interval(axes, place, one)
        names = [one.generator.replace(" that ", "\nthat ") if is_narrow(canvas) else one.generator for one in studies]
        axes.set_yticks(range(len(studies)), names)
        axes.set_ylim(len(studies) - 0.5, -0.7)
        axes.set_xlim(0, 100)
        axes.set_xlabel("held-out one chosen, %")
        axes.grid(visible=False, axis="y")
        axes.set_title(_NARROW_STAMP if is_narrow(canvas) else _STAMP, fontweight="bold")

    return painted(
        paint,
        "figure-2-verdicts",
        f"{_STAMP}. How often the held-out picture was chosen over that of a generator; thin: the 95 % interval; thick: the 90 % one, that equivalence is read off. Band: within {margin:g} points of a coin.",
        "; ".join(
            f"{one.generator}: {100 * one.report.estimate.value:.0f} %, {one.report.verdict.lower()}" for one in studies
        ),
        height=0.9 + 0.5 * len(studies),
        narrow=1.0 + 0.6 * len(studies),
    )


def _interval(axes: Any, place: int, one: Studied) -> None:
    told, is_told = one.report.estimate, one.report.verdict == "DISTINGUISHABLE"
    colour = COLOURS[1 if is_told else 0]
    axes.plot([100 * told.low, 100 * told.high], [place, place], color=colour, linewidth=1)
    axes.plot([100 * end for end in one.report.inner], [place, place], color=colour, linewidth=3)
    axes.plot([100 * told.value], [place], color=colour, marker="s" if is_told else "o", markersize=6, clip_on=False)
    near: dict[str, Any] = {"xytext": (0, 7), "textcoords": "offset points", "va": "bottom", "fontsize": 8}
    near["bbox"] = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}  # lines behind it stay behind
    side = "right" if told.value > _FAR else "left" if told.value < 1 - _FAR else "center"
    at = told.high if side == "right" else told.low if side == "left" else told.value
    axes.annotate(one.report.verdict.lower(), (100 * at, place), ha=side, **near)


def _photographed(page: bytes) -> Figure:
    pixels = decoded(page)
    shape = pixels.shape[0] / pixels.shape[1]
    return painted(
        lambda _, axes: lay(axes, pixels),
        "figure-2-page",
        f"{_CAPTION}: a picture of the page, taken from its server with a browser.",
        "A page that asks which picture looks better, with two photographs beside each other, and a button below each.",
        height=7.2 * shape,
        narrow=3.7 * shape,
    )


def _composed(pair: Shown) -> Figure:
    def paint(canvas: Any, axes: Any) -> None:
        canvas.suptitle("Which picture looks better?", fontweight="bold")
        for one, shown, name in zip(
            axes, (pair.left, pair.right), ("Left looks better  [F]", "Right looks better  [J]"), strict=True
        ):
            lay(one, np.ascontiguousarray(shown))
            one.text(0.5, -0.08, name, transform=one.transAxes, ha="center", va="top")

    return painted(
        paint,
        "figure-2-page",
        f"{_CAPTION}. Composed from the samples of the study: for a picture of the page itself it takes playwright, a Chromium, and byheart[rate].",
        "Two photographs beside each other, under the question which picture looks better.",
        height=3.4,
        columns=2,
        narrow=6.4,
    )
