"""How far two pictures differ once one is laid over the other as well as may be.

One picture is a part of the other, moved and scaled by little more or less than is guessed: what is left is found by Gauss-Newton steps, as Lucas and Kanade do
(Baker and Matthews, 2004, "Lucas-Kanade 20 years on", Section 2), each way on its own; with it brightness and contrast, which may be others in a copy.

* A pixel that differs by more than half of the picture's contrast counts as that, and differences are not squared: letters over a picture do not
  make another of it.
* What lies beyond the other picture (a border) does not count, if it is little.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from byheart.auditing.perceptual import SIDE, Singles

Frames: TypeAlias = npt.NDArray[np.float64]
"""Where the pixels of one picture lie in another: (start, step) down, then (start, step) across, in its pixels; of shape (n, 4)."""

GRID: Final = 16  # pixels each way that are compared: of four fifths of a small photo no more are there
_STEPS: Final = 4
_DAMPED: Final = 1e-3
_LEAST: Final = 0.5  # of the pixels, that have to lie in the other picture
_FAINT: Final = np.float32(0.02)  # of the range of grey: less contrast than that is noise
_FURTHEST: Final = 2.0  # pixels that a step may move it
_SCALES: Final = (0.7, 1.4)

_PLACES: Final = (np.arange(GRID) + 0.5) * (SIDE / GRID)  # of the pixels that are compared, in a reduced picture
_LENGTHS: Final = (_PLACES / SIDE - 0.5).astype(np.float32)  # the same from -1/2 to 1/2


@dataclass(frozen=True, slots=True)
class Laid:
    """Pictures over others.

    Attributes:
        distances: the mean difference of the pixels, in shares of the range of grey; float64 of shape (n,).
        frames: how they lie.
    """

    distances: npt.NDArray[np.float64]
    frames: Frames


WHOLE: Final = np.array([0.0, 1.0, 0.0, 1.0])


def sampled(greys: Singles, frames: Frames) -> tuple[Singles, Singles]:
    """Pictures as they are seen in frames, and which of the pixels lie within; both of shape (n, GRID, GRID)."""
    down, across = _weights(frames[:, :2]), _weights(frames[:, 2:])
    within = _within(frames[:, :2])[:, :, None] * _within(frames[:, 2:])[:, None, :]
    return _seen(down, greys, across), within


def _seen(down: Singles, greys: Singles, across: Singles) -> Singles:
    seen: Singles = np.matmul(np.matmul(down, greys), across.transpose(0, 2, 1))
    return seen


def laid(asked: Singles, originals: Singles, frames: Frames) -> Laid:
    """Compare pictures with originals as they lie in given frames.

    Args:
        asked: as `sampled` gives them in the frame `WHOLE`, of shape (n, GRID, GRID).
        originals: reduced, of shape (n, SIDE, SIDE).
        frames: where the asked ones' pixels lie in the originals.
    """
    seen, within = sampled(originals, frames)
    return Laid(_Fit.of(asked, seen, within).distances, frames)


def aligned(asked: Singles, originals: Singles, frames: Frames) -> Laid:
    """The same, with the frames moved until they fit."""
    best = Laid(np.full(len(frames), np.inf), frames.copy())
    moved = frames.copy()
    for step in range(_STEPS + 1):
        down, across = _weights(moved[:, :2]), _weights(moved[:, 2:])
        seen = _seen(down, originals, across)
        within = _within(moved[:, :2])[:, :, None] * _within(moved[:, 2:])[:, None, :]
        fit = _Fit.of(asked, seen, within)
        better = fit.distances < best.distances
        best.distances[better], best.frames[better] = fit.distances[better], moved[better]
        if step < _STEPS:
            slopes = _slopes(moved[:, :2]), _slopes(moved[:, 2:])
            by = _seen(slopes[0], originals, across), _seen(down, originals, slopes[1])
            moved = _moved(moved, fit.step(seen, *by))
    return best


def _moved(frames: Frames, step: npt.NDArray[np.floating]) -> Frames:
    """Frames after a step of their centres and lengths, (centre, length) each way."""
    moved = frames.copy()
    for at in (0, 2):
        length = frames[:, at + 1] + np.clip(step[:, at + 1], -_FURTHEST, _FURTHEST) / SIDE
        centre = frames[:, at] + frames[:, at + 1] * (SIDE / 2) + np.clip(step[:, at], -_FURTHEST, _FURTHEST)
        moved[:, at + 1] = np.clip(length, *_SCALES)
        moved[:, at] = centre - moved[:, at + 1] * (SIDE / 2)
    return moved


def _centres(lines: Frames) -> tuple[Singles, Singles]:
    """How far each pixel of an original lies from where each of the grid lies, and over how many pixels one of the grid reaches."""
    centres = lines[:, :1] + lines[:, 1:] * _PLACES
    reach = np.maximum(lines[:, 1:] * (SIDE / GRID), 1)[..., None]
    apart = (np.arange(SIDE) + 0.5) - centres[..., None]
    return apart.astype(np.float32), reach.astype(np.float32)


def _weights(lines: Frames) -> Singles:
    """What takes a line of an original to one of the grid: each pixel is a mean of those around, weighted as by a tent; of shape (n, GRID, SIDE)."""
    apart, reach = _centres(lines)
    return _shares(_tents(apart, reach))[0]


def _slopes(lines: Frames) -> Singles:
    """The derivative of the weights by where the pixel of the grid lies."""
    apart, reach = _centres(lines)
    weights = _tents(apart, reach)
    shares, total = _shares(weights)
    slopes = np.sign(apart) * (weights > 0) / reach
    found: Singles = (slopes - shares * slopes.sum(axis=2, keepdims=True)) / total
    return found


def _tents(apart: Singles, reach: Singles) -> Singles:
    tents: Singles = np.maximum(1 - np.abs(apart) / reach, 0)
    return tents


def _shares(weights: Singles) -> tuple[Singles, Singles]:
    total = np.maximum(weights.sum(axis=2, keepdims=True), np.float32(1e-6))
    return weights / total, total


def _within(lines: Frames) -> Singles:
    """How much of each pixel of the grid lies in the original, from 0 to 1: at an edge both pictures are mixed with what is around."""
    centres = lines[:, :1] + lines[:, 1:] * _PLACES
    half = lines[:, 1:] * (SIDE / GRID / 2)
    inside = np.minimum(centres, SIDE - centres) / half
    return np.clip(inside, 0, 1).astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Fit:
    """Brightness and contrast of pictures, as near to those asked as may be.

    Attributes:
        distances: that are left.
        gains: by which contrast is multiplied, of shape (n,).
        left: the differences, of shape (n, GRID, GRID).
        weights: of the pixels: 1, less where they differ by much, 0 beyond the original.
    """

    distances: npt.NDArray[np.float64]
    gains: Singles
    left: Singles
    weights: Singles

    @classmethod
    def of(cls, asked: Singles, seen: Singles, within: Singles) -> "_Fit":
        limits = limit(asked)[:, None, None]
        weights = within
        for _ in range(3):  # those who differ by much count less the next time
            gains, left = _fitted(asked, seen, weights)
            sizes = np.abs(left)
            weights = within * np.square(np.minimum(limits / np.maximum(sizes, np.float32(1e-6)), 1))
        share = within.mean(axis=(1, 2))
        total = (np.minimum(sizes, limits) * within).mean(axis=(1, 2))
        distances = (total / np.maximum(share, np.float32(1e-6))).astype(np.float64)
        return cls(np.where(share >= _LEAST, distances, limits[:, 0, 0]), gains, left, weights)

    def step(self, seen: Singles, down: Singles, across: Singles) -> npt.NDArray[np.floating]:
        """How to move: (centre, length) down, then across, in pixels."""
        columns = _LENGTHS[:, None], _LENGTHS[None, :]
        slopes = np.stack([down, down * columns[0], across, across * columns[1]], axis=1)
        slopes *= self.gains[:, None, None, None]
        all_ = np.concatenate([slopes, seen[:, None], np.ones_like(seen)[:, None]], axis=1).reshape(len(seen), 6, -1)
        weighted = all_ * self.weights.reshape(len(seen), 1, -1)
        square = weighted @ all_.transpose(0, 2, 1)
        own = np.arange(6)
        square[:, own, own] = square[:, own, own] * np.float32(1 + _DAMPED) + np.float32(1e-6)
        return np.linalg.solve(square, weighted @ self.left.reshape(len(seen), -1, 1))[:, :4, 0]


def limit(asked: Singles) -> Singles:
    """The difference that counts most: half of the contrast of a picture, of shape (n,)."""
    found: Singles = np.maximum(asked.std(axis=(1, 2)), _FAINT) / 2
    return found


def _fitted(asked: Singles, seen: Singles, weights: Singles) -> tuple[Singles, Singles]:
    """The contrast, and what is left of the differences, of a weighted least squares fit."""
    total = np.maximum(weights.sum(axis=(1, 2), keepdims=True), np.float32(1e-6))
    first = asked - (asked * weights).sum(axis=(1, 2), keepdims=True) / total
    second = seen - (seen * weights).sum(axis=(1, 2), keepdims=True) / total
    weighted = second * weights
    power = np.einsum("ijk,ijk->i", weighted, second)
    gains = np.maximum(np.einsum("ijk,ijk->i", weighted, first), 0) / np.maximum(power, np.float32(1e-6))
    return gains, first - gains[:, None, None] * second
