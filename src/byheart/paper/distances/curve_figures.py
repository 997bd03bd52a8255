"""The figures of the section on distances that have curves: a metric against the share of samples that are memorised."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from byheart.paper.distances.curves import SHARES, Curve
from byheart.paper.figures import COLOURS, DASHES, MARKS, Figure, is_narrow, painted

_SHOWN: Final = 6  # of each side; the others are in the table
_FIRST: Final = (  # which ones, where there are more
    *("frechet_distance", "mmd", "recall", "coverage", "mauve", "nearest_neighbour_accuracy"),
    *("exact_share", "copy_share", "dcr_share", "c_t", "authenticity", "nndr"),
)


def curve_panels(curves: Sequence[Curve], generator: str, name: str) -> Figure:
    """Curves up and to the right, and down, a small chart each: those that are fooled, and those that catch it."""
    distances, copies = ([one for one in curves if one.against == against] for against in ("test", "copies"))
    fooled = [one for one in distances if one.way == "up"] + [one for one in distances if one.way == "down"]
    caught = [one for one in copies if one.way == "down"]
    rows = [max(1, (min(len(some), _SHOWN) + 1) // 2) for some in (fooled, caught)]

    def paint(canvas: Any, axes: Any) -> None:
        axes.remove()
        narrow = is_narrow(canvas)
        sides = (
            canvas.subfigures(2, 1, height_ratios=[each + 0.7 for each in rows])
            if narrow
            else canvas.subfigures(1, 2, wspace=0.04)
        )
        titles = (_told(distances, "distances", "improve"), _told(copies, "that look for copies", "catch them"))
        for side, some, colour, title in zip(sides, (fooled, caught), COLOURS, titles, strict=False):
            side.suptitle(title, fontsize=10)
            _charts(side, _first(some), colour)
            side.supxlabel("share of samples that are memorised, %", fontsize=8)
            side.supylabel("better \N{RIGHTWARDS ARROW}", fontsize=8)

    return painted(
        paint,
        f"figure-1-curves-{name}",
        f"Curves up and to the right, of {name}: samples of the {generator} are replaced by MemGEN's. Lines are means over {len(curves[0].values)} half samples, of which the bands hold 95 %; dots: what held-out records get; each on its own scale, "
        f"turned so that up is better. First distances to test that rise or fall for sure, then values that look for copies; at most {_SHOWN} of each, the others are in the table.",
        f"Small charts of curves: {_told(distances, 'distances', 'improve')}, and {_told(copies, 'that look for copies', 'catch them')}.",
        height=1.15 * max(rows) + 0.9,
        narrow=1.1 * sum(rows) + 1.6,
    )


def _told(curves: Sequence[Curve], what: str, wanted: str) -> str:
    """How many do what, and how many the reverse: "5 of 15 distances improve, 1 gets worse"."""
    up, down = (sum(one.way == way for one in curves) for way in ("up", "down"))
    first, second = (up, down) if wanted == "improve" else (down, up)
    other = (
        ("gets worse" if second == 1 else "get worse")
        if wanted == "improve"
        else ("improves" if second == 1 else "improve")
    )
    return f"{first} of {len(curves)} {what} {wanted}" + (f", {second} {other}" if second else "")


def _first(curves: Sequence[Curve]) -> list[Curve]:
    """Those that are shown."""
    named = sorted(curves, key=lambda one: _FIRST.index(one.about.name) if one.about.name in _FIRST else len(_FIRST))
    return named[:_SHOWN]


def _charts(side: Any, curves: Sequence[Curve], colour: str) -> None:
    across = min(2, max(1, len(curves)))
    every = side.subplots(max(1, -(-len(curves) // across)), across, sharex=True, sharey=True, squeeze=False).ravel()
    shares = 100 * np.array(SHARES)
    for axes, curve in zip(every, curves, strict=False):
        low, high = np.quantile(curve.turned, (0.025, 0.975), axis=0)
        axes.fill_between(shares, low, high, color=colour, alpha=0.22, linewidth=0)
        axes.plot(shares, curve.turned.mean(axis=0), color=colour, marker=MARKS[0], markersize=3, linewidth=1.4)
        axes.axhline(curve.real, color="black", linestyle=":", linewidth=1)
        axes.set_title(curve.about.title, fontsize=8)
        axes.set(ylim=(-0.5, 1.5), xticks=(0, 50, 100), yticks=())
        axes.tick_params(labelsize=7, labelbottom=True)
    for axes in every[len(curves) :]:
        axes.set_axis_off()
    if not curves:
        every[0].text(0, 0.5, "none for sure", fontsize=9)


def transposed(curve: Curve) -> Figure:
    """A curve of which lower is better, transposed as the paper says, and turned as it must be."""
    share, value = 100 * np.array(SHARES), curve.values.mean(axis=0)

    def paint(_: Any, three: Any) -> None:
        told: dict[str, Any] = {"color": COLOURS[0], "marker": MARKS[0], "linestyle": DASHES[0], "markersize": 4}
        for axes, (x, y) in zip(three, ((share, value), (value, share), (share, value)), strict=True):
            axes.plot(x, y, **told)
        three[2].invert_yaxis()
        for axes, title in zip(three, ("as it is", "transposed: it still falls", "turned over: it rises"), strict=True):
            axes.set_title(title)
        for axes in (three[0], three[2]):
            axes.set_xlabel("memorised, %")
            axes.set_ylabel(curve.about.title)
        three[1].set_ylabel("memorised, %")
        three[1].set_xlabel(curve.about.title)

    return painted(
        paint,
        "figure-1-transposed",
        f"“Unless lower is better, in which case we transpose the figure”: the {curve.about.title} of the curves above. "
        "A transposed curve that falls still falls; the axis has to be turned over.",
        "Three small charts of one curve: it falls, falls, and rises.",
        height=2.6,
        columns=3,
        narrow=6.6,
    )
