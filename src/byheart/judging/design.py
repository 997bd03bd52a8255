"""The design of a judgment: who is compared with whom, drawn once, before anything is measured.

Rule 1: held-out is split in two by groups: one half is the reference, the other stands in as a generator that cannot be told from real data.
Rule 2: all three rows have the same size m; the memory's row is drawn from it without replacement.
Rule 3: each draw has a stream of the seed to itself, by name.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from byheart import draws
from byheart.errors import InputError
from byheart.neighbours.blocks import Indices

LEAST: Final = 20  # records in each half of held-out
STREAMS: Final = (
    "held-out",
    "generated",
    "memory",
    "train",
    "features",
    "metric",
    "permutation",
    "jackknife",
    "control",
)


@dataclass(frozen=True, slots=True)
class Design:
    """Which records stand for what.

    Attributes:
        seed: what everything random is drawn by.
        generated, memory, stand_in: the three rows, m records each of the generated, the train and the held-out ones.
        heldout, train: the two references. Where there are no held-out records, their row and reference are empty.
    """

    seed: int
    generated: Indices
    memory: Indices
    stand_in: Indices
    heldout: Indices
    train: Indices

    @property
    def size(self) -> int:
        """m, the records of each row."""
        return len(self.generated)

    def stream(self, name: str) -> int:
        """The seed of one use."""
        return stream(self.seed, name)


def stream(seed: int, name: str) -> int:
    """The seed of one use of a seed."""
    return draws.split(seed, STREAMS.index(name))


def design(generated: int, train: int, heldout_groups: Indices, *, most: int, seed: int) -> Design:
    """Draw one.

    Args:
        generated: how many records there are.
        train: how many there are.
        heldout_groups: a number for each held-out record: those that share one stay in one half; empty where there are none.
        most: the records of each row and of held-out's half, at most; of train twice as many.
        seed: in [0, 2^128).

    Raises:
        InputError: there are too few.

    >>> found = design(500, 1000, np.arange(200), most=2000, seed=0)
    >>> found.size, len(found.heldout), len(found.train)
    (100, 100, 1000)
    """
    stand_in, reference = _halves(heldout_groups, stream(seed, "held-out"))
    sizes = {"generated": 2 * generated, "train": 2 * train}
    if len(heldout_groups):
        sizes["held-out"] = 2 * min(len(stand_in), len(reference))
    name, least = min(sizes.items(), key=lambda item: item[1])
    if least < 2 * LEAST:
        wanted = 2 * LEAST if name == "held-out" else LEAST
        got = len(heldout_groups) if name == "held-out" else least // 2
        raise InputError(f"{name}: wanted {wanted} records or more, got {got}: fewer tell nothing")
    size = min(generated, train, len(stand_in) if len(heldout_groups) else most, most)
    return Design(
        seed,
        _some(generated, size, stream(seed, "generated")),
        _some(train, size, stream(seed, "memory")),
        stand_in[:size],
        reference[:most],
        _some(train, min(train, 2 * most), stream(seed, "train")),
    )


def _halves(groups: Indices, seed: int) -> tuple[Indices, Indices]:
    """Whole groups to each half, in a random order; the halves are as large as each other, or nearly."""
    numbers, group_of, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    order = np.random.Generator(np.random.Philox(key=seed)).permutation(len(numbers))
    ends = np.cumsum(sizes[order])
    is_first = np.zeros(len(numbers), np.bool_)
    is_first[order[ends <= (len(groups) + 1) // 2]] = True
    shuffled = np.random.Generator(np.random.Philox(key=draws.split(seed, 0))).permutation(len(groups))
    first = is_first[group_of][shuffled]
    return shuffled[first], shuffled[~first]


def _some(count: int, size: int, seed: int) -> Indices:
    return np.random.Generator(np.random.Philox(key=seed)).permutation(count)[:size]
