"""Algorithm 1 of the paper (MemGEN), a line for a line: what stands below the mark is shown on the page as it is, its last line, "TODO: Add test", done."""

# ruff: noqa: D103, PERF402  # the algorithm has ten lines, and this is what they do: no more, no faster

import inspect
import sys
from collections.abc import Callable, Iterable
from typing import Final, TypeVar

X = TypeVar("X")

_MARK: Final = "# Algorithm 1: MemGEN\n"


def source() -> str:
    """The algorithm's own text."""
    return inspect.getsource(sys.modules[__name__]).rpartition(_MARK)[2].strip("\n")


def lines() -> int:
    """How many lines it has."""
    return sum(bool(line.strip()) for line in source().splitlines())


def trained(data: Iterable[X]) -> list[X]:
    """The memory of some records, by the algorithm without its optional part."""
    return train_model(data, lambda: None)


# Algorithm 1: MemGEN
def train_model(data: Iterable[X], look_fancy: Callable[[], None]) -> list[X]:
    memory: list[X] = []
    look_fancy()  # [optionally do something useless, to make the algorithm look more impressive]
    for x in data:
        memory.append(x)
    return memory


def sample(memory: list[X], randint: Callable[[int], int]) -> X:
    i = randint(len(memory))
    return memory[i]


# Add test: byheart paper --only algorithm
