"""The decimals of pi, which the paper learns: computed by python-flint's ball arithmetic.

The paper ran out of memory there, and got a "Segmentation fault". So would python-flint: it ends the process. Hence room is asked for first.
"""

import mmap
from collections.abc import Iterator
from typing import Final

import numpy as np

from byheart._optional import require
from byheart.errors import InputError
from byheart.records import Chunk
from byheart.sources.base import Options, batched

_MOST: Final = 100_000_000  # a minute and a half
_ROOM: Final = 16  # bytes a digit that the computation takes, at most
_GUARD: Final = 50  # digits beyond those wanted: pi would have to go on with 49 nines to be rounded wrongly


class PiSource:
    """Digits of pi as text, "3.14159...": one record, or one of every so many digits.

    Args:
        digits: how many, the 3 included.
        options: `chunk` is how many digits a record has; the first has the point too.

    >>> [record for chunk in PiSource("8", Options(chunk=3)).chunks() for record in chunk.values]
    ['3.14', '159', '26']
    """

    kind: str | None = "text"

    def __init__(self, digits: str, options: Options) -> None:
        if not (digits.isascii() and digits.isdecimal() and 1 <= int(digits) <= _MOST):
            raise InputError(f"pi:{digits}: wanted a number of digits, from 1 to {_MOST:,}, as in pi:1000000")
        if options.chunk is not None and options.chunk < 1:
            raise InputError(f"pi:{digits}: wanted records of at least one digit, got {options.chunk}")
        self.name = f"pi:{digits}"
        self.total: int | None = int(digits)
        self.done = 0
        self._digits = int(digits)
        self._chunk = options.chunk or self._digits

    def chunks(self) -> Iterator[Chunk]:
        """The records; a locator is the place of the first digit."""
        decimals = digits_of_pi(self._digits)
        for starts in batched(range(0, self._digits, self._chunk), lambda _: self._chunk):
            records = [decimals[start : start + self._chunk] for start in starts]
            if starts[0] == 0 and self._digits > 1:
                records[0] = f"3.{records[0][1:]}"
            yield Chunk(records, self.name, np.array(starts, np.int64))
            self.done = min(starts[-1] + self._chunk, self._digits)


def digits_of_pi(count: int) -> str:
    """The first digits of pi, the 3 included, without the point.

    >>> digits_of_pi(7)
    '3141592'

    Raises:
        MemoryError: there is no room to compute them in.
    """
    flint = require("flint", "pi")
    require_room(_ROOM * (count + _GUARD))
    with flint.ctx.workdps(count + _GUARD):
        text: str = flint.arb.pi().str(count + _GUARD, radius=False)
    return text.replace(".", "")[:count]


def require_room(size: int) -> None:
    """See that so many bytes can be had now, and give them back.

    Raises:
        MemoryError: they cannot.
    """
    try:
        mmap.mmap(-1, size).close()
    except OSError as error:
        raise MemoryError(f"wanted {size:,} bytes of RAM") from error
