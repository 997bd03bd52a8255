"""The tables of the section on distances."""

import math
from collections.abc import Sequence

from byheart.paper.distances.curves import SHARES, Curve
from byheart.paper.distances.figures import title_of
from byheart.paper.distances.standing import HELDOUT, MEMGEN, Against, Score, Standing, rows_of
from byheart.paper.showing import raised, verbatim
from byheart.report.page import Cell, gallery, table


def standing_table(standing: Standing, against: Against) -> str:
    """Every metric, and everyone."""
    names = [HELDOUT, MEMGEN, *standing.material.generators]
    head = [Cell(title_of(against)), *(Cell(name, "right") for name in names)]
    return table(head, [_row(score, names) for score in standing.of(against)])


def _row(score: Score, names: Sequence[str]) -> list[Cell]:
    return [
        Cell(f"{score.about.title} {score.arrow}"),
        *(Cell(_value(score, name), _look(score, name)) for name in names),
    ]


def _value(score: Score, name: str) -> str:
    reach = score.reach(name)
    return number(score.by[name].value) + (f" \N{PLUS-MINUS SIGN} {number(reach, 2)}" if math.isfinite(reach) else "")


def _look(score: Score, name: str) -> str:
    """Told apart from held-out records: as a copy, as worse, or as better than real data, which is too good."""
    worse = 0.0 if name == HELDOUT else score.worse(name, HELDOUT)
    if worse > 1:
        return "right copy" if score.against == "copies" else "right worse"
    return "right strong" if worse < -1 and score.against in {"test", "train"} else "right"


def given(standing: Standing, each: int = 2) -> str:
    """The first records that each gives, as they are: rows of a table, or texts."""
    rows = {name: points.records[:each].to_pylist() for name, points in rows_of(standing).items()}
    if not all(isinstance(record, dict) for records in rows.values() for record in records):
        return gallery([verbatim("\n".join(map(str, records)), name) for name, records in rows.items()], is_small=False)
    columns = list(next(iter(rows.values()))[0])
    told = [
        [Cell(name, "strong" if number == 0 else ""), *(Cell(_cell(record[column])) for column in columns)]
        for name, records in rows.items()
        for number, record in enumerate(records)
    ]
    return table([Cell("given by"), *map(Cell, columns)], told)


def _cell(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


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
    means = curve.values.mean(axis=0)
    mean, low, high = curve.slope
    told = {"up": "improves", "down": "gets worse", "neither": "does not change for sure"}[curve.way]
    return [
        Cell(f"{curve.about.title} {curve.arrow}"),
        *(Cell(number(float(means[at])), "right") for at in shown),
        Cell(number(curve.heldout), "right"),
        Cell(f"{mean:+.2f} [{low:+.2f}, {high:+.2f}]", "right"),
        Cell(told, "strong" if curve.way == "up" else ""),
    ]


def number(value: float, digits: int = 3) -> str:
    """Three digits, or as many as a large number has; powers of ten where there would be many noughts.

    >>> number(0.01234), number(12345.6), number(0.0), number(25.4, 2)
    ('0.0123', '12,300', '0', '25')
    """
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    power = math.floor(math.log10(abs(float(f"{value:.{digits - 1}e}"))))
    if not -4 <= power < 6:
        told = f"{value / 10.0**power:.{digits}g}"
        return f"{told} \N{MULTIPLICATION SIGN} 10{raised(power)}"
    return (
        f"{round(value, digits - 1 - power):,.{max(digits - 1 - power, 0)}f}"
        if power >= digits - 1
        else f"{value:.{digits}g}"
    )
