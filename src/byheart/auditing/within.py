"""How often parts of a text occur in it: its places, sorted by the eight bytes that begin there, so that no part is looked for from end to end."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

_KEY: Final = 8  # bytes
_FEW: Final = 64  # places that are looked at one by one


class Within:
    """A text, to be asked.

    >>> Within(b"banana split, banana").counts([b"ana", b"banana split", b"split"])
    [4, 1, 1]
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._sorted: tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]] | None = None

    def counts(self, patterns: Sequence[bytes]) -> list[int]:
        """How often each of some parts of the text occurs, overlaps included."""
        if not patterns:
            return []
        keys, places = self._places()
        first, last = (
            np.frombuffer(b"".join(pattern[:_KEY].ljust(_KEY, fill) for pattern in patterns), ">u8")
            for fill in (b"\x00", b"\xff")
        )
        low, high = np.searchsorted(keys, first, "left"), np.searchsorted(keys, last, "right")
        return [
            self._count(pattern, places[start:stop])
            for pattern, start, stop in zip(patterns, low.tolist(), high.tolist(), strict=True)
        ]

    def _count(self, pattern: bytes, places: npt.NDArray[np.int64]) -> int:
        if b"\x00" in pattern or (len(places) > _FEW and len(pattern) > _KEY):
            return self._looked_for(pattern)  # zeros stand behind the end, too
        if len(pattern) <= _KEY or len(places) == 1:
            return len(places)
        return sum(self._data.startswith(pattern, at) for at in places.tolist())

    def _looked_for(self, pattern: bytes) -> int:
        count, at = 0, self._data.find(pattern)
        while at >= 0:
            count, at = count + 1, self._data.find(pattern, at + 1)
        return count

    def _places(self) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
        if self._sorted is None:
            octets = np.frombuffer(self._data + bytes(_KEY), np.uint8)
            keys = np.zeros(len(self._data), np.uint64)
            for at in range(_KEY):
                keys = keys << np.uint64(8) | octets[at : at + len(keys)]
            order = np.argsort(keys, kind="stable")
            self._sorted = keys[order], order
        return self._sorted
