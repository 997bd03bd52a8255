"""Rows that agree with train rows on the columns that tell together whom a row is about: age, zip and sex, say.

The fewer originals have a row's combination, the more it tells: one alone is whom the row is about. Of combinations that as many have, the rarer is the more
telling: how many originals would have it by chance, were the columns independent, is the score's fraction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from byheart.auditing.coded import Coded, Coder
from byheart.auditing.evidence import NEIGHBOURS, Found, Setting, of_each
from byheart.auditing.keeping import Arrays
from byheart.auditing.normal_cells import MISSING, Codes, mixed
from byheart.auditing.originals import Asked
from byheart.errors import InputError
from byheart.neighbours import Work, blocks
from byheart.neighbours.blocks import Floats, Indices
from byheart.registry import nearest

_BLOCK: Final = 4096  # rows at once
_COMPARED: Final = 32  # originals of one combination whose other cells are looked at


class Keys:
    """Agreement on quasi-identifiers."""

    name = "keys"
    kinds: Sequence[str] = ("row",)
    invariance = "any change of the other columns; of the keys, other formatting"

    def find(self, setting: Setting, asked: Sequence[Asked]) -> list[Found]:
        """The originals that agree on all keys; none where there are no keys.

        Raises:
            InputError: a key is no column of the table.
        """
        if not setting.keys:
            return [_nothing(len(one)) for one in asked]
        return of_each(setting, self.name, asked, _Finder.of(setting).find)

    def describe(self, made: Mapping[str, Any], original: Mapping[str, Any], distance: float) -> str:
        """How many train rows have the keys' combination."""
        del made, original  # whose combinations are one
        others = int(distance) - 1
        if others == 0:
            return "all keys agree, as those of no other train row do"
        return f"all keys agree, as those of {others:,} other train {'row does' if others == 1 else 'rows do'}"


@dataclass(frozen=True, slots=True)
class _Finder:
    """Looks for the originals that have a combination.

    Attributes:
        coder: of all columns, the keys first.
        keys: how many of the columns are keys.
        rows: the originals.
        combinations: of their keys; ascending.
        order: which originals have these.
    """

    coder: Coder
    keys: int
    rows: Coded
    combinations: Codes
    order: Indices

    @classmethod
    def of(cls, setting: Setting) -> "_Finder":
        names = [field.name for field in setting.originals.field.type]
        for key in setting.keys:
            if key not in names:
                raise InputError(f"keys: no column {key!r}: {nearest(key, names)}")
        keys = tuple(dict.fromkeys(setting.keys))
        coder = Coder.fit(setting.fitted_on, setting.seed, (*keys, *(name for name in names if name not in keys)))
        rows = coder.originals(setting.originals)
        combinations, is_whole = _combined(rows, len(keys))
        whole = np.flatnonzero(is_whole)
        order = whole[np.argsort(combinations[whole], kind="stable")]
        return cls(coder, len(keys), rows, combinations[order], order)

    def find(self, asked: Asked, how: Work) -> Arrays:
        """The originals of those who ask."""
        if not len(self.order):
            none = _nothing(len(asked))
            return {"scores": none.scores, "distances": none.distances, "records": none.records}
        found = blocks.in_threads(lambda part: self._block(asked, part), list(blocks.slabs(len(asked), 1, _BLOCK)), how)
        names = ("scores", "distances", "records")
        return {name: np.concatenate(some) for name, some in zip(names, zip(*found, strict=True), strict=True)}

    def _block(self, asked: Asked, part: slice) -> tuple[Floats, Floats, Indices]:
        rows, own = self.coder(asked.x(np.arange(part.start, part.stop))), asked.own[part]
        combinations, is_whole = _combined(rows, self.keys)
        low, high = (np.searchsorted(self.combinations, combinations, side) for side in ("left", "right"))
        counts = np.where(is_whole, high - low, 0)
        records = self._records(rows, own, low, counts)
        counts -= is_whole & (own >= 0)  # who is an original has its own combination
        chance = np.full(len(rows), float(len(self.rows)))
        for at, column in enumerate(self.coder.columns[: self.keys]):
            chance *= column.chance(rows.exact[at])
        scores = np.where(counts > 0, counts + chance / (1 + chance), np.inf)
        distances = np.where(records >= 0, counts[:, None].astype(np.float64), np.inf)
        return scores, distances, records

    def _records(self, rows: Coded, own: Indices, low: Indices, counts: Indices) -> Indices:
        """The originals with the row's combination, those first that agree with it in most other cells too."""
        steps = np.arange(_COMPARED)
        found = self.order[np.minimum(low[:, None] + steps, len(self.order) - 1)]
        found[(steps >= counts[:, None]) | (found == own[:, None])] = -1
        differ = np.zeros(found.shape, np.int64)
        for mine, theirs in zip(rows.exact[self.keys :], self.rows.exact[self.keys :], strict=True):
            differ += theirs[found] != mine[:, None]
        differ[found < 0] = len(self.coder.columns) + 1
        order = np.argsort(differ, axis=1, kind="stable")[:, :NEIGHBOURS]
        return np.take_along_axis(found, order, axis=1)


def _combined(rows: Coded, keys: int) -> tuple[Codes, npt.NDArray[np.bool_]]:
    """Codes of the keys' combinations, and whether none of these is missing."""
    combinations = np.zeros(len(rows), np.uint64)
    for codes in rows.exact[:keys]:
        combinations = mixed(combinations ^ codes)
    return combinations, (rows.exact[:keys] != MISSING).all(axis=0)


def _nothing(count: int) -> Found:
    """What is found where nothing is looked for."""
    none = np.full((count, NEIGHBOURS), np.inf)
    return Found(none[:, 0].copy(), none, np.full((count, NEIGHBOURS), -1))
