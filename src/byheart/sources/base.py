"""What every source does, what all are told, and how much of one is in RAM at a time."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

from byheart.records import Chunk

CHUNK_BYTES: Final = 2 << 20  # stays in the cache between reading, encoding and fingerprinting
CHUNK_RECORDS: Final = 16_384
RECORD_BYTES: Final = 1 << 30  # a record has to be in RAM, a few times over: a larger one is refused

By = Literal["line", "paragraph", "file"]


@dataclass(frozen=True, slots=True)
class Options:
    """How to read a source.

    Attributes:
        kind: a kind of record, or "auto".
        by: what a record of a text file is; None for what the kind of file suggests.
        field: the field of JSON lines, CSV or Parquet that is the record; None for whole rows.
        labels: whether the sub-folder that a file is in is its label.
        chunk: the number of digits a record of `pi:`; None for one record of all.
        header: whether the first line of a CSV names its columns; None: it does unless one of its cells is a number.
    """

    kind: str = "auto"
    by: By | None = None
    field: str | None = None
    labels: bool = False
    chunk: int | None = None
    header: bool | None = None


class Source(Protocol):
    """Somewhere that records come from."""

    @property
    def name(self) -> str:
        """Where, for people."""

    @property
    def kind(self) -> str | None:
        """The kind of its records; None to tell by the first."""

    @property
    def total(self) -> int | None:
        """What `done` counts up to (bytes on the disk, or records); None where it cannot be known."""

    @property
    def done(self) -> int:
        """How far `chunks` has come."""

    def chunks(self) -> Iterator[Chunk]:
        """The records, in order, a few megabytes at a time."""


def batched(items: Iterable[Any], size: Callable[[Any], int] = len) -> Iterator[list[Any]]:
    """Lists of items that together reach 2 MB, or 16,384 items: the last may be smaller."""
    batch: list[Any] = []
    total = 0
    for item in items:
        batch.append(item)
        total += size(item)
        if total >= CHUNK_BYTES or len(batch) >= CHUNK_RECORDS:
            yield batch
            batch, total = [], 0
    if batch:
        yield batch
