"""numpy's memory map of an array file: for arrays of one shape alone."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tools.bench.workloads import Files, Records, Rows, Workload


class Memmap:
    """`np.load(path, mmap_mode="r")`."""

    name = "numpy memmap"
    modules = ()
    survives_kill = False

    def takes(self, workload: Workload) -> bool:
        """Arrays of one shape."""
        return workload.is_array

    def learn(self, records: Records, folder: Path) -> None:
        """All in one call."""
        np.save(folder / "x.npy", np.asarray(records))

    def open(self, folder: Path, files: Files) -> "_Reader":
        """Map the file."""
        return _Reader(np.asarray(np.load(folder / "x.npy", mmap_mode="r")))


class _Reader:
    def __init__(self, records: Any) -> None:
        self._records = records

    def many(self, rows: Rows) -> Any:
        return self._records.take(rows, axis=0, mode="clip")

    def stream(self, rows: Sequence[int]) -> Iterator[Any]:
        records = self._records
        return (records[row].copy() for row in rows)
