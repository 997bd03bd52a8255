"""What a generator is: fitted to train records, then asked for so many of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Arrays: TypeAlias = npt.NDArray[np.float32]
Draw: TypeAlias = Callable[[int, int], Any]
"""Of a count and a seed, so many records."""
Fit: TypeAlias = Callable[[Any, int], Draw]
"""Of train records and a seed, what draws."""


@dataclass(frozen=True, slots=True)
class Trained:
    """A generator.

    Attributes:
        what: it is, in words.
        fit: what trains it.
    """

    what: str
    fit: Fit

    def made(self, train: Any, count: int, seed: int = 0) -> Any:
        """So many records, by it when it has been trained on some."""
        return self.fit(train, seed)(count, seed)
