"""Rows of tables that give nothing away but what they say: the same columns in the same order, each cell as its column is written (`cells`)."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from byheart import draws
from byheart.errors import InputError
from byheart.rating.media import cells
from byheart.rating.media.texts import cut, plain
from byheart.rating.study import Kind

COLUMNS: Final = 64
BROKEN: Final = "#VALUE!"
_NAME: Final = 80


@dataclass(frozen=True, slots=True)
class Rows:
    """How the rows of a study are prepared.

    Attributes:
        columns: their names, in order.
        writers: how the cells of each are written.
        left_out: columns that some rows do not have, or that are too many.
    """

    columns: tuple[str, ...]
    writers: tuple[Callable[[Any], str], ...]
    left_out: tuple[str, ...] = ()
    kind: Kind = "row"

    @property
    def description(self) -> str:
        """The format, for people."""
        left = f", without {', '.join(self.left_out)}, which not all have" if self.left_out else ""
        return f"{len(self.columns)} columns as text{left}"

    def prepare(self, record: Any) -> bytes:
        """A list of [name, value as text], as JSON in UTF-8.

        Raises:
            InputError: it is no row, or lacks a column.
        """
        return self._body(self._written(record))

    def degrade(self, record: Any, seed: int) -> bytes:
        """The row with its cells in the wrong columns, and every third of them broken.

        Raises:
            InputError: it is no row, or lacks a column.
        """
        written = self._written(record)
        count = len(written)
        shift = 1 + int(draws.draw(draws.split(seed, 0), start=0, count=1, total=max(count - 1, 1))[0])
        moved = [written[(at + shift) % count] for at in range(count)]
        broken = draws.permute(draws.split(seed, 1), start=0, count=max(1, count // 3), total=count)
        for at in broken.tolist():
            moved[at] = BROKEN
        return self._body(moved)

    def content(self, body: bytes) -> str:
        """A digest of what is read."""
        return sha256(body.rstrip(b" ")).hexdigest()

    def _written(self, record: Any) -> list[str]:
        if not isinstance(record, Mapping):
            raise InputError(f"row: wanted names with values, got {type(record).__name__}")
        missing = [name for name in self.columns if name not in record]
        if missing:
            raise InputError(
                f"row: wanted the columns of the others, got none named {', '.join(missing)}: leave it out"
            )
        values = [record[name] for name in self.columns]
        return [
            cells.MISSING if cells.is_missing(value) else write(value)
            for write, value in zip(self.writers, values, strict=True)
        ]

    def _body(self, written: Sequence[str]) -> bytes:
        names = [cut(plain(name), _NAME) for name in self.columns]
        told = [[name, value] for name, value in zip(names, written, strict=True)]
        return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def preparation(survey: Sequence[Any]) -> Rows:
    """The one format of some rows: the columns that all have, in the order of the first.

    Raises:
        InputError: they share no column.
    """
    rows = [record for record in survey if isinstance(record, Mapping)]
    if not rows:
        raise InputError("rows: wanted names with values, got none")
    every = list(dict.fromkeys(str(name) for row in rows for name in row))
    shared = [name for name in rows[0] if isinstance(name, str) and all(name in row for row in rows)]
    if not shared:
        raise InputError(
            f"rows: wanted a column that both sides have, got none: of all, they are {', '.join(every)[:200]}"
        )
    kept = tuple(shared[:COLUMNS])
    writers = tuple(cells.writer([row[name] for row in rows]) for name in kept)
    return Rows(kept, writers, tuple(name for name in every if name not in kept))
