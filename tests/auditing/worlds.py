"""Samples of which it is known how many are copies."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class World:
    """Train, held-out and generated records; the last `copied` of the generated ones are copies."""

    train: npt.NDArray[Any]
    heldout: npt.NDArray[Any]
    generated: npt.NDArray[Any]
    copied: int

    def is_copy(self, sample: int) -> bool:
        return sample >= len(self.generated) - self.copied


def normal(seed: int, *, copied: int, noise: float = 0.0, scale: float = 1.0, width: int = 8) -> World:
    """Fresh records of N(0, scale^2 I), and copies with some noise; train and held-out of N(0, I)."""
    rng = np.random.default_rng(seed)
    train, heldout = rng.normal(size=(1200, width)), rng.normal(size=(600, width))
    fresh = scale * rng.normal(size=(600 - copied, width))
    copies = train[rng.integers(0, len(train), copied)] + noise * rng.normal(size=(copied, width))
    return World(train, heldout, np.concatenate([fresh, copies]), copied)
