"""Where samples are prepared, all in the same way, and paired."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Final

from byheart import _files
from byheart.errors import InputError
from byheart.rating.design import Asked, Sizes, sizes
from byheart.rating.media.items import write_items
from byheart.rating.media.preparation import Preparation
from byheart.rating.media.reading import Samples
from byheart.rating.plan import DEGRADED, Pair

_AHEAD: Final = 64
_REAL: Final = 0


class Studio:
    """Prepares samples one after the other, until there are enough that can be shown.

    Args:
        samples: the real ones, and each generator's.
        orders: in which they are taken.
        preparation: what makes them alike.
    """

    def __init__(self, samples: Sequence[Samples], orders: Sequence[Sequence[int]], preparation: Preparation) -> None:
        self._samples, self._orders, self._preparation = samples, orders, preparation
        self.contents: list[str] = []
        """Of each item, a digest of what is seen."""
        self._refused: dict[int, list[str]] = {}
        self._places: list[Iterator[int]] = []

    @property
    def refused(self) -> tuple[str, ...]:
        """Of each source with samples that could not be shown, how many, and why the first."""
        passed = tuple(one.passed_over for one in self._samples if one.passed_over)
        return passed + tuple(
            f"{self._samples[source].name}: {len(reasons):,} cannot be shown: {reasons[0]}"
            for source, reasons in sorted(self._refused.items())
        )

    def furnish(self, folder: Path, asked: Asked) -> tuple[Sizes, list[Pair]]:
        """Write items into a folder, and pair them; with fewer pairs, where some cannot be shown and no number was asked for."""
        have = [len(order) for order in self._orders]
        while True:
            told = sizes(asked, real=have[_REAL], generated=have[1:])
            self.contents, self._refused = [], {}
            self._places = [iter(order) for order in self._orders]
            groups: list[list[int]] = []
            try:
                write_items(folder, self._samples[_REAL].kind, self._bodies(told, groups))
            except _TooFewError as error:
                have[error.source] = error.count
                _files.remove_tree(folder)
                continue
            return told, self._pairs(told, groups)

    def _bodies(self, told: Sizes, groups: list[list[int]]) -> Iterator[bytes]:
        """The real ones, those of each generator, then degraded real ones: a group of items each.

        Decoding and encoding pictures and sounds let go of the interpreter: these go on several threads.
        """
        degraded = told.catches + told.practice
        wanted = [(_REAL, told.real - degraded, False)]
        wanted += [(source, count, False) for source, count in enumerate(told.pairs, 1)]
        wanted += [(_REAL, degraded, True)]
        with ThreadPoolExecutor() as pool:
            for source, count, is_degraded in wanted:
                start = len(self.contents)
                for body in self._take(pool, source, count, is_degraded=is_degraded):
                    self.contents.append(self._preparation.content(body))
                    yield body
                groups.append(list(range(start, len(self.contents))))

    def _take(self, pool: ThreadPoolExecutor, source: int, count: int, *, is_degraded: bool) -> Iterator[bytes]:
        def prepare(at: int) -> bytes | InputError:
            try:
                record = self._samples[source][at]
                return self._preparation.degrade(record, at) if is_degraded else self._preparation.prepare(record)
            except InputError as error:
                return error

        taken = 0
        while taken < count:
            ahead = list(islice(self._places[source], min(count - taken, _AHEAD)))
            if not ahead:
                refused = len(self._refused.get(source, []))
                raise _TooFewError(source, len(self._orders[source]) - refused)
            for made in (pool.map if self._preparation.kind in {"image", "audio"} else map)(prepare, ahead):
                if isinstance(made, InputError):
                    self._refused.setdefault(source, []).append(str(made))
                else:
                    taken += 1
                    yield made

    def _pairs(self, told: Sizes, groups: list[list[int]]) -> list[Pair]:
        real, *generated, degraded = map(iter, groups)
        pairs = [
            Pair("study", next(real), item, (_REAL, player))
            for player, items in enumerate(generated, 1)
            for item in items
        ]
        pairs = self._parted(pairs)
        pairs += [Pair("catch", next(real), next(degraded), (_REAL, DEGRADED)) for _ in range(told.catches)]
        pairs += [Pair("control", next(real), next(real), (_REAL, _REAL)) for _ in range(told.controls)]
        return pairs + [Pair("practice", next(real), next(degraded), (_REAL, DEGRADED)) for _ in range(told.practice)]

    def _parted(self, pairs: list[Pair]) -> list[Pair]:
        """No pair of two samples that look the same, which nobody could tell apart: such a real one changes places with another's.

        Raises:
            InputError: there is no other.
        """
        first = [pair.first for pair in pairs]
        for at, pair in enumerate(pairs):
            if not self._is_same(first[at], pair.second):
                continue
            for other, theirs in enumerate(pairs):
                if not self._is_same(first[other], pair.second) and not self._is_same(first[at], theirs.second):
                    first[at], first[other] = first[other], first[at]
                    break
            else:
                raise InputError(
                    "generated: wanted samples that differ from the real ones, got the same: nobody could tell them apart"
                )
        return [Pair(pair.purpose, item, pair.second, pair.players) for pair, item in zip(pairs, first, strict=True)]

    def _is_same(self, item: int, other: int) -> bool:
        return self.contents[item] == self.contents[other]


class _TooFewError(Exception):
    """Of a source, fewer samples can be shown than were counted on."""

    def __init__(self, source: int, count: int) -> None:
        super().__init__(source, count)
        self.source, self.count = source, count
