"""Charts of shares beside a coin, as SVG drawn by hand: a page may have them without matplotlib, and a phone can read them."""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_WIDE: Final = 640
_LEFT: Final = 16
_RIGHT: Final = 624
_PLOT: Final = 564  # up to where curves go: what is right of it is for their scale
_ROW: Final = 66
_ROOM: Final = 95  # between two labels, on a phone too
_LEAST: Final = 0.08
_DECADES: Final = 6  # of evidence: what is beyond is as good


@dataclass(frozen=True, slots=True)
class Interval:
    """A share: its estimate, the outer interval and the inner one, all in [0, 1]; `said` is how it reads."""

    name: str
    said: str
    value: float
    low: float
    high: float
    inner: tuple[float, float]
    is_told: bool = False


@dataclass(frozen=True, slots=True)
class Curve:
    """A share over time: after `at` judgments, between `low` and `high`."""

    at: Sequence[float]
    value: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]


def intervals(rows: Sequence[Interval], *, margin: float, left: str, right: str) -> str:
    """A row each: a dot, a thick line for the inner interval and a thin one for the outer, beside a coin's 1/2 and the band of what is as good.

    Args:
        rows: from top to bottom.
        margin: half the band's width.
        left: what it means to be on the left.
        right: what it means to be on the right.

    >>> intervals([Interval("all", "51 %", 0.51, 0.48, 0.54, (0.49, 0.53))], margin=0.05, left="less", right="more").count("<circle")
    1
    """
    reach = _reach([end for row in rows for end in (row.low, row.high)], margin)
    bottom = 34 + _ROW * len(rows)

    def at(share: float) -> float:
        return 320 + 304 * (min(max(share, 0.5 - reach), 0.5 + reach) - 0.5) / reach

    parts = [
        _box(at(0.5 - margin), 26, at(0.5 + margin), bottom),
        _line(320, 26, 320, bottom, "var(--soft)", dashes=True),
        _text(_LEFT, 16, f"← {left}", "start"),
        _text(_RIGHT, 16, f"{right} →", "end"),
        _text(320, bottom + 20, "50 %", "middle"),
    ]
    if at(0.5 + margin) - 320 >= _ROOM:
        parts += [
            _text(at(0.5 + side * margin), bottom + 20, _percent(0.5 + side * margin), "middle") for side in (-1, 1)
        ]
    for number, row in enumerate(rows):
        top, middle = 34 + _ROW * number + 16, 34 + _ROW * number + 42
        colour = "var(--copy)" if row.is_told else "var(--accent)"
        parts += [
            _text(_LEFT, top, row.name, "start", "var(--ink)"),
            _text(_RIGHT, top, row.said, "end", colour),
            _line(_LEFT, middle, _RIGHT, middle, "var(--line)"),
            _line(at(row.low), middle, at(row.high), middle, colour, width=2),
            _line(at(row.inner[0]), middle, at(row.inner[1]), middle, colour, width=7, opacity=0.5),
            f'<circle cx="{at(row.value):.1f}" cy="{middle}" r="6" fill="{colour}"/>',
        ]
    said = "; ".join(f"{row.name}: {row.said}" for row in rows)
    return _svg(bottom + 30, f"{said}; a coin: 50 %, the margin: {margin * 100:g} points", parts)


def over_time(curve: Curve, *, margin: float, unit: str) -> str:
    """The share after each judgment, and between what it lies, beside a coin's 1/2 and the band of what is as good.

    >>> over_time(Curve([1, 2], [1, 0.5], [0, 0], [1, 1]), margin=0.05, unit="judgments").startswith("<svg")
    True
    """
    height, bottom = 300, 262
    reach = min(max(_reach([curve.low[-1], curve.high[-1]], margin) * 1.8, 3 * margin), 0.5)
    last = max(curve.at[-1], 1)

    def across(at: float) -> float:
        return _LEFT + (_PLOT - _LEFT) * at / last

    def up(share: float) -> float:
        return 140 - 122 * (min(max(share, 0.5 - reach), 0.5 + reach) - 0.5) / reach

    there = [*zip(curve.at, curve.high, strict=True), *reversed([*zip(curve.at, curve.low, strict=True)])]
    area = " ".join(f"{across(at):.1f},{up(share):.1f}" for at, share in there)
    path = " ".join(f"{across(at):.1f},{up(share):.1f}" for at, share in zip(curve.at, curve.value, strict=True))
    parts = [
        _box(_LEFT, up(0.5 + margin), _PLOT, up(0.5 - margin)),
        f'<polygon points="{area}" fill="var(--accent)" opacity=".16"/>',
        _line(_LEFT, up(0.5), _PLOT, up(0.5), "var(--soft)", dashes=True),
        f'<polyline points="{path}" fill="none" stroke="var(--accent)" stroke-width="2" stroke-linejoin="round"/>',
        *_ends(last, bottom, unit),
        _text(_RIGHT, up(0.5) + 4, "50 %", "end"),
        _text(_RIGHT, 22, _percent(0.5 + reach), "end"),
        _text(_RIGHT, bottom, _percent(0.5 - reach), "end"),
    ]
    told = f"after {last:,.0f} {unit}: from {_percent(curve.low[-1])} to {_percent(curve.high[-1])}"
    return _svg(height, told, parts)


def evidence(at: Sequence[float], e_values: Sequence[float], *, limit: float, unit: str) -> str:
    """E-values over time, on a logarithmic scale, and the limit that they are held against.

    >>> evidence([1, 2], [1, 30], limit=20, unit="judgments").startswith("<svg")
    True
    """
    height, bottom = 150, 116
    logs = [min(max(math.log10(max(e, 1e-300)), -2.0), float(_DECADES)) for e in e_values]
    low, high = min(-1.0, *logs), max(2.0, *logs)
    last = max(at[-1], 1)

    def up(log: float) -> float:
        return bottom - (bottom - 18) * (log - low) / (high - low)

    path = " ".join(
        f"{_LEFT + (_PLOT - _LEFT) * one / last:.1f},{up(log):.1f}" for one, log in zip(at, logs, strict=True)
    )
    colour = "var(--copy)" if max(e_values) >= limit else "var(--accent)"
    parts = [
        _line(_LEFT, up(math.log10(limit)), _PLOT, up(math.log10(limit)), "var(--ink)", dashes=True),
        _text(_RIGHT, up(math.log10(limit)) + 4, f"{limit:g}", "end"),
        _line(_LEFT, up(0), _PLOT, up(0), "var(--line)"),
        _text(_RIGHT, up(0) + 4, "1", "end"),
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2" stroke-linejoin="round"/>',
        *_ends(last, bottom, unit),
    ]
    return _svg(height, f"e-values: the last {e_values[-1]:.3g}, the largest {max(e_values):.3g}", parts)


def _ends(last: float, bottom: float, unit: str) -> list[str]:
    return [
        _line(_LEFT, bottom, _PLOT, bottom, "var(--line)"),
        _text(_LEFT, bottom + 22, "0", "start"),
        _text(_PLOT, bottom + 22, f"{last:,.0f} {unit}", "end"),
    ]


def _reach(ends: Sequence[float], margin: float) -> float:
    """How far from 1/2 a chart goes."""
    return min(max([1.6 * margin, _LEAST, *(1.12 * abs(end - 0.5) for end in ends)]), 0.5)


def _percent(share: float) -> str:
    return f"{share * 100:.3g} %"


def _box(left: float, top: float, right: float, bottom: float) -> str:
    return f'<rect x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{bottom - top:.1f}" fill="var(--band)"/>'


def _line(  # noqa: PLR0913  # from, to, and how
    left: float,
    top: float,
    right: float,
    bottom: float,
    colour: str,
    *,
    width: float = 1,
    opacity: float = 1,
    dashes: bool = False,
) -> str:
    look = f'stroke="{colour}" stroke-width="{width:g}"' + (
        ' stroke-dasharray="3 4"' if dashes else ' stroke-linecap="round"'
    )
    return f'<line x1="{left:.1f}" y1="{top:.1f}" x2="{right:.1f}" y2="{bottom:.1f}" {look} opacity="{opacity:g}"/>'


def _text(left: float, top: float, said: str, anchor: str, colour: str = "var(--soft)") -> str:
    return f'<text x="{left:.1f}" y="{top:.1f}" text-anchor="{anchor}" font-size="10" fill="{colour}">{html.escape(said)}</text>'


def _svg(height: float, label: str, parts: Sequence[str]) -> str:
    return f'<svg class="narrow" viewBox="0 0 {_WIDE} {height:g}" role="img" aria-label="{html.escape(label)}">{"".join(parts)}</svg>'
