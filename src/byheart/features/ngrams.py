"""Texts as vectors: how often each run of 2, 3 and 4 bytes occurs, hashed into 1,024 numbers.

The hashing trick (Weinberger et al., 2009, "Feature hashing for large scale multitask learning"), with signs; logarithms of the
counts, since a word that is said ten times is not ten times as telling; and length 1, since long texts are not unlike for being long.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from byheart.features.base import Records, Vectors
from byheart.records.fingerprint import Bytes, Offsets
from byheart.records.kinds import KINDS

_WIDTH: Final = 1024
_SIZES: Final = (2, 3, 4)
_MIX: Final = np.uint32(0x9E3779B1)  # 2^32 over the golden ratio, as in Knuth's multiplicative hashing
_AT_ONCE: Final = 1 << 20  # bytes of text


class Ngrams:
    """Hashed runs of bytes, of texts and whatever else is bytes."""

    kinds: Sequence[str] = ("text", "bytes")

    def fit(self, samples: Sequence[Records], seed: int) -> "FittedNgrams":
        """There is nothing to fit: the hash knows no vocabulary."""
        del samples, seed  # as said
        return FittedNgrams()


class FittedNgrams:
    """The same hash for all."""

    width: int = _WIDTH

    def vectors(self, x: pa.Array, field: pa.Field) -> Vectors:
        """Vectors of length 1, or of zeros for what is shorter than two bytes."""
        kind = KINDS["text" if pa.types.is_large_string(field.type) else "bytes"]
        data, offsets = kind.canonical(x, field)
        points = np.zeros((len(x), _WIDTH), np.float32)
        start = 0
        while start < len(x):
            stop = max(int(np.searchsorted(offsets, offsets[start] + _AT_ONCE, "right")) - 1, start + 1)
            points[start:stop] = _hashed(data[offsets[start] : offsets[stop]], offsets[start : stop + 1])
            start = stop
        lengths = np.linalg.norm(points, axis=1, keepdims=True)
        np.divide(points, lengths, out=points, where=lengths > 0)
        return Vectors(points, np.ones(len(x), np.bool_))


def _hashed(data: Bytes, offsets: Offsets) -> npt.NDArray[np.float64]:
    """Signed logarithms of the counts, for texts that lie end to end in `data`."""
    count = len(offsets) - 1
    ends = np.repeat(offsets[1:] - offsets[0], np.diff(offsets))  # of the text that each byte is of
    texts = np.repeat(np.arange(count), np.diff(offsets))
    places = np.arange(len(data))
    cells, signs = [], []
    code = data.astype(np.uint32)
    for size in range(2, max(_SIZES) + 1):
        code = (code[:-1] << np.uint32(8)) | data[size - 1 :]
        here = np.flatnonzero(places[: len(code)] + size <= ends[: len(code)])
        mixed = (
            code[here] + np.uint32(size)
        ) * _MIX  # the size, lest a run that begins with a zero byte be taken for a shorter one
        mixed ^= mixed >> np.uint32(15)
        mixed *= _MIX
        cells.append(texts[here] * _WIDTH + (mixed >> np.uint32(22)))
        signs.append(1.0 - 2.0 * ((mixed >> np.uint32(21)) & np.uint32(1)))
    sums = np.bincount(np.concatenate(cells), np.concatenate(signs), count * _WIDTH).reshape(count, _WIDTH)
    logarithms: npt.NDArray[np.float64] = np.sign(sums) * np.log1p(np.abs(sums))
    return logarithms
