"""Python objects: lists, generators, numpy arrays, torch tensors, pandas, polars, Arrow tables, Hugging Face datasets."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from byheart.errors import InputError
from byheart.records import Chunk
from byheart.sources.base import CHUNK_BYTES, CHUNK_RECORDS

_LOOK_AT = 64


class PythonSource:
    """Records that are in a Python object already, or come out of one.

    Args:
        data: n records.
        labels: n, or None; what is not None is told as a string.
        weights: n numbers, 0 or more, or None.
    """

    def __init__(self, data: object, labels: Sequence[Any] | None = None, weights: npt.ArrayLike | None = None) -> None:
        self._data = data
        self._labels = None if labels is None else [None if label is None else str(label) for label in labels]
        self._weights = None if weights is None else _checked_weights(weights)
        self.name = type(data).__name__
        self.kind: str | None = None
        self.total = len(data) if hasattr(data, "__len__") else None
        self.done = 0
        for what, given in (("labels", self._labels), ("weights", self._weights)):
            if given is not None and self.total is not None and len(given) != self.total:
                raise InputError(f"{what}: wanted {self.total:,}, one a record, got {len(given):,}")

    def chunks(self) -> Iterator[Chunk]:
        """The records, a chunk at a time."""
        for values in _values(self._data):
            n = values.num_rows if isinstance(values, pa.RecordBatch) else len(values)
            if n:
                part = slice(self.done, self.done + n)
                labels = None if self._labels is None else self._labels[part]
                weights = None if self._weights is None else self._weights[part]
                yield Chunk(values, self.name, self.done, labels, weights)
            self.done += n


def _checked_weights(weights: npt.ArrayLike) -> npt.NDArray[np.float64]:
    numbers = np.asarray(weights, np.float64)
    if numbers.ndim != 1 or not np.isfinite(numbers).all() or (numbers < 0).any():
        raise InputError("weights: wanted a row of finite numbers, 0 or more, one a record")
    return numbers


def _values(data: Any) -> Iterator[Any]:
    if isinstance(data, np.ndarray):
        yield from _array_blocks(data)
    elif hasattr(data, "__arrow_c_stream__"):
        yield from _arrow_batches(pa.RecordBatchReader.from_stream(data))
    elif hasattr(data, "detach") and hasattr(data, "numpy"):  # a torch tensor
        yield from _array_blocks(data.detach().cpu().numpy())
    elif hasattr(data, "with_format") and hasattr(data, "features"):  # a Hugging Face dataset
        yield from _huggingface(data)
    elif hasattr(data, "__dataframe__"):  # pandas before it spoke Arrow
        yield from _arrow_batches(pa.Table.from_pandas(data, preserve_index=False).to_reader())
    elif isinstance(data, (str, bytes, dict)) or not isinstance(data, Iterable):
        raise InputError(f"data: wanted many records, got one {type(data).__name__}: wrap it in a list")
    else:
        yield from _items(data)


def _array_blocks(array: Any) -> Iterator[Any]:
    if array.ndim == 0:
        raise InputError("data: wanted an array whose first axis is the records, got a single number")
    step = max(1, min(CHUNK_RECORDS, CHUNK_BYTES // max(array[:1].nbytes, 1)))
    for start in range(0, len(array), step):
        block = array[start : start + step]
        yield block.tolist() if array.dtype.kind in "USO" else block


def _arrow_batches(reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    for batch in reader:
        step = max(1, min(65_536, CHUNK_BYTES * max(batch.num_rows, 1) // max(batch.nbytes, 1)))
        for start in range(0, batch.num_rows, step):
            yield batch.slice(start, step)


def _huggingface(dataset: Any) -> Iterator[pa.RecordBatch]:
    for batch in dataset.with_format("arrow").iter(1024):
        yield from batch.to_batches()


def _items(data: Iterable[Any]) -> Iterator[list[Any]]:
    """Lists of items; how many to a list follows from the size of the first ones."""
    iterator = iter(data)
    take = _LOOK_AT
    while items := list(islice(iterator, take)):
        yield items
        size = sum(map(_size, items[:_LOOK_AT])) // min(len(items), _LOOK_AT)
        take = max(1, min(CHUNK_RECORDS, CHUNK_BYTES // max(size, 1)))


def _size(item: object) -> int:
    nbytes = getattr(item, "nbytes", None)
    if isinstance(nbytes, int):
        return nbytes
    return len(item) if isinstance(item, (str, bytes, bytearray)) else 64
