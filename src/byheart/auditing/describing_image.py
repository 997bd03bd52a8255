"""How a picture differs from its original, in words that give nothing of it away."""

from typing import Final

import numpy as np
import pyarrow as pa

from byheart.auditing import perceptual
from byheart.auditing.alignment import WHOLE, aligned, laid, sampled
from byheart.auditing.crops import WINDOWS, framed, frames, within_borders
from byheart.auditing.forms_image import picture_form
from byheart.auditing.perceptual import Bytes, Singles

_ALIGNED: Final = 4
_CLEAR: Final = 0.8  # a mirror, a crop or a border is told of where it explains a fifth of the distance
_SCALED: Final = 0.03
_SLIGHT: Final = 0.0005  # of the range of grey: what is rounded to 0.0 %


def described(made: bytes, original: bytes, distance: float) -> str:
    """Say whether it is mirrored, a crop or in a border, and by how much its pixels differ.

    Args:
        made: an encoded image.
        original: the train record.
        distance: the mean difference of the pixels, in shares of the range of grey.
    """
    form = picture_form(made)
    if form is not None and form == picture_form(original):
        return "the same pixels in another file"
    pictures = perceptual.reduced(pa.array([made, original], pa.large_binary()))
    told = _lying(pictures.greys[:1], pictures.greys[1:]) if pictures.readable.all() else []
    by = "" if distance < _SLIGHT else f": pixels differ by {distance:.1%}"
    return ", ".join([*told, f"resized, recoloured or re-encoded{by}"])


def _lying(made: Bytes, original: Bytes) -> list[str]:
    """How one picture lies over another, both of shape (1, SIDE, SIDE)."""
    asked, shades = sampled(perceptual.shades(made), WHOLE[None])[0], perceptual.shades(original)
    seen = np.concatenate([WINDOWS[:1], within_borders(made), framed()])
    plain = laid(asked, shades, WHOLE[None]).distances[0]
    straight, scale = _nearest(asked, shades, seen)
    flipped = seen.copy()
    flipped[:, 2:] = perceptual.SIDE - seen[:, :1:-1]
    turned, turned_scale = _nearest(asked[:, :, ::-1], shades, flipped)
    told = []
    if turned < _CLEAR * min(straight, plain):
        told.append("mirrored")
        plain, straight, scale = laid(asked[:, :, ::-1], shades, WHOLE[None]).distances[0], turned, turned_scale
    if straight < _CLEAR * plain and abs(scale - 1) > _SCALED:
        told.append("a crop of it" if scale < 1 else "with a border around it")
    return told


def _nearest(asked: Singles, shades: Singles, seen: perceptual.Waves) -> tuple[float, float]:
    """The least distance over all parts, and how much larger than the original the picture is there."""
    lying = frames(np.repeat(seen, len(WINDOWS), axis=0), np.tile(WINDOWS, (len(seen), 1)))
    first = laid(np.repeat(asked, len(lying), 0), np.repeat(shades, len(lying), 0), lying)
    best = lying[np.argsort(first.distances, kind="stable")[:_ALIGNED]]
    moved = aligned(np.repeat(asked, len(best), 0), np.repeat(shades, len(best), 0), best)
    at = int(np.argmin(moved.distances))
    return float(moved.distances[at]), float(moved.frames[at, 1::2].mean())
