"""Perceptual hashes of pictures: 64 bits that a copy shares with its original, but for a few, whatever its file.

The hash is `phash` of the library imagehash, bit by bit: a picture in grey, reduced to 32 by 32 pixels; of its discrete cosine transform the 8 by 8
lowest frequencies; of each whether it is above their median. (Zauner, 2010, "Implementation and benchmarking of perceptual image hash
functions", Section 3.2.) Here a stack of pictures is done at once, and what is reduced is kept: parts of a picture are hashed out of it, without
a second look at the file (`crops`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from byheart._optional import require
from byheart.features.decoding import content, on_white, upright

if TYPE_CHECKING:  # an extra, which need not be installed
    from PIL.Image import Image

Bytes: TypeAlias = npt.NDArray[np.uint8]
Hashes: TypeAlias = npt.NDArray[np.uint64]
Singles: TypeAlias = npt.NDArray[np.float32]
Waves: TypeAlias = npt.NDArray[np.floating]

SIDE: Final = 32
"""Pixels of a reduced picture, each way."""
LOW: Final = 8
"""Frequencies that are hashed, each way."""


@dataclass(frozen=True, slots=True)
class Reduced:
    """Pictures in grey, at one size.

    Attributes:
        greys: uint8 of shape (n, 32, 32).
        readable: bool of shape (n,): where False, the record could not be read, and its picture is black.
    """

    greys: Bytes
    readable: npt.NDArray[np.bool_]


def reduced(column: pa.Array) -> Reduced:
    """Encoded images, decoded and reduced."""
    return reduced_of([upright(content(record)) for record in column])


def reduced_of(pictures: "Sequence[Image | None]") -> Reduced:
    """The same of pictures that have been decoded; None is one that could not be read."""
    filter_, nothing = require("PIL.Image", "image").Resampling.LANCZOS, bytes(SIDE * SIDE)
    bytes_ = [nothing if one is None else grey(one).resize((SIDE, SIDE), filter_).tobytes() for one in pictures]
    greys = np.frombuffer(b"".join(bytes_), np.uint8).reshape(-1, SIDE, SIDE)
    return Reduced(greys, np.array([one is not None for one in pictures], np.bool_))


def grey(picture: "Image") -> "Image":
    """A picture in shades of grey, 8 bits each; what is transparent shows white."""
    if picture.mode.startswith("I"):  # 16 bits, which would be cut off
        return picture.convert("I").point(lambda level: level / 256).convert("L")
    if picture.mode == "RGB" and not picture.has_transparency_data:
        return picture.convert("L")
    return on_white(picture).convert("L")


def shades(greys: Bytes) -> Singles:
    """Levels of grey, from 0 to 1."""
    return greys.astype(np.float32) / np.float32(255)


def phashes(greys: Bytes) -> Hashes:
    """The hash of each reduced picture: `int(str(imagehash.phash(picture)), 16)`."""
    return packed(frequencies(greys))


def frequencies(greys: Bytes) -> npt.NDArray[np.float64]:
    """The lowest frequencies of each reduced picture, of shape (n, 8, 8): down first, as imagehash has them, so that they are rounded alike."""
    transformed = require("scipy.fft", "judge").dct
    down = transformed(greys.astype(np.float64), axis=1)[:, :LOW]
    found: npt.NDArray[np.float64] = transformed(down, axis=2)[:, :, :LOW]
    return found


def packed(waves: Waves) -> Hashes:
    """Which frequencies are above their median, as 64 bits, the first one highest; of shape (..., 8, 8)."""
    bits = margins(waves) > 0
    octets = np.ascontiguousarray(np.packbits(bits, axis=-1))
    return octets.view(">u8")[..., 0].astype(np.uint64)


def margins(waves: Waves) -> Waves:
    """By how much each frequency is above the median, of shape (..., 64): those near 0 are the bits that change first."""
    flat = waves.reshape(*waves.shape[:-2], LOW * LOW)
    middle = LOW * LOW // 2
    halves = np.partition(flat, (middle - 1, middle), axis=-1)
    found: Waves = flat - halves[..., middle - 1 : middle + 1].mean(axis=-1, keepdims=True)
    return found


def mirrored(waves: Waves) -> Waves:
    """The frequencies of the same pictures, seen in a mirror: those of odd order change sign."""
    signs: Waves = np.where(np.arange(LOW) % 2, -1, 1).astype(waves.dtype)
    return waves * signs
