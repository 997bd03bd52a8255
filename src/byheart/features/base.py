"""What an extractor of features is: fitted once, on real records, then the same for all.

Rule 1: whatever is fitted (a scale, a vocabulary, axes) is fitted on train and held-out records alike, as many of each, never on train records
        alone: these would then lie further out, or closer in, than fresh ones, and copies would be hidden.
Rule 2: features are a function of the record: copies have equal ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Singles: TypeAlias = npt.NDArray[np.float32]
Rows: TypeAlias = npt.NDArray[np.int64]

FITTED_ON: Final = 4096  # records of each sample, at most


class Records(Protocol):
    """A sample whose records can be read."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def kind(self) -> str:
        """The kind of its records."""

    @property
    def field(self) -> pa.Field:
        """The type of its column."""

    def __len__(self) -> int: ...

    def x(self, which: Rows) -> pa.Array:
        """Some of the records."""


@dataclass(frozen=True, slots=True)
class Vectors:
    """The features of some records.

    Attributes:
        points: float32 of shape (n, d).
        readable: bool of shape (n,): where False, the record could not be read, and its row says nothing.
    """

    points: Singles
    readable: npt.NDArray[np.bool_]


class Fitted(Protocol):
    """An extractor that knows all it needs."""

    width: int

    def vectors(self, x: pa.Array, field: pa.Field) -> Vectors:
        """The features of records that are of the kind it was fitted on."""
        ...


class Extractor(Protocol):
    """A way to make vectors of records."""

    kinds: Sequence[str]
    """Of records that it can read; the default for these where it is the first of its kind."""

    def fit(self, samples: Sequence[Records], seed: int) -> Fitted:
        """Fit to some samples of real records."""
        ...


def few(records: Records, most: int, seed: int) -> pa.Array:
    """At most so many of the records, drawn without replacement."""
    count = len(records)
    if count <= most:
        return records.x(np.arange(count))
    drawn = np.random.Generator(np.random.Philox(key=seed)).choice(count, most, replace=False)
    return records.x(np.sort(drawn))
