"""Aligned tables, whose rows may come as a stream."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import click

from byheart.cli import screen, words

_GAP: Final = "  "


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, whether its cells stand to the right, and its width in characters, `most` at most."""

    name: str
    right: bool = False
    width: int = 0
    most: int = 28


def fit(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int) -> list[Column]:
    """As many of the first columns as fit into `width`, each as wide as its first cells need; one at least.

    >>> [c.width for c in fit([Column("a"), Column("name"), Column("b" * 90)], [["1", "x" * 40, ""]], 80)]
    [1, 28, 47]
    """
    fitted: list[Column] = []
    left = width
    for number, column in enumerate(columns):
        needed = max([len(column.name), *(len(row[number]) for row in rows)])
        last = number == len(columns) - 1
        wide = min(needed, max(left, column.most) if last else column.most)
        if fitted and wide > left:
            break
        fitted.append(replace(column, width=wide))
        left -= wide + len(_GAP)
    return fitted


def header(columns: Sequence[Column]) -> None:
    """The names, in the accent colour."""
    click.echo(screen.accent(_line(columns, [column.name for column in columns])))


def rows(columns: Sequence[Column], cells: Iterable[Sequence[str]]) -> None:
    """A line a row; cells beyond the columns are left out."""
    for row in cells:
        click.echo(_line(columns, row))


def _line(columns: Sequence[Column], cells: Sequence[str]) -> str:
    cut = [words.cut(cell, column.width) for cell, column in zip(cells, columns, strict=False)]
    told = zip(cut, columns, strict=True)
    return _GAP.join(c.rjust(col.width) if col.right else c.ljust(col.width) for c, col in told).rstrip()
