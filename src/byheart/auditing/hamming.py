"""Near hashes among many: those whose 64 bits differ in few places.

The hashes are sorted by their bits, several times, each time with the bits in another order: near ones differ in few bits, so in some of the orders
they agree in all of the first, and stand beside each other (Charikar, 2002, "Similarity estimation techniques from rounding algorithms",
Section 3). A query is looked up in each order, and the hashes around its place are compared with it, bit by bit.
* The bits of a query that are likeliest to differ are those whose frequency lies next to the median: it is looked up with the two
  least sure of the leading bits turned, too (Lv et al., 2007, "Multi-probe LSH").
* All hashes stand in each order, so the work of a query is the same wherever it lies, and a few hashes are all compared.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from byheart.auditing.perceptual import Hashes

Keys: TypeAlias = npt.NDArray[np.uint64]

ORDERS: Final = 8
AROUND: Final = 32
"""Hashes that a look-up compares."""
FEW: Final = 64
"""Of what is compared, so many are told."""
NONE: Final = np.uint64(2**64 - 1)
"""The key of nothing."""
_BITS: Final = 64
_LEADING: Final = 20  # bits that choose a place among a million hashes
_ENTRY: Final = np.uint64(40)  # bits of a key that say which hash it is; above them stand by how many bits it differs


class Orders:
    """Hashes, sorted by their bits in several orders.

    Args:
        hashes: uint64 of shape (m,).
        seed: what draws the orders of their bits.
    """

    def __init__(self, hashes: Hashes, seed: int) -> None:
        self._hashes = hashes
        draw = np.random.Generator(np.random.Philox(key=seed))
        self._orders = [_Order.of(hashes, draw.permutation(_BITS)) for _ in range(ORDERS)]

    def near(self, hashes: Hashes, margins: npt.NDArray[np.floating]) -> Keys:
        """The hashes that are nearest to each query, of those that stand around it: `differing << 40 | which`, uint64 of shape (n, FEW), or `NONE`.

        Args:
            hashes: of the queries, of shape (n,).
            margins: by how much each bit is sure, of shape (n, 64).
        """
        found = [self._around(order, hashes, margins) for order in self._orders]
        keys = np.sort(np.concatenate(found, axis=1), axis=1)
        keys[:, 1:][keys[:, 1:] == keys[:, :-1]] = NONE  # seen before
        if keys.shape[1] > FEW:
            return np.partition(keys, FEW, axis=1)[:, :FEW]
        return np.pad(keys, ((0, 0), (0, FEW - keys.shape[1])), constant_values=NONE)

    def _around(self, order: "_Order", hashes: Hashes, margins: npt.NDArray[np.floating]) -> Keys:
        least = np.argpartition(np.abs(margins[:, order.bits[:_LEADING]]), 1, axis=1)[:, :2]
        first, second = _turned(least[:, 0]), _turned(least[:, 1])
        moved = order.moved(hashes)
        probes = np.stack([moved, moved ^ first, moved ^ second, moved ^ first ^ second], axis=1)
        width = min(AROUND, len(self._hashes))
        places = np.searchsorted(order.sorted, probes.reshape(-1)).reshape(probes.shape)
        starts = np.clip(places - width // 2, 0, len(self._hashes) - width)
        which = order.which[starts[..., None] + np.arange(width)].reshape(len(hashes), -1)
        differing = np.bitwise_count(self._hashes[which] ^ hashes[:, None]).astype(np.uint64)
        keys: Keys = differing << _ENTRY | which.astype(np.uint64)
        return keys


@dataclass(frozen=True, slots=True)
class _Order:
    """One order.

    Attributes:
        bits: which bit comes first, second and so on, of shape (64,).
        tables: what each octet of a hash becomes, of shape (8, 256).
        sorted: the hashes in this order of bits, ascending, uint64 of shape (m,).
        which: hash each is, int32 of shape (m,).
    """

    bits: npt.NDArray[np.int64]
    tables: Hashes
    sorted: Hashes
    which: npt.NDArray[np.int32]

    @classmethod
    def of(cls, hashes: Hashes, bits: npt.NDArray[np.int64]) -> "_Order":
        """Sort hashes."""
        tables = np.zeros((8, 256), np.uint64)
        octet = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1)  # (256, 8), the highest first
        for place, bit in enumerate(bits):
            tables[bit // 8] |= octet[:, bit % 8].astype(np.uint64) << np.uint64(_BITS - 1 - place)
        order = cls(bits, tables, hashes[:0], np.empty(0, np.int32))
        moved = order.moved(hashes)
        which = np.argsort(moved, kind="stable").astype(np.int32)
        return cls(bits, tables, moved[which], which)

    def moved(self, hashes: Hashes) -> Hashes:
        """Hashes with their bits in this order."""
        octets = hashes.astype(">u8").view(np.uint8).reshape(-1, 8)
        moved = np.zeros(len(hashes), np.uint64)
        for octet, table in zip(octets.T, self.tables, strict=True):
            moved |= table[octet]
        return moved


def differing(keys: Keys) -> npt.NDArray[np.int64]:
    """By how many bits the hashes of keys differ from the query's."""
    return (keys >> _ENTRY).astype(np.int64)


def entries(keys: Keys) -> npt.NDArray[np.int64]:
    """Which hashes the keys tell of."""
    return (keys & np.uint64((1 << 40) - 1)).astype(np.int64)


def _turned(places: npt.NDArray[np.int64]) -> Hashes:
    return np.uint64(1) << (_BITS - 1 - places).astype(np.uint64)
