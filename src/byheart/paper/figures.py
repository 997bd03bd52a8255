"""Figures: the same for the page (SVG), for print (PDF), and for whoever sees no colours.

Rule 1: what is told by a colour is told by a mark, a line's dashes or a word too.
Rule 2: no date and no random name is in a file: the same figure has the same bytes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from byheart._optional import require

if TYPE_CHECKING:  # an extra
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

COLOURS: Final = ("#1b4f8a", "#b3541e", "#3d7a44", "#7a3d78", "#555555", "#0f8b8d")
MARKS: Final = ("o", "s", "^", "D", "v", "P")
DASHES: Final = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)))
_WIDTH: Final = 7.2
_STYLE: Final[dict[str, Any]] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "byheart",
    "pdf.fonttype": 42,
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10,
    "axes.grid": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    "legend.frameon": False,
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawn figure.

    Attributes:
        name: of its files, without suffix: "figure-1-curves".
        caption: what it shows, in a sentence or two.
        alt: the same for who cannot see it: what the marks and lines do.
        svg: for the page.
        pdf: for print.
    """

    name: str
    caption: str
    alt: str
    svg: str
    pdf: bytes


@contextmanager
def drawn(height: float = 3.6, *, columns: int = 1, rows: int = 1, **options: Any) -> Iterator[tuple["Canvas", Any]]:
    """A canvas and its axes, in the one style: inside, it is drawn on and finished by `finish`.

    Args:
        height: in inches; the width is 7.2.
        columns: of axes; with `rows`, an array of them as `Figure.subplots` gives it.
        rows: see there.
        options: of `Figure.subplots`, such as sharey.
    """
    mpl = require("matplotlib", "judge")
    canvas = require("matplotlib.figure", "judge").Figure(figsize=(_WIDTH, height), layout="constrained")
    with mpl.rc_context(_STYLE):
        yield canvas, canvas.subplots(rows, columns, **options)


def finish(canvas: "Canvas", name: str, caption: str, alt: str) -> Figure:
    """The figure in its forms; to be called where `drawn` still holds."""
    svg, pdf = BytesIO(), BytesIO()
    canvas.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
    canvas.savefig(pdf, format="pdf", metadata={"CreationDate": None, "Creator": None, "Producer": None})
    text = svg.getvalue().decode()
    return Figure(name, caption, alt, text[text.index("<svg") :], pdf.getvalue())


def line(axes: "Axes", number: int, x: Any, y: Any, name: str, **options: Any) -> None:
    """Line `number` of a chart: its colour, mark and dashes together."""
    told = {"color": COLOURS[number % 6], "marker": MARKS[number % 6], "linestyle": DASHES[number % 6], "markersize": 4}
    axes.plot(x, y, label=name, **{**told, **options})
