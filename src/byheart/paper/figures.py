"""Figures: the same for the page (SVG), for a phone, for print (PDF), and for whoever sees no colours.

Rule 1: what is told by a colour is told by a mark, a line's dashes or a word too.
Rule 2: no date and no random name is in a file: the same figure has the same bytes.
Rule 3: on a phone nothing is scrolled and no text is small: panels are below each other.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from byheart._optional import require

if TYPE_CHECKING:  # an extra
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

COLOURS: Final = ("#1b4f8a", "#b3541e", "#3d7a44", "#7a3d78", "#555555", "#0f8b8d")
MARKS: Final = ("o", "s", "^", "D", "v", "P")
DASHES: Final = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)))
Painter: TypeAlias = "Callable[[Canvas, Any], None]"
"""Draws on a canvas and its axes: once as it is wide, once as it is narrow."""

_WIDTH: Final = 7.2
_NARROW: Final = 3.7  # of a phone, at its own size
_STYLE: Final[dict[str, Any]] = {
    "svg.fonttype": "none",
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
        narrow: the same for a phone, its panels below each other; "" where there is none.
        pdf: for print.
    """

    name: str
    caption: str
    alt: str
    svg: str
    pdf: bytes
    narrow: str = ""


def painted(  # noqa: PLR0913  # what a figure is
    paint: Painter,
    name: str,
    caption: str,
    alt: str,
    *,
    height: float = 3.6,
    columns: int = 1,
    rows: int = 1,
    narrow: float | None = None,
    **options: Any,
) -> Figure:
    """A figure in its forms.

    Args:
        paint: draws it: on the axes that `Figure.subplots` gives, one of them or an array of shape (n,).
        name: of its files.
        caption: what it shows.
        alt: for who cannot see it.
        height: in inches, of the wide one; the width is 7.2.
        columns: of axes; or
        rows: of axes.
        narrow: the height of the narrow one, 3.7 wide, whose axes are in one column; as many times the other's as there are columns if not told.
        options: of `Figure.subplots`, such as sharey.
    """
    with _drawn(height, columns=columns, rows=rows, **options) as (canvas, axes):
        paint(canvas, axes)
        wide, pdf = _svg(canvas), pdf_of(canvas)
    with _drawn(narrow or height * columns, width=_NARROW, rows=rows * columns, **options) as (canvas, axes):
        paint(canvas, axes)
        return Figure(name, caption, alt, wide, pdf, _svg(canvas))


def is_narrow(canvas: "Canvas") -> bool:
    """Whether it is for a phone: legends have one column there, and words are few."""
    return bool(canvas.get_figwidth() < _WIDTH)


@contextmanager
def _drawn(
    height: float = 3.6, *, width: float = _WIDTH, columns: int = 1, rows: int = 1, **options: Any
) -> Iterator[tuple["Canvas", Any]]:
    """A canvas of some size in inches and its axes, in the one style."""
    with sheet(width, height, layout="constrained") as canvas:
        yield canvas, canvas.subplots(rows, columns, **options)


@contextmanager
def sheet(width: float, height: float, **options: Any) -> Iterator["Canvas"]:
    """A canvas of some size in inches, in the one style; it is saved where this still holds."""
    mpl = require("matplotlib", "judge")
    salt = {"svg.hashsalt": f"byheart {width:g}"}  # two forms of a figure on one page have names of their own
    with mpl.rc_context(_STYLE | salt):
        yield require("matplotlib.figure", "judge").Figure(figsize=(width, height), **options)


def _svg(canvas: "Canvas") -> str:
    out = BytesIO()
    canvas.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    text = out.getvalue().decode()
    return text[text.index("<svg") :]


def pdf_of(canvas: "Canvas") -> bytes:
    """A canvas for print, without a date; to be called where `sheet` still holds."""
    out = BytesIO()
    canvas.savefig(out, format="pdf", metadata={"CreationDate": None, "Creator": None, "Producer": None})
    return out.getvalue()


def line(axes: "Axes", number: int, x: Any, y: Any, name: str, **options: Any) -> None:
    """Line `number` of a chart: its colour, mark and dashes together."""
    told = {"color": COLOURS[number % 6], "marker": MARKS[number % 6], "linestyle": DASHES[number % 6], "markersize": 4}
    axes.plot(x, y, label=name, **{**told, **options})
