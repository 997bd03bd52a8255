"""Drawing, finding and copying in one pass: the same as one after the other, and never a byte out of bounds."""

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_kernels import REFUSED, Guarded, Table, arrays, batch_lists, odd_numbers, rooms, row_lists, tried

from byheart import MemGEN, _native
from byheart.batch import Batch
from byheart.draws import draw

kernels: Any = _native.kernels
compiled = pytest.mark.skipif(kernels is None, reason="no compiler was found when byheart was installed")


def held(table: Table, width: int) -> Any:
    """The table as `gather` and `sample` take it, or None where it is refused."""
    return tried(kernels.table, table.data, table.sizes, table.offsets, table.starts, table.hints, table.shift, width)


@compiled
@given(batch_lists, st.integers(0, 5), st.sampled_from([0, 0, 1, 3, 8]), row_lists, st.integers(0, 200))
def test_gather_gives_what_locate_and_copy_give(
    batches: Any, shift: int, width: int, rows: list[int], room: int
) -> None:
    table, asked = Table(batches, shift), np.array(rows, np.int64)
    addresses, ends, again = (
        np.empty(len(rows), np.uint64),
        np.empty(len(rows) + 1, np.int64),
        Guarded(8 * len(rows) + 8),
    )
    wanted = table.located(width, asked, addresses, ends)
    whole = held(table, width)
    out = Guarded(room)
    total = tried(kernels.gather, whole, asked, again.room, out.room)
    out.require_whole()
    again.require_whole()
    assert (wanted is None) == (total is None)
    if total is not None and total >= 0:
        assert total == wanted
        assert again.room.view(np.int64).tolist() == ends.tolist()
        if total <= room:
            copied = np.empty(total, np.uint8)
            kernels.copy(addresses, ends, copied)
            assert out.room[:total].tolist() == copied.tolist()


@compiled
@given(batch_lists, odd_numbers, odd_numbers, arrays(), rooms, rooms)
def test_a_table_rows_or_rooms_that_lie_are_refused_or_harmless(
    batches: Any, shift: int, width: int, rows: Any, ends: Guarded, out: Guarded
) -> None:
    table = Table(batches, 0)
    for as_told in (0, min(max(shift, -(2**31)), 2**31 - 1)):
        table.shift = as_told
        whole = held(table, width)
        if whole is not None:
            tried(kernels.gather, whole, rows, ends.room, out.room)
            ends.require_whole()
            out.require_whole()


@compiled
@pytest.mark.parametrize("not_a_table", [None, 1, b"table", object()])
def test_what_is_no_table_is_refused(not_a_table: object) -> None:
    with pytest.raises(REFUSED):
        kernels.gather(not_a_table, np.zeros(1, np.int64), np.zeros(2, np.int64), np.zeros(8, np.uint8))


@compiled
@given(st.integers(0, 2**128 - 1), st.integers(0, 2**63 - 1), st.integers(0, 40))
def test_sample_draws_what_draw_draws(seed: int, start: int, count: int) -> None:
    data = np.arange(100, dtype=np.uint8)
    table = kernels.table(
        np.array([data.ctypes.data], np.uint64), np.array([100]), np.zeros(1, np.uint64), np.array([0, 100]),
        np.zeros(1, np.int32), 30, 1,
    )  # fmt: skip  # one line a table
    ends, out = np.empty(count + 1, np.int64), Guarded(count)
    words = (seed & 2**64 - 1, seed >> 64, 0, start, 100)
    assert kernels.sample(table, *words, count, ends, out.room) == count
    out.require_whole()
    assert out.room.tolist() == draw(seed, start=start, count=count, total=100).tolist()
    assert ends.tolist() == list(range(count + 1))
    again = Guarded(count)
    assert kernels.sample(table, *words, count, None, again.room) == count
    assert again.room.tolist() == out.room.tolist()
    with pytest.raises(ValueError, match="ends"):
        kernels.sample(table, *words, count + 1, ends, out.room)
    with pytest.raises(ValueError, match="count"):
        kernels.sample(table, *words, -1, ends, out.room)


@pytest.mark.parametrize("records", [[b"a", b"bb" * 900, b"", b"c" * 5000], ["x", "yy"], np.eye(5, dtype=np.float32)])
def test_a_batch_is_the_same_whatever_of_it_is_looked_at_first(records: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    model = MemGEN().fit(records)
    model.sample(300, 0).to_arrow()  # from now on the records are known to be in RAM
    one_pass = model.sample(300, 5)
    column = one_pass.to_arrow()
    looked_at = model.sample(300, 5)
    told = Batch(model.snapshot, looked_at.indices)
    monkeypatch.setattr(_native, "kernels", None)
    without_kernels = model.sample(300, 5)
    for other in (looked_at, told, without_kernels):
        assert other.to_arrow().equals(column)
        assert other.indices.tolist() == one_pass.indices.tolist()
        assert len(other) == 300


def test_arrays_are_the_same_through_arrow_and_without() -> None:
    model = MemGEN().fit(np.arange(60, dtype=np.int16).reshape(10, 3, 2))
    drawn, kept = model.sample(50, 3), model.sample(50, 3)
    kept.to_arrow()
    numbers = drawn.to_numpy()
    assert numbers.shape == (50, 3, 2)
    assert numbers.tolist() == kept.to_numpy().tolist() == Batch(model.snapshot, drawn.indices).to_numpy().tolist()


def test_a_batch_that_is_kept_does_not_change_when_the_next_is_gathered() -> None:
    model = MemGEN().fit([bytes([65 + i]) * 2000 for i in range(20)])
    first = model.sample(100, 1).to_arrow()
    before = first.to_pylist()
    for seed in range(2, 8):
        model.sample(100, seed).to_arrow()
    assert first.to_pylist() == before


def test_records_are_read_ahead_after_a_batch_that_waited_for_the_disk_not_after_one_that_was_merely_slow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = MemGEN(tmp_path / "memory").fit([bytes([i]) * 5000 for i in range(100)])
    model.sample(100, 0).to_arrow()
    gather = model.snapshot.gather
    monkeypatch.setattr("byheart.memory.gather._reads", lambda: 0)
    gather._reads, gather._cold, gather._asked = 0, True, 0
    long_ago = time.perf_counter() - 100
    gather._judge(long_ago, 1, 1)
    assert not gather._cold
    monkeypatch.setattr("byheart.memory.gather._reads", lambda: 1)
    gather._judge(long_ago, 1, 1)
    assert gather._cold
    assert model.sample(50, 1).to_arrow().to_pylist() == model.sample(50, 1).tolist()
    if kernels is not None:
        monkeypatch.setattr("byheart.memory.gather._reads", lambda: 2)
        gather._cold, gather._asked = True, 0
        gather._judge(long_ago, 1, 1)
        assert gather._untold  # the system said that all were in RAM
