"""A held-out set, made before training: what no judgment can do without."""

import numpy as np

from byheart import draws
from byheart.batch import Batch
from byheart.draws import RandomState
from byheart.errors import InputError
from byheart.judging.grouping import near_to, of_batch
from byheart.model import MemGEN


def split(
    model: MemGEN, share: float = 0.2, *, group: str | None = None, random_state: RandomState = 0
) -> tuple[Batch, Batch]:
    """Divide what a model has learned in two at random, each record in one of the parts.

    Args:
        model: of the records.
        share: of held-out in all records, in (0, 1).
        group: "label", "source", or a column of a table: records that share its value stay together, such as those of one patient.
        random_state: an integer seed, None for one from the operating system, or a numpy generator.

    Returns:
        train and held-out, each in the order of the records.

    Raises:
        InputError: the share is no share, a part would be empty, or there is no such group.

    >>> train, heldout = split(MemGEN().fit([str(number) for number in range(10)]), 0.3)
    >>> len(train), len(heldout), sorted([*train, *heldout]) == [str(number) for number in range(10)]
    (7, 3, True)
    """
    if not 0 < share < 1:
        raise InputError(f"share: wanted more than 0 and less than 1, got {share:g}")
    snapshot = model.snapshot
    every = Batch(snapshot, np.arange(len(snapshot)))
    groups = of_batch(every, group)
    numbers, group_of, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    seed = draws.split(draws.seed_from(random_state), 0)
    order = np.random.Generator(np.random.Philox(key=seed)).permutation(len(numbers))
    if len(numbers) < 2:
        what = "records" if group is None else f"different values of {group}"
        raise InputError(f"split: wanted {what} for two parts, got {len(numbers)}")
    is_held = np.zeros(len(numbers), np.bool_)
    is_held[order] = near_to(share * len(every), sizes[order])
    held = is_held[group_of]
    return Batch(snapshot, np.flatnonzero(~held)), Batch(snapshot, np.flatnonzero(held))
