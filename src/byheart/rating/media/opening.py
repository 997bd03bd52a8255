"""An image out of its file, as it was meant to be seen: its first frame, upright, in sRGB, on grey."""

import hashlib
import struct
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from byheart._optional import require
from byheart.errors import InputError
from byheart.features.decoding import _STRICT
from byheart.records.kinds import media_kind

if TYPE_CHECKING:  # an extra, which need not be installed
    from PIL.Image import Image

GREY: Final = (128, 128, 128)
_ORIENTATION: Final = 0x0112
_TURNED: Final = frozenset({5, 6, 7, 8})
_LOSSY: Final = frozenset({"JPEG", "MPO", "WEBP", "AVIF", "HEIF"})


def header(record: bytes) -> tuple[int, int, str]:
    """Width and height as seen, and how it was compressed, without decoding: "" where nothing was lost; else the format, and of JPEG how coarse it is.

    Raises:
        InputError: it cannot be read.
    """
    with opened(record) as picture:
        try:
            base = require("PIL.Image", "image").Image  # a PNG's own way decodes it first
            turned = base.getexif(picture).get(_ORIENTATION) in _TURNED
        except _broken() as error:
            raise _unreadable(error) from error
        width, height = picture.size[::-1] if turned else picture.size
        form = str(picture.format)
        return width, height, f"{form} {coarseness(picture)}" if form in _LOSSY else ""


def coarseness(picture: "Image") -> int:
    """The sum of a JPEG's first table of quantisation: 64 loses next to nothing; 0 of other formats."""
    tables = getattr(picture, "quantization", None) or {}
    return sum(tables.get(0, ()))


def shown(record: bytes, least: int | None = None) -> "Image":
    """The image in RGB, as it was meant to be seen.

    Args:
        record: a file.
        least: pixels a side that will do: a larger JPEG is decoded at a half, a quarter or an eighth, as long as so many are left; None for all.

    Raises:
        InputError: it cannot be read, is cut short, or unpacks to more than Pillow allows.
        MissingExtraError: pillow is not installed.
    """
    try:
        with _STRICT, opened(record) as picture:
            picture.seek(0)
            if least is not None:
                picture.draft(None, (least, least))
            picture.load()
            profile = picture.info.get("icc_profile")
            upright = require("PIL.ImageOps", "image").exif_transpose(picture)
            return _in_srgb(_eight_bits(upright), profile)
    except InputError:
        raise
    except _broken() as error:
        raise _unreadable(error) from error


def opened(record: bytes) -> "Image":
    """The image, whose header alone was read.

    Raises:
        InputError: it is none, or too large to be innocent.
    """
    image = require("PIL.Image", "image")
    if not record:
        raise InputError("image: wanted one, got an empty file: leave it out")
    if media_kind(record[:32]) != "image":  # SVG, HTML, PostScript: what could hold a script is never parsed
        raise InputError(
            "image: wanted PNG, JPEG, WebP, GIF, TIFF, BMP, AVIF or HEIC, got something else: convert it to PNG"
        )
    try:
        with _STRICT:
            picture: Image = image.open(BytesIO(record))
            return picture
    except _broken() as error:
        raise _unreadable(error) from error


def _broken() -> tuple[type[BaseException], ...]:
    bomb: type[BaseException] = require("PIL.Image", "image").DecompressionBombError
    return (OSError, ValueError, SyntaxError, Warning, EOFError, OverflowError, MemoryError, KeyError, IndexError, TypeError, ArithmeticError, AttributeError, RuntimeError, AssertionError, bomb, struct.error)  # fmt: skip  # whatever a decoder trips over


def _unreadable(error: BaseException) -> InputError:
    reason = (str(error).strip().split("\n", 1)[0] or type(error).__name__).rstrip(".")
    return InputError(
        f"image: wanted one that can be shown, got one that cannot be ({reason}): leave it out, or convert it"
    )


def _eight_bits(picture: "Image") -> "Image":
    """16 bits a pixel, which Pillow would clip, as eight; floats from 0 to 1."""
    image = require("PIL.Image", "image")
    if picture.mode.startswith("I"):
        return _from(np.clip(np.asarray(picture).astype(np.int64) >> 8, 0, 255).astype(np.uint8), image)
    if picture.mode == "F":
        numbers = np.nan_to_num(np.asarray(picture), nan=0.0, posinf=1.0, neginf=0.0)
        return _from(np.rint(np.clip(numbers, 0, 1) * 255).astype(np.uint8), image)
    return picture


def _from(pixels: npt.NDArray[np.uint8], image: Any) -> "Image":
    made: Image = image.fromarray(pixels)
    return made


def _in_srgb(picture: "Image", profile: bytes | None) -> "Image":
    """Colours as sRGB means them; what is transparent shows grey."""
    image = require("PIL.Image", "image")
    alpha = None
    if picture.mode in {"P", "1"} and not picture.has_transparency_data:
        picture = picture.convert("RGB" if picture.mode == "P" else "L")
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        alpha = picture.getchannel("A")
        picture = picture.convert("RGB")
    transform = _to_srgb(profile, picture.mode) if profile else None
    if transform is not None:
        picture = require("PIL.ImageCms", "image").applyTransform(picture, transform)
    told = picture if picture.mode == "RGB" else picture.convert("RGB")
    if alpha is not None:
        told = image.composite(told, image.new("RGB", told.size, GREY), alpha)
    return told


def _to_srgb(profile: bytes, mode: str) -> Any:
    """What turns the colours of a profile into those of sRGB; None where it cannot be used."""
    if mode not in {"RGB", "L", "CMYK", "LAB"} or len(profile) > 4 << 20:
        return None
    return _transform(hashlib.sha256(profile).digest(), profile, mode)


@lru_cache(maxsize=32)
def _transform(_: bytes, profile: bytes, mode: str) -> Any:
    cms = require("PIL.ImageCms", "image")
    try:
        return cms.buildTransform(cms.ImageCmsProfile(BytesIO(profile)), cms.createProfile("sRGB"), mode, "RGB")
    except (cms.PyCMSError, OSError, ValueError, TypeError):  # a damaged profile is none
        return None
