"""The main job: learn, then sample exactly what was learned."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from byheart import InputError, MemGEN, MemoryExistsError

POEM = ["to be", "or not", "to be", "", "ça, c'est la question"]


@pytest.mark.parametrize("structure", ["list", "hashmap"])
def test_all_that_is_sampled_was_learned_bit_for_bit(tmp_path: Path, path: str, structure: str) -> None:
    model = MemGEN(tmp_path / "m", structure=structure).fit(POEM)  # type: ignore[arg-type]  # a parameter of the test
    batch = model.sample(200, random_state=0)
    assert set(batch) == set(POEM)
    assert len(model) == len(POEM)


def test_one_shot_learning_generates_the_document(tmp_path: Path, path: str) -> None:
    """The paper: "the proposed algorithm even generated this paper, in a one-shot learning setting"."""
    document = Path(__file__).read_bytes()
    (tmp_path / "paper.txt").write_bytes(document)
    model = MemGEN(tmp_path / "m", kind="bytes").fit(tmp_path / "paper.txt")
    assert model.sample(1)[0] == document or len(model) > 1


def test_fit_does_not_overwrite_by_accident(tmp_path: Path) -> None:
    model = MemGEN(tmp_path / "m").fit(POEM)
    with pytest.raises(MemoryExistsError):
        model.fit(["else"])
    assert set(model.sample(100, 0)) == set(POEM)
    model.fit(["else"], overwrite=True)
    assert list(model.sample(2, 0)) == ["else", "else"]


def test_partial_fit_appends(tmp_path: Path) -> None:
    model = MemGEN(tmp_path / "m").fit(POEM).partial_fit(["more"])
    assert list(model.sample(6, 0, replace=False)) != []
    assert sorted(model.sample(6, 0, replace=False)) == sorted([*POEM, "more"])


def test_arrays_come_back_as_arrays(tmp_path: Path, path: str) -> None:
    digits = np.arange(60, dtype=np.int16).reshape(5, 3, 4)
    for where in (tmp_path / "m", None):
        batch = MemGEN(where).fit(digits).sample(5, 0, replace=False)
        assert batch.to_numpy().dtype == np.int16
        assert np.array_equal(np.sort(batch.to_numpy(), axis=0), digits)


def test_an_empty_source_is_refused_and_leaves_no_trace(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="at least one record"):
        MemGEN(tmp_path / "m").fit([])
    assert not (tmp_path / "m").exists()


@pytest.mark.parametrize("structure", ["list", "hashmap"])
def test_scores_are_empirical_log_probabilities(tmp_path: Path, path: str, structure: str) -> None:
    model = MemGEN(tmp_path / "m", structure=structure).fit(POEM, ["a", "b", "a", "c", "c"])  # type: ignore[arg-type]  # a parameter
    assert np.allclose(np.exp(model.score_samples(["to be", "or not", "never"])), [0.4, 0.2, 0])
    assert "" in model
    assert "or" not in model
    assert 7 not in model


def test_records_in_ram_stay_in_place_where_a_chunk_is_cut_across_batches() -> None:
    """70,000 records in two tables: the second is cut where the first batch (65,536 rows) is full."""
    tables = pa.Table.from_batches(
        [pa.record_batch({"i": np.arange(40_000)}), pa.record_batch({"i": np.arange(40_000, 70_000)})]
    )
    model = MemGEN().fit(tables)
    assert sorted(row["i"] for row in model.sample(70_000, 0, replace=False)) == list(range(70_000))
    numbers = np.arange(70_000)
    model = MemGEN().fit([*numbers[:40_000, None]]).partial_fit(numbers[40_000:, None])
    assert np.array_equal(np.sort(model.sample(70_000, 0, replace=False).to_numpy()[:, 0]), numbers)


def test_what_was_learned_in_ram_stays_when_its_owner_writes_to_it() -> None:
    array, table = np.ones((5, 3), np.float32), {"n": np.arange(5.0)}
    arrays, rows = MemGEN().fit(array), MemGEN().fit(pa.table(table))
    array[:] = 0
    table["n"][:] = 7
    assert (arrays.sample(3, random_state=0).to_numpy() == 1).all()
    assert {row["n"] for row in rows.sample(50, random_state=0)} == {0, 1, 2, 3, 4}
