"""What a peer is."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from tools.bench.workloads import Files, Records, Rows, Workload


class Reader(Protocol):
    """An open store, from which any record can be had."""

    def many(self, rows: Rows) -> Any:
        """The records at `rows`: their bytes copied, not promised."""

    def stream(self, rows: Sequence[int]) -> Iterator[Any]:
        """The records at `rows`, one by one."""


class Peer(Protocol):
    """One way to store records, and to have them back at random."""

    @property
    def name(self) -> str:
        """As the tables have it."""

    @property
    def modules(self) -> tuple[str, ...]:
        """What must be installed."""

    @property
    def survives_kill(self) -> bool:
        """Whether every commit is there after kill -9 (measured, 200 kills)."""

    def takes(self, workload: Workload) -> bool:
        """Whether it holds such records at all."""

    def learn(self, records: Records, folder: Path) -> None:
        """Store the records in an empty folder, in the fastest way that it has."""

    def open(self, folder: Path, files: Files) -> Reader:
        """Open what was learned."""
