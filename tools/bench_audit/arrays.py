"""Arrays of 64 numbers, of a normal distribution: 300,000 against a million, within so much RAM."""

import shutil
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

WIDTH: Final = 64
MADE: Final = 300_000
LEARNED: Final = 1_000_000
HELD_OUT: Final = 10_000
_COPIES: Final = 3000
_WARM: Final = 1000


def within(budget: int) -> Callable[[int], Callable[[], dict[str, float]]]:
    """An audit that may take so many bytes."""
    return partial(_byheart, budget)


def _byheart(budget: int, _threads: int) -> Callable[[], dict[str, float]]:
    from byheart import MemGEN, audit  # noqa: PLC0415  # here, as with all others

    learned = _normal(LEARNED, 0)
    made, heldout = _normal(MADE, 1), _normal(HELD_OUT, 2)
    made[:_COPIES] = learned[:_COPIES] * np.float32(1.5)
    made[:_COPIES:2] = learned[:_COPIES:2] + np.float32(0.01) * made[:_COPIES:2]
    folder = Path(tempfile.mkdtemp(dir=Path(".cache")))
    model = MemGEN(folder / "arrays.memory").fit(learned)
    del learned
    few = MemGEN().fit(heldout[:_WARM])
    audit(heldout[_WARM : 2 * _WARM], heldout[2 * _WARM : 3 * _WARM], memory=few)

    def run() -> dict[str, float]:
        found = audit(made, heldout, memory=model, memory_budget=budget)
        shutil.rmtree(folder)
        return {"copies": float(len(found.copies)), "share": found.share.value}

    return run


def _normal(count: int, seed: int) -> npt.NDArray[np.float32]:
    return np.random.default_rng(seed).standard_normal((count, WIDTH), np.float32)
