"""The picture grid: samples side by side in one picture, as in the paper's Figure 3."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from byheart.errors import InputError
from byheart.report import pictures
from byheart.saving import Samples
from byheart.saving.samples import contents

if TYPE_CHECKING:  # an extra, which need not be installed
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

MOST: Final = 400
SUFFIXES: Final[Mapping[str, str]] = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}
"""The names of a grid's file, and how Pillow calls what stands in it."""

_OPTIONS: Final[Mapping[str, Mapping[str, Any]]] = {
    "PNG": {"optimize": True},
    "JPEG": {"quality": 95, "subsampling": 0},
    "WEBP": {"lossless": True},
}
_GUTTER: Final = 6
_MARGIN: Final = 12
_SMALL: Final = 128  # pictures below this are pixel art: enlarged by whole factors
_LARGEST: Final = 256
_WIDEST: Final = 2400
_LABEL_HEIGHT: Final = 20
_LABEL_SIZE: Final = 13
_PAPER: Final = (255, 255, 255)
_INK: Final = (68, 68, 68)


@dataclass(frozen=True, slots=True)
class _Layout:
    columns: int
    rows: int
    width: int
    height: int
    below: int

    @property
    def size(self) -> tuple[int, int]:
        wide = self.columns * (self.width + _GUTTER) - _GUTTER
        high = self.rows * (self.height + self.below + _GUTTER) - _GUTTER
        return wide + 2 * _MARGIN, high + 2 * _MARGIN

    def corner(self, number: int) -> tuple[int, int]:
        row, column = divmod(number, self.columns)
        return (
            _MARGIN + column * (self.width + _GUTTER),
            _MARGIN + row * (self.height + self.below + _GUTTER),
        )


def format_of(path: Path) -> str:
    """What a grid is written as, by the suffix of its file.

    Raises:
        InputError: it is none of a picture that can be written.

    >>> format_of(Path("grid.jpg"))
    'JPEG'
    """
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(
            f"{path}: wanted a picture ({', '.join(SUFFIXES)}), got {path.suffix or 'no suffix'}: name it so"
        )
    return SUFFIXES[path.suffix.lower()]


def grid(samples: Samples, *, labels: bool | None = None, style: str = "PNG") -> bytes:
    """One picture of up to 400 samples: small pictures enlarged pixel by pixel, large ones reduced.

    Args:
        samples: images, or arrays of shape (H, W), (H, W, C) or (C, H, W) with C = 1, 3 or 4.
        labels: whether each has its label below it; None if there is more than one label.
        style: what it is written as, one of `SUFFIXES`: PNG and WebP keep each pixel, JPEG does not.

    Raises:
        InputError: they cannot be seen.
        MissingExtraError: pillow is not installed (`pip install 'byheart[image]'`).
    """
    if samples.kind == "image":
        seen = pictures.from_files(contents(samples)[:MOST])
    elif samples.kind == "array":
        seen = pictures.from_arrays(samples.to_numpy()[:MOST])
    else:
        raise InputError(f"grid: wanted images or arrays, got {samples.kind} records: leave --grid out")
    if not seen:
        raise InputError("grid: wanted 1 sample or more, got none")
    told = [label or "" for label in (samples.labels or [])[: len(seen)]]
    if labels is None:
        labels = len(set(told)) > 1
    return draw(seen, told if labels else [], style)


def draw(seen: Sequence["Image"], labels: Sequence[str] = (), style: str = "PNG") -> bytes:
    """Lay pictures out in rows; give back the bytes of one picture."""
    from PIL import Image, ImageDraw  # noqa: PLC0415  # an extra, which `pictures` has asked for

    layout = _lay_out([picture.size for picture in seen], _LABEL_HEIGHT if labels else 0)
    canvas = Image.new("RGB", layout.size, _PAPER)
    pen = ImageDraw.Draw(canvas)
    for number, picture in enumerate(seen):
        left, top = layout.corner(number)
        fitted = _fit(picture, layout.width, layout.height)
        canvas.paste(fitted, (left + (layout.width - fitted.width) // 2, top + (layout.height - fitted.height) // 2))
        if labels:
            _write(pen, labels[number], left, top + layout.height, layout.width)
    written = BytesIO()
    canvas.save(written, style, **_OPTIONS[style])
    return written.getvalue()


def columns_for(count: int, shape: float = 1.0) -> int:
    """How many columns make a grid of `count` cells, each `shape` times as wide as high, look best: few gaps, a little wider than high.

    >>> [columns_for(n) for n in (1, 4, 10, 16, 64)]
    [1, 2, 5, 4, 8]
    """

    def ugliness(columns: int) -> float:
        rows = -(-count // columns)
        return 2 * (columns * rows - count) / count + 0.4 * abs(math.log(columns * shape / rows / 1.2))

    return min(range(1, count + 1), key=ugliness)


def _lay_out(sizes: Sequence[tuple[int, int]], below: int) -> _Layout:
    wide, high = (max(side) for side in zip(*sizes, strict=True))
    factor = max(_SMALL // max(wide, high), 1)
    columns = columns_for(len(sizes), wide / (high + below / factor))
    largest = max(min(_LARGEST, _WIDEST // columns), 16)
    shrink = min(largest / max(wide * factor, high * factor), 1.0)
    width, height = (max(round(side * factor * shrink), 1) for side in (wide, high))
    return _Layout(columns, -(-len(sizes) // columns), width, height, below)


def _fit(picture: "Image", width: int, height: int) -> "Image":
    from PIL import Image  # noqa: PLC0415  # an extra

    factor = min(width // picture.width, height // picture.height)
    if factor >= 1:
        return picture.resize((picture.width * factor, picture.height * factor), Image.Resampling.NEAREST)
    shrink = min(width / picture.width, height / picture.height)
    size = (max(round(picture.width * shrink), 1), max(round(picture.height * shrink), 1))
    return picture.resize(size, Image.Resampling.LANCZOS)


def _write(pen: "ImageDraw", label: str, left: int, top: int, width: int) -> None:
    from PIL import ImageFont  # noqa: PLC0415  # an extra

    font = ImageFont.load_default(_LABEL_SIZE)
    while label and pen.textlength(label, font) > width:
        label = label.rstrip("…")[:-1] + "…" if len(label) > 2 else ""
    pen.text((left + width / 2, top + _LABEL_HEIGHT / 2), label, fill=_INK, font=font, anchor="mm")
