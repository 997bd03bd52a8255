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
from byheart.judging.grouping import near_to
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


def design(generated: Indices, train: Indices, heldout: Indices, *, most: int, seed: int) -> Design:
    """Draw one, of whole groups.

    Args:
        generated: a number for each record: those that share one belong together.
        train: the same of train.
        heldout: the same of held-out; empty where there is none.
        most: the records of each row and of held-out's half, at most; of train twice as many.
        seed: in [0, 2^128).

    Raises:
        InputError: there are too few.

    >>> found = design(np.arange(500), np.arange(1000), np.arange(200), most=2000, seed=0)
    >>> found.size, len(found.heldout), len(found.train)
    (100, 100, 1000)
    """
    if len(heldout) >= 2 * LEAST and len(np.unique(heldout)) < 2:
        raise InputError("group: wanted two groups or more in held-out, got one: its halves would not be independent")
    stand_in, reference = _halves(heldout, stream(seed, "held-out"))
    sizes = {"generated": 2 * len(generated), "train": 2 * len(train)}
    if len(heldout):
        sizes["held-out"] = 2 * min(len(stand_in), len(reference))
    name, least = min(sizes.items(), key=lambda item: item[1])
    if least < 2 * LEAST:
        wanted = 2 * LEAST if name == "held-out" else LEAST
        got = len(heldout) if name == "held-out" else least // 2
        raise InputError(f"{name}: wanted {wanted} records or more, got {got}: fewer tell nothing")
    size = min(len(generated), len(train), len(stand_in) if len(heldout) else most, most)
    return Design(
        seed,
        _some(generated, size, stream(seed, "generated")),
        _some(train, size, stream(seed, "memory")),
        stand_in[_some(heldout[stand_in], size, stream(seed, "held-out"))],
        reference[_some(heldout[reference], most, stream(seed, "held-out"))],
        _some(train, 2 * most, stream(seed, "train")),
    )


def _halves(groups: Indices, seed: int) -> tuple[Indices, Indices]:
    """Whole groups to each half, in a random order; the halves are as large as each other, or nearly."""
    numbers, group_of, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    order = np.random.Generator(np.random.Philox(key=seed)).permutation(len(numbers))
    is_first = np.zeros(len(numbers), np.bool_)
    if len(numbers) > 1:
        is_first[order] = near_to((len(groups) + 1) // 2, sizes[order])
    shuffled = np.random.Generator(np.random.Philox(key=draws.split(seed, 0))).permutation(len(groups))
    first = is_first[group_of][shuffled]
    return shuffled[first], shuffled[~first]


def _some(groups: Indices, size: int, seed: int) -> Indices:
    """Whole groups, drawn at random, that together have about `size` records; all where there are no more. In a random order."""
    rng = np.random.Generator(np.random.Philox(key=seed))
    numbers, group_of, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    if size >= len(groups) or len(numbers) == len(groups):
        return rng.permutation(len(groups))[:size]
    order = rng.permutation(len(numbers))
    chosen = np.zeros(len(numbers), np.bool_)
    chosen[order] = near_to(size, sizes[order]) if len(numbers) > 1 else True
    return rng.permutation(np.flatnonzero(chosen[group_of]))
