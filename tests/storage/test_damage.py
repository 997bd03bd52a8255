"""A byte flipped anywhere, a file cut, grown, gone or exchanged: it is found, and no damaged record is given for a sound one."""

from functools import partial
from pathlib import Path

import pytest
from damaging import MEMORIES, flips, problems, replacements


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
