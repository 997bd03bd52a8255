"""Whatever is learned comes back bit for bit: every kind, in both structures, from disk and from RAM, with and without the kernels."""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from any_records import KINDS, Records, key_of, row_keys, without_signs_of_zero
from contents import require_sound
from hypothesis import given, settings
from hypothesis import strategies as st

from byheart import MemGEN, _files
from byheart.batch import Batch
from byheart.memory import segment, writer
from byheart.memory.learning import Structure

Told = tuple[Any, str | None]

labels = st.none() | st.sampled_from(["", "cat", "Ä"])


@contextmanager
def small_batches(rows: int) -> Iterator[None]:
    """Segments of several batches, where so few records are learned."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (segment, writer):
            patch.setattr(module, "BATCH_ROWS", rows)
        patch.setattr(writer, "SEGMENT_BYTES", 150)
        patch.setattr(_files, "_fsync", lambda descriptor: None)  # no power is lost here
        yield


@contextmanager
def place(on_disk: bool) -> Iterator[Path | None]:
    """Where a memory may be."""
    if not on_disk:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / "m"


def told(model: MemGEN, indices: Any) -> list[Told]:
    """Occurrences as keys, with their labels; each compared with its fingerprint on the way."""
    batch = Batch(model.snapshot, np.asarray(indices, np.int64), verify=True)
    if batch.kind == "row":
        keys = row_keys(pa.RecordBatch.from_struct_array(batch.to_arrow()))
    else:
        keys = [key_of(batch.kind)(record) for record in batch]
    return list(zip(keys, batch.labels or [None] * len(batch), strict=True))


def as_learned(told_: list[Told], kind: str, structure: Structure) -> list[Told]:
    """As it is to be compared: in order, from a list; however ordered, and without signs of zero, from a hashmap."""
    if structure == "list":
        return told_
    if kind == "row":
        told_ = [(without_signs_of_zero(key), label) for key, label in told_]
    return sorted(told_, key=repr)


@pytest.mark.parametrize("examples", [15, pytest.param(500, marks=pytest.mark.full)])
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_learned_comes_back_bit_for_bit(kind: str, examples: int, path: str) -> None:
    @settings(max_examples=examples)
    @given(KINDS[kind], st.data(), st.sampled_from(["list", "hashmap"]), st.booleans(), st.integers(1, 9))
    def round_trip(records: Records, data: st.DataObject, structure: Structure, on_disk: bool, rows: int) -> None:
        n = len(records.keys)
        cut = data.draw(st.integers(1, n), "learned at first")
        wanted: list[Told] = []
        with small_batches(rows), place(on_disk) as root:
            model = MemGEN(root, structure=structure, kind=kind)
            for learn, start, stop in ((model.fit, 0, cut), (model.partial_fit, cut, n)):
                if start < stop:
                    size = stop - start
                    given_ = data.draw(st.none() | st.lists(labels, min_size=size, max_size=size), "labels")
                    weigh = structure == "list" and data.draw(st.booleans(), "weighted")
                    weights = np.arange(start, stop, dtype=np.float64) if weigh else None
                    learn(records.part(start, stop).data, given_, sample_weight=weights)
                    wanted += zip(records.keys[start:stop], given_ or [None] * size, strict=True)
            again = model if root is None else MemGEN(root)
            assert len(again) == n
            assert as_learned(told(again, range(n)), kind, structure) == as_learned(wanted, kind, structure)
            drawn = told(again, again.sample(n, 0, replace=False).indices)
            assert Counter(as_learned(drawn, kind, "hashmap")) == Counter(as_learned(wanted, kind, "hashmap"))
            assert again.distinct == len(set(as_learned(wanted, kind, "hashmap")))
            _require_stream(again, records, wanted)
            if root is not None:
                require_sound(root)

    round_trip()


def _require_stream(model: MemGEN, records: Records, wanted: list[Told]) -> None:
    """The Arrow stream of all that there is has as many, with the same labels."""
    table = model.to_reader().read_all()
    assert table.num_rows == len(wanted)
    if "label" in table.schema.names and "label" not in getattr(records.data, "schema", pa.schema([])).names:
        assert Counter(table.column("label").to_pylist()) == Counter(label for _, label in wanted)


@pytest.mark.parametrize("examples", [15, pytest.param(500, marks=pytest.mark.full)])
@pytest.mark.parametrize("kind", KINDS)
def test_each_record_is_known_with_its_share(kind: str, examples: int, path: str) -> None:
    @settings(max_examples=examples)
    @given(KINDS[kind], st.sampled_from(["list", "hashmap"]))
    def known(records: Records, structure: Structure) -> None:
        model = MemGEN(structure=structure, kind=kind).fit(records.data)
        same = [key for key, _ in as_learned([(key, None) for key in records.keys], kind, "hashmap")]
        shares = Counter(same)
        probabilities = np.exp(model.score_samples(records.data))
        in_order = [without_signs_of_zero(key) if kind == "row" else key for key in records.keys]
        assert np.allclose(probabilities, [shares[key] / len(same) for key in in_order])

    known()


def test_the_bits_of_a_nan_are_kept(tmp_path: Path, path: str) -> None:
    """A quiet and a signalling NaN, and one with a sign, are three of 2^53: none becomes another."""
    odd = np.array([0x7FF8000000000001, 0x7FF0000000000001, 0xFFF8000000000000, 0x8000000000000000], np.uint64)
    floats = odd.view(np.float64)
    arrays = MemGEN(tmp_path / "arrays").fit(floats)
    rows = MemGEN(tmp_path / "rows").fit(pa.table({"f": floats}))
    for model in (arrays, rows):
        column = Batch(model.snapshot, np.arange(4), verify=True).to_arrow()
        column = column.field("f") if pa.types.is_struct(column.type) else column.flatten()
        assert column.to_numpy().view(np.uint64).tolist() == odd.tolist()


def test_a_null_an_empty_text_and_no_text_are_three(tmp_path: Path, path: str) -> None:
    for structure in ("list", "hashmap"):
        model = MemGEN(tmp_path / structure, structure=structure)
        model.fit([{"a": None, "b": ""}, {"a": "", "b": None}, {"a": "", "b": ""}, {"a": "x", "b": None}])
        assert model.distinct == 4
        assert np.allclose(np.exp(model.score_samples([{"a": None, "b": ""}, {"a": None, "b": None}])), [0.25, 0])


def _one(size: int) -> list[bytes]:
    return [bytes(size)]


@pytest.mark.parametrize("make", [_one, lambda size: [b"x", bytes(size), b"", bytes(size)]])
def test_a_record_larger_than_a_batch_is_a_batch_by_itself(
    make: Callable[[int], list[bytes]], tmp_path: Path, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "BATCH_BYTES", 1000)
    records = make(5000)
    model = MemGEN(tmp_path / "m").fit(records)
    assert Batch(model.snapshot, np.arange(len(records)), verify=True).tolist() == records
    require_sound(tmp_path / "m")
