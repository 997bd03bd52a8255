"""In RAM, a model takes any Python object, as the paper's list does, and gives the very same back."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from byheart import InputError, MemGEN
from byheart.sources import iterables


@dataclass(frozen=True)
class Move:
    piece: str
    to: str


def test_objects_come_back_as_the_very_same_objects() -> None:
    things = [Move("king", "e2"), 1, 1.0, True, None, ("a", 1), {"a", "b"}, print, [1, "x"]]
    model = MemGEN().fit(things)
    drawn = list(model.sample(len(things), 0, replace=False))
    assert sorted(map(id, drawn)) == sorted(map(id, things))
    assert model.sample(1).kind == "object"


@pytest.mark.parametrize("structure", ["list", "hashmap"])
def test_equal_objects_of_one_type_are_one_record(structure: str) -> None:
    model = MemGEN(structure=structure)  # type: ignore[arg-type]  # a parameter of the test
    model.fit([Move("king", "e2"), Move("king", "e2"), 1, 1.0]).partial_fit([Move("king", "e2")])
    assert np.allclose(np.exp(model.score_samples([Move("king", "e2"), 1, 1.0, True])), [0.6, 0.2, 0.2, 0])
    assert (len(model), model.distinct, Move("queen", "e2") in model) == (5, 3, False)
    assert model.verify(5000).p_value > 1e-4


def test_looking_an_object_up_does_not_learn_it() -> None:
    model = MemGEN().fit([1, "a"])
    assert "b" not in model
    assert "b" not in model
    assert len(model) == 2


def test_what_cannot_be_hashed_is_known_by_identity() -> None:
    mine, twin = {1, 2}, {1, 2}
    model = MemGEN().fit([mine, None])
    assert mine in model
    assert twin not in model


def test_lists_of_numbers_are_arrays_and_mixed_text_is_kept_as_objects() -> None:
    assert MemGEN().fit([[1, 2], [3, 4]]).sample(1).kind == "array"
    assert MemGEN().fit(["a", "b"]).sample(1).kind == "text"
    assert set(MemGEN().fit(["a", 5]).sample(50, 0)) == {"a", 5}


def test_on_disk_only_what_can_be_stored_exactly_is_taken(tmp_path: Path) -> None:
    for odd in ([1, 2], ["a", 5], [Move("king", "e2")]):
        with pytest.raises(InputError):
            MemGEN(tmp_path / "m").fit(odd)
        assert not (tmp_path / "m").exists()
    with pytest.raises(InputError, match="leave the path out"):
        MemGEN(tmp_path / "m", kind="object").fit([1])


def test_a_chunk_that_is_cut_across_batches_stays_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """60,000 records a chunk, 65,536 a batch: the second chunk is cut, and its rest alone makes the last batch."""
    monkeypatch.setattr(iterables, "CHUNK_RECORDS", 60_000)
    model = MemGEN().fit([str(i) for i in range(100_000)])
    assert sorted(map(int, model.sample(100_000, 0, replace=False))) == list(range(100_000))
    assert model.to_reader().read_all().column(0)[99_999].as_py() == "99999"


def test_all_that_was_learned_is_an_arrow_stream(tmp_path: Path) -> None:
    model = MemGEN(tmp_path / "m", structure="hashmap").fit([{"a": 1}, {"a": 1}, {"a": None}], ["x", "x", "y"])
    table = pa.table(model)
    assert table.to_pydict() == {"a": [1, 1, None], "label": ["x", "x", "y"]}
    assert pa.table(MemGEN().fit(["a", "b"])).to_pydict() == {"record": ["a", "b"]}
