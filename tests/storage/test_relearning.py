"""A memory is a source of another: what comes out is what went in, with all that is known of it."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from byheart import MemGEN
from byheart.errors import InputError
from byheart.judging.judge import judge
from byheart.memory.checking import check
from command_line import Command

RECORDS: dict[str, Any] = {
    "text": ["a", "b", "a", "é" * 5000],
    "bytes": [b"a", b"", b"\x00\xff"],
    "array": np.arange(24, dtype=np.int16).reshape(4, 3, 2),
    "row": pa.table({"age": pa.array([1, None, 3], pa.int8()), "when": pa.array([1, 2, 3], pa.date32())}),
}


def learned(model: MemGEN) -> list[Any]:
    """All records in order, with label and origin, in types that can be compared."""
    batch = model.snapshot
    rows = batch.rows(np.arange(len(batch)))
    records = [one.tolist() if isinstance(one, np.ndarray) else one for one in batch.records(rows)]
    return list(zip(records, batch.labels(rows) or [None] * len(rows), batch.origins(rows), strict=True))


@pytest.mark.parametrize("kind", RECORDS)
@pytest.mark.parametrize("path", ["m", None], ids=["disk", "RAM"])
@pytest.mark.parametrize("structure", ["list", "hashmap"])
def test_a_memory_gives_its_records_to_another(kind: str, path: str | None, structure: Any, tmp_path: Path) -> None:
    first = MemGEN(None if path is None else tmp_path / path, kind=kind, structure=structure).fit(RECORDS[kind])
    for again in (MemGEN().fit(first), MemGEN(tmp_path / "again").fit(first)):
        assert learned(again) == learned(first)
        assert again.snapshot.field.equals(first.snapshot.field, check_metadata=True)
        assert again.snapshot.manifest.kind == kind
    assert check(tmp_path / "again").ok


def test_labels_weights_and_sources_come_along(tmp_path: Path) -> None:
    (tmp_path / "data" / "cat").mkdir(parents=True)
    (tmp_path / "data" / "cat" / "one.txt").write_text("meow")
    MemGEN(tmp_path / "m").fit(["woof", "purr"], ["dog", "cat"], sample_weight=[0, 2.5])
    MemGEN(tmp_path / "m").partial_fit(tmp_path / "data")
    again = MemGEN(tmp_path / "again").fit(tmp_path / "m")  # by its path
    assert learned(again) == learned(MemGEN(tmp_path / "m"))
    assert set(again.sample(200, 0, weights="weight")) == {"purr", "meow"}
    assert again.sample(5, 0, where="label = 'dog'").tolist() == ["woof"] * 5


def test_what_was_forgotten_does_not_come_along(tmp_path: Path) -> None:
    first = MemGEN(tmp_path / "m").fit(["a", "b", "c"], ["x", "y", "x"])
    first.forget(where="label = 'y'")
    assert [record for record, _, _ in learned(MemGEN().fit(first))] == ["a", "c"]


def test_objects_come_along_in_ram_alone(tmp_path: Path) -> None:
    things = [object(), {1, 2}, 3]
    first = MemGEN().fit(things)
    assert [record for record, _, _ in learned(MemGEN().fit(first))] == things
    with pytest.raises(InputError, match="leave the path out to keep objects in RAM"):
        MemGEN(tmp_path / "m").fit(first)


def test_a_memory_has_labels_of_its_own() -> None:
    with pytest.raises(InputError, match="a memory has its own"):
        MemGEN().fit(MemGEN().fit(["a"]), ["label"])


def test_memories_are_joined_on_the_command_line(byheart: Command, tmp_path: Path) -> None:
    for name, texts in (("one", ["a", "b"]), ("two", ["c"])):
        MemGEN(tmp_path / name).fit(texts)
    answer = byheart("learn", tmp_path / "one", tmp_path / "two", tmp_path / "both")
    assert answer.code == 0, answer.err
    assert "learned 3 texts (3 distinct, 3 bytes)" in answer.out
    assert sorted(MemGEN(tmp_path / "both").sample(3, 0, replace=False)) == ["a", "b", "c"]
    assert byheart("learn", tmp_path / "both", tmp_path / "both", "--append").code == 0
    assert len(MemGEN(tmp_path / "both")) == 6


def test_what_a_generator_made_may_be_a_memory(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    train, heldout, made = (random.normal(size=(60, 3)) for _ in range(3))
    MemGEN(tmp_path / "made").fit(made)
    by_path, by_model, by_array = (
        judge(generated=one, train=train, heldout=heldout, metrics=["exact_share", "energy_distance"]).to_dict()
        for one in (str(tmp_path / "made"), MemGEN(tmp_path / "made"), made)
    )
    assert by_path["metrics"] == by_model["metrics"] == by_array["metrics"]


def test_an_item_of_a_structured_array_is_a_row() -> None:
    rows = np.array([(1, 2.5), (3, 4.5)], [("x", "i4"), ("y", "f8")])
    model = MemGEN().fit(rows)
    assert rows[1] in model
    assert np.array([(1, 4.5)], rows.dtype)[0] not in model
    assert MemGEN().fit(list(rows)).sample(9, 0).tolist() == model.sample(9, 0).tolist()
