"""Several generators on one scale: the model of Bradley and Terry (1952, "Rank analysis of incomplete block designs").

It is fitted by the MM steps of Hunter (2004, "MM algorithms for generalized Bradley-Terry models", equation 3). Real data and generators are players; a choice is a win. Half a
win of each over each of those that it met keeps strengths finite where one was always, or never, chosen.
"""

from typing import Final

import numpy as np

from byheart.errors import InputError
from byheart.rating.choices import Floats

_STEPS: Final = 10_000
_STILL: Final = 1e-10
_PRIOR: Final = 0.5


def strengths(wins: Floats) -> Floats:
    """The logarithms of strengths, the first 0: b_i - b_j is the log-odds of i being chosen over j.

    Args:
        wins: how often i was chosen over j, of shape (players, players).

    Raises:
        InputError: some never met the others, not even by way of third ones.

    >>> told = strengths(np.array([[0.0, 30.0], [10.0, 0.0]]))
    >>> round(float(told[1]), 2)  # log(10.5 / 30.5)
    -1.07
    """
    met = wins + wins.T > 0
    reach = np.linalg.matrix_power((met | np.eye(len(wins), dtype=bool)).astype(np.int64), len(wins))
    if not (reach > 0).all():
        raise InputError("choices: wanted generators that were compared with each other, got some that never met")
    padded = wins + _PRIOR * met
    games, won = padded + padded.T, padded.sum(axis=1)
    strength = np.ones(len(wins))
    for _ in range(_STEPS):
        following = won / (games / (strength[:, None] + strength)).sum(axis=1)
        following /= following[0]
        if np.abs(np.log(following / strength)).max() < _STILL:
            break
        strength = following
    told: Floats = np.log(following)
    return told
