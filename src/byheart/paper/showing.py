"""What a section shows as it is: a text to the letter, and pictures to the pixel."""

import html
from io import BytesIO
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from byheart._optional import require
from byheart.report import grid, pictures

_RAISED: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def verbatim(text: str, name: str) -> str:
    """A text to the letter, in HTML, below its name.

    >>> verbatim("to be & not", "said")
    '<div class="side"><span>said</span><pre>to be &amp; not</pre></div>'
    """
    return f'<div class="side"><span>{html.escape(name)}</span><pre>{html.escape(text)}</pre></div>'


def raised(power: int) -> str:
    """A power, above the line.

    >>> raised(-16)
    '⁻¹⁶'
    """
    return str(power).translate(_RAISED)


def tiny(number: float) -> str:
    """A rounding error, for people.

    >>> tiny(0.0), tiny(3.6e-16)
    ('0', '4·10⁻¹⁶')
    """
    if number == 0:
        return "0"
    digits, _, power = f"{number:.0e}".partition("e")
    return f"{digits}·10{raised(int(power))}"


def montage(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Pictures in rows, as `byheart sample --grid` lays them out; uint8 of shape (height, width, 3)."""
    return decoded(grid.draw(pictures.from_arrays(images)))


def decoded(file: bytes) -> npt.NDArray[np.uint8]:
    """An encoded picture as uint8 of shape (height, width, 3)."""
    with require("PIL.Image", "image").open(BytesIO(file)) as picture:
        return np.asarray(picture.convert("RGB"))


def lay(axes: Any, picture: npt.NDArray[np.uint8], title: str = "") -> None:
    """A picture on axes, every pixel as it is, without a frame."""
    axes.imshow(picture, interpolation="none")
    axes.set_axis_off()
    axes.set_title(title)
