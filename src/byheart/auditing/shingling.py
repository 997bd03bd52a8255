"""Shingles: the runs of three words of a text, hashed; of a text of few words, its runs of five bytes too.

(Broder, 1997, "On the resemblance and containment of documents".)
Each block of texts becomes one sorted array: the number of the text in the upper 16 bits, the lower 48 bits of the hash below, each shingle once.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from byheart.auditing.forms_text import Spelt, spelt
from byheart.neighbours.blocks import Indices
from byheart.records.fingerprint import fingerprint

Hashes = npt.NDArray[np.uint64]

WORDS: Final = 3
MOST: Final = 1 << 16  # texts of a block
_BITS: Final = np.uint64(48)
_LOW: Final = np.uint64((1 << 48) - 1)
_FEW: Final = 8  # words: a text of fewer has few runs of them, so that its letters count as well
_LETTERS: Final = 5  # bytes
_ODD: Final = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], np.uint64
)  # large primes of XXH64's kind


@dataclass(frozen=True, slots=True)
class Shingled:
    """The shingles of some texts.

    Attributes:
        hashes: of all of them, each text's ascending; uint64 below 2^48.
        texts: which text each is of; ascending.
        bounds: the first shingle of each text, and the end of all; int64 of shape (n + 1,).
    """

    hashes: Hashes
    texts: Indices
    bounds: Indices

    def __len__(self) -> int:
        return len(self.bounds) - 1


def shingled(column: pa.Array) -> Shingled:
    """The shingles of at most 65,536 texts.

    >>> of = shingled(pa.array(["so to be or not to be is the question", "To be: or not to be is the QUESTION?"]))
    >>> np.isin(of.hashes[of.texts == 1], of.hashes[of.texts == 0]).mean().item()
    1.0
    """
    words = spelt(column)
    counts = np.diff(words.words)
    keys = np.sort(np.concatenate([_of_words(words, counts), _of_letters(words, counts)]))
    is_new = np.ones(len(keys), np.bool_)
    is_new[1:] = keys[1:] != keys[:-1]
    keys = keys[is_new]
    bounds = np.searchsorted(keys, np.arange(len(column), dtype=np.uint64) << _BITS)
    return Shingled(keys & _LOW, (keys >> _BITS).astype(np.int64), np.append(bounds, len(keys)))


def _of_words(words: Spelt, counts: Indices) -> Hashes:
    each = fingerprint(words.data, words.starts)
    if len(each) < WORDS:
        return np.empty(0, np.uint64)
    last = len(each) - WORDS + 1
    hashes = each[:last] * _ODD[0]
    for k in range(1, WORDS):  # a word's place matters: each has its own factor
        hashes += each[k : k + last] * _ODD[k]
    text = np.repeat(np.arange(len(counts)), counts)
    whole = text[:last] == text[WORDS - 1 :]
    return _keys(text[:last][whole], hashes[whole])


def _of_letters(words: Spelt, counts: Indices) -> Hashes:
    """Of the texts of few words; one that has fewer bytes is one run."""
    few = np.flatnonzero((counts < _FEW) & (counts > 0))
    begins, ends = words.starts[words.words[few]], words.starts[words.words[few + 1]]
    runs = np.maximum(ends - begins - _LETTERS + 1, 1)
    at = np.repeat(begins - np.cumsum(runs) + runs, runs) + np.arange(runs.sum())
    end = np.repeat(ends, runs)
    packed = np.zeros(len(at), np.uint64)
    for k in range(_LETTERS):
        byte = words.data[np.minimum(at + k, len(words.data) - 1)].astype(np.uint64)
        packed = packed << np.uint64(8) | np.where(at + k < end, byte, np.uint64(0))
    return _keys(np.repeat(few, runs), _mixed(_mixed(packed + np.uint64(1)) * _ODD[0]))


def _mixed(numbers: Hashes) -> Hashes:
    """What XXH64 ends with: each bit of a number decides on all."""
    numbers = (numbers ^ numbers >> np.uint64(33)) * _ODD[1]
    numbers = (numbers ^ numbers >> np.uint64(29)) * _ODD[2]
    return numbers ^ numbers >> np.uint64(32)


def _keys(texts: Indices, hashes: Hashes) -> Hashes:
    return texts.astype(np.uint64) << _BITS | hashes & _LOW
