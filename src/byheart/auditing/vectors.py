"""Copies by vectors: near in the features that a judgment compares records by, and, of arrays, near whatever their scale.

The memory's records are read a slab at a time: of each only the nearest so far are kept, so the RAM that it takes does not grow with them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from byheart.auditing.evidence import NEIGHBOURS, Found, Setting
from byheart.auditing.originals import Asked, Originals
from byheart.errors import InputError
from byheart.features import Fitted, extractor
from byheart.features.base import Singles, Vectors
from byheart.features.keeping import Kept
from byheart.features.pretrained import Pretrained
from byheart.judging.metrics.copying import copy_scores
from byheart.neighbours import nearest
from byheart.neighbours.blocks import Floats, Indices, slabs

_AT_ONCE: Final = 4096  # records whose vectors are worked out together
_KINDS: Final = ("image", "text", "bytes", "array", "row")


class Features:
    """Near in the features of a judgment, for where it lies."""

    name = "features"
    kinds: Sequence[str] = _KINDS
    invariance = "what leaves the features nearly as they are: slight noise in pixels or numbers, few other words"

    def find(self, setting: Setting, asked: Sequence[Asked]) -> list[Found]:
        """The originals with the nearest vectors."""
        name, extract = extractor(setting.originals.kind, setting.features)
        fitted = extract.fit(setting.fitted_on, setting.seed % 2**63)
        identity = fitted.identity if isinstance(fitted, Pretrained) else name
        return _Search(setting, fitted, _as_they_are, identity.replace("/", "_").replace(":", "_")).find(asked)

    def describe(self, made: Any, original: Any, distance: float) -> str:
        """How far the vectors are apart."""
        del made, original  # vectors say nothing of what differs
        return "no difference in its features" if distance == 0 else f"features {distance:.2g} apart"


class Shape:
    """Arrays whose numbers rise and fall alike, whatever is added to all or multiplies all."""

    name = "shape"
    kinds: Sequence[str] = ("array",)
    invariance = "scaling, shifts of all numbers, and noise"

    def find(self, setting: Setting, asked: Sequence[Asked]) -> list[Found]:
        """The originals with the nearest shapes: numbers less their mean, at length 1."""
        _, extract = extractor("array", "numbers")
        fitted = extract.fit(setting.fitted_on, setting.seed % 2**63)
        if fitted.width < _FEWEST:
            nothing = [np.full((len(one), 1), np.inf) for one in asked]
            return [Found(none[:, 0], none, np.full(none.shape, -1)) for none in nothing]
        return _Search(setting, fitted, _shapes, "shape").find(asked)

    def describe(self, made: Any, original: Any, distance: float) -> str:
        """Their correlation: of vectors of length 1, half the squared distance is what it lacks of 1."""
        del made, original  # as said
        return f"correlation {1 - distance**2 / 2:.3f}"


_FEWEST: Final = 8  # numbers: fewer have hardly a shape


def _is_used(points: Singles) -> npt.NDArray[np.generic]:
    """Which numbers are not 0 in all: of a table's hashed categories and flags of missing values, few are."""
    return np.asarray(points.any(axis=0))


def _only(points: Singles, used: npt.NDArray[np.generic]) -> Singles:
    return points if used.all() else points[:, used]


def _as_they_are(vectors: Vectors) -> Vectors:
    return vectors


def _shapes(vectors: Vectors) -> Vectors:
    largest = np.abs(vectors.points).max(axis=1, keepdims=True, initial=0)
    points = np.divide(vectors.points, largest, out=np.zeros_like(vectors.points), where=largest > 0)  # squares fit
    centred = points - points.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    flat = lengths[:, 0] <= 1e-6  # it has no shape, but rounding
    points = np.divide(centred, lengths, out=np.zeros_like(centred), where=lengths > 0)
    return Vectors(points, vectors.readable & ~flat)


@dataclass(frozen=True, slots=True)
class _Search:
    """The nearest originals of all who ask, found in one reading of the memory."""

    setting: Setting
    fitted: Fitted
    change: Callable[[Vectors], Vectors]
    name: str

    def find(self, asked: Sequence[Asked]) -> list[Found]:
        """One for each who asks."""
        originals, how = self.setting.originals, self.setting.how
        queries = [self._queries(one) for one in asked]
        best = [_Best.none(len(one), NEIGHBOURS + 1) for one in asked]
        at_once = max(how.budget // (8 * max(self.fitted.width, 1)), _AT_ONCE)
        steps = list(slabs(len(originals), 1, at_once))
        for number, slab in enumerate(steps):
            near = partial(self._near, slab, queries, number, len(steps))
            part = self.setting.kept.part(f"{self.name}-{slab.start}", near)
            for which, held in enumerate(best):
                held.merge(part[f"distances{which}"], part[f"records{which}"])
        if self.name != Shape.name and all((held.records < 0).all() for held in best):  # flat arrays have no shape
            raise InputError("train: wanted records that can be read, got none")
        return [held.found(one, sight.readable) for held, one, sight in zip(best, asked, queries, strict=True)]

    def _near(self, slab: slice, queries: Sequence[Vectors], number: int, total: int) -> dict[str, Any]:
        """Of each query the nearest originals of a slab."""
        vectors, records = self._learned(np.arange(slab.start, slab.stop))
        used = np.any([_is_used(points) for points in (vectors, *(one.points for one in queries))], axis=0)
        used[0] = True  # one at least
        vectors = _only(vectors, used)
        told: dict[str, Any] = {}
        for which, query in enumerate(queries):
            how = self.setting.how.part(number * len(queries) + which, total * len(queries))
            if not len(vectors):  # none of this slab can be read
                told[f"distances{which}"] = np.empty((len(query.points), 0))
                told[f"records{which}"] = np.empty((len(query.points), 0), np.int64)
                continue
            found = nearest(_only(query.points, used), vectors, k=min(NEIGHBOURS + 1, len(vectors)), how=how)
            told[f"distances{which}"] = found.distances
            told[f"records{which}"] = records[found.indices]
        return told

    def _queries(self, asked: Asked) -> Vectors:
        parts = (self.fitted.vectors(asked.x(slab), asked.field) for slab in slabs(len(asked), 1, _AT_ONCE))
        return self._finite(parts, len(asked), asked.name)

    def _learned(self, which: Indices) -> tuple[Singles, Indices]:
        """The vectors of originals, and which these are: of those that can be read."""
        told = self._finite(self._parts(self.setting.originals, which), len(which), "train")
        if told.readable.all():
            return told.points, which
        return told.points[told.readable], which[told.readable]

    def _parts(self, originals: Originals, which: Indices) -> Iterator[Vectors]:
        kept = Kept(self.fitted, originals.train.snapshot) if isinstance(self.fitted, Pretrained) else None
        for slab in slabs(len(which), 1, _AT_ONCE):
            some = which[slab]
            if kept is None:
                yield self.fitted.vectors(originals.x(some), originals.field)
            else:
                yield kept.vectors(originals.first[some], originals.prints[some])
        if kept is not None:
            kept.save()

    def _finite(self, parts: Iterable[Vectors], count: int, name: str) -> Vectors:
        """All parts in one: there is never more than one of them besides."""
        told = Vectors(np.empty((count, self.fitted.width), np.float32), np.empty(count, np.bool_))
        at = 0
        for part in parts:
            odd = np.flatnonzero(~np.isfinite(part.points).all(axis=1) & part.readable)
            if len(odd):
                raise InputError(
                    f"{name}, features: wanted finite numbers, got NaN or infinity in record {at + odd[0]}"
                )
            made = self.change(replace(part, points=np.where(part.readable[:, None], part.points, 0)))
            here = slice(at, at + len(made.points))
            told.points[here], told.readable[here] = made.points, made.readable
            at = here.stop
        return told


@dataclass(frozen=True, slots=True)
class _Best:
    """The nearest originals so far, nearest first."""

    distances: Floats
    records: Indices

    @classmethod
    def none(cls, count: int, k: int) -> "_Best":
        return cls(np.full((count, k), np.inf), np.full((count, k), -1))

    def merge(self, distances: Floats, records: Indices) -> None:
        """Take in those of another slab; of equally near ones the first stays first."""
        k = self.distances.shape[1]
        for some in slabs(len(distances), 1, _AT_ONCE):
            apart = np.concatenate([self.distances[some], distances[some]], axis=1)
            who = np.concatenate([self.records[some], records[some]], axis=1)
            order = np.argsort(apart, axis=1, kind="stable")[:, :k]
            self.distances[some] = np.take_along_axis(apart, order, 1)
            self.records[some] = np.take_along_axis(who, order, 1)

    def found(self, asked: Asked, readable: npt.NDArray[np.bool_]) -> Found:
        """Without the original that each is itself."""
        is_own = (self.records == asked.own[:, None]) & (asked.own >= 0)[:, None]
        order = np.argsort(is_own, axis=1, kind="stable")[:, :NEIGHBOURS]
        distances = np.take_along_axis(np.where(is_own, np.inf, self.distances), order, 1)
        records = np.take_along_axis(np.where(is_own, -1, self.records), order, 1)
        distances[~readable], records[~readable] = np.inf, -1
        return Found(_scores(distances), distances, records)


def _scores(distances: Floats) -> Floats:
    """Where there are fewer originals than are looked for, the furthest stands for those that there are not."""
    full = np.maximum.accumulate(np.where(np.isfinite(distances), distances, 0), axis=1)
    return np.where(np.isfinite(distances[:, 0]), copy_scores(full), np.inf)
