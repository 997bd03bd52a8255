"""A registry: names to things, that refuses duplicates and suggests the nearest name."""

import difflib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Generic, TypeVar

from byheart.errors import InputError

T = TypeVar("T")
_NAMED = 20


def nearest(name: str, known: Iterable[str]) -> str:
    """What to say to someone who wrote `name` and must have meant one of `known`.

    >>> nearest("lable", ["label", "source"]), nearest("energy", ["mmd", "energy_distance"])
    ("did you mean 'label'?", "did you mean 'energy_distance'?")
    """
    names = list(known)
    longer = [one for one in names if name and one.startswith(name)]  # who wrote the half of it
    near = longer if len(longer) == 1 else difflib.get_close_matches(name, names, n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"wanted one of {', '.join(names[:_NAMED])}{', ...' if len(names) > _NAMED else ''}"


def nearby(path: Path) -> str | None:
    """What to say of a path at which nothing is: which name beside it must have been meant; None where none is near."""
    try:
        names = [entry.name for entry in path.parent.iterdir()]
    except OSError:
        return None
    near = difflib.get_close_matches(path.name, names, n=1)
    return f"did you mean {near[0]!r}?" if near else None


class Registry(Generic[T]):
    """Things of one sort, by name, in the order in which they were added.

    >>> kinds = Registry[int]("kind")
    >>> kinds.add("text", 1)
    >>> kinds["txet"]
    Traceback (most recent call last):
    byheart.errors.InputError: no kind 'txet': did you mean 'text'?
    """

    def __init__(self, noun: str) -> None:
        self._noun = noun
        self._things: dict[str, T] = {}

    def add(self, name: str, thing: T) -> None:
        """Add `thing` under a name that is still free."""
        if name in self._things:
            raise InputError(f"{self._noun} {name!r} is registered already: choose another name")
        self._things[name] = thing

    def __getitem__(self, name: str) -> T:
        try:
            return self._things[name]
        except KeyError:
            raise InputError(f"no {self._noun} {name!r}: {nearest(name, self)}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._things)

    def __contains__(self, name: object) -> bool:
        return name in self._things

    def __len__(self) -> int:
        return len(self._things)
