"""Two records side by side: pictures, texts with what they share marked, rows cell by cell, arrays as curves (knows no metric)."""

import base64
import html
from difflib import SequenceMatcher
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from byheart.errors import InputError
from byheart.report import pictures
from byheart.report.page import Cell, table
from byheart.report.telling import tell

if TYPE_CHECKING:  # an extra, which need not be installed
    from PIL.Image import Image

_LARGEST: Final = 288  # pixels a side: a page of many stays a page that can be mailed
_PIXEL_ART: Final = 96
_LONGEST: Final = 1200  # characters
_CELLS: Final = 60
_POINTS: Final = 256
_SHORTEST_MATCH: Final = 8  # characters: fewer are alike in any two texts


def side_by_side(kind: str, made: Any, original: Any, *, title: str, names: tuple[str, str]) -> str:
    """A pair, as HTML.

    Args:
        kind: of the records.
        made: the one on the left.
        original: the one on the right.
        title: above both.
        names: of the two.
    """
    head = f"<h3>{html.escape(title)}</h3>"
    if kind == "row":
        return f'<section class="pair one">{head}{_rows(made, original, names)}</section>'
    left, right = _texts(made, original) if kind == "text" else (_one(kind, made), _one(kind, original))
    sides = "".join(
        f'<div class="side"><span>{html.escape(name)}</span>{told}</div>'
        for name, told in zip(names, (left, right), strict=True)
    )
    return f'<section class="pair one">{head}<div class="sides">{sides}</div></section>'


def _rows(made: dict[str, Any], original: dict[str, Any], names: tuple[str, str]) -> str:
    columns = [Cell("column"), Cell(names[0]), Cell(names[1])]
    cells = []
    for name in islice(original, _CELLS):
        ours, theirs = made.get(name), original[name]
        look = "" if _is_equal(ours, theirs) else "copy"
        cells.append([Cell(name), Cell(_cut(str(ours), 80), look), Cell(_cut(str(theirs), 80), look)])
    left_out = len(original) - len(cells)
    more = f'<p class="soft">and {left_out:,} more columns</p>' if left_out else ""
    return table(columns, cells) + more


def _is_equal(ours: Any, theirs: Any) -> bool:
    return bool(ours == theirs or (ours != ours and theirs != theirs))  # noqa: PLR0124  # both are NaN


def _texts(made: str, original: str) -> tuple[str, str]:
    """Both, with what stands in the same order in each marked."""
    left, right = _window(made, original)
    blocks = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
    long = [block for block in blocks if block.size >= _SHORTEST_MATCH]
    return (
        _marked(left, [(block.a, block.a + block.size) for block in long], len(made) > len(left)),
        _marked(right, [(block.b, block.b + block.size) for block in long], len(original) > len(right)),
    )


def _window(made: str, original: str) -> tuple[str, str]:
    """The parts of long texts around the longest run that both have."""
    if max(len(made), len(original)) <= _LONGEST:
        return made, original
    sizes = (4096, 4096) if len(made) <= 4096 else (4096, len(original))
    few = made[: sizes[0]], original[: 16 * 4096]
    found = SequenceMatcher(None, *few, autojunk=True).find_longest_match()
    starts = max(found.a - _LONGEST // 4, 0), max(found.b - _LONGEST // 4, 0)
    return made[starts[0] : starts[0] + _LONGEST], original[starts[1] : starts[1] + _LONGEST]


def _marked(text: str, spans: list[tuple[int, int]], is_cut: bool) -> str:  # said by its name
    told, at = [], 0
    for start, end in spans:
        told += [html.escape(text[at:start]), "<mark>", html.escape(text[start:end]), "</mark>"]
        at = end
    told.append(html.escape(text[at:]) + (" …" if is_cut else ""))
    return f"<pre>{''.join(told)}</pre>"


def _one(kind: str, record: Any) -> str:
    """A picture where it is one, a curve of an array, else a few words."""
    try:
        if kind == "image":
            return _picture(pictures.from_files([record])[0])
        if kind == "array" and record.ndim in {2, 3}:
            return _picture(pictures.from_arrays(record[None])[0])
    except InputError:
        pass  # an array that has not the shape of one
    if kind == "array" and record.dtype.kind in "biuf":
        return _curve(record.reshape(-1)) + f"<span>{html.escape(tell(kind, record))}</span>"
    return f"<pre>{html.escape(tell(kind, record))}</pre>"


def _picture(picture: "Image") -> str:
    look = "" if max(picture.size) <= _PIXEL_ART else ' class="smooth"'
    picture.thumbnail((_LARGEST, _LARGEST))
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    data = base64.b64encode(out.getvalue()).decode()
    return f'<img{look} alt="{picture.width} by {picture.height} pixels" src="data:image/png;base64,{data}">'


def _curve(numbers: npt.NDArray[Any]) -> str:
    """The first of the numbers as a line."""
    values = np.nan_to_num(numbers[:_POINTS].astype(np.float64))
    low, high = float(values.min()), float(values.max())
    heights = 38 - 36 * (values - low) / ((high - low) or 1)
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(np.linspace(1, 239, len(values)), heights, strict=True))
    line = f'<polyline points="{points}" fill="none" stroke="var(--accent)" stroke-width="1.2"/>'
    return f'<svg viewBox="0 0 240 40" role="img" aria-label="the numbers as a line">{line}</svg>'


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
