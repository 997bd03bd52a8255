"""What studies are made of: sentences, and real pictures."""

import random
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from byheart.paper.data import sets
from byheart.paper.data.parcels import UnavailableError

_SENTENCE: Final = (
    "a rater looks at two samples beside each other and says which of them was there before any machine had learned to"
    " make one like it while nobody tells whether the answer was right until the last of many has come in"
)


def texts(count: int, seed: int) -> list[str]:
    """Sentences, no two of them the same."""
    rng, words = random.Random(seed), _SENTENCE.split()
    return [f"{' '.join(rng.choices(words, k=rng.randint(12, 40)))} {seed}-{at}." for at in range(count)]


def pictures(folder: Path, real: int, generated: int) -> tuple[Path, Path]:
    """Two folders of PNG files: pictures of CIFAR-10, of which none is in both; or of digits, where those cannot be had."""
    try:
        found = sets.cifar10(("test",))[0]
    except (UnavailableError, OSError):
        digits = sets.digits()
        found = np.concatenate([digits, 255 - digits])
    sides = folder / "real", folder / "generated"
    for side, rows in zip(sides, (found[:real], found[real : real + generated]), strict=True):
        side.mkdir(parents=True)
        for at, row in enumerate(rows):
            Image.fromarray(row).save(side / f"{at:05}.png")
    return sides
