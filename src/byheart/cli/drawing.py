"""Draws for a verb: any number of them, a batch at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from byheart.batch import Batch
from byheart.model import MemGEN

_BATCH_BYTES: Final = 8 << 20
_BATCH_RECORDS: Final = 8192


@dataclass(frozen=True, slots=True)
class Drawing:
    """Draws `start` to `start + count - 1` of the sequence that `seed` names; the options are those of `MemGEN.sample`."""

    model: MemGEN
    count: int
    seed: int
    start: int = 0
    replace: bool = True
    where: str | None = None
    verify: bool = False

    def check(self) -> None:
        """Raise now what the last of the draws would raise."""
        self._draw(self.count, 0)

    def first(self, most: int) -> Batch:
        """At most `most` of the draws."""
        return self._draw(0, min(most, self.count))

    def batches(self) -> Iterator[Batch]:
        """All the draws, some megabytes at a time: at least one batch, even if it is empty."""
        step = self._step()
        for done in range(0, max(self.count, 1), step):
            yield self._draw(done, min(step, self.count - done))

    def _step(self) -> int:
        manifest = self.model.snapshot.manifest
        mean = manifest.payload // max(manifest.rows, 1)
        return max(1, min(_BATCH_RECORDS, _BATCH_BYTES // max(mean, 1)))

    def _draw(self, skip: int, count: int) -> Batch:
        return self.model.sample(
            count, self.seed, start=self.start + skip, replace=self.replace, where=self.where, verify=self.verify
        )
