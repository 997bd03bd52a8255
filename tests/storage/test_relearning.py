"""A memory is a source of another: what comes out is what went in, with all that is known of it."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from byheart import MemGEN, audit
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
    with pytest.raises(InputError, match="whose records have their own"):
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


def test_damage_is_never_learned_as_if_it_were_sound(byheart: Command, tmp_path: Path) -> None:
    MemGEN(tmp_path / "m").fit(["one", "two", "three"])
    (segment,) = (tmp_path / "m" / "segments").glob("*-0.arrow")
    segment.write_bytes(segment.read_bytes().replace(b"onetwo", b"Xnetwo"))
    answer = byheart("learn", tmp_path / "m", tmp_path / "again")
    assert answer.code == 2
    assert "is not what was learned" in answer.err
    assert not (tmp_path / "again").exists()


def test_a_memory_without_its_empty_folders_is_one(tmp_path: Path) -> None:
    MemGEN(tmp_path / "m").fit(["one", "two"])
    for name in ("tombstones", "writers", "indexes"):
        (tmp_path / "m" / name).rmdir()
    assert sorted(MemGEN().fit(tmp_path / "m").sample(2, 0, replace=False)) == ["one", "two"]
    with pytest.raises(InputError, match="name each memory by itself"):
        MemGEN().fit(f"{tmp_path}/*")


def test_options_of_files_are_refused_for_a_memory(byheart: Command, tmp_path: Path) -> None:
    MemGEN(tmp_path / "m").fit(["one", "two"])
    answer = byheart("learn", tmp_path / "m", tmp_path / "again", "--by", "file")
    assert answer.code == 2
    assert "wanted no options but the kind" in answer.err


def test_a_hashmap_stays_one_and_is_told_once() -> None:
    first = MemGEN(structure="hashmap").fit(["a"] * 200_000 + ["b"])
    again = MemGEN().fit(first)
    assert again.snapshot.manifest.structure == "hashmap"
    assert (len(again), again.distinct, again.snapshot.manifest.rows) == (200_001, 2, 2)
    spelt = MemGEN(structure="list").fit(first)
    assert spelt.snapshot.manifest.rows == 200_001
    assert spelt.score_samples(["a", "b"]).tolist() == first.score_samples(["a", "b"]).tolist()


def test_objects_are_records_whatever_they_come_from() -> None:
    rows = MemGEN().fit(pa.table({"a": [1, 2, 3], "b": [4, 5, 6]}))
    model = MemGEN(kind="object").fit(rows)
    assert [record for record, _, _ in learned(model)] == [{"a": 1, "b": 4}, {"a": 2, "b": 5}, {"a": 3, "b": 6}]
    assert "a" in MemGEN(kind="object").fit(MemGEN().fit(["a"]))


@pytest.mark.parametrize("kind", RECORDS)
def test_a_model_is_looked_up_and_forgotten_as_records_are(kind: str, tmp_path: Path) -> None:
    first = MemGEN(tmp_path / "m", kind=kind).fit(RECORDS[kind])
    few = MemGEN(kind=kind).fit(first.sample(1, 0).tolist() if kind != "row" else RECORDS[kind].slice(0, 1))
    assert np.isfinite(first.score_samples(few)).all()
    assert first.forget(few).records == len(RECORDS[kind]) - len(first) > 0


def test_places_of_what_was_no_file_make_no_record_learned(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    train, heldout, made = (
        ["yes" if rng.random() < 0.9 else str(rng.integers(1 << 40)) for _ in range(200)] for _ in range(3)
    )
    MemGEN(tmp_path / "train").fit(train)
    MemGEN(tmp_path / "heldout").fit(heldout)
    shares = [
        audit(made, held, memory=tmp_path / "train").share
        for held in (heldout, tmp_path / "heldout", MemGEN(tmp_path / "heldout"))
    ]
    assert shares[0] == shares[1] == shares[2]


def test_an_item_of_a_structured_array_is_a_row() -> None:
    rows = np.array([(1, 2.5), (3, 4.5)], [("x", "i4"), ("y", "f8")])
    model = MemGEN().fit(rows)
    assert rows[1] in model
    assert np.array([(1, 4.5)], rows.dtype)[0] not in model
    assert MemGEN().fit(list(rows)).sample(9, 0).tolist() == model.sample(9, 0).tolist()


@pytest.mark.parametrize(
    "fields",
    [
        [("x", "i4"), ("y", "f4")],
        [("t", "M8[ns]"), ("d", "m8[us]")],
        [("big", "u8"), ("few", "i2", (2,))],
        [("inner", [("a", "i4"), ("b", "f8")]), ("q", "i1")],
    ],
)
def test_items_of_a_structured_array_have_its_types(fields: Any) -> None:
    rows = np.zeros(3, fields)
    rows[1] = tuple(np.ones(1, rows.dtype)[0])
    model, items = MemGEN().fit(rows), MemGEN().fit(list(rows))
    assert items.snapshot.field.equals(model.snapshot.field)
    assert rows[1] in model
    assert model.score_samples(list(rows)).tolist() == model.score_samples(rows).tolist()


def test_an_item_among_others_is_an_object() -> None:
    rows = np.zeros(1, [("x", "i4")])
    assert len(MemGEN().fit([rows[0], "s"])) == 2
    with pytest.raises(InputError, match="wanted numbers, times or texts in each field, got complex128"):
        MemGEN().fit(np.zeros(2, [("z", "c16")]))
