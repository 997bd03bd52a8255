"""A record in a few words."""

from io import BytesIO
from typing import Any

import numpy as np

from byheart._optional import require
from byheart.errors import MissingExtraError
from byheart.saving.single import suffix_of


def tell(kind: str, record: Any) -> str:
    """What a record that is no text is: the format and the dimensions of an image, the type, shape and range of an array.

    >>> tell("array", np.eye(3)), tell("bytes", b"%PDF-1.7"), tell("bytes", b"abc")
    ('float64 3x3, 0 to 1, mean 0.333', 'PDF', "b'abc'")
    """
    if kind == "array":
        return _array(record)
    name = suffix_of(record)[1:].upper()
    if kind == "image":
        return f"{name} {_dimensions(record)}".rstrip()
    return repr(record[:16]) if name == "BIN" else name


def _array(array: Any) -> str:
    shape = "x".join(map(str, array.shape)) or "number"
    if array.dtype.kind in "bc":
        return f"{array.dtype} {shape}"
    return f"{array.dtype} {shape}, {array.min():.4g} to {array.max():.4g}, mean {np.mean(array):.3g}"


def _dimensions(image: bytes) -> str:
    """Width and height, where pillow is there to read them."""
    try:
        pillow = require("PIL.Image", "image")
        with pillow.open(BytesIO(image)) as picture:
            return f"{picture.width}x{picture.height}"
    except (MissingExtraError, OSError, ValueError, SyntaxError):
        return ""
