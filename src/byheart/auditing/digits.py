"""Significant digits of numbers: what is left of a number that was rounded, and how far it may have been rounded."""

from typing import Final

import numpy as np

from byheart.neighbours.blocks import Floats

WRITTEN: Final = 6  # digits, as most formats write them: two numbers that agree in these are one
_ROUNDED: Final = (1, 2, 3, 4, 5)  # digits that rounding leaves
_WHOLE: Final = 2.0**53


def significant(values: Floats, digits: int) -> Floats:
    """Numbers rounded to so many digits, halves to even; the same float64 whatever way it was written with these.

    >>> significant(np.array([0.1 + 0.2, 1234.5678, -0.0, np.inf]), 6).tolist()
    [0.3, 1234.57, 0.0, inf]
    """
    place = places(values) - (digits - 1)
    return on_grid(values, place)


def places(values: Floats) -> Floats:
    """The power of ten of the first digit: 2 for 100 to 999; 0 for what has none."""
    sizes = np.abs(values)
    sizes[~((sizes > 0) & (sizes < np.inf))] = 1.0
    return np.clip(np.floor(np.log10(sizes)), -290, 290)


def on_grid(values: Floats, place: Floats | float) -> Floats:
    """Numbers rounded to a power of ten, each to its own."""
    up = 10.0 ** np.abs(place)  # one exact number up to 1e22, where its inverse is none
    is_fine = np.asarray(place) < 0
    with np.errstate(over="ignore", invalid="ignore"):  # of the half that is not taken, and of what is not finite
        whole = np.rint(np.where(is_fine, values * up, values / up))
        told: Floats = np.where(is_fine, whole / up, whole * up) + 0.0  # no negative zero
    return np.where(np.isfinite(values), told, values)


def written(values: Floats) -> Floats:
    """Numbers as they are written: whole ones as they are, others with six digits."""
    is_whole = (np.rint(values) == values) & (np.abs(values) < _WHOLE)
    told = values + 0.0
    told[~is_whole] = significant(values[~is_whole], WRITTEN)
    return told


def tolerance(values: Floats) -> Floats:
    """How far from what a number was rounded from it may be: half a unit of its last digit, where these are fewer than six.

    >>> tolerance(np.array([40.0, 120.0, 37.0, 0.0])).tolist()
    [5.0, 5.0, 0.5, 0.0]
    """
    size = np.abs(written(values))
    first = places(values)
    told = np.where(np.isfinite(size), size * 10.0**-WRITTEN, 0.0)
    for digits in reversed(_ROUNDED):
        place = first - (digits - 1)
        is_rounded = (on_grid(size, place) == size) & (size > 0) & (size < np.inf)
        told[is_rounded] = 0.5 * 10.0 ** place[is_rounded]
    return told
