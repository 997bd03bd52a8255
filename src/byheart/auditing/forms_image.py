"""What an encoded image shows, whatever its format: its pixels."""

from typing import TYPE_CHECKING

from byheart.features.decoding import on_white, upright

if TYPE_CHECKING:  # an extra, which need not be installed
    from PIL.Image import Image


def picture_form(record: bytes) -> bytes | None:
    """The size and the pixels of an encoded image: equal for files that show the same; None where it cannot be read.

    It is shown as its camera was held, in RGB, what is transparent in white; in shades of grey where it has 16 bits of these.

    Raises:
        MissingExtraError: pillow is not installed.
    """
    picture = upright(record)
    return None if picture is None else form_of(picture)


def form_of(picture: "Image") -> bytes:
    """The same of a picture that has been decoded."""
    shown = picture if picture.mode.startswith("I") else on_white(picture)
    width, height = shown.size
    return f"{width}x{height} {shown.mode} ".encode() + shown.tobytes()
