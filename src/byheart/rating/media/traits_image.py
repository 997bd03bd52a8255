"""What an image's file and format say, whatever it shows.

Colours, sharpness and noise are what it shows, and not here. Blocks of JPEG are: steps between the columns (and lines) that part blocks of 8 pixels, as a share of those within. A generator that
works in patches of 8 leaves such steps too.
"""

from io import BytesIO
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from byheart._optional import require
from byheart.rating.media import opening, png
from byheart.rating.media.opening import GREY

_LOOKED_AT: Final = 128  # pixels a side
_BLOCK: Final = 8
_NAMED: Final = frozenset({"exif", "icc_profile", "transparency", "background", "version"})
_PERIODS: Final = (8, 6, 4)  # of blocks as they were, and shrunk to three quarters and a half


def of_record(record: Any) -> dict[str, float]:
    """Of an image as it came.

    Raises:
        InputError: it cannot be read.
    """
    if not isinstance(record, bytes | bytearray):
        numbers = np.asarray(record)
        sides = sorted(numbers.shape)[-2:] if numbers.ndim > 1 else [0, 0]
        return {"width": sides[1], "height": sides[0], "numbers that are no bytes": float(numbers.dtype != np.uint8)}
    picture = opening.opened(bytes(record))
    width, height = picture.size
    told = {
        f"format {picture.format}": 1,
        "width": width,
        "height": height,
        "aspect ratio": width / height,
        f"colour mode {picture.mode}": 1,
        "EXIF": "exif" in picture.info,
        "colour profile": "icc_profile" in picture.info,
        "notes within the file": sum(
            isinstance(value, str | bytes) and name not in _NAMED for name, value in picture.info.items()
        ),
        "JPEG quantisation": opening.coarseness(picture),
        "encoded length": len(record),
    }
    corner = opening.shown(bytes(record)).crop((0, 0, min(width, _LOOKED_AT), min(height, _LOOKED_AT)))
    return {name: float(value) for name, value in told.items()} | _blocks(np.asarray(corner))


def of_body(body: bytes) -> dict[str, float]:
    """Of an image as it is sent."""
    picture = require("PIL.Image", "image").open(BytesIO(body))
    pixels = np.asarray(picture.convert("RGB"))
    told = {
        "length as sent": len(body),
        "width": picture.width,
        "height": picture.height,
        "chunks beside the pixels": sum(name not in {b"IHDR", b"IDAT", b"IEND"} for name, _ in png.chunks(body)),
        "border": _border(pixels),
    }
    return {name: float(value) for name, value in told.items()} | _blocks(pixels[:_LOOKED_AT, :_LOOKED_AT])


def _border(pixels: npt.NDArray[np.uint8]) -> float:
    """The share of lines and columns that are grey, all of them."""
    is_grey = (pixels == np.array(GREY, np.uint8)).all(axis=-1)
    return float(is_grey.all(axis=0).mean() + is_grey.all(axis=1).mean())


def _blocks(pixels: npt.NDArray[np.uint8]) -> dict[str, float]:
    light = pixels.astype(np.float32).mean(axis=-1)
    steps = [np.abs(np.diff(light, axis=1)).mean(axis=0), np.abs(np.diff(light, axis=0)).mean(axis=1)]
    told = {"blocks of JPEG": float(np.mean([_at_blocks(each) for each in steps]))}
    for period in _PERIODS:
        told[f"blocks of {period} pixels"] = float(np.mean([_periodic(each, period) for each in steps]))
    return told


def _at_blocks(steps: npt.NDArray[np.float32]) -> float:
    """The steps between blocks of 8, as a multiple of those within; 1 of what has none."""
    between = steps[_BLOCK - 1 :: _BLOCK]
    if not len(between):
        return 1.0
    within = steps.sum() - between.sum()
    return float((between.mean() + 1e-3) / (within / max(len(steps) - len(between), 1) + 1e-3))


def _periodic(steps: npt.NDArray[np.float32], period: int) -> float:
    """The greatest steps at one phase of a period, as a multiple of the middle phase's."""
    whole = len(steps) - len(steps) % period
    if whole < 2 * period:
        return 1.0
    phases = steps[:whole].reshape(-1, period).mean(axis=0)
    return float((phases.max() + 1e-3) / (np.median(phases) + 1e-3))
