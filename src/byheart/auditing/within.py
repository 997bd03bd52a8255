"""How often parts of a text occur in it: its places, sorted by the eight bytes that begin there, so that no part is looked for from end to end."""

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from byheart.neighbours.blocks import Indices

Keys: TypeAlias = npt.NDArray[np.uint64]

_KEY: Final = 8  # bytes
_FEW: Final = 32  # places that are looked at one by one


class Within:
    """A text, to be asked.

    >>> Within(b"banana split, banana").counts([b"ana", b"banana split", b"split"])
    [4, 1, 1]
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._keys: Keys = np.empty(0, np.uint64)  # of each place, in its order
        self._sorted: tuple[Keys, Indices] | None = None

    def counts(self, patterns: Sequence[bytes]) -> list[int]:
        """How often each of some parts of the text occurs, overlaps included."""
        if not patterns:
            return []
        self._sorted = self._sorted or self._sort()
        keys, places = self._sorted
        first, last = (
            np.frombuffer(b"".join(pattern[:_KEY].ljust(_KEY, fill) for pattern in patterns), ">u8")
            for fill in (b"\x00", b"\xff")
        )
        low, high = np.searchsorted(keys, first, "left"), np.searchsorted(keys, last, "right")
        return [
            self._count(pattern, places[start:stop])
            for pattern, start, stop in zip(patterns, low.tolist(), high.tolist(), strict=True)
        ]

    def _count(self, pattern: bytes, places: Indices) -> int:
        if len(pattern) <= _KEY and b"\x00" not in pattern:  # zeros stand behind the end, too
            return len(places)
        if len(places) <= _FEW:
            return sum(self._data.startswith(pattern, at) for at in places.tolist())
        places = places[places <= len(self._data) - len(pattern)]
        for at in (*range(_KEY, len(pattern) - _KEY, _KEY), len(pattern) - _KEY):
            if at > 0:  # the rest, eight bytes at a time
                places = places[self._keys[places + at] == int.from_bytes(pattern[at : at + _KEY], "big")]
        return len(places)

    def _sort(self) -> tuple[Keys, Indices]:
        octets = np.frombuffer(self._data + bytes(_KEY), np.uint8)
        keys = np.zeros(len(self._data), np.uint64)
        for at in range(_KEY):
            keys = keys << np.uint64(8) | octets[at : at + len(keys)]
        self._keys, order = keys, np.argsort(keys, kind="stable")
        return keys[order], order
