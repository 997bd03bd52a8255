"""Adult, and what becomes of a row that is passed on."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final

import numpy as np

from byheart.paper.data import sets
from byheart.paper.generators.rows import gaussian_copula

Row = dict[str, Any]


@cache
def _known() -> list[Row]:
    names, found = sets.adult()
    return [_typed(dict(zip(names, row, strict=True))) for row in found]


def _typed(row: Mapping[str, str]) -> Row:
    return {name: int(cell) if cell.lstrip("-").isdigit() else cell for name, cell in row.items()}


def _changed(cells: int) -> Callable[[Row, Sequence[Row], np.random.Generator], Row]:
    def change(row: Row, others: Sequence[Row], rng: np.random.Generator) -> Row:
        """Other cells in the place of some, drawn from the rows of others until they differ."""
        out = dict(row)
        for name in rng.permutation(list(row))[:cells]:
            for _ in range(50):
                out[name] = others[int(rng.integers(len(others)))][name]
                if out[name] != row[name]:
                    break
        return out

    return change


def _rounded(row: Row, _others: Sequence[Row], _rng: np.random.Generator) -> Row:
    return {name: _two(cell) for name, cell in row.items()}


def _two(cell: Any) -> Any:
    return int(float(f"{cell:.2g}")) if isinstance(cell, int) else cell


def _cased(row: Row, _others: Sequence[Row], _rng: np.random.Generator) -> Row:
    return {name: f" {cell.upper()}" if isinstance(cell, str) else cell for name, cell in row.items()}


CHANGES: Final[Mapping[str, Callable[[Row, Sequence[Row], np.random.Generator], Row]]] = {
    "exact": lambda row, _others, _rng: row,
    "other case and white space": _cased,
    "1 changed cell": _changed(1),
    "2 changed cells": _changed(2),
    "3 changed cells": _changed(3),
    "numbers to 2 digits": _rounded,
}


def draw(seed: int, size: tuple[int, int, int, int]) -> tuple[Any, Any, dict[str, Any], dict[str, Any]]:
    """Train, fresh, copies and innocents; of (train, fresh, copies, innocents) records."""
    rng = np.random.default_rng(seed)
    known = _known()
    order = rng.permutation(len(known))
    train, fresh = [known[at] for at in order[: size[0]]], [known[at] for at in order[size[0] :][: size[1]]]
    copies = {
        name: [change(train[at], fresh, rng) for at in rng.integers(0, len(train), size[2])]
        for name, change in CHANGES.items()
    }
    others = [known[at] for at in order[size[0] :]]
    common = [row for row in others if row["occupation"] in {"Prof-specialty", "Craft-repair", "Exec-managerial"}]
    columns = {name: [row[name] for row in train] for name in train[0]}
    loose = [{name: cells[rng.integers(len(cells))] for name, cells in columns.items()} for _ in range(size[3])]
    names = list(train[0])
    fitted = [[str(row[name]) for name in names] for row in train[:3000]]
    made = gaussian_copula()(fitted, 0)(size[3], 0)
    innocents = {
        "reweighted: the three most common occupations": common[: size[3]],
        "independent columns": loose,
        "a Gaussian copula, fitted to train": [_typed(dict(zip(names, row, strict=True))) for row in made],
    }
    return train, fresh, copies, innocents
