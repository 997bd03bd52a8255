"""Hugging Face datasets: its Arrow writer, and a `Dataset` over the file."""

from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from tools.bench.workloads import SHAPE, Files, Records, Rows, Workload

_AT_ONCE = 1000


class HfDatasets:
    """`dataset[rows]`."""

    name = "HF datasets"
    modules = ("datasets",)
    survives_kill = False

    def takes(self, workload: Workload) -> bool:
        """Anything."""
        return True

    def learn(self, records: Records, folder: Path) -> None:
        """Its writer, 1,000 records at a time."""
        datasets = import_module("datasets")
        is_array = isinstance(records, np.ndarray)
        feature = datasets.Array2D(SHAPE, "uint8") if is_array else datasets.Value("binary")
        path, features = str(folder / "x.arrow"), datasets.Features({"x": feature})
        with import_module("datasets.arrow_writer").ArrowWriter(path=path, features=features) as writer:
            for start in range(0, len(records), _AT_ONCE):
                writer.write_batch({"x": records[start : start + _AT_ONCE]})
            writer.finalize()

    def open(self, folder: Path, files: Files) -> "_Reader":
        """Map the file."""
        dataset = import_module("datasets").Dataset.from_file(str(folder / "x.arrow"))
        return _Reader(dataset, is_array=files.workload.is_array)


class _Reader:
    def __init__(self, dataset: Any, *, is_array: bool) -> None:
        self._is_array = is_array
        self._one = dataset.with_format("numpy", dtype=np.uint8) if is_array else dataset
        self._arrow = dataset.with_format("arrow")

    def many(self, rows: Rows) -> Any:
        column = self._arrow[rows].column(0)
        if not self._is_array:
            return column
        storage = column.combine_chunks().storage  # of its extension type: lists of lists
        return storage.flatten().flatten().to_numpy().reshape(-1, *SHAPE)

    def stream(self, rows: Sequence[int]) -> Iterator[Any]:
        dataset = self._one
        return (dataset[row]["x"] for row in rows)
