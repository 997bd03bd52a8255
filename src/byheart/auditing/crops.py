"""Parts of pictures, and their hashes: what a copy that was cut out of its original, or put in a frame, has in common with it.

A line of a reduced picture goes to the lowest frequencies of a part of it by one small matrix, so the hashes of all parts of a picture are two
products of matrices, and its file is decoded once.
"""

from functools import cache
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from byheart._optional import require
from byheart.auditing.perceptual import LOW, SIDE, Bytes, Hashes, Singles, Waves, packed, phashes

Windows: TypeAlias = npt.NDArray[np.float64]
"""Parts of reduced pictures: (top, bottom, left, right), in pixels; of shape (n, 4)."""

_SCALES: Final = (
    (0, 32),
    (0, 30, 2),
    (0, 28, 2, 4),
    (0, 26, 2, 4, 6),
)  # the first start, the length, and further starts
_FLAT: Final = (
    8  # levels of grey that a border may differ by within a line, and from its outermost line: what JPEG does to it
)
_WIDEST: Final = SIDE // 4
_FRAMED: Final = (0.045, 0.083)  # what a border of 5 % and of 10 % takes of a side


def _lines() -> list[list[tuple[float, float]]]:
    """Parts of a line, by their length."""
    return [[(start, start + scale[1]) for start in (scale[0], *scale[2:])] for scale in _SCALES]


WINDOWS: Final[Windows] = np.array(
    [[*down, *across] for lines in _lines() for down in lines for across in lines], float
)
"""The parts of a train picture that are hashed: all of it, then squares of 30, 28 and 26 pixels a side, every two pixels."""


def crop_hashes(greys: Bytes) -> Hashes:
    """The hashes of the parts of reduced pictures, uint64 of shape (n, 30); the first is that of the whole."""
    found, numbers = [phashes(greys)[:, None]], greys.astype(np.float32)
    for matrix in _matrices()[1:]:
        count = len(matrix) // LOW
        waves = (matrix @ numbers @ matrix.T).reshape(-1, count, LOW, count, LOW)
        found.append(packed(waves.transpose(0, 1, 3, 2, 4)).reshape(len(greys), -1))
    return np.concatenate(found, axis=1)


@cache
def _matrices() -> list[Singles]:
    """For each length, what takes a line to the frequencies of its parts, one below the other."""
    return [transforms(np.array(lines)).reshape(-1, SIDE) for lines in _lines()]


def crop_waves(greys: Bytes, windows: Windows) -> Waves:
    """The lowest frequencies of one part of each picture, float32 of shape (n, 8, 8)."""
    return transforms(windows[:, :2]) @ greys.astype(np.float32) @ transforms(windows[:, 2:]).transpose(0, 2, 1)


def transforms(lines: npt.NDArray[np.float64]) -> Singles:
    """What takes a line of a picture to the lowest frequencies of its pixels from a start to a stop; float32 of shape (n, 8, 32)."""
    starts, stops = lines[:, :1], lines[:, 1:]
    places = np.arange(SIDE) + 0.5
    centres = starts + (stops - starts) / SIDE * places
    weights = np.maximum(1 - np.abs(places - centres[..., None]), 0)  # of the two pixels next to each
    weights /= weights.sum(axis=2, keepdims=True)
    cosines = require("scipy.fft", "judge").dct(np.eye(SIDE), axis=0)[:LOW]
    return np.asarray(cosines @ weights, np.float32)


def within_borders(greys: Bytes) -> Windows:
    """The part of each picture that is within a border of one shade; all of it where there is none."""
    top, bottom = _edges(greys), _edges(greys[:, ::-1])
    turned = greys.transpose(0, 2, 1)
    left, right = _edges(turned), _edges(turned[:, ::-1])
    return np.stack([top, SIDE - bottom, left, SIDE - right], axis=1).astype(np.float64)


def _edges(greys: Bytes) -> npt.NDArray[np.int64]:
    """How many lines of each picture, from the first on, are of one shade."""
    lines = greys[:, :_WIDEST].astype(np.float32)
    shades = lines.mean(axis=2)
    is_flat = (lines.std(axis=2) <= _FLAT) & (np.abs(shades - shades[:, :1]) <= _FLAT)
    return np.asarray(np.logical_and.accumulate(is_flat, axis=1).sum(axis=1), np.int64)


def framed() -> Windows:
    """What is left of a picture within borders of usual widths, whatever they look like."""
    return np.array([[SIDE * share, SIDE * (1 - share)] * 2 for share in _FRAMED])


def frames(seen: Windows, windows: Windows) -> npt.NDArray[np.float64]:
    """How a picture lies whose part `seen` is the part `windows` of another (`alignment.Frames`); all of shape (..., 4)."""
    steps = (windows[..., 1::2] - windows[..., ::2]) / (seen[..., 1::2] - seen[..., ::2])
    starts = windows[..., ::2] - steps * seen[..., ::2]
    return np.stack([starts[..., 0], steps[..., 0], starts[..., 1], steps[..., 1]], axis=-1)
