"""Building: the records of some rows, laid out as one text with its suffixes in order.

A suffix array (Manber and Myers, 1993, "Suffix arrays: a new method for on-line string searches") by divsufsort (Mori), with
tables that shorten the search: where each pair of first bytes begins, and the first 32 bytes of every 128th suffix.
"""

import ctypes
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from byheart import _native
from byheart._optional import require
from byheart.errors import InputError
from byheart.memory.snapshot import Snapshot
from byheart.text.alphabet import END_BYTE, ESCAPE, Alphabet, Bytes, Places

LARGEST: Final = 2**31 - 2  # bytes of a shard's text: positions are int32
SAMPLED: Final = 128
KEY: Final = 32
PEAK: Final = 128
BYTES_A_BYTE: Final = 6  # of RAM, while a shard is sorted: the text, its suffixes, and what lies about meanwhile
_BYTES_OF_SUMS: Final = 12  # more, where records are counted
_AT_ONCE: Final = 1 << 21
_A_LOOK: Final = 0.05  # seconds between two looks at whether to go on
_APART: Final = 16 << 20  # bytes of a large budget that are for all else
_IS_WORD: Final = np.array([chr(b).isalnum() if b < 0x80 else b < END_BYTE for b in range(256)])


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of a segment: those in [first, last) that are live and occur once, or (`counted`) more often."""

    segment: int
    counted: bool
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Arrays:
    """A shard, in RAM or mapped.

    Attributes:
        text: the records, END before the first and after each; uint8.
        suffixes: the places in the text of its suffixes, in their order; int32.
        firsts: the first suffix whose first two bytes are not below a pair, for all 65,536 and the end; int32.
        keys: the first 32 bytes of every 128th suffix; uint8.
        peaks: every 128th of the keys; uint8.
        begins: where each record begins, and the end of all; int64, records + 1.
        rows: the row of each record in its segment, part after part; int64.
        sums: the occurrences of all suffixes before each, and of all; int64; None where each record occurs once.
    """

    text: Bytes
    suffixes: npt.NDArray[np.int32]
    firsts: npt.NDArray[np.int32]
    keys: Bytes
    peaks: Bytes
    begins: Places
    rows: Places
    sums: Places | None


@dataclass(slots=True)
class Laid:
    """Records laid out, on their way into a shard.

    Attributes:
        parts: what they are.
        room: their texts, one after the other, END first; what is not used yet takes no RAM.
        begins: where each record begins, text after text.
        rows: the row of each in its segment.
        size: the bytes of all.
    """

    parts: list[Part]
    room: Bytes
    begins: list[Places]
    rows: list[Places]
    size: int

    @classmethod
    def new(cls, alphabet: Alphabet, most: int) -> "Laid":
        """No record yet, and room for so many bytes of them."""
        room = np.empty(most, np.uint8)
        room[: alphabet.step] = END_BYTE
        return cls([], room, [], [], alphabet.step)

    def take(self, text: Bytes, begins: Places, rows: Places) -> None:
        """Add records: where they begin is told from the first on, with the end of the last."""
        self.room[self.size : self.size + len(text)] = text
        self.begins.append(begins[:-1] + (self.size - begins[0]))
        self.rows.append(rows)
        self.size += len(text)


def rows_of(snapshot: Snapshot, part: Part) -> Places:
    """The rows of a part, in its segment."""
    live = occurrences_of(snapshot, part.segment)[part.first : part.last]
    rows: Places = np.flatnonzero(live > 1 if part.counted else live == 1) + part.first
    return rows


def occurrences_of(snapshot: Snapshot, segment: int) -> Places:
    """The live occurrences of each row of a segment."""
    found = snapshot.segments[segment]
    ones = found.numbers("n").astype(np.int64) if "n" in found.names else np.ones(found.entry.rows, np.int64)
    return found.live(ones)


def most_of(*, counted: bool) -> int:
    """The bytes of RAM that a byte of text needs while it is sorted."""
    return BYTES_A_BYTE + _BYTES_OF_SUMS * counted


def laid(
    snapshot: Snapshot, parts: Sequence[Part], alphabet: Alphabet, budget: int | None, tell: Callable[[int], None]
) -> Iterator[Laid]:
    """The records of some parts, in as few shards as the budget allows; `tell` is called with the bytes of the one that is being laid out.

    Raises:
        InputError: a record alone is more than the budget allows.
    """
    for counted in (False, True):
        most = LARGEST if budget is None else min(_left(budget) // most_of(counted=counted), LARGEST)
        mine = [part for part in parts if part.counted is counted]
        room = min(most, sum(_largest(snapshot, part, alphabet) for part in mine) + alphabet.step)
        new = Laid.new(alphabet, room)
        for part in mine:
            first = part.first
            for rows in _chunks(snapshot, part, min(most // 16, _AT_ONCE)):
                text, begins = alphabet.laid_out(
                    *snapshot.gather.joined(rows + snapshot.gather.segment_starts[part.segment])
                )
                at = 0
                tell(new.size)
                while at < len(rows):
                    fits = int(np.searchsorted(begins, begins[at] + room - new.size, side="right")) - 1
                    if fits > at:
                        new.take(text[begins[at] : begins[fits]], begins[at : fits + 1], rows[at:fits])
                    elif not new.rows:
                        size = int(begins[at + 1] - begins[at] + alphabet.step)
                        wanted = f"{size * most_of(counted=counted):,} bytes of RAM to index a record of {size:,}"
                        raise InputError(f"the memory budget: wanted {wanted}, got {budget or most:,}: raise it")
                    if fits < len(rows):
                        row = int(rows[max(fits, at)])
                        new.parts.append(Part(part.segment, counted, first, row))
                        yield new
                        new, first = Laid.new(alphabet, room), row
                    at = max(fits, at)
            new.parts.append(Part(part.segment, counted, first, part.last))
        if new.rows:
            yield new


def built(snapshot: Snapshot, new: Laid, alphabet: Alphabet) -> Arrays:
    """The shard of some records, in RAM; what was laid out is let go."""
    text, new.room = new.room[: new.size], np.empty(0, np.uint8)
    begins = np.concatenate([*new.begins, [new.size]])
    starts = _starts(text, alphabet)
    suffixes = _kept(sort(text), starts, len(text) - _how_many(text, END_BYTE))
    sums = None
    if new.parts[0].counted:
        times = [occurrences_of(snapshot, part.segment)[rows_of(snapshot, part)] for part in new.parts]
        sums = _sums(suffixes, begins, np.concatenate(times))
    firsts, keys = _firsts(text, starts), _keys(text, suffixes)
    peaks = keys.reshape(-1, KEY)[::PEAK].reshape(-1)
    return Arrays(text, suffixes, firsts, keys, peaks, begins, np.concatenate(new.rows), sums)


def _left(budget: int) -> int:
    """Of a budget, what the text and its suffixes may take."""
    return budget - (min(_APART, budget // 3) if budget >= _APART else 0)


def _largest(snapshot: Snapshot, part: Part, alphabet: Alphabet) -> int:
    """The most bytes that a part can take in a text."""
    entry = snapshot.segments[part.segment].entry
    return alphabet.most_bytes(entry.payload, entry.rows)


def _chunks(snapshot: Snapshot, part: Part, size: int) -> Iterator[Places]:
    """The rows of a part, about so many bytes of them at a time."""
    rows = rows_of(snapshot, part)
    each = max(size // snapshot.mean_size, 1)
    for start in range(0, len(rows), each):
        yield rows[start : start + each]


def sort(text: Bytes) -> npt.NDArray[np.int32]:
    """The suffixes of a text, in order."""
    library: Any = require("pydivsufsort.dll", "text").libdivsufsort
    suffixes = np.empty(len(text), np.int32)
    codes: list[int] = []

    def run() -> None:  # holds on to both arrays, whoever has been interrupted meanwhile
        places = [ctypes.c_void_p(array.ctypes.data) for array in (text, suffixes)]
        codes.append(library.divsufsort(*places, ctypes.c_int32(len(text))))

    sorting = threading.Thread(target=run, daemon=True)  # apart, so that Ctrl-C need not wait for a call of minutes
    sorting.start()
    while sorting.is_alive():
        sorting.join(_A_LOOK)
    if codes != [0]:
        raise MemoryError
    return suffixes


def _starts(text: Bytes, alphabet: Alphabet) -> npt.NDArray[np.bool_] | None:
    """Whether a suffix of the index begins at each place; None where one does at all but the last."""
    if alphabet.step > 1:
        whole = np.zeros(len(text), bool)
        whole[: -alphabet.step : alphabet.step] = True
        return whole
    if not alphabet.words and not _how_many(text, ESCAPE):
        return None
    before = np.concatenate([[END_BYTE], text[:-1]])
    starts: npt.NDArray[np.bool_] = before != ESCAPE
    starts[-1] = False
    if alphabet.words:
        starts &= (text == END_BYTE) | (_IS_WORD[text] & ~_IS_WORD[before])
    return starts


def _how_many(text: Bytes, byte: int) -> int:
    """How often a byte occurs; what lies about meanwhile stays in the cache."""
    return sum(int(np.count_nonzero(text[at : at + (1 << 20)] == byte)) for at in range(0, len(text), 1 << 20))


def _kept(
    suffixes: npt.NDArray[np.int32], starts: npt.NDArray[np.bool_] | None, first_end: int
) -> npt.NDArray[np.int32]:
    """The suffixes that begin at a start; in place."""
    if starts is None:
        suffixes[first_end:-1] = suffixes[first_end + 1 :]
        return suffixes[:-1]
    done = 0
    for start in range(0, len(suffixes), _AT_ONCE):
        part = suffixes[start : start + _AT_ONCE]
        part = part[starts[part]]
        suffixes[done : done + len(part)] = part
        done += len(part)
    return suffixes[:done]


def _firsts(text: Bytes, starts: npt.NDArray[np.bool_] | None) -> npt.NDArray[np.int32]:
    """Where each pair of first bytes begins in the order."""
    counts = np.zeros(1 << 16, np.int64)
    if _native.kernels is not None and starts is None:
        _native.kernels.count_pairs(text, counts)
    else:
        for start in range(0, len(text) - 1, _AT_ONCE):
            here = text[start : start + _AT_ONCE + 1].astype(np.uint16)
            pairs = here[:-1] << 8 | here[1:]
            counts += np.bincount(
                pairs if starts is None else pairs[starts[start : start + len(pairs)]], minlength=1 << 16
            )
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)


def _keys(text: Bytes, suffixes: npt.NDArray[np.int32]) -> Bytes:
    """The first 32 bytes of every 128th suffix; 0 for those beyond the text."""
    places = suffixes[::SAMPLED]
    keys = np.empty((len(places), KEY), np.uint8)
    if _native.kernels is not None:
        _native.kernels.sample_keys(text, suffixes, keys)
        return keys.reshape(-1)
    for start in range(0, len(places), 1 << 16):
        wanted = places[start : start + (1 << 16), None].astype(np.int64) + np.arange(KEY)
        keys[start : start + len(wanted)] = np.where(wanted < len(text), text[np.minimum(wanted, len(text) - 1)], 0)
    return keys.reshape(-1)


def _sums(suffixes: npt.NDArray[np.int32], begins: Places, times: Places) -> Places:
    """The occurrences of all suffixes before each; what stands before a record counts with it."""
    of_places = np.repeat(times.astype(np.uint32), np.diff(begins))  # from the END before the first record on
    sums = np.zeros(len(suffixes) + 1, np.int64)
    for start in range(0, len(suffixes), _AT_ONCE):
        part = slice(start + 1, start + 1 + _AT_ONCE)
        np.cumsum(of_places[suffixes[start : start + _AT_ONCE]], out=sums[part])
        sums[part] += sums[start]
    return sums
