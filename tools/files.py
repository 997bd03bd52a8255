"""How the demo reads files without byheart, and writes them."""

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Files:
    """How records are read from a file, and written to one."""

    read: Callable[[Path], Any]
    write: Callable[[Path, Any], object]


def contents(folder: Path, pattern: str) -> list[bytes]:
    """The bytes of the files of a folder."""
    return [file.read_bytes() for file in sorted(folder.glob(pattern))]


def cells(table: Path) -> list[tuple[str | float, ...]]:
    """The rows of a CSV file, after its line of names."""
    return [tuple(map(value, row)) for row in read_rows(table)[1:]]


def read_rows(table: Path) -> list[list[str]]:
    """The rows of a CSV file, its line of names the first."""
    with table.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write_rows(table: Path, rows: Iterable[Sequence[str]]) -> None:
    """Write a CSV file, whose first row is of names."""
    with table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def read_lines(file: Path) -> list[str]:
    """The lines of a text."""
    return file.read_text("utf-8").splitlines()


def write_lines(file: Path, lines: Iterable[str]) -> None:
    """A text of some lines."""
    file.write_text("".join(f"{line}\n" for line in lines), "utf-8")


def value(cell: str) -> str | float:
    """What a cell says: 2.0 and 2 are one number."""
    try:
        return float(cell)
    except ValueError:
        return cell
