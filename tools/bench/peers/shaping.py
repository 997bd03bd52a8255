"""Arrays for peers that hold nothing but bytes."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tools.bench.workloads import SHAPE, Records


def each_as_bytes(records: Records) -> Iterator[bytes]:
    """The records one by one, as bytes."""
    if isinstance(records, np.ndarray):
        return (record.tobytes() for record in records)
    return iter(records)


def stacked(records: Sequence[bytes]) -> npt.NDArray[np.uint8]:
    """Records of `SHAPE` as one array."""
    return np.frombuffer(b"".join(records), np.uint8).reshape(-1, *SHAPE)


def shaped(record: bytes) -> npt.NDArray[np.uint8]:
    """A record of `SHAPE`."""
    return np.frombuffer(record, np.uint8).reshape(SHAPE)


class BytesReader:
    """A reader made of one that gives bytes: arrays are shaped where the workload has some.

    Args:
        is_array: whether the records are arrays.
        get: a record by its number.
        get_many: records by their numbers; None to get them one by one.
    """

    def __init__(self, get: Any, get_many: Any = None, *, is_array: bool) -> None:
        self._is_array = is_array
        self._get = get
        self._get_many = get_many

    def many(self, rows: Any) -> Any:
        """A list of bytes, or one array."""
        if self._get_many is None:
            get = self._get
            records = [get(row) for row in rows.tolist()]
        else:
            records = self._get_many(rows)
        return stacked(records) if self._is_array else records

    def stream(self, rows: Any) -> Iterator[Any]:
        """Bytes, or arrays."""
        records = map(self._get, rows)
        return map(shaped, records) if self._is_array else records
