"""Room for a batch that is being filled: the bytes of its records, end to end, copied while they are in the processor's cache.

Two rooms take turns, one being filled while the other is being written, and their pages are used again: fresh ones would cost as
much as the copy.
"""

from dataclasses import replace

import numpy as np
import pyarrow as pa

from byheart.memory.piece import Piece
from byheart.memory.segment import BATCH_BYTES, BATCH_ROWS


class Room:
    """Records of one type, byte strings or text.

    Args:
        type_: of the column that they become.
    """

    def __init__(self, type_: pa.DataType) -> None:
        self._type = type_
        self._data = np.empty(BATCH_BYTES, np.uint8)
        self._ends = np.zeros(BATCH_ROWS + 1, np.int64)
        self._rows = 0

    @staticmethod
    def suits(type_: pa.DataType) -> bool:
        """Whether records are byte strings or text: arrays come in large blocks already."""
        return bool(pa.types.is_large_binary(type_) or pa.types.is_large_string(type_))

    def take(self, piece: Piece) -> Piece:
        """Copy the records of a piece; what is left of it has none."""
        count, used = len(piece), int(self._ends[self._rows])
        data, offsets = piece.kind.canonical(piece.x, piece.field)
        begin, size = int(offsets[0]), int(offsets[-1] - offsets[0])
        if used + size > len(self._data):  # a record that is larger than a batch should be
            grown = np.empty(used + size, np.uint8)
            grown[:used] = self._data[:used]
            self._data = grown
        self._data[used : used + size] = data[begin : begin + size]
        np.add(offsets[1:], used - begin, out=self._ends[self._rows + 1 : self._rows + count + 1])
        self._rows += count
        return replace(piece, x=piece.x[:0])

    def column(self) -> pa.Array:
        """All that was taken: as it is in the room, which may be filled anew when the column has been written."""
        rows, self._rows = self._rows, 0
        data = pa.py_buffer(self._data[: self._ends[rows]])
        return pa.Array.from_buffers(self._type, rows, [None, pa.py_buffer(self._ends[: rows + 1]), data])
