"""Training data, "of any type": some of each, small enough to be drawn ten thousand times over."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from io import BytesIO
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from byheart.paper.library import Library
from byheart.report import pictures

_PICTURES: Final = 100
_WORDS: Final = 2000
_COLUMNS: Final = 3


@dataclass(frozen=True, slots=True)
class Data:
    """Training data of a type.

    Attributes:
        name: of the type.
        what: it is, for people.
        records: n of them, a sequence or an array.
        key: what is equal of equal records, and of no others.
        is_kept: whether it can be kept on a disk; what cannot is learned in RAM only.
    """

    name: str
    what: str
    records: Any
    key: Callable[[Any], Hashable]
    is_kept: bool = True

    def counts(self) -> tuple[dict[Hashable, int], npt.NDArray[np.int64]]:
        """The distinct records, numbered as they first appear; and how often each appears."""
        numbers: dict[Hashable, int] = {}
        which = [numbers.setdefault(self.key(record), len(numbers)) for record in self.records]
        return numbers, np.bincount(which)


def some_of_each(library: Library) -> Iterator[Data]:
    """Text, rows, images, arrays and objects."""
    words = words_of(library, _WORDS)
    yield Data("text", f"the first {len(words):,} words of {library.texts.name}", words, str)
    columns, rows = few_valued(library)
    told = f"{len(rows):,} rows of {library.table.name}: {', '.join(columns)}"
    yield Data("rows", told, rows, lambda row: tuple(row.values()))
    images = library.pictures.images[:_PICTURES]
    told = f"{len(images)} pictures of {library.pictures.name}"
    yield Data("images", f"{told} (PNG files)", [_png(picture) for picture in pictures.from_arrays(images)], bytes)
    yield Data("arrays", f"the pixels of {told}", images, lambda array: array.tobytes())
    things = [thing for number, thing in enumerate(_THINGS, start=1) for _ in range(number)]
    yield Data("objects", "objects of Python: a date, a function ...", things, id, is_kept=False)


def _png(picture: Any) -> bytes:
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def words_of(library: Library, count: int) -> list[str]:
    """The first words of the texts, in order; begun again where there are no more."""
    words: list[str] = []
    for _, text in library.texts.documents:
        words += text.split()
        if len(words) >= count:
            break
    return (words * -(-count // len(words)))[:count]


def few_valued(library: Library, most: int = 4000) -> tuple[tuple[str, ...], list[dict[str, str]]]:
    """The table's columns that have the fewest values, so that rows repeat; and its first rows."""
    table = library.table
    values = [len({row[number] for row in table.rows}) for number in range(len(table.columns))]
    chosen = sorted(np.argsort(values, kind="stable")[:_COLUMNS].tolist())
    columns = tuple(table.columns[number] for number in chosen)
    return columns, [{table.columns[number]: row[number] for number in chosen} for row in table.rows[:most]]


_THINGS: Final[Sequence[Any]] = (
    *(date(2018, 4, 1), Fraction(22, 7), print, None, 3 + 4j, frozenset("cake"), range(5)),
    *(("a", 1), Data, Ellipsis, "640 kB", np.pi),
)
