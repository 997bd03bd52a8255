"""What an encoded image shows, whatever its format: its pixels."""

from byheart.features.decoding import on_white, upright


def picture_form(record: bytes) -> bytes | None:
    """The size and the pixels of an encoded image: equal for files that show the same; None where it cannot be read.

    It is shown as its camera was held, in RGB, what is transparent in white; in shades of grey where it has 16 bits of these.

    Raises:
        MissingExtraError: pillow is not installed.
    """
    picture = upright(record)
    if picture is None:
        return None
    shown = picture if picture.mode.startswith("I") else on_white(picture)
    width, height = shown.size
    return f"{width}x{height} {shown.mode} ".encode() + shown.tobytes()
