"""The distinct records of train, which a generated record may be a copy of, and who asks for them.

A record that was learned several times is one original: it is not its own neighbour, and each of its occurrences is as good as the other.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from byheart.features.base import Records
from byheart.judging.samples import Sample, Train
from byheart.neighbours.blocks import Indices

_BYTES: Final = 16 << 20  # of records that are drawn: of long texts ten thousand would take longer than all samples
_FEWEST: Final = 1000


class Originals:
    """The distinct records of train, numbered from 0.

    Attributes:
        prints: their fingerprints, ascending; uint64 of shape (n,).
        first: the first occurrence of each in the memory; int64 of shape (n,).
        counts: how often each was learned; int64 of shape (n,).
        known: what was worked out of all of them, and is needed again.
    """

    name = "train"

    def __init__(self, train: Train) -> None:
        self.train, self.kind, self.field = train, train.kind, train.field
        self.prints, self.first, self.counts = np.unique(train.fingerprints, return_index=True, return_counts=True)
        self.known: dict[str, Any] = {}

    def __len__(self) -> int:
        return len(self.first)

    def x(self, which: Indices) -> pa.Array:
        """Some of the records, by their numbers."""
        return self.train.x(self.first[which])

    def numbers(self, prints: npt.NDArray[np.uint64]) -> Indices:
        """Which original has each of some fingerprints; -1 where none has."""
        at = np.minimum(np.searchsorted(self.prints, prints), len(self.prints) - 1)
        return np.where(self.prints[at] == prints, at, -1)

    def draw(self, most: int, seed: int) -> "Asked":
        """So many of the originals at most, drawn at random, each to be asked for the others; fewer where they are long, but a thousand."""
        most = min(most, max(_BYTES // self.train.snapshot.mean_size, _FEWEST))
        drawn = np.random.Generator(np.random.Philox(key=seed)).permutation(len(self))[:most]
        own = np.sort(drawn)
        return Asked(self, own, own, self.prints[own])


@dataclass(frozen=True, slots=True)
class Asked:
    """Records whose originals are looked for.

    Attributes:
        records: a sample.
        which: of its records.
        own: the original that each is itself, which it is no copy of; -1 where it is none: then all count. int64 of shape (n,).
        prints: their fingerprints, uint64 of shape (n,).
    """

    records: Records
    which: Indices
    own: Indices
    prints: npt.NDArray[np.uint64]

    @classmethod
    def all_of(cls, sample: Sample) -> "Asked":
        """Every record of a sample."""
        return cls(sample, np.arange(len(sample)), np.full(len(sample), -1), sample.fingerprints)

    @property
    def name(self) -> str:
        """Of the sample."""
        return self.records.name

    @property
    def field(self) -> pa.Field:
        """The type of its column."""
        return self.records.field

    def __len__(self) -> int:
        return len(self.which)

    def x(self, some: slice | Indices) -> pa.Array:
        """Some of the records, by their place among these."""
        return self.records.x(self.which[some])
