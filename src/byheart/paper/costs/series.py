"""Who learns, on more and more of the same records: what each training costs, and what is kept of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeAlias

import numpy as np

from byheart.model import MemGEN
from byheart.paper.costs.timing import Cost, Memory, cost, memory
from byheart.paper.distances.standing import MEMGEN
from byheart.paper.generators import neural
from byheart.paper.generators.base import Trained
from byheart.paper.generators.vectors import kernel_density
from byheart.paper.materials import Material
from byheart.paper.powers import Exponent, exponent
from byheart.paper.theory import algorithm_1

LIST: Final = "Algorithm 1 as printed"
MIXTURE: Final = "Gaussian mixture"
RUNS: Final = 2
_LEAST: Final = 40  # records
_ENOUGH: Final = 4  # sizes, for an exponent with an interval

Learner: TypeAlias = tuple[Callable[[Any], Any], Callable[[Any], Any]]
"""What brings records to the form that it takes, which is not timed; and what trains it."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is done.

    Attributes:
        step: how many times as many records the next training has, at most.
        sizes: how many trainings there are.
        patience: seconds that the next training may be expected to take; where it would be more, there is none.
        weighed: the most records with which the memory of each is measured, which takes longer than the training itself.
        slow: the most records of a mixture of normal distributions, which from some size on takes many more rounds all at once: no patience foresees it.
    """

    step: float
    sizes: int
    patience: float
    weighed: int
    slow: int

    def records(self, most: int) -> list[int]:
        """The sizes of the trainings, up to all records that there are: the logarithms are as far from each other.

        >>> Effort(10, 3, 1, 1, 1).records(5000), Effort(10, 3, 1, 1, 1).records(160)
        ([50, 500, 5000], [40, 80, 160])
        """
        least = min(max(most / self.step ** (self.sizes - 1), _LEAST), most)
        return sorted({round(one) for one in np.geomspace(least, most, self.sizes).tolist()})


@dataclass(frozen=True, slots=True)
class Series:
    """The costs of one who learns.

    Attributes:
        kind: of data: "pictures".
        name: of who learns.
        records: how many, of each training.
        costs: of each.
        memories: with few records, with more, and of who learns by heart with all: in this order.
    """

    kind: str
    name: str
    records: Sequence[int]
    costs: Sequence[Cost]
    memories: Sequence[Memory]

    @property
    def seconds(self) -> list[float]:
        """Of each training."""
        return [one.seconds for one in self.costs]

    def at(self, records: int) -> float:
        """Seconds for so many records."""
        return self.seconds[self.records.index(records)]

    @property
    def kind_of(self) -> str:
        """The records, in the plural: "pictures"; of a table, its rows."""
        return "rows" if self.kind == "table" else self.kind

    @property
    def is_memgen(self) -> bool:
        """Whether it learns by heart."""
        return self.name in {MEMGEN, LIST}

    @property
    def growth(self) -> Exponent | None:
        """How seconds grow; None where there are too few sizes to tell how surely."""
        return exponent(list(self.records), self.seconds) if len(self.records) >= _ENOUGH else None

    @property
    def weighed(self) -> Memory:
        """The memory with as many records as all others of its kind were weighed with."""
        return self.memories[min(1, len(self.memories) - 1)]

    @property
    def each_more(self) -> float:
        """Bytes that are kept for each record more; 0 where there is one size only, or as many bytes but for a hundredth."""
        first, last = self.memories[0], self.weighed
        more, records = last.kept - first.kept, last.records - first.records
        return more / records if records and more > last.kept / 100 else 0.0


def everyone(material: Material, epochs: int) -> dict[str, Learner]:
    """Who learns, by name."""
    others = dict(material.generators)
    if material.name == "pictures":  # both kernel densities learn the same, and weights are made, not read
        others = {name: one for name, one in others.items() if not name.startswith("kernel")}
        others |= {"kernel density": Trained("", kernel_density(0.1)), neural.NAME: Trained("", neural.neural(epochs))}
    told: dict[str, Learner] = {
        LIST: (list, algorithm_1.trained),
        MEMGEN: (material.told, lambda data: MemGEN().fit(data)),
    }
    return told | {name: (lambda data: data, _fitted(one)) for name, one in others.items()}


def measured(material: Material, name: str, learner: Learner, effort: Effort) -> Series:
    """Train it on more and more records."""
    brought, train = learner
    records = effort.records(len(material.train))
    train(brought(material.train[: records[0]]))  # what is imported, and made once
    costs: list[Cost] = []
    for at, size in enumerate(records):
        is_slow = name == MIXTURE and size > effort.slow
        if costs and (is_slow or costs[-1].seconds * size / records[at - 1] > effort.patience):
            break
        costs.append(cost(partial(train, brought(material.train[:size])), runs=RUNS))
    weighed = [records[0], max([one for one in records if one <= effort.weighed], default=records[0])]
    weighed += [records[-1]] if name in {MEMGEN, LIST} else []
    memories = [memory(lambda: brought(own(material.train[:size])), train) for size in weighed]  # noqa: B023  # called at once
    return Series(material.name, name, records[: len(costs)], costs, memories)


def own(records: Any) -> Any:
    """A copy of records that shares no memory with them.

    >>> own(["to be"]), own([["1", "2"]])
    (['to be'], [['1', '2']])
    """
    if isinstance(records, str):
        return records.encode().decode()
    return [own(record) for record in records] if isinstance(records, list) else records.copy()


def _fitted(generator: Trained) -> Callable[[Any], Any]:
    return lambda data: generator.fit(data, 0)
