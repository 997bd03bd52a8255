"""For PyTorch: a memory as a dataset, and exact, reproducible draws as samplers (`pip install 'byheart[torch]'`).

    dataset = Dataset(MemGEN("train.memory"), transform=decode)
    loader = DataLoader(dataset, batch_sampler=BatchSampler(Sampler(len(dataset), seed=0), 256), num_workers=8)

Draw i is a pure function of (seed, epoch, i): the batches are the same on 1 or 16 workers, and on any number of machines that each
take their share (`rank`, `world_size`); a run is resumed by `load_state_dict`, without drawing what came before.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from byheart import draws
from byheart._optional import require
from byheart.batch import Batch
from byheart.errors import InputError
from byheart.model import MemGEN

_BLOCK = 4096


class Dataset:
    """The records of a memory by number, as a map-style dataset: for a `DataLoader` with any sampler, in any number of workers.

    Args:
        model: a model that has learned.
        transform: what to make of each record (in the worker); None for arrays as tensors, and others as they are.
        labels: whether to give pairs (record, label).

    >>> from byheart import MemGEN
    >>> dataset = Dataset(MemGEN().fit(["a", "b"], ["x", "y"]), labels=True)
    >>> len(dataset), dataset[1]
    (2, ('b', 'y'))
    """

    def __init__(self, model: MemGEN, *, transform: Callable[[Any], Any] | None = None, labels: bool = False) -> None:
        self._model = model
        self._transform = transform
        self._labels = labels

    def __len__(self) -> int:
        return len(self._model)

    def __getitem__(self, index: int) -> Any:
        if not -len(self) <= index < len(self):
            raise IndexError(f"wanted a record below {len(self):,}, got {index:,}")
        return self.__getitems__([index % len(self)])[0]

    def __getitems__(self, indices: Sequence[int]) -> list[Any]:
        """Several at once: a `DataLoader` asks so where it can, and one gather serves the batch."""
        batch = Batch(self._model.snapshot, np.asarray(indices, np.int64))
        if self._transform is not None:
            records = [self._transform(record) for record in batch]
        elif batch.kind == "array":
            records = list(require("torch", "torch").from_numpy(batch.to_numpy().copy()))
        else:
            records = list(batch)
        if not self._labels:
            return records
        return list(zip(records, batch.labels or [None] * len(records), strict=True))


class Sampler:
    """Record numbers for one epoch of a `DataLoader(sampler=...)`.

    Args:
        total: how many records there are: `len(dataset)`.
        n_samples: draws an epoch, over all ranks; None for `total`.
        seed: names the sequence.
        replace: whether draws are independent (the paper's `Sample`); where not, each epoch is a permutation of its own.
        rank: which share of the draws is this process's ...
        world_size: ... of how many: draw i goes to rank i mod world_size.

    >>> list(Sampler(4, seed=1, replace=False)) == list(Sampler(4, seed=1, replace=False))
    True
    """

    def __init__(  # noqa: PLR0913  # what a sampler of torch has, and the shares of a distributed one
        self,
        total: int,
        n_samples: int | None = None,
        *,
        seed: int = 0,
        replace: bool = True,
        rank: int = 0,
        world_size: int = 1,
    ) -> None:
        if not 0 <= rank < world_size:
            raise InputError(f"rank: wanted 0 to {world_size - 1}, got {rank}")
        self._total = total
        self._n = total if n_samples is None else n_samples
        if not replace and self._n > total:
            raise InputError(f"n_samples: wanted at most {total:,} without replacement, got {self._n:,}")
        self._seed = seed
        self._replace = replace
        self._rank = rank
        self._world = world_size
        self._epoch = 0
        self._given = 0

    def __len__(self) -> int:
        return len(range(self._rank, self._n, self._world))

    def __iter__(self) -> Iterator[int]:
        for numbers in self.blocks(_BLOCK):
            self._given -= len(numbers)
            for number in numbers:
                self._given += 1
                yield number

    def blocks(self, size: int) -> Iterator[list[int]]:
        """This rank's numbers, `size` at a time; when they are used up, the next epoch begins."""
        seed = draws.split(self._seed, self._epoch)
        how = draws.draw if self._replace else draws.permute
        while self._given < len(self):
            count = min(size, len(self) - self._given)
            start = self._rank + self._given * self._world
            span = (count - 1) * self._world + 1
            self._given += count
            yield how(seed, start=start, count=span, total=self._total)[:: self._world].tolist()
        self.set_epoch(self._epoch + 1)

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch, and begin it: each has its own draws."""
        self._epoch, self._given = epoch, 0

    def state_dict(self) -> dict[str, int]:
        """Where it is, for `load_state_dict`: a loader with workers asks for batches ahead of those that it gives."""
        return {"epoch": self._epoch, "given": self._given}

    def load_state_dict(self, state: dict[str, int]) -> None:
        """Go on from where `state_dict` was taken."""
        self._epoch, self._given = state["epoch"], state["given"]


class BatchSampler:
    """Lists of record numbers for a `DataLoader(batch_sampler=...)`: each list is one gather.

    Args:
        sampler: gives the numbers, and keeps count.
        batch_size: numbers a list; the last of an epoch may have fewer.

    >>> [len(batch) for batch in BatchSampler(Sampler(10, seed=0), 4)]
    [4, 4, 2]
    """

    def __init__(self, sampler: Sampler, batch_size: int) -> None:
        if batch_size < 1:
            raise InputError(f"batch_size: wanted 1 or more, got {batch_size}")
        self.sampler = sampler
        self.batch_size = batch_size

    def __len__(self) -> int:
        return (len(self.sampler) + self.batch_size - 1) // self.batch_size

    def __iter__(self) -> Iterator[list[int]]:
        return self.sampler.blocks(self.batch_size)
