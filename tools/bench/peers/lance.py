"""Lance: a versioned columnar format for random access."""

from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from tools.bench.peers.arrow_take import as_arrays, batches
from tools.bench.workloads import SHAPE, Files, Records, Rows, Workload


class Lance:
    """`dataset.take(rows)`."""

    name = "Lance"
    modules = ("lance",)
    survives_kill = True

    def takes(self, workload: Workload) -> bool:
        """Anything."""
        return True

    def learn(self, records: Records, folder: Path) -> None:
        """A dataset of one fragment or more, from Arrow record batches."""
        import_module("lance").write_dataset(batches(records), str(folder / "x.lance"))

    def open(self, folder: Path, files: Files) -> "_Reader":
        """The dataset's newest version."""
        dataset = import_module("lance").dataset(str(folder / "x.lance"))
        return _Reader(dataset, is_array=files.workload.is_array)


class _Reader:
    def __init__(self, dataset: Any, *, is_array: bool) -> None:
        self._dataset = dataset
        self._is_array = is_array

    def many(self, rows: Rows) -> Any:
        column = self._dataset.take(rows).column(0)
        return as_arrays(column) if self._is_array else column

    def stream(self, rows: Sequence[int]) -> Iterator[Any]:
        take = self._dataset.take
        if self._is_array:
            return (as_arrays(take([row]).column(0)).reshape(SHAPE) for row in rows)
        return (take([row]).column(0)[0].as_py() for row in rows)
