"""Records as pictures: encoded images, and arrays that have the shape of one."""

import warnings
from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from byheart._optional import require
from byheart.errors import InputError

if TYPE_CHECKING:  # an extra, which need not be installed
    from PIL.Image import Image

_CHANNELS: Final = (1, 3, 4)
_WHITE: Final = (255, 255, 255)
_UNKNOWN: Final = (222, 222, 222)


def from_files(records: Sequence[bytes]) -> list["Image"]:
    """Encoded images as RGB, upright, on white; what cannot be read is a grey square.

    Raises:
        MissingExtraError: pillow is not installed.
    """
    require("PIL.Image", "image")
    return [_read(record) for record in records]


def from_arrays(arrays: npt.NDArray[Any]) -> list["Image"]:
    """Arrays (n, H, W), (n, H, W, C) or (n, C, H, W), C = 1, 3 or 4, as RGB.

    uint8 and booleans are as they are, floats within [0, 1] are multiplied by 255; all else is stretched from its least to its greatest value.

    Raises:
        InputError: the arrays have another shape, or are complex.
        MissingExtraError: pillow is not installed.
    """
    image = require("PIL.Image", "image")
    pixels = _to_uint8(_channels_last(arrays))
    if pixels.shape[-1] == 1:
        pixels = np.repeat(pixels, 3, axis=-1)
    return [_on_white(image.fromarray(np.ascontiguousarray(picture))) for picture in pixels]


def _read(record: bytes) -> "Image":
    from PIL import Image, ImageOps  # noqa: PLC0415  # an extra

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # one that is too large to be innocent
            with Image.open(BytesIO(record)) as picture:
                upright = ImageOps.exif_transpose(picture)
                if upright.mode.startswith("I"):  # 16 bits a pixel, which Pillow would clip
                    return from_arrays(np.asarray(upright)[None])[0]
                return _on_white(upright)
    except (OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError):
        return Image.new("RGB", (32, 32), _UNKNOWN)


def _on_white(picture: "Image") -> "Image":
    from PIL import Image  # noqa: PLC0415  # an extra

    if picture.has_transparency_data:
        above = picture.convert("RGBA")
        below = Image.new("RGBA", above.size, _WHITE)
        return Image.alpha_composite(below, above).convert("RGB")
    return picture.convert("RGB")


def _channels_last(arrays: npt.NDArray[Any]) -> npt.NDArray[Any]:
    shape = arrays.shape[1:]
    if arrays.dtype.kind == "c":
        raise InputError(f"pictures: wanted real numbers, got {arrays.dtype}")
    if len(shape) == 2:
        return arrays[..., None]
    if len(shape) == 3 and shape[-1] in _CHANNELS:
        return arrays
    if len(shape) == 3 and shape[0] in _CHANNELS:
        return np.moveaxis(arrays, 1, -1)
    raise InputError(f"pictures: wanted arrays of shape (H, W), (H, W, 3) or (3, H, W), got {shape}")


def _to_uint8(numbers: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    if numbers.dtype == np.uint8:
        return numbers
    if numbers.dtype.kind == "b":
        return numbers.astype(np.uint8) * np.uint8(255)
    finite = np.where(np.isfinite(numbers), numbers, 0).astype(np.float64)
    low, high = float(finite.min(initial=0)), float(finite.max(initial=0))
    if not (numbers.dtype.kind == "f" and low >= 0 and high <= 1):
        finite = (finite - low) / ((high - low) or 1)
    return np.rint(finite * 255).astype(np.uint8)
