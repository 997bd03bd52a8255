"""Images as vectors: their pixels, all at one size, from 0 to 1.

Images that all have one size, of 64 pixels a side at most, keep it; others become 32 by 32. They are resized with an antialiasing filter (Lanczos):
without one, metrics change with the library that resizes (Parmar et al., 2022, "On aliased resizing and surprising subtleties in GAN
evaluation"). Transparency shows white; pictures are turned as their camera was; 16 bits a channel count as such.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from byheart._optional import require
from byheart.errors import InputError
from byheart.features.base import Records, Singles, Vectors, few
from byheart.features.decoding import on_white, upright

if TYPE_CHECKING:  # an extra, which need not be installed
    from PIL.Image import Image

_LOOKED_AT: Final = 256
_LARGEST: Final = 64
_SIDE: Final = 32


class Pixels:
    """Pixels, resized."""

    kinds: Sequence[str] = ("image",)

    def fit(self, samples: Sequence[Records], seed: int) -> "FittedPixels":
        """Choose the size, and whether there is colour, by some images of each sample."""
        looked = [_bytes(record) for sample in samples for record in few(sample, _LOOKED_AT, seed)]
        pictures = [picture for picture in map(upright, looked) if picture is not None]
        if not pictures:
            raise InputError("features pixels: wanted images that can be read, got none among the first ones")
        sizes = {picture.size for picture in pictures}
        width, height = sizes.pop() if len(sizes) == 1 else (_SIDE, _SIDE)
        if max(width, height) > _LARGEST:
            width, height = _SIDE, _SIDE
        return FittedPixels(width, height, 3 if any(map(_is_coloured, pictures)) else 1)


class FittedPixels:
    """Pixels at one size."""

    def __init__(self, width: int, height: int, channels: int) -> None:
        self.width = width * height * channels
        self._size = width, height
        self._channels = channels

    def vectors(self, x: pa.Array, field: pa.Field) -> Vectors:
        """Numbers from 0 to 1, row after row, each pixel's channels together."""
        del field  # bytes are bytes
        with ThreadPoolExecutor() as pool:  # decoding and resizing let others run
            told = list(pool.map(lambda record: self._vector(_bytes(record)), x))
        points = np.stack([np.zeros(self.width, np.float32) if one is None else one for one in told])
        return Vectors(points, np.array([one is not None for one in told]))

    def _vector(self, record: bytes) -> Singles | None:
        picture = upright(record)
        if picture is None:
            return None
        image = require("PIL.Image", "image")
        planes = [image.fromarray(plane) for plane in np.moveaxis(_numbers(picture, self._channels), -1, 0)]
        resized = [np.asarray(plane.resize(self._size, image.Resampling.LANCZOS)) for plane in planes]
        vector: Singles = np.clip(np.stack(resized, axis=-1), 0, 1).reshape(-1)  # the filter overshoots at edges
        return vector


def _numbers(picture: "Image", channels: int) -> npt.NDArray[np.float32]:
    """The pixels of an image, float32 of shape (height, width, channels), from 0 to 1."""
    if picture.mode.startswith("I"):
        grey = np.asarray(picture).astype(np.float32)[..., None] / 65535
        return np.repeat(grey, channels, axis=-1)
    shown = on_white(picture)
    bytes_ = np.asarray(shown if channels == 3 else shown.convert("L")).reshape(*shown.size[::-1], -1)
    return bytes_.astype(np.float32) / np.float32(255)


def _is_coloured(picture: "Image") -> bool:
    if picture.mode in {"1", "L", "LA"} or picture.mode.startswith("I"):
        return False
    pixels = np.asarray(on_white(picture))
    return bool((pixels != pixels[..., :1]).any())


def _bytes(record: Any) -> bytes:
    content: bytes = record.as_buffer().to_pybytes()
    return content
