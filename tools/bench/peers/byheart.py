"""byheart itself: the face that users have, and the gather behind it alone."""

from collections.abc import Iterator, Sequence
from itertools import count, islice
from pathlib import Path
from typing import Any

import numpy as np

from tools.bench.peers.base import Reader
from tools.bench.workloads import Files, Records, Rows, Workload


class Byheart:
    """`MemGEN(path).sample(n, seed)`, with its bytes: it draws the records itself, where the peers are told which.

    Args:
        structure: "list" or "hashmap".
    """

    modules = ("byheart",)
    survives_kill = True

    def __init__(self, name: str = "byheart", structure: Any = "list") -> None:
        self.name = name
        self.structure = structure

    def takes(self, workload: Workload) -> bool:
        """Anything."""
        return True

    def learn(self, records: Records, folder: Path) -> None:
        """With fingerprints and fsync, as always."""
        from byheart import MemGEN  # noqa: PLC0415  # here, so that where it cannot be imported the others still run

        MemGEN(folder / "x.memory", structure=self.structure).fit(records)

    def open(self, folder: Path, files: Files) -> Reader:
        """The memory's newest version."""
        from byheart import MemGEN  # noqa: PLC0415  # as above

        return _Face(MemGEN(folder / "x.memory"), is_array=files.workload.is_array)


class ByheartGather(Byheart):
    """`snapshot.gather.joined(rows)`: the gather alone, told which records, as the peers are."""

    def __init__(self) -> None:
        super().__init__("byheart's gather")

    def open(self, folder: Path, files: Files) -> Reader:
        """The memory's newest version."""
        from byheart import MemGEN  # noqa: PLC0415  # as above

        return _Gather(MemGEN(folder / "x.memory"))


class _Face:
    def __init__(self, model: Any, *, is_array: bool) -> None:
        self.model = model
        self._is_array = is_array
        self._seeds = count()
        self._asked = (0, 0)

    def many(self, rows: Rows) -> Any:
        self._asked = len(rows), next(self._seeds)
        batch = self.model.sample(*self._asked)
        return batch.to_numpy() if self._is_array else batch.to_arrow()

    @property
    def drawn(self) -> Rows:
        """Which records `many` gave the last time."""
        return self.model.sample(*self._asked).indices  # type: ignore[no-any-return]  # the model is imported late

    def stream(self, rows: Sequence[int]) -> Iterator[Any]:
        return islice(self.model.stream(next(self._seeds)), len(rows))


class _Gather:
    def __init__(self, model: Any) -> None:
        self._gather = model.snapshot.gather

    def many(self, rows: Rows) -> Any:
        return self._gather.joined(rows)

    def stream(self, rows: Sequence[int]) -> Iterator[Any]:
        return (self._gather.joined(np.array([row]))[0] for row in rows)
