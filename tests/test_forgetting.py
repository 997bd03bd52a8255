"""Forgetting: exact at once; after `compact`, gone from the disk."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from byheart import ConflictError, DamagedError, InputError, MemGEN, MemoryNotFoundError
from byheart.memory import manifest as m
from byheart.memory import retention, store, writer
from byheart.memory.compacting import MERGE_AT

SECRET = "the secret of patient number 4711"
OTHERS = [f"patient number {i} is well" for i in range(100)]


def everything(model: MemGEN) -> list[str]:
    table = model.to_reader().read_all()
    records: list[str] = table.column(0).to_pylist()
    return records


def holders(root: Path, data: bytes) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file() and data in path.read_bytes()]


@pytest.fixture(params=["list", "hashmap"])
def model(tmp_path: Path, request: pytest.FixtureRequest) -> MemGEN:
    records = [*OTHERS[:50], SECRET, *OTHERS[50:], SECRET]
    return MemGEN(tmp_path / "m", structure=request.param).fit(records)


def test_a_forgotten_record_is_never_sampled_scored_or_found(model: MemGEN) -> None:
    told = model.forget([SECRET, "never learned"])
    assert (told.records, told.version) == (2, 2)
    assert len(model) == 100
    assert SECRET not in model
    assert sorted(model.sample(100, 0, replace=False)) == sorted(OTHERS)
    assert np.allclose(np.exp(model.score_samples(OTHERS[:3])), 0.01)
    assert everything(model) == OTHERS
    assert model.verify(20_000).p_value > 1e-4


def test_what_was_not_learned_is_forgotten_without_a_new_version(model: MemGEN) -> None:
    told = model.forget(["never learned"])
    assert (told.records, told.version) == (0, 1)


def test_forgetting_by_condition(model: MemGEN) -> None:
    assert model.forget(where="record like '%secret%'").records == 2
    assert model.forget(where="record like '%secret%'").records == 0
    assert everything(model) == OTHERS


def test_older_versions_hold_it_until_compact(model: MemGEN) -> None:
    model.forget([SECRET])
    assert SECRET in MemGEN(model.path, version=1)
    assert holders(Path(str(model.path)), SECRET.encode())
    told = model.compact()
    assert told.undeletable == ()
    assert holders(Path(str(model.path)), SECRET.encode()) == []
    assert everything(model) == OTHERS
    assert model.check().ok
    with pytest.raises(MemoryNotFoundError, match="no version 1"):
        len(MemGEN(model.path, version=1))


def test_forget_with_compact_leaves_no_byte_of_it_not_even_its_file_name(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    for name in ("alice", "bob"):
        (tmp_path / "files" / f"{name}.txt").write_text(f"{name} was here")
    model = MemGEN(tmp_path / "m").fit(tmp_path / "files" / "alice.txt").partial_fit(tmp_path / "files" / "bob.txt")
    model.forget(where="record = 'alice was here'", compact=True)
    assert holders(tmp_path / "m", b"alice") == []
    assert everything(model) == ["bob was here"]


def test_everything_can_be_forgotten_and_learned_anew(model: MemGEN) -> None:
    model.forget(where="locator >= 0", compact=True)
    assert len(model) == 0
    assert model.check().ok
    with pytest.raises(InputError, match="1 record"):
        model.sample()
    assert list(model.partial_fit(["again"]).sample(2, 0)) == ["again", "again"]


def test_rows_and_arrays_are_forgotten_by_value(tmp_path: Path) -> None:
    rows = [{"age": i, "name": f"n{i}"} for i in range(10)]
    table = MemGEN(tmp_path / "rows").fit(rows)
    table.forget([{"name": "n3", "age": 3}])
    table.forget(where="age > 7", compact=True)
    assert [row["age"] for row in table.sample(7, 0, replace=False)] != []
    assert {row["age"] for row in table.sample(200, 0)} == {0, 1, 2, 4, 5, 6, 7}
    numbers = np.arange(30).reshape(10, 3)
    arrays = MemGEN(tmp_path / "arrays").fit(numbers)
    assert arrays.forget(numbers[4:6], compact=True).records == 2
    assert np.array_equal(np.sort(arrays.sample(8, 0, replace=False).to_numpy()[:, 0]), [0, 3, 6, 9, 18, 21, 24, 27])


def test_compact_merges_a_hashmap_across_its_segments(tmp_path: Path) -> None:
    model = MemGEN(tmp_path / "m", structure="hashmap").fit(["a", "b"], ["x", None]).partial_fit(["a", "a", "c"])
    model.partial_fit(["a"], ["x"])
    assert model.snapshot.manifest.rows == 5
    model.compact()
    assert (len(model), model.snapshot.manifest.rows, model.distinct) == (6, 4, 4)
    assert np.allclose(np.exp(model.score_samples(["a", "b", "c"])), [4 / 6, 1 / 6, 1 / 6])
    assert len(model.sample(50, 0, where="label = 'x'")) == 50
    version = model.compact().version
    assert model.compact().version == version  # there is nothing left to do


def test_compact_gives_way_to_a_writer_that_changed_its_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An append that comes between is kept; a forget that comes between stops it, and nothing is lost."""
    root = tmp_path / "m"
    model = MemGEN(root).fit(["a", "b", "c"])
    model.forget(["a"])
    publish = store.publish

    def after(other: object) -> None:
        def delayed(writer: store.Writer, next_version: store.NextVersion) -> m.Manifest:
            monkeypatch.setattr(store, "publish", publish)
            other()  # type: ignore[operator]  # one of the two below
            return publish(writer, next_version)

        monkeypatch.setattr(store, "publish", delayed)

    after(lambda: MemGEN(root).partial_fit(["d"]))
    model.compact()
    assert everything(model) == ["b", "c", "d"]
    model.forget(["b"])
    after(lambda: MemGEN(root).forget(["c"]))
    with pytest.raises(ConflictError, match="run it again"):
        model.compact()
    assert everything(MemGEN(root)) == ["d"]
    assert model.check() == model.check(repair=True)  # and nothing is left over


def test_compact_never_writes_damage_down_as_if_it_were_sound(model: MemGEN) -> None:
    model.forget(where="locator = 0")
    root = Path(str(model.path))
    (segment,) = (path for path in (root / "segments").glob("*-0.arrow"))
    data = bytearray(segment.read_bytes())
    data[data.index(b"patient number 77")] ^= 1
    segment.write_bytes(data)
    with pytest.raises(DamagedError, match="not what was learned"):
        MemGEN(root).compact()
    assert len(MemGEN(root)) == model.snapshot.manifest.records


def test_what_cannot_be_deleted_is_listed(model: MemGEN, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy that someone made inside the folder, and that byheart does not own."""
    stray = Path(str(model.path)) / "copy-of-mine.txt"
    stray.write_text(f"here is {SECRET}, safe")
    (stray.parent / "harmless.txt").write_text("nothing here")
    told = model.forget([SECRET], compact=True)
    assert told.undeletable == (str(stray),)
    assert stray.exists()


def test_many_small_appends_become_few_segments_in_the_same_order(tmp_path: Path) -> None:
    model = MemGEN(tmp_path / "m").fit(["0"])
    for number in range(1, 3 * MERGE_AT):
        model.partial_fit([str(number)])
    assert everything(model) == [str(number) for number in range(3 * MERGE_AT)]
    assert len(model.snapshot.segments) < MERGE_AT
    assert model.check().ok
    assert {learn.sources for learn in store.learns_of(tmp_path / "m", model.snapshot.manifest)} == {("list",)}
    assert len(store.learns_of(tmp_path / "m", model.snapshot.manifest)) == 3 * MERGE_AT


def test_the_last_ten_versions_stay_and_younger_ones_than_seven_days(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "m"
    model = MemGEN(root).fit(["replaced"])
    old = (datetime.now(UTC) - timedelta(days=8)).isoformat()
    monkeypatch.setattr(store, "now", lambda: old)
    for number in range(12):
        model.fit([f"version {number}"], overwrite=True)
    assert m.versions(root) == [1, *range(4, 14)]  # the first was made today: it stays
    assert len(list((root / "segments").glob("*[0-9].arrow"))) == 11
    assert model.check().leftovers == ()
    assert everything(MemGEN(root, version=4)) == ["version 2"]


def test_a_version_that_cannot_be_swept_does_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "KEPT_FOR", timedelta(days=-1))
    root = tmp_path / "m"
    model = MemGEN(root).fit(["0"])
    (page,) = (root / "pages").iterdir()
    os.truncate(page, 10)
    for number in range(1, 15):
        model.fit([str(number)], overwrite=True)
    assert everything(model) == ["14"]


def test_a_hashmap_of_many_segments_holds_each_record_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Learned a segment at a time, since RAM holds the distinct records of one only; then written anew."""
    monkeypatch.setattr(writer, "HASHMAP_SEGMENT_BYTES", 1 << 17)
    records = [f"record {i % 5000}" for i in range(20_000)]
    model = MemGEN(tmp_path / "m", structure="hashmap").fit(iter(records), ["x"] * 10_000 + [None] * 10_000)
    assert (len(model), model.snapshot.manifest.rows, model.distinct) == (20_000, 10_000, 10_000)
    assert np.allclose(np.exp(model.score_samples(records[:3])), 4 / 20_000)
    assert model.check().ok
    assert model.check().leftovers == ()
