"""An inverted index of train's shingles: in which originals each stands, and how rare it is.

It is bounded: of each original the least few hashes are kept (Broder, 1997: a sample of it, the same one of each copy), and of all originals
those below a limit, so that long ones are found by any part of them. How many originals hold a shingle is counted for all, in a table of counters that
seldom collide: what is off by a few tells rare from common as well.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from byheart.auditing.originals import Originals
from byheart.auditing.shingling import MOST, Hashes, Shingled, shingled
from byheart.neighbours import Work
from byheart.neighbours.blocks import Indices

BLOCK: Final = 8 << 20  # bytes of text at once, about
_ENTRIES: Final = 1 << 24  # at most, about
_OF_EACH: Final = (8, 64)  # hashes that are kept of each original: at least, at most
_COUNTERS: Final = 1 << 25
_RARENESSES: Final = 1 << 16  # that are told apart
_LONGEST: Final = 48  # originals that are looked at for one shingle; what stands in more is no trace of any
_BYTES_A_SHINGLE: Final = 6  # about; at least


@dataclass(frozen=True, slots=True)
class Postings:
    """The index.

    Attributes:
        hashes: of shingles, ascending; uint64.
        holders: the original that each stands in; int32.
        counters: how many originals hold a shingle, by the lower bits of its hash; uint32.
        originals: how many there are.
    """

    hashes: Hashes
    holders: npt.NDArray[np.int32]
    counters: npt.NDArray[np.uint32]
    originals: int

    @classmethod
    def of(cls, originals: Originals, how: Work) -> "Postings":
        """Index the originals."""
        shingles = originals.train.snapshot.mean_size * len(originals) / _BYTES_A_SHINGLE
        each = int(np.clip(_ENTRIES // 2 // max(len(originals), 1), *_OF_EACH))
        limit = np.uint64(min(_ENTRIES / 2 / max(shingles, 1), 1) * (1 << 48))
        counters = np.zeros(min(1 << int(shingles + 1).bit_length(), _COUNTERS), np.uint32)
        hashes, holders, done = [], [], 0
        for which, found in blocks(originals, np.argsort(originals.first)):
            rank = np.arange(len(found.hashes)) - found.bounds[found.texts]
            kept = (rank < each) | (found.hashes < limit)
            hashes.append(found.hashes[kept])
            holders.append(which[found.texts[kept]].astype(np.int32))
            np.add.at(counters, found.hashes & np.uint64(len(counters) - 1), np.uint32(1))
            done += len(which)
            if how.tell is not None:
                how.tell(done, len(originals))
        all_hashes, all_holders = np.concatenate(hashes), np.concatenate(holders)
        order = np.argsort(all_hashes, kind="stable")
        return cls(all_hashes[order], all_holders[order], counters, len(originals))

    def weights(self, hashes: Hashes, less: Indices | int = 0) -> Indices:
        """How rare shingles are: the logarithm of the share of originals that hold them, negated, in millionths: sums of these are exact.

        Args:
            hashes: of the shingles.
            less: how many of the originals are not to count.
        """
        counts = self.counters[hashes & np.uint64(len(self.counters) - 1)].astype(np.int64) - less
        most = min(self.originals, _RARENESSES)
        of_count = np.log((self.originals + 2) / np.arange(1, most + 2)) * 1e6
        told: Indices = np.rint(of_count).astype(np.int64)[np.clip(counts, 0, most)]
        return told

    @property
    def novelty(self) -> int:
        """What a shingle weighs that stands in no original."""
        return round(math.log(self.originals + 2) * 1e6)

    def candidates(self, asked: Shingled, own: Indices, most: int) -> tuple[Indices, Indices]:
        """The originals that share most with each text, by the weight of what they share and the index has: pairs, in order of the texts."""
        weights = self.weights(asked.hashes, (own >= 0).astype(np.int64)[asked.texts])
        order = np.argsort(asked.hashes)  # neighbours in the index are looked for one after the other
        low, high = np.empty(len(order), np.int64), np.empty(len(order), np.int64)
        low[order] = np.searchsorted(self.hashes, asked.hashes[order])
        high[order] = np.searchsorted(self.hashes, asked.hashes[order], side="right")
        sizes = np.minimum(high - low, _LONGEST)
        at = np.repeat(low - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
        keys = np.repeat(asked.texts, sizes) << 32 | self.holders[at]
        order = np.argsort(keys, kind="stable")
        keys, shared = keys[order], np.repeat(weights, sizes)[order]
        firsts = np.flatnonzero(np.diff(keys, prepend=-1))
        total = np.add.reduceat(shared, firsts) if len(firsts) else np.empty(0, np.int64)
        texts, holders = keys[firsts] >> 32, keys[firsts] & 0xFFFFFFFF
        other = holders != own[texts]
        texts, holders, total = texts[other], holders[other], total[other]
        best = np.lexsort((holders, -total, texts))
        rank = np.arange(len(best)) - np.searchsorted(texts, texts)  # sorted by text before and after
        kept = best[rank < most]
        return texts[kept], holders[kept]


def blocks(originals: Originals, which: Indices) -> Iterator[tuple[Indices, Shingled]]:
    """The shingles of some originals, some at a time."""
    step = min(max(BLOCK // originals.train.snapshot.mean_size, 1), MOST)
    for at in range(0, len(which), step):
        some = which[at : at + step]
        yield some, shingled(originals.x(some))
