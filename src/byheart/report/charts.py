"""Charts as SVG, in the colours of the page that they stand in."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any, Final

from byheart._optional import require

_COLOURS: Final = {
    "#010101": "var(--ink)",
    "#020202": "var(--soft)",
    "#030303": "var(--line)",
    "#040404": "var(--accent)",
    "#050505": "var(--copy)",
    "#060606": "var(--band)",
}
_INK, _SOFT, _LINE, _ACCENT, _COPY, _BAND = _COLOURS
_REACH: Final = 8.0


@dataclass(frozen=True, slots=True)
class Deviation:
    """A row of a chart of deviations, in units of what is usual: 0 is as expected, beyond 1 is unusual.

    Attributes:
        name: of the row.
        value: the dot; `low` to `high` its interval, or None.
        control: the square.
    """

    name: str
    value: float
    low: float | None
    high: float | None
    control: float


def deviations(rows: Sequence[Deviation], *, left: str, right: str, value: str, control: str) -> str:
    """A row each: a dot with its interval and a square, around a band from -1 to 1; what is beyond the ends is an arrow there.

    Args:
        rows: from top to bottom.
        left: what it means to be on the left.
        right: what it means to be on the right.
        value: what the dots are.
        control: what the squares are.
    """
    require("matplotlib", "judge")
    from matplotlib.figure import Figure  # noqa: PLC0415  # an extra; without pyplot, which would look for a screen

    chart = Figure(figsize=(9, 0.9 + 0.32 * len(rows)))
    left_of = max(0.2, 0.0085 * max(len(row.name) for row in rows))  # room for the names
    axes = chart.add_axes(
        (left_of, 0.5 / (0.9 + 0.32 * len(rows)), 0.98 - left_of, 1 - 0.85 / (0.9 + 0.32 * len(rows)))
    )
    axes.axvspan(-1, 1, color=_BAND, linewidth=0)
    axes.axvline(0, color=_SOFT, linewidth=0.8)
    for at, row in enumerate(rows):
        axes.axhline(at, color=_LINE, linewidth=0.6, zorder=0)
        if row.low is not None and row.high is not None:
            axes.plot(
                [_cut(row.low), _cut(row.high)],
                [at, at],
                color=_ACCENT,
                linewidth=2,
                alpha=0.55,
                solid_capstyle="round",
            )
        _mark(axes, row.control, at, "s", _COPY)
        _mark(axes, row.value, at, "o", _ACCENT)
    axes.set_xlim(-_REACH - 0.5, _REACH + 0.5)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_yticks(range(len(rows)), [row.name for row in rows], color=_INK, fontsize=9)
    axes.set_xticks([-8, -4, -1, 0, 1, 4, 8], ["", "-4", "-1", "0", "1", "4", ""], color=_SOFT, fontsize=8)
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.text(0, 1.0, f"← {left}", transform=axes.transAxes, color=_SOFT, fontsize=8.5, va="bottom")
    axes.text(1, 1.0, f"{right} →", transform=axes.transAxes, color=_SOFT, fontsize=8.5, va="bottom", ha="right")
    axes.text(0.44, 1.0, f"● {value}", transform=axes.transAxes, color=_ACCENT, fontsize=8.5, va="bottom", ha="right")
    axes.text(0.47, 1.0, f"■ {control}", transform=axes.transAxes, color=_COPY, fontsize=8.5, va="bottom")
    return _svg(chart)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A share with its interval, and a limit that it is held against; all in [0, 1]."""

    value: float
    low: float
    high: float
    limit: float


def threshold(told: Threshold) -> str:
    """A line from 0 on: the interval with its estimate, and the limit; drawn by hand, since it is four strokes.

    >>> threshold(Threshold(0.02, 0.01, 0.03, 0.01)).startswith("<svg")
    True
    """
    reach = max(1.15 * told.high, 1.6 * told.limit, 1e-6)

    def at(share: float) -> float:
        return 20 + 600 * share / reach

    def label(share: float, height: int, word: str, colour: str) -> str:
        side = "start" if at(share) < 320 else "end"
        shown = f"{word} {share * 100:.3g} %".strip()
        return (
            f'<text x="{at(share):.1f}" y="{height}" text-anchor="{side}" font-size="12" fill="{colour}">{shown}</text>'
        )

    colour = "var(--copy)" if told.low > told.limit else "var(--accent)"
    parts = [
        '<line x1="20" x2="620" y1="40" y2="40" stroke="var(--line)" stroke-width="1"/>',
        f'<line x1="{at(told.limit):.1f}" x2="{at(told.limit):.1f}" y1="22" y2="58" stroke="var(--ink)" stroke-width="1.5" stroke-dasharray="3 3"/>',
        label(told.limit, 74, "threshold", "var(--soft)"),
        f'<line x1="{at(told.low):.1f}" x2="{at(told.high):.1f}" y1="40" y2="40" stroke="{colour}" stroke-width="5" stroke-linecap="round" opacity=".55"/>',
        f'<circle cx="{at(told.value):.1f}" cy="40" r="6" fill="{colour}"/>',
        label(told.value, 16, "", colour),
    ]
    name = f"{told.value * 100:.3g} %, from {told.low * 100:.3g} to {told.high * 100:.3g} %; threshold {told.limit * 100:.3g} %"
    return f'<svg class="narrow" viewBox="0 0 640 80" role="img" aria-label="{name}">{"".join(parts)}</svg>'


def _cut(value: float) -> float:
    return min(max(value, -_REACH), _REACH)


def _mark(axes: Any, value: float, at: int, shape: str, colour: str) -> None:
    if abs(value) > _REACH:
        shape = "<" if value < 0 else ">"
    axes.plot([_cut(value)], [at], shape, color=colour, markersize=6, markeredgewidth=0)


def _svg(chart: Any) -> str:
    import matplotlib as mpl  # noqa: PLC0415  # as above

    out = StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "byheart", "font.family": "sans-serif"}):
        chart.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = out.getvalue()
    text = text[text.index("<svg") :]
    for written, meant in _COLOURS.items():
        text = text.replace(written, meant)
    return text
