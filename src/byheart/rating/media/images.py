"""Images that give nothing away but what they show.

Rule 1: one canvas for all. Where sizes or ways of compressing are mixed, every image is shrunk, to seven tenths or less: one that was left as it is would be sharper than the rest, and
blocks of JPEG would stand where they stood. Where ways of compressing are mixed (JPEG and PNG, or JPEGs of several qualities), all are then compressed alike, by JPEG once more: the blocks
of that cover what is left of those before.
Rule 2: sides that are longer than 512 pixels are shortened.
Rule 3: the proportions of most are the canvas's; others are cropped where that takes 6 % at most, else bordered in grey.
Rule 4: upright, in sRGB, on grey; then nothing is kept but pixels. One encoder.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from byheart import draws
from byheart._optional import require
from byheart.errors import InputError
from byheart.rating.media import png
from byheart.rating.media.opening import GREY, header, shown
from byheart.rating.study import Kind

if TYPE_CHECKING:  # an extra, which need not be installed
    from PIL.Image import Image

SIDE: Final = 512
_SHRINK: Final = 0.7  # of 8 pixels, a block of JPEG, 5.6 are left: they meet no grid of whole pixels
_SMALL: Final = 0.05  # the share of images that may be smaller than what all are shrunk from
_CROP: Final = 0.06
_QUALITY: Final = 80  # of the JPEG that all go through where some came as such
_LEAST: Final = 4
_OVER: Final = 2  # times as many pixels as the canvas has are enough to shrink from
_NOISE: Final = 64.0
_CHANNELS: Final = (1, 3, 4)


@dataclass(frozen=True, slots=True)
class Images:
    """How the images of a study are prepared.

    Attributes:
        size: width and height of the canvas, in pixels.
        is_resized: whether some image has another size than that.
        is_recompressed: whether all are compressed once more, by JPEG.
        low: of arrays of numbers, what is black.
        high: and what is white.
    """

    size: tuple[int, int]
    is_resized: bool
    is_recompressed: bool = False
    low: float = 0.0
    high: float = 255.0
    kind: Kind = "image"

    @property
    def description(self) -> str:
        """The format, for people."""
        changed = ", resized" * self.is_resized + ", compressed alike" * self.is_recompressed
        return f"PNG in sRGB, {self.size[0]} x {self.size[1]} pixels{changed}"

    def prepare(self, record: Any) -> bytes:
        """The image on the canvas, as PNG.

        Args:
            record: an encoded image, or an array of shape (H, W), (H, W, C) or (C, H, W), C = 1, 3 or 4.

        Raises:
            InputError: it cannot be shown.
            MissingExtraError: pillow is not installed.
        """
        return png.encode(np.asarray(self._placed(record)))

    def degrade(self, record: Any, seed: int) -> bytes:
        """The image, blurred, pale and full of noise.

        Raises:
            InputError: it cannot be shown.
        """
        blur = require("PIL.ImageFilter", "image").GaussianBlur(max(1.0, max(self.size) / 16))
        picture = np.asarray(self._placed(record).filter(blur))
        rng = np.random.Generator(np.random.Philox(key=draws.split(seed, 0)))
        noise = rng.normal(0, _NOISE, picture.shape)
        pale = GREY[0] / 2 + picture / 2  # where noise shows, however dark or bright it was
        return png.encode(np.clip(np.rint(pale + noise), 0, 255).astype(np.uint8))

    def content(self, body: bytes) -> str:
        """A digest of the pixels: those of a body that `prepare` made are in its header and its data, which one encoder wrote."""
        seen = sha256()
        for name, data in png.chunks(body):
            if name in {b"IHDR", b"IDAT"}:
                seen.update(data)
        return seen.hexdigest()

    def _placed(self, record: Any) -> "Image":
        """On the canvas, compressed as all are."""
        placed = self._fitted(record)
        if not self.is_recompressed:
            return placed
        file = BytesIO()
        placed.save(file, "JPEG", quality=_QUALITY)
        again: Image = require("PIL.Image", "image").open(file).convert("RGB")
        return again

    def _fitted(self, record: Any) -> "Image":
        least = _OVER * max(self.size)
        is_file = isinstance(record, bytes | bytearray)
        picture = shown(bytes(record), least) if is_file else self._drawn(np.asarray(record))
        if picture.size == self.size:
            return picture
        operations, image = require("PIL.ImageOps", "image"), require("PIL.Image", "image")
        ratio = (picture.width * self.size[1]) / (picture.height * self.size[0])
        if 1 - _CROP <= ratio <= 1 / (1 - _CROP):
            placed: Image = operations.fit(picture, self.size, image.Resampling.BICUBIC)
        else:
            placed = operations.pad(picture, self.size, image.Resampling.BICUBIC, color=GREY)
        return placed

    def _drawn(self, numbers: npt.NDArray[Any]) -> "Image":
        """An array as a picture."""
        pixels = _channels_last(numbers)
        if pixels.dtype.kind == "b":
            pixels = pixels.astype(np.uint8) * np.uint8(255)
        elif pixels.dtype != np.uint8:
            finite = np.nan_to_num(pixels.astype(np.float64), nan=self.low, posinf=self.high, neginf=self.low)
            share = (np.clip(finite, self.low, self.high) - self.low) / ((self.high - self.low) or 1)
            pixels = np.rint(share * 255).astype(np.uint8)
        if pixels.shape[-1] == 4:
            alpha = pixels[..., 3:].astype(np.float64) / 255
            pixels = np.rint(pixels[..., :3] * alpha + GREY[0] * (1 - alpha)).astype(np.uint8)
        picture: Image = require("PIL.Image", "image").fromarray(
            np.ascontiguousarray(np.broadcast_to(pixels, (*pixels.shape[:2], 3)))
        )
        return picture


def preparation(survey: Sequence[Any]) -> Images:
    """The one format of some images: encoded ones are not decoded for it, their headers say enough.

    Raises:
        InputError: none of them can be read.
    """
    told: list[tuple[int, int, str]] = []
    ranges: list[tuple[float, float]] = []
    for record in survey:
        try:
            if isinstance(record, bytes | bytearray):
                told.append(header(bytes(record)))
            else:
                numbers = _channels_last(np.asarray(record))
                told.append((numbers.shape[1], numbers.shape[0], ""))
                ranges += _range(numbers)
        except InputError:
            continue
    if not told:
        raise InputError("images: wanted at least one that can be read, got none")
    sizes = [(width, height) for width, height, _ in told]
    is_recompressed = len({how for _, _, how in told}) > 1
    canvas = _canvas(sizes, is_mixed=is_recompressed or len(set(sizes)) > 1)
    low, high = _scale(ranges)
    is_resized = any(size != canvas for size in sizes)
    return Images(canvas, is_resized, is_recompressed, low, high)


def _canvas(sizes: Sequence[tuple[int, int]], *, is_mixed: bool) -> tuple[int, int]:
    """Width and height: in the proportions of the middle one, and so small that, if sizes differ, each is shrunk."""
    if not is_mixed:
        width, height = sizes[0]
        scale = min(1.0, SIDE / max(width, height))
        return max(1, round(width * scale)), max(1, round(height * scale))
    shapes = Counter(round(np.log(width / height) / _CROP) for width, height in sizes)
    usual = shapes.most_common(1)[0][0]
    wide, high = next(size for size in sizes if round(np.log(size[0] / size[1]) / _CROP) == usual)
    longest = sorted(max(size) for size in sizes)
    side = max(_LEAST, min(SIDE, int(_SHRINK * longest[int(_SMALL * len(longest))])))
    scale = side / max(wide, high)
    return max(1, round(wide * scale)), max(1, round(high * scale))


def _channels_last(numbers: npt.NDArray[Any]) -> npt.NDArray[Any]:
    shape = numbers.shape
    if numbers.dtype.kind in "biuf" and 0 not in shape:
        if len(shape) == 2:
            return numbers[..., None]
        if len(shape) == 3 and shape[-1] in _CHANNELS:
            return numbers
        if len(shape) == 3 and shape[0] in _CHANNELS:
            return np.moveaxis(numbers, 0, -1)
    raise InputError(
        f"image: wanted an array of real numbers of shape (H, W), (H, W, 3) or (3, H, W), got {numbers.dtype} {shape}"
    )


def _range(numbers: npt.NDArray[Any]) -> list[tuple[float, float]]:
    """The least and the greatest number of what is not bytes already."""
    if numbers.dtype == np.uint8 or numbers.dtype.kind == "b":
        return []
    finite = numbers[np.isfinite(numbers)]
    return [(float(finite.min()), float(finite.max()))] if finite.size else []


def _scale(ranges: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """What is black and white, for all alike: 0 and 1, or -1 and 1, or 0 and 255, where these hold all; else the extremes."""
    low, high = min((low for low, _ in ranges), default=0.0), max((high for _, high in ranges), default=255.0)
    for floor, ceiling, least in ((0.0, 1.0, 0.0), (-1.0, 1.0, 0.0), (0.0, 255.0, 64.0)):
        if floor <= low and least <= high <= ceiling:
            return floor, ceiling
    return low, high
