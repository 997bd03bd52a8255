"""Images as vectors: their pixels, all at one size, from 0 to 1.

Images that all have one size, of 64 pixels a side at most, keep it; others become 32 by 32 (`decoding` says how).
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from byheart.errors import InputError
from byheart.features.base import Records, Vectors, few
from byheart.features.decoding import content, numbers_at, on_white, upright

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
        looked = [content(record) for sample in samples for record in few(sample, _LOOKED_AT, seed)]
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
            told = list(pool.map(lambda record: numbers_at(content(record), self._size, self._channels), x))
        points = np.stack([np.zeros(self.width, np.float32) if one is None else one.reshape(-1) for one in told])
        return Vectors(points, np.array([one is not None for one in told]))


def _is_coloured(picture: "Image") -> bool:
    if picture.mode in {"1", "L", "LA"} or picture.mode.startswith("I"):
        return False
    pixels = np.asarray(on_white(picture))
    return bool((pixels != pixels[..., :1]).any())
