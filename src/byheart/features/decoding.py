"""Images out of their files."""

import warnings
from io import BytesIO
from typing import TYPE_CHECKING, Final

from byheart._optional import require

if TYPE_CHECKING:  # an extra, which need not be installed
    from PIL.Image import Image

_WHITE: Final = (255, 255, 255)


def upright(record: bytes) -> "Image | None":
    """An encoded image as its camera was held; None where it cannot be read, or is too large to be innocent.

    Raises:
        MissingExtraError: pillow is not installed.
    """
    require("PIL.Image", "image")
    from PIL import Image, ImageOps  # noqa: PLC0415  # an extra

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # one that is too large to be innocent
            with Image.open(BytesIO(record)) as picture:
                return ImageOps.exif_transpose(picture)
    except (OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError):
        return None


def on_white(picture: "Image") -> "Image":
    """A picture in RGB; what is transparent shows white."""
    from PIL import Image  # noqa: PLC0415  # an extra

    if picture.has_transparency_data:
        above = picture.convert("RGBA")
        below = Image.new("RGBA", above.size, _WHITE)
        return Image.alpha_composite(below, above).convert("RGB")
    return picture.convert("RGB")
