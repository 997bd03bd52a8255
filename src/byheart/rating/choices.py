"""Choices: who preferred what, of which pair."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from byheart.errors import InputError

Indices = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Choices:
    """Judgments, one each.

    Attributes:
        raters: a number for each rater; int64 of shape (n,).
        pairs: a number for each pair; int64 of shape (n,).
        chose: 1 where the real one (or, of a catch pair, the right one) was chosen, else 0; int64 of shape (n,).
    """

    raters: Indices
    pairs: Indices
    chose: Indices

    def __post_init__(self) -> None:
        if not len(self.raters) == len(self.pairs) == len(self.chose):
            raise InputError(
                "choices: wanted a rater, a pair and a choice for each judgment, got other numbers of them"
            )

    def __len__(self) -> int:
        return len(self.chose)

    @property
    def share(self) -> float:
        """Of those that chose the real one; 1/2 of none, as a coin's is."""
        return float(self.chose.mean()) if len(self) else 0.5

    def only(self, which: npt.NDArray[np.bool_]) -> "Choices":
        """Some of them."""
        return Choices(self.raters[which], self.pairs[which], self.chose[which])
