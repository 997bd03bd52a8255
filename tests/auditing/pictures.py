"""Real pictures, and what people do to copies of them."""

import io
from collections.abc import Callable
from functools import cache

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageOps
from sklearn.datasets import load_sample_images

Change = Callable[[Image.Image], bytes]


def encoded(picture: Image.Image, kind: str = "PNG", quality: int = 75) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, quality=quality)
    return out.getvalue()


@cache
def tiles() -> tuple[Image.Image, ...]:
    """Parts of two photographs, of 40 by 40 pixels, that have no pixel in common, in any order."""
    parts = []
    for photograph in load_sample_images().images:
        height, width = (40 * (side // 40) for side in photograph.shape[:2])
        rows = photograph[:height, :width].reshape(height // 40, 40, width // 40, 40, 3).swapaxes(1, 2)
        parts += list(rows.reshape(-1, 40, 40, 3))
    kept = [part for part in parts if part.mean(axis=2).std() > 20]  # the sky is but sky, and a petal but a petal
    order = np.random.default_rng(0).permutation(len(kept))
    return tuple(Image.fromarray(kept[place]) for place in order)


def resized(by: float, more: int = 0) -> Change:
    return lambda picture: encoded(
        picture.resize((round(picture.width * by) + more, round(picture.height * by) + more))
    )


def cropped(left: int, top: int, size: int) -> Change:
    return lambda picture: encoded(picture.crop((left, top, left + size, top + size)))


def bordered(left: int, top: int, right: int, bottom: int, colour: str) -> Change:
    return lambda picture: encoded(ImageOps.expand(picture, (left, top, right, bottom), colour), "JPEG", 85)


def rehued(picture: Image.Image) -> bytes:
    hue, saturation, value = picture.convert("HSV").split()
    return encoded(Image.merge("HSV", (hue.point(lambda level: (level + 26) % 256), saturation, value)).convert("RGB"))


def written_over(picture: Image.Image) -> bytes:
    shown = picture.copy()
    ImageDraw.Draw(shown).text((1, 15), "SAMPLE", fill="white")
    return encoded(shown)


CHANGES: dict[str, Change] = {
    "JPEG 95": lambda picture: encoded(picture, "JPEG", 95),
    "JPEG 30": lambda picture: encoded(picture, "JPEG", 30),
    "WebP": lambda picture: encoded(picture, "WEBP", 60),
    "half the size": resized(0.5),
    "twice the size": resized(2),
    "a pixel more": resized(1, 1),
    "crop of 95 %": cropped(1, 2, 38),
    "crop of 90 %": cropped(4, 0, 36),
    "crop of 80 %": cropped(3, 7, 32),
    "mirrored": lambda picture: encoded(ImageOps.mirror(picture)),
    "mirrored crop": lambda picture: cropped(2, 4, 34)(ImageOps.mirror(picture)),
    "brighter": lambda picture: encoded(ImageEnhance.Brightness(picture).enhance(1.1)),
    "less contrast": lambda picture: encoded(ImageEnhance.Contrast(picture).enhance(0.9)),
    "another hue": rehued,
    "black border": bordered(4, 4, 4, 4, "black"),
    "white border on two sides": bordered(0, 4, 2, 0, "white"),
    "text over it": written_over,
}
