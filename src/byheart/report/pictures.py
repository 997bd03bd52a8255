"""Records as pictures: encoded images, and arrays that have the shape of one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from byheart._optional import require
from byheart.errors import InputError
from byheart.features.decoding import on_white, upright

if TYPE_CHECKING:  # an extra, which need not be installed
    from PIL.Image import Image

_CHANNELS: Final = (1, 3, 4)
_UNKNOWN: Final = (222, 222, 222)


def from_files(records: Sequence[bytes]) -> list["Image"]:
    """Encoded images as RGB, upright, on white; what cannot be read is a grey square.

    Raises:
        MissingExtraError: pillow is not installed.
    """
    image = require("PIL.Image", "image")
    return [_shown(upright(record)) or image.new("RGB", (32, 32), _UNKNOWN) for record in records]


def _shown(picture: "Image | None") -> "Image | None":
    if picture is None:
        return None
    if picture.mode.startswith("I"):  # 16 bits a pixel, which Pillow would clip
        return from_arrays(np.asarray(picture)[None])[0]
    return on_white(picture)


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
    return [on_white(image.fromarray(np.ascontiguousarray(picture))) for picture in pixels]


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
