"""Several generators on one scale: the model of Bradley and Terry (1952, "Rank analysis of incomplete block designs").

It is fitted by the MM steps of Hunter (2004, "MM algorithms for generalized Bradley-Terry models", equation 3). Real data and generators are players; a choice is a win. Half a
win of each over each of those that it met keeps strengths finite where one was always, or never, chosen.
"""

from typing import Final

import numpy as np

from byheart.errors import InputError
from byheart.rating.choices import Floats, Indices

RESAMPLES: Final = 500
_STEPS: Final = 10_000
_STILL: Final = 1e-8
_PRIOR: Final = 0.5


def strengths(wins: Floats) -> Floats:
    """The logarithms of strengths, the first 0: b_i - b_j is the log-odds of i being chosen over j.

    Args:
        wins: how often i was chosen over j, of shape (players, players); or several such tables, of shape (tables, players, players), of the same games.

    Returns:
        Of shape (players,) or (tables, players).

    Raises:
        InputError: some never met the others, not even by way of third ones.

    >>> told = strengths(np.array([[0.0, 30.0], [10.0, 0.0]]))
    >>> round(float(told[1]), 2)  # log(10.5 / 30.5)
    -1.07
    """
    games = wins + np.swapaxes(wins, -1, -2)
    met = games.reshape(-1, *games.shape[-2:]).sum(axis=0) > 0
    if not _are_connected(met):
        raise InputError("choices: wanted generators that were compared with each other, got some that never met")
    padded = wins + _PRIOR * met
    games, won = padded + np.swapaxes(padded, -1, -2), padded.sum(axis=-1)
    strength = np.ones(won.shape)
    for _ in range(_STEPS):
        following = won / (games / (strength[..., :, None] + strength[..., None, :])).sum(axis=-1)
        following /= following[..., :1]
        is_still = np.abs(np.log(following / strength)).max() < _STILL
        strength = following
        if is_still:
            break
    told: Floats = np.log(strength)
    return told


def resampled(players: Indices, wins: Indices, clusters: Indices, *, seed: int = 0) -> Floats:
    """Strengths of 500 studies in which whole clusters were drawn anew, with replacement: a cluster bootstrap.

    Args:
        players: whose the two samples were; of shape (n, 2), from 0.
        wins: 1 where the first one was chosen; of shape (n,).
        clusters: raters, or pairs; of shape (n,).
        seed: of the draws.

    Returns:
        Of shape (500, players).
    """
    count = int(players.max()) + 1
    winners = np.where(wins, players[:, 0], players[:, 1])
    losers = players.sum(axis=1) - winners
    numbers, at = np.unique(clusters, return_inverse=True)
    tables = np.zeros((len(numbers), count * count))
    np.add.at(tables, (at, winners * count + losers), 1)
    rng = np.random.Generator(np.random.Philox(key=seed))
    weights = rng.multinomial(len(numbers), np.full(len(numbers), 1 / len(numbers)), RESAMPLES)
    return strengths((weights @ tables).reshape(RESAMPLES, count, count))


def _are_connected(met: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]") -> bool:
    reached = np.arange(len(met)) == 0
    for _ in range(len(met)):
        reached = reached | met[reached].any(axis=0)
    return bool(reached.all())
