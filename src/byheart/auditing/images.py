"""Copies of pictures: cut out, in a frame, mirrored, in other colours, written over, in another file format.

1. The hash of each picture, of parts of each train picture, and of each asked one in a mirror and within its border (`perceptual`, `crops`): near hashes
   (`hamming`) are candidates, and tell how the two lie one over the other.
2. The candidates are compared pixel by pixel, in grey, whatever their brightness and contrast; the best few are aligned to parts of a pixel (`alignment`).
3. The score is the distance to the nearest original over that to the next ten, to a power (`_scores`). A fifth of a percent of the range of grey is what formats do to a picture, so a
   picture that is all of one shade, whose hash is noise, is no copy of another.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from byheart.auditing import alignment, crops, hamming, perceptual
from byheart.auditing.alignment import WHOLE, Frames, Laid, aligned, laid
from byheart.auditing.crops import WINDOWS, Windows
from byheart.auditing.describing_image import described
from byheart.auditing.evidence import NEIGHBOURS, Found, Setting, relative
from byheart.auditing.keeping import Arrays
from byheart.auditing.originals import Asked
from byheart.auditing.perceptual import SIDE, Bytes, Reduced, Singles
from byheart.auditing.seeing import seen
from byheart.neighbours import Work
from byheart.neighbours.blocks import Floats, Indices, in_threads, slabs

Measure: TypeAlias = Callable[[Singles, Singles, Frames], Laid]

_AT_ONCE: Final = 512  # records
_PAIRS: Final = 96  # that are compared together: what stays in the cache of a core
_CANDIDATES: Final = 24  # of each record
_ALIGNED: Final = 4  # of these
_BY_CHANCE: Final = 2  # bits: among thirty parts of a picture one is nearer than the whole by chance
_NOISE: Final = 0.002  # of the range of grey: what formats do to a picture
_ALIKE: Final = 0.03  # added to the spread of the next ten, which may be all alike by chance
_NONE: Final = hamming.NONE


class Pictures:
    """Encoded images, compared by perceptual hashes, then pixel by pixel."""

    name = "picture"
    kinds: Sequence[str] = ("image",)
    invariance = (
        "re-encoding, resizing, crops to 80 %, a mirror, brightness, contrast and small changes of hue, "
        "borders of one colour up to 10 % a side, text over a part"
    )

    def find(self, setting: Setting, asked: Sequence[Asked]) -> list[Found]:
        """The nearest originals of the pictures of each sample."""
        originals, how, parts = setting.originals, setting.how, len(asked)
        known = seen(originals)
        originals.known.clear()  # it is needed here alone from now on
        search = _Search(known.pictures, known.hashes, setting.seed)
        found = []
        for number, sample in enumerate(asked):
            make = partial(_found, search, sample, how.part(number, parts))
            told = setting.kept.part(f"picture-{sample.name}", make)
            found.append(Found(told["scores"], told["distances"], told["records"]))
        return found

    def describe(self, made: Any, original: Any, distance: float) -> str:
        """How a picture differs from its original."""
        return described(made, original, distance)


def _found(search: "_Search", asked: Asked, how: Work) -> Arrays:
    def some(part: slice) -> Found:
        own = asked.own[part]
        return search.some(search.own(own) if (own >= 0).all() else perceptual.reduced(asked.x(part)), own)

    told = in_threads(some, list(slabs(len(asked), 1, _AT_ONCE)), how)
    names = ("scores", "distances", "records")
    return {name: np.concatenate([getattr(one, name) for one in told]) for name in names}


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Originals that pictures may be copies of, and how the two lie.

    Attributes:
        originals: int64 of shape (n, k); -1 where there are no more.
        frames: of shape (n, k, 4).
        is_mirrored: of shape (n, k).
    """

    originals: Indices
    frames: Frames
    is_mirrored: npt.NDArray[np.bool_]


class _Search:
    """The train pictures, ready to be asked.

    Args:
        train: reduced.
        hashes: of the parts of each, of shape (n, 30).
        seed: of the orders of bits.
    """

    def __init__(self, train: Reduced, hashes: perceptual.Hashes, seed: int) -> None:
        self._train = train
        self._orders = hamming.Orders(np.ascontiguousarray(hashes.T).reshape(-1), seed)  # wholes first, who win ties

    def own(self, which: Indices) -> Reduced:
        """Some of the train pictures."""
        return Reduced(self._train.greys[which], self._train.readable[which])

    def some(self, pictures: Reduced, own: Indices) -> Found:
        """The nearest originals of a few pictures."""
        candidates = self.candidates(pictures.greys, own)
        asked = alignment.sampled(perceptual.shades(pictures.greys), np.tile(WHOLE, (len(own), 1)))[0]
        distances = self._distances(asked, candidates)
        distances[~pictures.readable] = np.inf
        order = np.argsort(distances, axis=1, kind="stable")[:, :NEIGHBOURS]
        distances = np.take_along_axis(distances, order, axis=1)
        records = np.take_along_axis(candidates.originals, order, axis=1)
        records[np.isinf(distances)] = -1
        return Found(_scores(distances, alignment.limit(asked)), distances, records)

    def candidates(self, greys: Bytes, own: Indices) -> _Candidates:
        """The originals with the nearest hashes, each at the best of its parts and views."""
        views = _views(greys)
        keys = np.full((len(greys), len(views), hamming.FEW), _NONE)
        for number, view in enumerate(views):
            waves = (
                perceptual.frequencies(greys[view.which])
                if view.is_whole
                else crops.crop_waves(greys[view.which], view.windows)
            )
            waves = perceptual.mirrored(waves) if view.is_mirrored else waves
            keys[view.which, number] = self._orders.near(perceptual.packed(waves), perceptual.margins(waves))
        return _best(keys, views, own, self._train.readable)

    def _distances(self, asked: Singles, candidates: _Candidates) -> Floats:
        """To each candidate: as it lies by its hash, then to the nearest few as near as may be."""
        distances = np.full(candidates.originals.shape, np.inf)
        self._measure(laid, asked, candidates, candidates.originals >= 0, distances)
        first = np.argsort(distances, axis=1, kind="stable")[:, :_ALIGNED]
        again = np.zeros(distances.shape, np.bool_)
        np.put_along_axis(again, first, values=True, axis=1)
        self._measure(aligned, asked, candidates, again & np.isfinite(distances), distances)
        return distances

    def _measure(  # what with, what, where, and where to
        self, measure: Measure, asked: Singles, candidates: _Candidates, which: npt.NDArray[np.bool_], out: Floats
    ) -> None:
        rows, places = np.nonzero(which)
        for slab in slabs(len(rows), 1, _PAIRS):
            some = rows[slab], places[slab]
            mine, is_mirrored = asked[some[0]], candidates.is_mirrored[some]
            mine[is_mirrored] = mine[is_mirrored, :, ::-1]
            others = perceptual.shades(self._train.greys[candidates.originals[some]])
            out[some] = measure(mine, others, candidates.frames[some]).distances


@dataclass(frozen=True, slots=True)
class _View:
    """One way to look at asked pictures: which of them, which part of each, whether in a mirror."""

    which: Indices
    windows: Windows
    is_mirrored: bool
    is_whole: bool


def _views(greys: Bytes) -> list[_View]:
    """All of each picture; and where it has a border, what is within, and within borders of usual widths."""
    all_ = np.arange(len(greys))
    whole = np.tile([0.0, SIDE, 0.0, SIDE], (len(greys), 1))
    inner = crops.within_borders(greys)
    framed = np.flatnonzero((inner != whole).any(axis=1))
    parts = [
        (all_, whole),
        (framed, inner[framed]),
        *((framed, np.tile(part, (len(framed), 1))) for part in crops.framed()),
    ]
    return [
        _View(which, windows, is_mirrored, which is all_)
        for which, windows in parts
        if len(which)
        for is_mirrored in (False, True)
    ]


def _best(keys: hamming.Keys, views: Sequence[_View], own: Indices, readable: npt.NDArray[np.bool_]) -> _Candidates:
    """Of each picture the originals that differ by the fewest bits, each once.

    Args:
        keys: of shape (n, views, found).
        views: that they were found by.
        own: the original that is none.
        readable: which originals are pictures at all.
    """
    count = len(keys)
    entries, bits = hamming.entries(keys), hamming.differing(keys)
    windows, originals = np.divmod(entries, len(readable))
    bits += _BY_CHANCE * (windows > 0)
    hints = windows + len(WINDOWS) * np.arange(len(views))[:, None]
    told = originals << 24 | bits << 16 | hints  # 2 ** 39 originals at most, 2 ** 16 hints
    nothing = np.iinfo(np.int64).max
    is_none = (keys == _NONE) | (originals == own[:, None, None])
    told[is_none | ~readable[np.where(is_none, 0, originals)]] = nothing
    told = np.sort(told.reshape(count, -1), axis=1)
    told[:, 1:][told[:, 1:] >> 24 == told[:, :-1] >> 24] = nothing  # the same original, with more bits
    ordered = (told >> 16 & 255) << 55 | (told >> 24) << 16 | told & 0xFFFF
    ordered[told == nothing] = nothing
    ordered = np.sort(ordered, axis=1)[:, :_CANDIDATES]
    is_there = ordered != nothing
    hint = np.where(is_there, ordered & 0xFFFF, 0)
    view, window = np.divmod(hint, len(WINDOWS))
    found = np.where(is_there, ordered >> 16 & (1 << 39) - 1, -1)
    seen = np.zeros((count, len(views), 4))
    for number, one in enumerate(views):
        seen[one.which, number] = _flipped(one.windows) if one.is_mirrored else one.windows
    seen[..., 1::2] += seen[..., 1::2] == 0  # where nothing was asked, nothing was found
    is_mirrored = np.array([one.is_mirrored for one in views])[view]
    return _Candidates(found, crops.frames(seen[np.arange(count)[:, None], view], WINDOWS[window]), is_mirrored)


def _flipped(windows: Windows) -> Windows:
    flipped = windows.copy()
    flipped[:, 2], flipped[:, 3] = SIDE - windows[:, 3], SIDE - windows[:, 2]
    return flipped


def _scores(distances: Floats, limits: Singles) -> Floats:
    """The nearest over the next ten, to a power: what is not there is as far as can be.

    Simple pictures (the digit 1) differ in few ways, so of eleven neighbours one is often much nearer than the others, and by chance. How many ways there are
    is told by how far the next ten lie apart: the mean of log d11/dj is one over their number (Levina and Bickel, 2004, "Maximum likelihood estimation of
    intrinsic dimension", Equation 8). So the power is about that number, over ten.
    """
    above = np.hypot(np.where(np.isinf(distances), limits[:, None], distances), _NOISE)
    above = np.pad(above, ((0, 0), (0, NEIGHBOURS - above.shape[1])), mode="edge")
    spread = np.log(above[:, -1:] / above[:, 1:-1]).mean(axis=1)
    above[np.isinf(distances[:, 0]), 0] = np.inf
    ratios: Floats = relative(above, 1.0)
    scores: Floats = ratios ** (0.1 / (spread + _ALIKE))
    return scores
