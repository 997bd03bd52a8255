"""The tables of the section on distances."""

import math
from collections.abc import Sequence

from byheart.paper.curves import SHARES, Curve
from byheart.paper.distance_figures import title_of
from byheart.paper.standing import HELDOUT, MEMGEN, Against, Score, Standing
from byheart.report.page import Cell, table


def standing_table(standing: Standing, against: Against) -> str:
    """Every metric, and everyone."""
    names = [HELDOUT, MEMGEN, *standing.material.generators]
    head = [Cell(title_of(against)), *(Cell(name, "right") for name in names)]
    return table(head, [_row(score, names) for score in standing.of(against)])


def _row(score: Score, names: Sequence[str]) -> list[Cell]:
    arrow = "\N{DOWNWARDS ARROW}" if score.is_low_good else "\N{UPWARDS ARROW}"
    return [Cell(f"{score.about.title} {arrow}"), *(Cell(_value(score, name), _look(score, name)) for name in names)]


def _value(score: Score, name: str) -> str:
    reach = score.reach(name)
    return number(score.by[name].value) + (f" \N{PLUS-MINUS SIGN} {reach:.2g}" if math.isfinite(reach) else "")


def _look(score: Score, name: str) -> str:
    """Told apart from held-out records: as a copy, or as worse."""
    if name == HELDOUT or not score.worse(name, HELDOUT) > 1:
        return "right"
    return "right copy" if score.against == "copies" else "right worse"


def curve_table(curves: Sequence[Curve]) -> str:
    """Each curve's values, and where it goes."""
    shown = [SHARES.index(share) for share in (0.0, 0.2, 0.6, 1.0)]
    head = [
        Cell("metric"),
        *(Cell(f"{100 * SHARES[at]:g} % memorised", "right") for at in shown),
        Cell("held-out", "right"),
        Cell("slope, 95 % of resamples", "right"),
        Cell("with copies it"),
    ]
    return table(head, [_curve_row(curve, shown) for curve in curves])


def _curve_row(curve: Curve, shown: Sequence[int]) -> list[Cell]:
    arrow = "\N{DOWNWARDS ARROW}" if curve.is_low_good else "\N{UPWARDS ARROW}"
    means = curve.values.mean(axis=0)
    mean, low, high = curve.slope
    told = {"up": "improves", "down": "gets worse", "neither": "does not change for sure"}[curve.way]
    return [
        Cell(f"{curve.about.title} {arrow}"),
        *(Cell(number(float(means[at])), "right") for at in shown),
        Cell(number(curve.heldout), "right"),
        Cell(f"{mean:+.2f} [{low:+.2f}, {high:+.2f}]", "right"),
        Cell(told, "strong" if curve.way == "up" else ""),
    ]


def number(value: float) -> str:
    """Three digits, or as many as a large number has.

    >>> number(0.01234), number(12345.6), number(2e13)
    ('0.0123', '12,346', '2e+13')
    """
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e6 else f"{value:.3g}"
