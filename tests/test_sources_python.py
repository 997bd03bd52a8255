"""Records that are in Python objects already: every sort gives what it holds, in order."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from byheart import InputError, MemGEN
from byheart.sources.python import PythonSource
from sources import learn


def png(shade: int) -> bytes:
    packed = io.BytesIO()
    Image.new("L", (4, 4), shade).save(packed, "PNG")
    return packed.getvalue()


# iterables and arrays


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))) | st.lists(st.binary()))
def test_iterables_of_every_sort_give_their_items(items: list[Any]) -> None:
    if not items:
        return
    for data in (items, tuple(items), iter(items), (item for item in items)):
        assert learn(data).records == items


@given(hnp.arrays(st.sampled_from(["u1", "<i4", ">f8", "c16", "?"]), hnp.array_shapes(max_dims=3, max_side=4)))
def test_arrays_give_what_lies_along_their_first_axis(array: Any) -> None:
    assert np.array_equal(np.array(learn(array).records), array, equal_nan=True)
    assert np.array_equal(np.array(learn(array[::-1]).records), array[::-1], equal_nan=True)
    assert np.array_equal(np.array(learn(list(array)).records), array, equal_nan=True)


def test_arrays_of_strings_objects_and_structures(tmp_path: Path) -> None:
    assert learn(np.array(["to be", "or"])).records == ["to be", "or"]
    assert learn(np.array([b"to be", b"or"])).records == [b"to be", b"or"]
    assert learn(np.array(["to be", "or"], object)).records == ["to be", "or"]
    assert learn(np.array([(1, 0.5)], [("a", "i4"), ("b", "f8")])).records == [{"a": 1, "b": 0.5}]
    mapped = np.lib.format.open_memmap(tmp_path / "a.npy", "w+", np.uint8, (5, 2))
    mapped[:] = 7
    assert np.array_equal(learn(mapped).records, mapped)


@pytest.mark.parametrize("data", ["a text", b"bytes", {"a": [1]}, 7, None, np.array(7), object()])
def test_what_is_one_thing_is_no_source(data: Any) -> None:
    with pytest.raises(InputError, match=r"wanted|no such"):
        learn(data)


def test_a_generator_is_taken_a_few_records_at_a_time() -> None:
    taken = 0

    def large() -> Iterator[bytes]:
        nonlocal taken
        for i in range(8):
            taken += 1
            yield bytes([i]) * (3 << 20)

    for i, chunk in enumerate(PythonSource(large()).chunks()):
        assert len(chunk) == 1
        assert taken <= i + 2


def test_an_error_of_a_generator_is_the_callers_own(tmp_path: Path) -> None:
    def broken() -> Iterator[str]:
        yield "to be"
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        MemGEN(tmp_path / "m").fit(broken())
    assert not list(tmp_path.rglob("*.arrow"))


def test_labels_are_one_a_record_even_of_a_generator() -> None:
    model = MemGEN()
    model.fit((str(i) for i in range(3)), ["a", "b", None])
    with pytest.raises(InputError, match="labels: wanted 3, one a record, got 2"):
        model.fit((str(i) for i in range(3)), ["a", "b"])
    with pytest.raises(InputError, match="labels: wanted 3, one a record, got 4"):
        model.fit((str(i) for i in range(3)), ["a", "b", "c", "d"])


# tables

FRAME = pd.DataFrame(
    {
        "whole": [1, 2, 3],
        "maybe": pd.array([1, None, 3], "Int32"),
        "number": [0.5, np.nan, 1.5],
        "text": ["a", None, "ç"],
        "sort": pd.Categorical(["cat", "dog", "cat"]),
        "truth": [True, False, True],
        "time": pd.to_datetime(["2020-01-01", "2020-01-02", None]),
        "zone": pd.to_datetime(["2020-01-01", "2020-01-02", "2020-01-03"], utc=True),
        "span": pd.to_timedelta([1, 2, 3], "s"),
        "list": [[1, 2], [], [3]],
        "bytes": [b"x", b"y", b"z"],
        7: [1, 2, 3],
    },
    index=["p", "q", "r"],
)


def test_a_frame_of_pandas_gives_its_rows_without_the_index() -> None:
    found = learn(FRAME).records
    assert list(found[0]) == [*map(str, FRAME.columns)]
    for name in ("whole", "truth", "sort", "bytes", 7):
        assert [row[str(name)] for row in found] == FRAME[name].tolist()
    assert [row["maybe"] for row in found] == [1, None, 3]
    assert [row["number"] for row in found] == [0.5, None, 1.5]
    assert [row["text"] for row in found] == ["a", None, "ç"]
    assert [row["list"] for row in found] == [[1, 2], [], [3]]
    assert found[0]["time"] == FRAME["time"].iloc[0]
    assert found[2]["zone"] == FRAME["zone"].iloc[2]
    assert [row["span"] for row in found] == FRAME["span"].tolist()


def test_a_column_of_pandas_gives_its_values() -> None:
    assert learn(pd.Series(["a", "b"])).records == ["a", "b"]
    assert learn(pd.Series(["a", "b"], dtype=object)).records == ["a", "b"]
    assert learn(pd.Series([b"a", b"b"])).records == [b"a", b"b"]
    assert learn(pd.Series(["a", "b"], dtype="category")).records == ["a", "b"]
    assert np.array_equal(learn(pd.Series([0.5, np.nan])).records, [0.5, np.nan], equal_nan=True)
    assert learn(pd.Series([1, 2], dtype="Int64")).records == [1, 2]


def test_a_frame_of_mixed_objects_is_refused() -> None:
    with pytest.raises(InputError, match="one type in each column"):
        learn(pd.DataFrame({"a": [1, "x", None]}))


def test_frames_of_polars_and_tables_of_arrow_give_their_rows() -> None:
    rows: list[dict[str, Any]] = [
        {"a": 1, "t": "x", "l": ["p"], "s": {"u": "v"}},
        {"a": 2, "t": None, "l": [], "s": {"u": None}},
    ]
    frame = pl.DataFrame(rows).with_columns(c=pl.Series(["u", "v"], dtype=pl.Categorical))
    rows = [{**row, "c": c} for row, c in zip(rows, "uv", strict=True)]
    table = frame.to_arrow()
    for data in (frame, table, table.to_reader(), table.to_batches()[0], table.to_batches(), iter(table.to_batches())):
        assert learn(data).records == rows
    assert learn(frame["t"].drop_nulls()).records == ["x"]
    assert learn(frame["a"]).records == [1, 2]
    assert learn(pa.array(["x", "y"])).records == ["x", "y"]
    assert learn(pa.chunked_array([["x"], ["y"]])).records == ["x", "y"]
    assert learn(pa.array(["x", "y"]).dictionary_encode()).records == ["x", "y"]
    assert learn(pa.RunEndEncodedArray.from_arrays([2, 3], ["x", "y"])).records == ["x", "x", "y"]


def test_arrow_data_that_is_not_what_it_says_is_refused() -> None:
    broken = pa.Array.from_buffers(
        pa.string(), 1, [None, pa.py_buffer(np.array([0, 2], "<i4")), pa.py_buffer(b"\xff\xfe")]
    )
    for data in (broken, pa.table({"a": broken})):
        with pytest.raises(InputError, match="Arrow data that is whole"):
            learn(data)


# torch


def test_tensors_give_what_lies_along_their_first_axis() -> None:
    torch = pytest.importorskip("torch")
    tensor = torch.arange(12, dtype=torch.int16).reshape(3, 4)
    assert np.array_equal(learn(tensor).records, tensor.numpy())
    assert learn(tensor).records[0].dtype == np.int16
    assert np.array_equal(learn(tensor.float().requires_grad_()).records, tensor.numpy())
    assert np.array_equal(learn([*tensor]).records, tensor.numpy())
    with pytest.raises(InputError, match="wanted numbers that numpy has"):
        learn(tensor.to(torch.bfloat16))


def test_datasets_of_torch_give_their_items_and_labels() -> None:
    data: Any = pytest.importorskip("torch.utils.data")
    torch = pytest.importorskip("torch")
    tensor = torch.arange(12.0).reshape(3, 4)
    assert np.array_equal(learn(data.TensorDataset(tensor)).records, tensor.numpy())
    pairs = learn(data.TensorDataset(tensor, torch.tensor([1, 0, 1])))
    assert np.array_equal(pairs.records, tensor.numpy())
    assert pairs.labels == ["1", "0", "1"]

    class Endless(data.Dataset):  # type: ignore[misc]  # torch may be absent
        """As many are: it has a length, and no end to its items."""

        def __len__(self) -> int:
            return 3

        def __getitem__(self, i: int) -> str:
            return f"text {i}"

    class Stream(data.IterableDataset):  # type: ignore[misc]  # as above
        def __iter__(self) -> Iterator[Any]:
            yield from [("to be", "x"), ("or", "y")]

    assert learn(Endless()).records == ["text 0", "text 1", "text 2"]
    assert (learn(Stream()).records, learn(Stream()).labels) == (["to be", "or"], ["x", "y"])
    with pytest.raises(InputError, match="pairs of a record and a label"):
        learn(data.TensorDataset(tensor, tensor))


# Hugging Face


def test_datasets_of_hugging_face_give_rows_and_encoded_images(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    (tmp_path / "b.png").write_bytes(png(2))
    images = [{"bytes": png(1), "path": None}, {"bytes": None, "path": str(tmp_path / "b.png")}]
    features = datasets.Features({"image": datasets.Image(), "label": datasets.ClassLabel(names=["cat", "dog"])})
    held = datasets.Dataset.from_dict({"image": images, "label": [0, 1]}, features=features)
    rows = [{"image": png(1), "label": 0}, {"image": png(2), "label": 1}]
    for data in (held, held.to_iterable_dataset()):
        assert learn(data).records == rows
    assert learn(held.select([1, 0])).records == rows[::-1]
    only = learn(held.select_columns("image"))
    assert (only.kind, only.records) == ("image", [png(1), png(2)])
    texts = datasets.Dataset.from_dict({"text": [f"text {i}" for i in range(3000)]})
    assert learn(texts).records == [{"text": f"text {i}"} for i in range(3000)]
    assert learn(texts["text"]).records == [f"text {i}" for i in range(3000)]
