"""What an evidence is: a way to find the original that a record may be a copy of, and to say how near it is.

Rule 1: a score is a function of the record and of train: whoever else is asked for in the same run changes nothing. So the scores of fresh records
        and of held-out ones are exchangeable, whatever the evidence, and the held-out ones tell what chance does.
Rule 2: a train record is scored against the other originals (`Asked.own`): where all lie close together, closeness is no evidence.
        Divide what is found by what lies next: `relative` does.
Rule 3: what is fitted is fitted on train and held-out records alike (`Setting.fitted_on`), or fixed beforehand.
Rule 4: nothing that an evidence says in words (`describe`) holds anything of a training record: no value, no word, no pixel.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, Protocol

import numpy as np

from byheart.auditing.keeping import Arrays, Checkpoint
from byheart.auditing.originals import Asked, Originals
from byheart.features.base import Records
from byheart.judging.metrics.copying import copy_scores
from byheart.neighbours import Work
from byheart.neighbours.blocks import Floats, Indices

NEIGHBOURS: Final = 11
"""Of each record, so many originals are looked for: the nearest, and ten that it is compared with."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of n records.

    Attributes:
        scores: the lower, the more of a copy; infinite where nothing was found. float64 of shape (n,).
        distances: to the nearest originals, nearest first, in the evidence's own unit; infinite where there are no more. float64 of shape (n, k).
        records: these originals; -1 where there are no more. int64 of shape (n, k).
    """

    scores: Floats
    distances: Floats
    records: Indices

    def __len__(self) -> int:
        return len(self.scores)


@dataclass(frozen=True, slots=True)
class Setting:
    """What all evidence of one audit shares.

    Attributes:
        originals: the distinct train records.
        fitted_on: train, and held-out records (generated ones where there are none): what is fitted is fitted on as many of each.
        seed: what is random in it.
        how: threads, bytes of RAM, and whom to tell how many records are done.
        features: what records are compared by, for the evidence that compares vectors; None for what their kind suggests.
        keys: columns of a table that tell together whom a row is about.
        kept: where parts that are done are kept until all are.
    """

    originals: Originals
    fitted_on: Sequence[Records]
    seed: int = 0
    how: Work = field(default_factory=Work)
    features: str | None = None
    keys: tuple[str, ...] = ()
    kept: Checkpoint = field(default_factory=Checkpoint)


class Evidence(Protocol):
    """A way to see copies."""

    name: str
    """One word for tables: "features", "cells", "spans"."""
    kinds: Sequence[str]
    """Of records that it can read."""
    invariance: str
    """The changes that a copy is still seen through, as half a sentence."""

    def find(self, setting: Setting, asked: Sequence[Asked]) -> list[Found]:
        """The nearest originals of the records of each sample that asks."""
        ...

    def describe(self, made: Any, original: Any, distance: float) -> str:
        """How a record differs from its original, in a few words that give nothing of it away.

        Args:
            made: the record, as a user knows it.
            original: the train record.
            distance: between the two, as it was found.
        """
        ...


def of_each(setting: Setting, name: str, asked: Sequence[Asked], find: Callable[[Asked, Work], Arrays]) -> list[Found]:
    """What is found of each who asks, a part each of what is kept: `find` gives the fields of a `Found` by their names."""
    told = []
    for number, one in enumerate(asked):
        part = setting.kept.part(f"{name}-{number}", partial(find, one, setting.how.part(number, len(asked))))
        told.append(Found(part["scores"], part["distances"], part["records"]))
    return told


def relative(distances: Floats, far: float) -> Floats:
    """The distance to the nearest original over the mean of those to the next ten: near 0 for a copy, 1 in the midst of others.

    Args:
        distances: of shape (n, 11), nearest first; infinite where there are no more.
        far: what stands for these: how far apart records are that have nothing in common.

    >>> relative(np.array([[0.5, *[1.0] * 10], [0.1, *[np.inf] * 10], [np.inf] * 11]), 1.0).tolist()
    [0.5, 0.1, inf]
    """
    scores = copy_scores(np.minimum(distances, far))
    return np.where(np.isfinite(distances[:, 0]), scores, np.inf)
