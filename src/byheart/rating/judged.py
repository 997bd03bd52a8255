"""Judgments as arrays: for statistics."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from byheart.rating.choices import Choices
from byheart.rating.rows import Row

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Judged:
    """Judgments of one purpose, in the order in which they came in.

    Attributes:
        choices: by whom, of which pair (its number in the plan), and whether the real one was chosen; where both are real, or neither, whether the first one was.
        is_left: whether that one stood on the left; bool of shape (n,).
        milliseconds: float64 of shape (n,).
        players: whose the two samples are, the one that `choices` tells of first; int64 of shape (n, 2).
    """

    choices: Choices
    is_left: Flags
    milliseconds: npt.NDArray[np.float64]
    players: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.choices)

    def only(self, which: Flags) -> "Judged":
        """Some of them."""
        return Judged(self.choices.only(which), self.is_left[which], self.milliseconds[which], self.players[which])

    @property
    def left(self) -> Choices:
        """Whether the left one was chosen."""
        chose = self.choices.chose.astype(np.bool_)
        return Choices(self.choices.raters, self.choices.pairs, (chose == self.is_left).astype(np.int64))


def judged(rows: Iterable[Row]) -> Judged:
    """Judgments as arrays; raters are numbered as they come."""
    numbers: dict[str, int] = {}
    raters, pairs, chose, is_left, milliseconds, players = [], [], [], [], [], []
    for row in rows:
        real = row.chose_first if row.chose_real is None else row.chose_real
        raters.append(numbers.setdefault(row.kept.rater, len(numbers)))
        pairs.append(row.trial.pair)
        chose.append(real)
        is_left.append(real == row.kept.judgment.chose_left)
        milliseconds.append(row.kept.judgment.milliseconds)
        players.append(row.pair.players if real == row.chose_first else row.pair.players[::-1])
    return Judged(
        Choices(np.array(raters, np.int64), np.array(pairs, np.int64), np.array(chose, np.int64)),
        np.array(is_left, np.bool_),
        np.array(milliseconds, np.float64),
        np.array(players, np.int64).reshape(-1, 2),
    )
