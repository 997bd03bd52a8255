"""The workloads: what is learned and sampled, made from a seed and kept in a folder.

W1: 200,000 texts of about 1 KB. W2: 100,000 files of about 12 KB. W3: 500,000 arrays of 28 x 28 bytes. N100k, N1M, N10M:
that many records of about 100 bytes, to see how cost grows with their number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

Rows: TypeAlias = npt.NDArray[np.int64]
Records: TypeAlias = Sequence[bytes] | npt.NDArray[np.uint8]

SHAPE: Final = (28, 28)
_VOCABULARY: Final = 20_000


@dataclass(frozen=True, slots=True)
class Workload:
    """Records of one make.

    Attributes:
        name: as the tables have it.
        records: how many.
        mean: of their sizes, in bytes.
        spread: standard deviation of their sizes; 0 where all are arrays of `SHAPE`.
        smallest: size, in bytes.
        largest: size, in bytes.
        is_text: whether they are made of words; else of random bytes.
        seed: what they are made from.
    """

    name: str
    records: int
    mean: int
    spread: int
    smallest: int
    largest: int
    is_text: bool
    seed: int

    @property
    def is_array(self) -> bool:
        """Whether the records are arrays, all alike."""
        return not self.spread

    @property
    def width(self) -> int:
        """The bytes of a record where all have as many, else 0."""
        return self.mean if self.is_array else 0


WORKLOADS: Final = {
    w.name: w
    for w in (
        Workload("W1", 200_000, 1000, 250, 100, 2500, is_text=True, seed=1),
        Workload("W2", 100_000, 12_000, 3000, 2000, 30_000, is_text=False, seed=2),
        Workload("W3", 500_000, 784, 0, 784, 784, is_text=False, seed=3),
        Workload("N100k", 100_000, 100, 25, 20, 250, is_text=True, seed=4),
        Workload("N1M", 1_000_000, 100, 25, 20, 250, is_text=True, seed=5),
        Workload("N10M", 10_000_000, 100, 25, 20, 250, is_text=True, seed=6),
    )
}


@dataclass(frozen=True, slots=True)
class Files:
    """A workload on the disk: the records end to end, and where each begins (n + 1 offsets)."""

    workload: Workload
    data: Path
    offsets: Path

    def sizes(self) -> int:
        """The bytes of all records."""
        return self.data.stat().st_size

    def records(self) -> Records:
        """All of them in RAM: a list of bytes, or one array."""
        whole = self.data.read_bytes()
        if self.workload.is_array:
            return np.frombuffer(whole, np.uint8).reshape(-1, *SHAPE)
        return [whole[a:b] for a, b in pairwise(np.load(self.offsets).tolist())]

    def some(self, rows: Rows) -> list[bytes]:
        """The bytes of a few."""
        offsets = np.load(self.offsets, mmap_mode="r")
        data = np.memmap(self.data, np.uint8, "r")
        return [data[offsets[row] : offsets[row + 1]].tobytes() for row in rows.tolist()]


def make(workload: Workload, folder: Path) -> Files:
    """The files of a workload, made now unless they are there."""
    files = Files(workload, folder / f"{workload.name}.bin", folder / f"{workload.name}.offsets.npy")
    if not (files.data.exists() and files.offsets.exists()):
        folder.mkdir(parents=True, exist_ok=True)
        rng = np.random.default_rng(workload.seed)
        sizes = _sizes(workload, rng)
        offsets = np.zeros(len(sizes) + 1, np.int64)
        np.cumsum(sizes, out=offsets[1:])
        total = int(offsets[-1])
        data = _words(total, rng) if workload.is_text else np.frombuffer(rng.bytes(total), np.uint8)
        np.save(files.offsets, offsets)
        data.tofile(files.data)
    return files


def as_bytes(batch: Any) -> list[bytes]:
    """The records of what a peer gave, whatever its form: to compare them with what was learned."""
    if isinstance(batch, tuple):
        data, ends = batch
        return [data[a:b].tobytes() for a, b in pairwise(ends.tolist())]
    if isinstance(batch, np.ndarray):
        return [record.tobytes() for record in batch]
    if isinstance(batch, list):
        return [record.tobytes() if isinstance(record, np.ndarray) else bytes(record) for record in batch]
    records = batch.to_pylist()  # of Arrow
    return [bytes(record) for record in records]


def _sizes(workload: Workload, rng: np.random.Generator) -> Rows:
    sizes = rng.normal(workload.mean, workload.spread, workload.records)
    return np.clip(sizes, workload.smallest, workload.largest).astype(np.int64)


def _words(total: int, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Words of 2 to 10 letters, some of them far more frequent than others, as in a language (Zipf's law)."""
    lengths = rng.integers(2, 11, _VOCABULARY).tolist()
    vocabulary = [bytes(rng.integers(97, 123, length, dtype=np.uint8)) + b" " for length in lengths]
    page = b"".join(vocabulary[word] for word in (rng.zipf(1.25, 1 << 20) % _VOCABULARY).tolist())
    pages = -(-total // len(page))
    turns = rng.integers(0, len(page), pages).tolist()  # each page begins elsewhere
    return np.frombuffer(b"".join(page[turn:] + page[:turn] for turn in turns), np.uint8)[:total]
