"""Real samples that packages ship, as files of many sorts."""

import io
import struct
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms
from sklearn.datasets import load_digits, load_sample_images

from byheart.rating.media import wav

SOURCES = Path(__file__).parents[3] / "src"


@cache
def photos() -> tuple[Image.Image, ...]:
    """Two photographs, of 640 x 427 pixels."""
    return tuple(Image.fromarray(image) for image in load_sample_images().images)


def crop(number: int, width: int = 64, height: int = 64) -> Image.Image:
    """A part of a photograph, another for each number."""
    rng = np.random.default_rng(number)
    photo = photos()[number % 2]
    left, top = int(rng.integers(0, photo.width - width)), int(rng.integers(0, photo.height - height))
    return photo.crop((left, top, left + width, top + height))


def encoded(picture: Image.Image, form: str = "PNG", **options: Any) -> bytes:
    """An image as a file."""
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


def digits() -> npt.NDArray[np.float64]:
    """1,797 digits, float64 of shape (n, 8, 8), from 0 to 16."""
    told: npt.NDArray[np.float64] = load_digits().images
    return told


@cache
def paragraphs() -> tuple[str, ...]:
    """Some thousand paragraphs, as people wrote them."""
    parts = [part.strip() for path in sorted(SOURCES.rglob("*.py")) for part in path.read_text("utf-8").split("\n\n")]
    return tuple(part for part in parts if 60 <= len(part) <= 2000)


def swapped_colours() -> bytes:
    """An ICC profile in which red is where sRGB has green: whoever ignores it sees other colours."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = profile.index(b"rXYZ"), profile.index(b"gXYZ")
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(profile)


def tone(number: int, *, rate: int = 16_000, seconds: float = 1.5, channels: int = 1, gain: float = 0.3) -> bytes:
    """A chord in a little noise, as WAV of 16 bits."""
    rng = np.random.default_rng(number)
    time = np.arange(round(seconds * rate)) / rate
    sound = sum(np.sin(2 * np.pi * hz * time) for hz in rng.uniform(200, 2000, 3)) / 3 + 0.02 * rng.normal(
        size=len(time)
    )
    numbers = np.rint(np.clip(gain * sound, -1, 1) * 32_767).astype(np.int16)
    return wav.write(np.repeat(numbers[:, None], channels, axis=1), rate)


def with_chunk(sound: bytes, name: bytes, data: bytes) -> bytes:
    """A WAV with one more chunk."""
    whole = sound + name + struct.pack("<I", len(data)) + data
    return whole[:4] + struct.pack("<I", len(whole) - 8) + whole[8:]
