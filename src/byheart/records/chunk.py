"""A chunk: a few megabytes of records on their way from a source into a memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Values: TypeAlias = list[Any] | npt.NDArray[Any] | pa.Array | pa.RecordBatch


@dataclass(frozen=True, slots=True)
class Chunk:
    """Records, and where each came from.

    Attributes:
        values: n records: a list, an array whose first axis they are, an Arrow array, or a record batch of rows.
        sources: one name for all, or n.
        locator: the line, member or row (from 0) of the first; the others follow; or n of them.
        labels: n, or None; one label may be None.
        weights: n non-negative numbers, or None.
        counts: how often each occurs, n numbers below 2^32; None for once.
    """

    values: Values
    sources: str | Sequence[str] = ""
    locator: int | npt.NDArray[np.int64] = 0
    labels: Sequence[str | None] | None = None
    weights: npt.NDArray[np.float64] | None = field(default=None)
    counts: npt.NDArray[np.uint32] | None = None

    def place(self, record: int) -> str:
        """Where a record came from, for people.

        >>> Chunk(["to be", "or not"], "poem.txt").place(1)
        'poem.txt, record 1 (from 0)'
        """
        source = self.sources if isinstance(self.sources, str) else self.sources[record]
        place = self.locator + record if isinstance(self.locator, int) else int(self.locator[record])
        return f"{source}, record {place:,} (from 0)"

    def __len__(self) -> int:
        return self.values.num_rows if isinstance(self.values, pa.RecordBatch) else len(self.values)
