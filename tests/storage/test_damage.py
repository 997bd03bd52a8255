"""A byte flipped anywhere, a file cut, grown, gone or exchanged: it is found, and no damaged record is given for a sound one."""

from functools import partial
from pathlib import Path

import pyarrow as pa
import pytest
from damaging import MEMORIES, flips, problems, replacements

from byheart import DamagedError, MemGEN


@pytest.mark.parametrize("stride", [pytest.param(61, id="some"), pytest.param(1, id="all", marks=pytest.mark.full)])
@pytest.mark.parametrize("name", MEMORIES)
def test_a_flipped_bit_in_any_byte_is_found_and_never_sampled(name: str, stride: int, tmp_path: Path) -> None:
    done, found = problems(MEMORIES[name], partial(flips, stride=stride), tmp_path)
    assert found == []
    assert done > 3000 / stride


@pytest.mark.parametrize("name", MEMORIES)
def test_a_file_that_is_not_the_one_that_was_written_is_found(name: str, tmp_path: Path) -> None:
    done, found = problems(MEMORIES[name], replacements, tmp_path)
    assert found == []
    assert done > 40


def test_a_segment_whose_columns_cannot_be_seen_is_damaged(tmp_path: Path) -> None:
    MemGEN(tmp_path / "m", structure="hashmap").fit(["a", "a", "b"])
    (segment,) = MemGEN(tmp_path / "m").snapshot.segments
    rows = [batch.num_rows for batch in segment.batches]
    segment._require_same(rows, segment.batches[0].schema)
    with pytest.raises(
        DamagedError, match="its batches or columns"
    ):  # a flip in the schema may leave it without a field
        segment._require_same(rows, pa.schema([]))
