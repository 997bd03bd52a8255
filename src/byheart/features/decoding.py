"""Images out of their files, and their numbers at a size.

They are resized with an antialiasing filter (Lanczos): without one, metrics change with the library that resizes (Parmar et al., 2022, "On aliased
resizing and surprising subtleties in GAN evaluation"). Transparency shows white; pictures are turned as their camera was; 16 bits a
channel count as such. Nothing is cut off: a generator may fail at the borders too.
"""

import warnings
from functools import cache
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from byheart._optional import require
from byheart.features.base import Singles

if TYPE_CHECKING:  # an extra, which need not be installed
    from PIL.Image import Image

DECODING: Final = 1
"""Changes whenever the same file would give other numbers: what was worked out of the old ones is then of no use."""

_WHITE: Final = (255, 255, 255)


def upright(record: bytes) -> "Image | None":
    """An encoded image as its camera was held; None where it cannot be read, or is too large to be innocent.

    Raises:
        MissingExtraError: pillow is not installed.
    """
    image, operations = _pillow()
    try:
        with _STRICT, image.open(BytesIO(record)) as picture:
            told: Image = operations.exif_transpose(picture)
            return told
    except (OSError, ValueError, SyntaxError, Warning, image.DecompressionBombError):
        return None


@cache
def _pillow() -> tuple[Any, Any]:
    """What opens, and what turns: looked for once, since that takes as long as a part of a small picture."""
    return require("PIL.Image", "image"), require("PIL.ImageOps", "image")


class _Strict:
    """While any thread is in it, warnings are errors: that of a picture too large to be innocent is one.

    `warnings.catch_warnings` is not for threads: of two that overlap the second would put back what the first had set, for good.
    """

    def __init__(self) -> None:
        self._lock, self._within = Lock(), 0
        self._caught = warnings.catch_warnings()

    def __enter__(self) -> None:
        with self._lock:
            if not self._within:
                self._caught = warnings.catch_warnings()
                self._caught.__enter__()
                warnings.simplefilter("error")
            self._within += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._within -= 1
            if not self._within:
                self._caught.__exit__(None, None, None)


_STRICT: Final = _Strict()


def on_white(picture: "Image") -> "Image":
    """A picture in RGB; what is transparent shows white."""
    from PIL import Image  # noqa: PLC0415  # an extra

    if picture.has_transparency_data:
        above = picture.convert("RGBA")
        below = Image.new("RGBA", above.size, _WHITE)
        return Image.alpha_composite(below, above).convert("RGB")
    return picture.convert("RGB")


def numbers_at(record: bytes, size: tuple[int, int], channels: int) -> Singles | None:
    """The pixels of an encoded image, float32 of shape (height, width, channels), from 0 to 1; None where it cannot be read.

    Args:
        record: the file.
        size: width and height.
        channels: 3 for red, green and blue, 1 for grey.
    """
    picture = upright(record)
    if picture is None:
        return None
    image = require("PIL.Image", "image")
    planes = [image.fromarray(plane) for plane in np.moveaxis(_numbers(picture, channels), -1, 0)]
    resized = [np.asarray(plane.resize(size, image.Resampling.LANCZOS)) for plane in planes]
    numbers: Singles = np.clip(np.stack(resized, axis=-1), 0, 1)  # the filter overshoots at edges
    return numbers


def content(record: Any) -> bytes:
    """The bytes of a scalar of an Arrow column."""
    told: bytes = record.as_buffer().to_pybytes()
    return told


def _numbers(picture: "Image", channels: int) -> npt.NDArray[np.float32]:
    """The pixels at their own size, from 0 to 1."""
    if picture.mode.startswith("I"):
        grey = np.asarray(picture).astype(np.float32)[..., None] / 65535
        return np.repeat(grey, channels, axis=-1)
    shown = on_white(picture)
    bytes_ = np.asarray(shown if channels == 3 else shown.convert("L")).reshape(*shown.size[::-1], -1)
    return bytes_.astype(np.float32) / np.float32(255)
