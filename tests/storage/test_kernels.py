"""The compiled kernels under hostile arguments: the right answer or an error, never a byte out of bounds.

`make test` runs this against the kernels as they are installed, `make asan` with every access checked. What a kernel must be told
truly is where memory is (an address, and how many bytes are there): all else may lie.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from byheart import _native

kernels: Any = _native.kernels
pytestmark = pytest.mark.skipif(kernels is None, reason="no compiler was found when byheart was installed")

REFUSED = (ValueError, TypeError, IndexError, OverflowError, BufferError, UnicodeError, MemoryError)
GUARD = 64  # bytes around each buffer that is written to, which must stay as they are
Numbers = npt.NDArray[Any]

odd_numbers = st.one_of(
    st.integers(-10, 40),
    st.sampled_from([b + d for b in (-(2**63), -(2**62), 2**31, 2**32, 2**62, 2**63 - 2) for d in (0, 1)]),
    st.integers(-(2**63), 2**63 - 1),
)
words = st.integers(0, 2**64 - 1)
data_bytes = st.binary(max_size=80)


@st.composite
def arrays(draw: st.DrawFn, values: st.SearchStrategy[int] = odd_numbers, dtype: str = "int64") -> Any:
    """A buffer of numbers: an array, or one that is short of some bytes, not aligned, not contiguous, or may not be written to."""
    limits = np.iinfo(dtype)
    numbers = [min(max(number, limits.min), limits.max) for number in draw(st.lists(values, max_size=8))]
    array = np.array(numbers, dtype)
    form = draw(st.sampled_from(["as it is", "as it is", "as it is", "cut", "moved", "strided", "constant"]))
    if form == "cut":
        return array.tobytes()[:-3]
    if form == "moved":
        room = np.zeros(array.nbytes + 1, np.uint8)
        room[1:] = array.view(np.uint8)
        return room[1:]
    if form == "strided":
        return np.repeat(array, 2)[::2]
    if form == "constant":
        array.setflags(write=False)
    return array


class Guarded:
    """Room for some bytes that are written to, from a place in memory that is aligned or not, with a guard before and after."""

    def __init__(self, size: int, moved: int = 0) -> None:
        self._all = np.full(size + 2 * GUARD, 0xA5, np.uint8)
        self._part = slice(GUARD + moved, GUARD + moved + size)
        self.room = self._all[self._part]

    def require_whole(self) -> None:
        """Nothing was written around the room."""
        around = np.delete(self._all, self._part)
        assert (around == 0xA5).all()


rooms = st.builds(Guarded, st.integers(0, 90), st.sampled_from([0, 0, 0, 1, 4]))


def tried(call: Callable[..., Any], *arguments: Any) -> Any:
    """What a call gives, or None where it refuses."""
    try:
        return call(*arguments)
    except REFUSED:
        return None


@given(words, words, words, words, words, rooms)
def test_draw(key_0: int, key_1: int, stream: int, start: int, total: int, out: Guarded) -> None:
    tried(kernels.draw, key_0, key_1, stream, start, total, out.room)
    out.require_whole()


rising = st.lists(st.integers(0, 80), max_size=12).map(lambda ends: np.array(sorted(ends), np.int64))


@given(data_bytes, rising | arrays(), st.none() | arrays(words, "uint64"), rooms)
def test_fingerprint(data: bytes, offsets: Any, seeds: Any, out: Guarded) -> None:
    tried(kernels.fingerprint, data, offsets, seeds, out.room)
    out.require_whole()


records = st.lists(st.one_of(st.binary(max_size=20), st.text(max_size=10), st.just("\ud800"), st.none()), max_size=9)


@given(records, rooms)
def test_measure(items: list[Any], offsets: Guarded) -> None:
    total = tried(kernels.measure, items, offsets.room)
    offsets.require_whole()
    if total is not None:
        sizes = [len(item) if isinstance(item, bytes) else len(item.encode()) for item in items]
        assert np.frombuffer(offsets.room[: 8 * len(sizes) + 8], np.int64).tolist() == np.cumsum([0, *sizes]).tolist()


@given(records, rising | arrays(), rooms)
def test_pack(items: list[Any], offsets: Any, data: Guarded) -> None:
    tried(kernels.pack, items, offsets, data.room)
    data.require_whole()


@given(st.lists(data_bytes, max_size=6), st.booleans())
def test_a_list_is_measured_and_packed_end_to_end(items: list[bytes], exact: bool) -> None:
    offsets, total = np.empty(len(items) + 1, np.int64), sum(map(len, items))
    assert kernels.measure(items, offsets) == total
    out = Guarded(total if exact else max(total - 1, 0))
    done = tried(lambda: kernels.pack(items, offsets, out.room) or "packed")
    assert done == ("packed" if len(out.room) == total else None)
    out.require_whole()
    if done:
        assert out.room.tobytes() == b"".join(items)


class Batch:
    """A batch in memory, as a file may have it: its bytes, its offsets (which may be anything), and whether it is mapped yet."""

    def __init__(self, data: bytes, offsets: list[int], loaded: bool) -> None:
        self.data = np.frombuffer(data, np.uint8).copy()
        self.offsets = np.array(offsets, np.int64)
        self.loaded = loaded

    def record(self, row: int, width: int) -> bytes | None:
        """A record; None where its offsets lie."""
        begin, end = (row * width, row * width + width) if width else self.offsets[row : row + 2].tolist()
        return self.data[begin:end].tobytes() if 0 <= begin <= end <= len(self.data) else None


offset_lists = st.one_of(
    st.lists(st.integers(0, 80), min_size=1, max_size=6).map(sorted), st.lists(odd_numbers, min_size=1, max_size=6)
)
batch_lists = st.lists(
    st.builds(Batch, data_bytes, offset_lists, st.sampled_from([True, True, True, False])), max_size=5
)


class Table:
    """What `locate` is told of the batches."""

    def __init__(self, batches: list[Batch], shift: int) -> None:
        self.data = np.array([b.data.ctypes.data * b.loaded for b in batches], np.uint64)
        self.sizes = np.array([len(b.data) for b in batches], np.int64)
        self.offsets = np.array([b.offsets.ctypes.data for b in batches], np.uint64)
        self.starts = np.cumsum([0, *(len(b.offsets) - 1 for b in batches)])
        self.shift = shift
        first_rows = np.arange(0, max(int(self.starts[-1]), 1), 1 << shift)
        self.hints = (np.searchsorted(self.starts, first_rows, side="right") - 1).astype(np.int32)

    def located(self, width: int, rows: Any, addresses: Any, ends: Any) -> Any:
        """What `locate` gives, or None."""
        told = (self.data, self.sizes, self.offsets, self.starts, self.hints, self.shift, width)
        return tried(kernels.locate, *told, rows, addresses, ends)


row_lists = st.lists(st.integers(0, 20), max_size=12)


@given(batch_lists, st.integers(0, 5), st.sampled_from([0, 0, 1, 3, 8]), row_lists, st.data())
def test_located_records_are_those_that_are_there(
    batches: list[Batch], shift: int, width: int, rows: list[int], data: st.DataObject
) -> None:
    table = Table(batches, shift)
    addresses, ends = Guarded(8 * len(rows)), Guarded(8 * len(rows) + 8)
    total = table.located(width, np.array(rows, np.int64), addresses.room, ends.room)
    addresses.require_whole()
    ends.require_whole()
    everywhere = [(b, row) for b in batches for row in range(len(b.offsets) - 1)]
    asked = [everywhere[row] if row < len(everywhere) else None for row in rows]
    wanted = [at[0].record(at[1], width) if at and at[0].loaded else None for at in asked]
    if total is None:
        assert None in wanted
    elif total < 0:
        assert not batches[-1 - total].loaded
    else:
        there = [record for record in wanted if record is not None]
        assert (len(there), sum(map(len, there))) == (len(rows), total)
        _require_same(addresses.room.view(np.uint64), ends.room.view(np.int64), there)


def _require_same(addresses: Numbers, ends: Numbers, wanted: list[bytes]) -> None:
    out = Guarded(int(ends[-1]))
    kernels.will_need(addresses, ends, True)
    kernels.will_need(addresses, ends, False)
    kernels.copy(addresses, ends, out.room)
    out.require_whole()
    assert out.room.tobytes() == b"".join(wanted)
    assert kernels.to_list(addresses, ends, False) == wanted
    try:
        text = [record.decode() for record in wanted]
    except UnicodeDecodeError:
        with pytest.raises(UnicodeDecodeError):
            kernels.to_list(addresses, ends, True)
    else:
        assert kernels.to_list(addresses, ends, True) == text


rows_told = st.one_of(row_lists.map(lambda rows: np.array(rows, np.int64)), arrays())
shifts = st.one_of(st.integers(0, 3), st.integers(-(2**31), 2**31 - 1))
widths = st.one_of(st.sampled_from([0, 0, 1, 3]), odd_numbers)


@given(batch_lists, shifts, widths, rows_told, rooms, rooms)
def test_rows_shifts_and_widths_that_lie_are_refused_or_harmless(
    batches: list[Batch], shift: int, width: int, rows: Any, addresses: Guarded, ends: Guarded
) -> None:
    table = Table(batches, min(max(shift, 0), 62))
    table.shift = shift
    table.located(width, rows, addresses.room, ends.room)
    addresses.require_whole()
    ends.require_whole()


@given(
    batch_lists, st.integers(0, 3), widths, rows_told, st.lists(st.one_of(st.integers(-3, 9), odd_numbers), max_size=9)
)
def test_hints_that_lie_are_refused_or_harmless(
    batches: list[Batch], shift: int, width: int, rows: Any, lies: list[int]
) -> None:
    table = Table(batches, shift)
    lies = [min(max(lie, -(2**31)), 2**31 - 1) for lie in lies]
    table.hints[: len(lies)] = lies[: len(table.hints)]
    _locate_into_enough_room(table, width, rows)


@given(batch_lists, st.integers(0, 3), widths, rows_told, st.lists(odd_numbers, max_size=9))
def test_starts_that_lie_are_refused_or_harmless(
    batches: list[Batch], shift: int, width: int, rows: Any, lies: list[int]
) -> None:
    """Batches whose rows are not as many as is told are found out before they are mapped: they are not there."""
    table = Table(batches, shift)
    true = np.diff(table.starts)
    table.starts[: len(lies)] = lies[: len(table.starts)]
    table.data[np.diff(table.starts) != true] = 0
    _locate_into_enough_room(table, width, rows)


@given(batch_lists, st.sampled_from(["data", "sizes", "offsets", "starts", "hints"]), rows_told, st.integers(1, 9))
def test_a_table_that_is_cut_is_refused_or_harmless(batches: list[Batch], what: str, rows: Any, cut: int) -> None:
    table = Table(batches, 0)
    setattr(table, what, getattr(table, what).view(np.uint8)[:-cut])
    _locate_into_enough_room(table, 0, rows)


def _locate_into_enough_room(table: Table, width: int, rows: Any) -> None:
    count = len(rows) // 8 if isinstance(rows, bytes) or rows.dtype == np.uint8 else len(rows)
    addresses, ends = Guarded(8 * count), Guarded(8 * count + 8)
    table.located(width, rows, addresses.room, ends.room)
    addresses.require_whole()
    ends.require_whole()


@given(st.sampled_from([0, 1, 2, 3, 4, 5, 7, 9]), rising | arrays(), arrays(words, "uint64"), rooms, st.booleans())
def test_ends_that_lie_are_refused_or_harmless(n: int, ends: Any, anywhere: Any, out: Guarded, text: bool) -> None:
    there = np.arange(200, dtype=np.uint8)
    addresses = np.full(n, there.ctypes.data, np.uint64)
    copied = tried(lambda: kernels.copy(addresses, ends, out.room) or "copied")
    out.require_whole()
    told = np.frombuffer(ends, np.int64, len(ends) // 8) if isinstance(ends, bytes) else ends
    whole = told.dtype == np.int64 and told.flags.c_contiguous and len(told) > n
    rises = bool(whole and told[0] >= 0 and (np.sort(told[: n + 1]) == told[: n + 1]).all())
    assert (copied is not None) == (rises and told[n] <= len(out.room))
    if not rises or int(told[n]) - int(told[0]) <= len(there):
        tried(kernels.to_list, addresses, ends, text)
    tried(kernels.will_need, anywhere, ends, text)  # asks the system, which knows what is there


anything = st.one_of(arrays(), data_bytes, odd_numbers, st.none(), st.text(max_size=3), records)


@given(st.sampled_from(["draw", "fingerprint", "measure", "pack"]), st.lists(anything, max_size=7))
def test_arguments_of_another_sort_are_refused_or_harmless(name: str, arguments: list[Any]) -> None:
    tried(getattr(kernels, name), *arguments)


@pytest.mark.parametrize("name", ["draw", "fingerprint", "measure", "pack", "locate", "copy", "to_list", "will_need"])
def test_too_few_arguments_are_refused(name: str) -> None:
    with pytest.raises(TypeError):
        getattr(kernels, name)()
