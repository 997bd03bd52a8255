"""Python objects that hold records, or give them: a line for each sort."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from byheart.errors import InputError
from byheart.records import Chunk
from byheart.records.chunk import Values
from byheart.registry import Registry
from byheart.sources.arrays import array_blocks
from byheart.sources.frames import arrow_blocks, is_arrow, is_pandas, pandas_blocks
from byheart.sources.huggingface import huggingface_blocks, is_huggingface
from byheart.sources.iterables import item_blocks
from byheart.sources.torch_data import is_tensor, is_torch_dataset, tensor_blocks, torch_dataset_blocks

Labels = list[str | None]


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of object: how it is told, and what gives its records, with labels where it has any."""

    is_one: Callable[[Any], bool]
    blocks: Callable[[Any], Iterator[Values | tuple[Values, Labels]]]


SORTS: Final = Registry[Sort]("sort of object")
"""The first that says yes reads the object."""
SORTS.add("array", Sort(lambda data: isinstance(data, np.ndarray), array_blocks))
SORTS.add("tensor", Sort(is_tensor, tensor_blocks))
SORTS.add("pandas", Sort(is_pandas, pandas_blocks))
SORTS.add("huggingface", Sort(is_huggingface, huggingface_blocks))
SORTS.add("torch", Sort(is_torch_dataset, torch_dataset_blocks))
SORTS.add("arrow", Sort(is_arrow, arrow_blocks))
SORTS.add("iterable", Sort(lambda _: True, item_blocks))


class PythonSource:
    """Records that are in a Python object already, or come out of one.

    Args:
        data: n records: an array, a tensor, a table, a dataset, or anything to iterate over.
        labels: n, or None; what is not None is told as a string.
        weights: n numbers, 0 or more, or None.
    """

    def __init__(self, data: object, labels: Sequence[Any] | None = None, weights: npt.ArrayLike | None = None) -> None:
        self._data = data
        self._labels = None if labels is None else [None if label is None else str(label) for label in labels]
        self._weights = None if weights is None else _checked_weights(weights)
        self.name = type(data).__name__
        self.kind: str | None = None
        self.total = _length(data)
        self.done = 0
        if self.total is not None:
            self._require_one_each(self.total)

    def chunks(self) -> Iterator[Chunk]:
        """The records, a chunk at a time."""
        sort = next(SORTS[name] for name in SORTS if SORTS[name].is_one(self._data))
        for block in sort.blocks(self._data):
            values, labels = block if isinstance(block, tuple) else (block, None)
            part = slice(self.done, self.done + len(values))
            if self._labels is not None:
                labels = self._labels[part]
            weights = None if self._weights is None else self._weights[part]
            self._require_one_each(part.stop, so_far=True)
            if len(values):
                yield Chunk(values, self.name, self.done, labels, weights)
            self.done = part.stop
        self._require_one_each(self.done)

    def _require_one_each(self, records: int, *, so_far: bool = False) -> None:
        for what, given in (("labels", self._labels), ("weights", self._weights)):
            if given is not None and (len(given) < records if so_far else len(given) != records):
                raise InputError(f"{what}: wanted {records:,}, one a record, got {len(given):,}")


def _length(data: Any) -> int | None:
    """How many records there are, if that is known."""
    try:
        return len(data)
    except TypeError:
        return None


def _checked_weights(weights: npt.ArrayLike) -> npt.NDArray[np.float64]:
    numbers = np.asarray(weights, np.float64)
    if numbers.ndim != 1 or not np.isfinite(numbers).all() or (numbers < 0).any():
        raise InputError("weights: wanted a row of finite numbers, 0 or more, one a record")
    return numbers
