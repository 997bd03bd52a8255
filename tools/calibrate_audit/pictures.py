"""CIFAR-10 as encoded pictures, and what becomes of a picture that is passed on."""

import io
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from byheart.paper.data import sets

Picture = Image.Image


def _coded(picture: Picture, name: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, name, **options)
    return out.getvalue()


def _cropped(picture: Picture, rng: np.random.Generator) -> Picture:
    wide, high = (round(0.8 * side) for side in picture.size)
    left, top = (int(rng.integers(0, side + 1)) for side in (picture.width - wide, picture.height - high))
    return picture.crop((left, top, left + wide, top + high))


def _bordered(picture: Picture) -> Picture:
    return ImageOps.expand(picture, border=round(0.1 * picture.width), fill="black")


def _written_on(picture: Picture) -> Picture:
    out = picture.copy()
    ImageDraw.Draw(out).text((1, picture.height - 11), "demo", fill="white")
    return out


def _shifted(picture: Picture) -> Picture:
    return ImageEnhance.Contrast(ImageEnhance.Brightness(picture).enhance(1.1)).enhance(0.9)


CHANGES: Final[Mapping[str, Callable[[Picture, np.random.Generator], bytes]]] = {
    "exact": lambda picture, _: _coded(picture),
    "as BMP": lambda picture, _: _coded(picture, "BMP"),
    "JPEG, quality 95": lambda picture, _: _coded(picture, "JPEG", quality=95),
    "JPEG, quality 50": lambda picture, _: _coded(picture, "JPEG", quality=50),
    "JPEG, quality 30": lambda picture, _: _coded(picture, "JPEG", quality=30),
    "WebP, quality 80": lambda picture, _: _coded(picture, "WEBP", quality=80),
    "twice the size": lambda picture, _: _coded(picture.resize((64, 64), Image.Resampling.BICUBIC)),
    "a pixel less": lambda picture, _: _coded(picture.resize((31, 31), Image.Resampling.BICUBIC)),
    "cropped to 80 %": lambda picture, rng: _coded(_cropped(picture, rng)),
    "mirrored": lambda picture, _: _coded(ImageOps.mirror(picture)),
    "brightness + 10 %, contrast - 10 %": lambda picture, _: _coded(_shifted(picture)),
    "a border of 10 %": lambda picture, _: _coded(_bordered(picture)),
    "text laid over it": lambda picture, _: _coded(_written_on(picture)),
}


@cache
def _known() -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    return sets.cifar10()


def draw(seed: int, size: tuple[int, int, int, int]) -> tuple[Any, Any, dict[str, Any], dict[str, Any]]:
    """Train, fresh, copies and innocents; of (train, fresh, copies, innocents) records."""
    rng = np.random.default_rng(seed)
    pixels, classes = _known()
    order = rng.permutation(len(pixels))
    learned, rest = order[: size[0]], order[size[0] :]
    fresh, others = rest[: size[1]], rest[size[1] :]
    train = [Image.fromarray(pixels[at]) for at in learned]
    copies = {
        name: [change(train[at], rng) for at in rng.integers(0, len(train), size[2])]
        for name, change in CHANGES.items()
    }
    ships = others[classes[others] == 8][: size[3]]
    blurred = [_blend(pixels, classes, others, rng) for _ in range(size[3])]
    innocents = {
        "reweighted: ships alone": [_coded(Image.fromarray(pixels[at])) for at in ships],
        "collapsed: means of 5 fresh pictures of a class": [_coded(Image.fromarray(one)) for one in blurred],
    }
    return [_coded(one) for one in train], [_coded(Image.fromarray(pixels[at])) for at in fresh], copies, innocents


def _blend(
    pixels: npt.NDArray[np.uint8],
    classes: npt.NDArray[np.int64],
    others: npt.NDArray[np.int64],
    rng: np.random.Generator,
) -> npt.NDArray[np.uint8]:
    of_class = others[classes[others] == rng.integers(10)]
    mean: npt.NDArray[np.uint8] = pixels[rng.choice(of_class, 5)].mean(axis=0).astype(np.uint8)
    return mean
