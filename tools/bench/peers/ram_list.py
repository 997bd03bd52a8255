"""A Python list in RAM: the paper's own memory. It copies nothing: it gives the objects that it holds."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tools.bench.workloads import Files, Records, Rows, Workload


class RamList:
    """`records[i]`."""

    name = "RAM list"
    modules = ()
    survives_kill = False

    def takes(self, workload: Workload) -> bool:
        """Anything."""
        return True

    def learn(self, records: Records, folder: Path) -> None:
        """Algorithm 1 of the paper, step by step."""
        memory = []
        for record in records:
            memory.append(record)  # noqa: PERF402  # that is the algorithm

    def open(self, folder: Path, files: Files) -> "_Reader":
        """The records, in RAM again."""
        return _Reader(list(files.records()))


class _Reader:
    def __init__(self, records: list[Any]) -> None:
        self._records = records

    def many(self, rows: Rows) -> Any:
        records = self._records
        return [records[row] for row in rows.tolist()]

    def stream(self, rows: Sequence[int]) -> Iterator[Any]:
        return map(self._records.__getitem__, rows)
