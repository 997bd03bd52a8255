"""Wording: which original has the most of a text's runs of words, weighed by their rareness.

The distance is one less the containment of the text in the original, or of the original in the text, whichever is larger (Broder, 1997): so what was
put in hides no copy, nor does what was left out. For the score, the weight of a few rare shingles is added to both first, so that a phrase is no copy
of all that holds it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import numpy as np

from byheart.auditing.evidence import NEIGHBOURS, Found, Setting, relative
from byheart.auditing.keeping import Arrays
from byheart.auditing.originals import Asked, Originals
from byheart.auditing.postings import Postings, blocks
from byheart.auditing.shingling import MOST, Hashes, Shingled, shingled
from byheart.neighbours import Work
from byheart.neighbours.blocks import Floats, Indices

_PART: Final = 1 << 15  # texts that are looked for at once
_BYTES: Final = 1 << 20  # of text whose candidates are looked for at once
_CANDIDATES: Final = 24  # of each text, that are compared in full
_PAIRS: Final = 1 << 21  # shingles that are compared at once
_SMOOTHED: Final = 16  # shingles that stand in no original, added to the weight of each text
_SHIFT: Final = np.uint64(48)


class Wording:
    """Copies through changes of white space, case and punctuation, of sentences and of words."""

    name = "wording"
    kinds: Sequence[str] = ("text",)
    invariance = "white space, case, punctuation, sentences put in or left out, a fifth of the words changed"

    def find(self, setting: Setting, asked: Sequence[Asked]) -> list[Found]:
        """The originals that have most of each text's wording."""
        how, of_train, total = setting.how, len(setting.originals), len(setting.originals) + sum(map(len, asked))
        tell = how.tell or (lambda *_: None)
        search = _Search(setting.originals, replace(how, tell=lambda done, _: tell(done, total)))
        found, done = [], of_train
        for number, sample in enumerate(asked):
            found.append(self._of(search, setting, number, sample))
            done += len(sample)
            tell(done, total)
        return found

    def describe(self, made: Any, original: Any, distance: float) -> str:
        """How much of the wording the shorter one has of the other."""
        return f"{1 - distance:.0%} of the wording of the one stands in the other"

    def _of(self, search: "_Search", setting: Setting, number: int, asked: Asked) -> Found:
        parts: list[Arrays] = []
        for at in range(0, len(asked), _PART):
            some = slice(at, min(at + _PART, len(asked)))
            name = f"{self.name}-{number}-{asked.name}-{at}"
            parts.append(setting.kept.part(name, partial(search.nearest, asked, some)))
        empty = {"smoothed": np.empty((0, NEIGHBOURS)), "distances": np.empty((0, NEIGHBOURS)), "records": _none(0)}
        smoothed, distances, records = (np.concatenate([part[key] for part in [empty, *parts]]) for key in empty)
        return Found(relative(smoothed, 1.0), distances, records)


@dataclass(slots=True)
class _Search:
    """Of train, indexed when it is first needed."""

    originals: Originals
    how: Work
    _postings: Postings | None = None

    def nearest(self, asked: Asked, some: slice) -> Arrays:
        """The nearest originals of some texts: their distances, and which they are."""
        if self._postings is None:
            self._postings = Postings.of(self.originals, self.how)
        own = asked.own[some]
        hashes, pairs, first = [], [], 0
        sizes = [np.zeros(1, np.int64)]
        for found in _shingles(asked, some):
            texts, holders = self._postings.candidates(found, own[first : first + len(found)], _CANDIDATES)
            pairs.append(np.stack([texts + first, holders]))
            hashes.append(found.hashes)
            sizes.append(np.diff(found.bounds))
            first += len(found)
        made = _Texts(np.concatenate(hashes), np.cumsum(np.concatenate(sizes)))
        texts, holders = np.concatenate(pairs, axis=1)
        return _sorted(texts, holders, *self._distances(made, own, texts, holders), len(own))

    def _distances(self, made: "_Texts", own: Indices, texts: Indices, holders: Indices) -> tuple[Floats, Floats]:
        """Between the texts and the originals of pairs: smoothed, and as they are."""
        assert self._postings is not None  # noqa: S101  # `nearest` has made it
        weights = self._postings.weights(made.hashes, np.repeat(own >= 0, np.diff(made.bounds)).astype(np.int64))
        of_text = _sums(weights, made.bounds)
        order = np.argsort(holders, kind="stable")
        which, firsts = np.unique(holders[order], return_index=True)
        ends = np.append(firsts, len(order))
        by_first = np.argsort(self.originals.first[which])  # as they lie in the memory
        shared, least, done = np.empty(len(texts), np.int64), np.empty(len(texts), np.int64), 0
        for some, found in blocks(self.originals, which[by_first]):
            places = by_first[done : done + len(some)]
            done += len(some)
            counts = ends[places + 1] - ends[places]
            at = order[_ranges(ends[places], counts)]
            local = np.repeat(np.arange(len(some)), counts)
            of_original = _sums(self._postings.weights(found.hashes), found.bounds)
            shared[at] = _shared(made, weights, texts[at], found, local)
            least[at] = np.minimum(of_text[texts[at]], of_original[local])
        smoothed = 1 - shared / (least + _SMOOTHED * self._postings.novelty)
        return smoothed, 1 - np.minimum(shared / np.maximum(least, 1), 1)


@dataclass(frozen=True, slots=True)
class _Texts:
    """The shingles of many texts: those of each between two bounds."""

    hashes: Hashes
    bounds: Indices


def _shingles(asked: Asked, some: slice) -> Iterator[Shingled]:
    """Of some texts, so many bytes at a time."""
    at = some.start
    step = 64
    while at < some.stop:
        column = asked.x(slice(at, min(at + step, some.stop)))
        yield shingled(column)
        at += len(column)
        step = int(np.clip(_BYTES * len(column) // max(column.nbytes, 1), 1, MOST))


def _shared(made: _Texts, weights: Indices, texts: Indices, found: Shingled, local: Indices) -> Indices:
    """The weight of the shingles that texts share with originals, pair by pair."""
    keys = found.texts.astype(np.uint64) << _SHIFT | found.hashes
    sizes = made.bounds[texts + 1] - made.bounds[texts]
    ends = np.cumsum(sizes)
    out, at = np.zeros(len(texts), np.int64), 0
    while at < len(texts):
        until = max(int(np.searchsorted(ends, (ends[at - 1] if at else 0) + _PAIRS, side="right")), at + 1)
        places = _ranges(made.bounds[texts[at:until]], sizes[at:until])
        wanted = np.repeat(local[at:until].astype(np.uint64) << _SHIFT, sizes[at:until]) | made.hashes[places]
        there = keys[np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)] == wanted
        bounds = np.concatenate([[0], np.cumsum(sizes[at:until])])
        out[at:until] = _sums(weights[places] * there, bounds)
        at = until
    return out


def _sorted(texts: Indices, holders: Indices, smoothed: Floats, distances: Floats, count: int) -> Arrays:
    """The least distances of each text, with what they are to."""
    order = np.lexsort((holders, distances, smoothed, texts))
    texts, holders, smoothed, distances = texts[order], holders[order], smoothed[order], distances[order]
    rank = np.arange(len(texts)) - np.searchsorted(texts, texts)
    kept = (rank < NEIGHBOURS) & (smoothed < 1)
    at = texts[kept], rank[kept]
    told = {"smoothed": np.full((count, NEIGHBOURS), np.inf), "distances": np.full((count, NEIGHBOURS), np.inf)}
    told["smoothed"][at], told["distances"][at] = smoothed[kept], distances[kept]
    np.maximum.accumulate(
        told["distances"], axis=1, out=told["distances"]
    )  # where the two orders differ, that of the scores
    records = _none(count)
    records[at] = holders[kept]
    return {**told, "records": records}


def _none(count: int) -> Indices:
    return np.full((count, NEIGHBOURS), -1, np.int64)


def _ranges(starts: Indices, sizes: Indices) -> Indices:
    """The numbers from each start on, so many of each.

    >>> _ranges(np.array([5, 0]), np.array([2, 3])).tolist()
    [5, 6, 0, 1, 2]
    """
    ends = np.cumsum(sizes)
    told: Indices = np.repeat(starts - ends + sizes, sizes) + np.arange(ends[-1] if len(ends) else 0)
    return told


def _sums(numbers: Indices, bounds: Indices) -> Indices:
    """Of the numbers between each two bounds; of integers, so that it is the same whatever stands before."""
    total = np.concatenate([[0], np.cumsum(numbers)])
    told: Indices = total[bounds[1:]] - total[bounds[:-1]]
    return told
