"""Saved samples are what was learned, bit for bit, in every format that can hold them."""

import csv
import io
import json
import zipfile
from datetime import date
from decimal import Decimal
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_digits, load_iris

from byheart import InputError, MemGEN, MemoryExistsError, StorageError
from byheart.batch import Batch
from byheart.memory.learning import Plan
from byheart.saving import FORMATS, about, from_file, save, to_file
from byheart.saving.jsonable import from_jsonable, jsonable
from byheart.sources import Options, open_source

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
TEXTS = ["one line", "ça", "", 'a "quote", a comma', "two\nlines"]
ROWS = [
    {
        "age": 39,
        "name": 'x "y", z',
        "height": 1.75,
        "born": date(1985, 5, 1),
        "paid": Decimal("1.20"),
        "photo": b"\x00\xff",
    },
    {"age": 40, "name": None, "height": float("nan"), "born": None, "paid": None, "photo": b""},
    {"age": 41, "name": "", "height": -0.0, "born": date(1, 1, 1), "paid": Decimal("-3.00"), "photo": None},
]
RECORDS: dict[str, Any] = {
    "text": TEXTS,
    "bytes": [b"", b"\x00\xff", b"%PDF-1.7 ...", PNG],
    "image": [PNG, b"\xff\xd8\xff\xe0 a JPEG", b"GIF89a ..."],
    "audio": [b"RIFF....WAVEfmt ", b"fLaC....", b"OggS...."],
    "array": load_digits().images[:6],
    "row": ROWS,
}


def model(kind: str, labels: list[str] | None = None) -> MemGEN:
    return MemGEN(kind=kind).fit(RECORDS[kind], labels)


def batches(model_: MemGEN, count: int = 40, step: int = 16) -> list[Batch]:
    return [model_.sample(min(step, count - start), 7, start=start) for start in range(0, count, step)]


def saved(kind: str, path: Path, labels: list[str] | None = None, **options: Any) -> Batch:
    """Save 40 samples in three batches; give back the same samples as one."""
    model_ = model(kind, labels)
    told = save(batches(model_), path, kind=kind, total=40, **options)
    assert (told.path, told.samples) == (path, 40)
    return model_.sample(40, 7)


def same(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray):
        return bool(np.array_equal(a, b) and a.dtype == b.dtype)
    return repr(a) == repr(b)  # NaN is NaN here, and -0.0 is not 0.0


@pytest.mark.parametrize("kind", RECORDS)
def test_a_folder_has_a_file_a_sample_and_an_index(tmp_path: Path, kind: str) -> None:
    labels = [str(number % 2) for number in range(len(RECORDS[kind]))]
    batch = saved(kind, tmp_path / "out", labels)
    index = [json.loads(line) for line in (tmp_path / "out" / "index.byheart.jsonl").read_text("utf-8").splitlines()]
    field = model(kind).snapshot.field
    for entry, record, told in zip(index, batch, about(batch), strict=True):
        data = (tmp_path / "out" / entry.pop("file")).read_bytes()
        assert same(from_file(kind, data, field), record)
        assert entry == told
    assert len(list((tmp_path / "out").iterdir())) == 41


@pytest.mark.parametrize("kind", RECORDS)
def test_a_zip_has_the_same_files_and_the_same_bytes_each_time(tmp_path: Path, kind: str) -> None:
    saved(kind, tmp_path / "out")
    for name in ("one.zip", "two.zip"):
        saved(kind, tmp_path / name)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    assert inside == {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}


@pytest.mark.parametrize(
    ("kind", "name", "field"),
    [
        *((kind, name, None) for kind in ("text", "image", "audio", "bytes") for name in ("out", "x.zip")),
        *(("text", name, "text") for name in ("x.jsonl", "x.csv", "x.parquet", "x.arrow")),
        *(("row", name, None) for name in ("x.parquet", "x.arrow")),
        ("array", "x.npy", None),
    ],
)
def test_saved_samples_can_be_learned_as_what_they_were(
    tmp_path: Path, kind: str, name: str, field: str | None
) -> None:
    batch = saved(kind, tmp_path / name)
    again = MemGEN(tmp_path / "m")
    again.learn_sources([open_source(tmp_path / name, Options(field=field))], Plan())
    assert again.snapshot.manifest.kind == kind
    assert len(again) == 40
    shuffled = again.sample(40, 0, replace=False)
    in_order = [
        record for _, record in sorted(zip(shuffled.indices.tolist(), shuffled, strict=True), key=itemgetter(0))
    ]
    assert all(map(same, in_order, batch))


def test_files_have_the_suffix_that_their_first_bytes_ask_for(tmp_path: Path) -> None:
    saved("bytes", tmp_path / "out")
    index = [json.loads(line) for line in (tmp_path / "out" / "index.byheart.jsonl").read_text().splitlines()]
    suffixes = {entry["index"]: Path(entry["file"]).suffix for entry in index}
    assert suffixes == {0: ".bin", 1: ".bin", 2: ".pdf", 3: ".png"}


def table_of(path: Path) -> pa.Table:
    if path.suffix == ".arrow":
        return pa.ipc.open_file(path).read_all()
    return pq.read_table(path)


@pytest.mark.parametrize("suffix", [".parquet", ".arrow"])
@pytest.mark.parametrize("kind", [kind for kind in RECORDS if kind not in {"row", "array"}])
def test_a_table_has_a_column_called_by_the_kind(tmp_path: Path, kind: str, suffix: str) -> None:
    labels = [f"label {number}" for number in range(len(RECORDS[kind]))]
    batch = saved(kind, tmp_path / f"x{suffix}", labels)
    table = table_of(tmp_path / f"x{suffix}")
    assert table.column_names == [kind, "label"]
    assert table.column(kind).to_pylist() == list(batch)
    assert table.column("label").to_pylist() == batch.labels


@pytest.mark.parametrize("suffix", [".parquet", ".arrow"])
def test_rows_keep_their_columns_and_their_types(tmp_path: Path, suffix: str) -> None:
    batch = saved("row", tmp_path / f"x{suffix}")
    table = table_of(tmp_path / f"x{suffix}")
    assert table.schema.types == [field.type for field in model("row").snapshot.field.type]
    assert all(map(same, table.to_pylist(), batch))


@pytest.mark.parametrize("suffix", [".parquet", ".arrow"])
def test_arrays_in_a_table_keep_their_type_and_shape(tmp_path: Path, suffix: str) -> None:
    batch = saved("array", tmp_path / f"x{suffix}")
    column = table_of(tmp_path / f"x{suffix}").column("array")
    field = table_of(tmp_path / f"x{suffix}").schema.field("array")
    dtype, shape = field.metadata[b"dtype"].decode(), json.loads(field.metadata[b"shape"])
    numbers = column.combine_chunks().flatten().to_numpy().astype(dtype).reshape(40, *shape)
    np.testing.assert_array_equal(numbers, batch.to_numpy())


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "float16", "float64", "complex128"])
def test_arrays_of_every_type_are_one_npy(tmp_path: Path, dtype: str) -> None:
    model_ = MemGEN().fit(np.arange(24).reshape(4, 2, 3).astype(dtype))
    save(batches(model_), tmp_path / "x.npy", kind="array", total=40)
    found = np.load(tmp_path / "x.npy")
    assert found.dtype == dtype
    np.testing.assert_array_equal(found, model_.sample(40, 7).to_numpy())


def test_json_lines_have_an_object_a_sample(tmp_path: Path) -> None:
    batch = saved("text", tmp_path / "x.jsonl", ["a", "b", "c", "d", "e"])
    told = [json.loads(line) for line in (tmp_path / "x.jsonl").read_text("utf-8").split("\n")[:-1]]
    assert told == [{"text": text, "label": label} for text, label in zip(batch, batch.labels or [], strict=True)]
    rows = saved("row", tmp_path / "rows.jsonl")
    columns = model("row").snapshot.field.type
    lines = (tmp_path / "rows.jsonl").read_text("utf-8").splitlines()
    assert all(same(from_jsonable(json.loads(line), columns), row) for line, row in zip(lines, rows, strict=True))


def test_csv_tells_null_from_empty_and_quotes_what_needs_it(tmp_path: Path) -> None:
    model_ = MemGEN(kind="row").fit([{name: row[name] for name in ("age", "name", "height")} for row in RECORDS["row"]])
    save(batches(model_), tmp_path / "x.csv", kind="row", total=40)
    options = pa_csv.ConvertOptions(null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False)
    assert all(
        map(same, pa_csv.read_csv(tmp_path / "x.csv", convert_options=options).to_pylist(), model_.sample(40, 7))
    )


def test_csv_of_texts_is_read_by_pythons_own_reader(tmp_path: Path) -> None:
    batch = saved("text", tmp_path / "x.csv")
    with (tmp_path / "x.csv").open(encoding="utf-8", newline="") as file:
        assert [row["text"] for row in csv.DictReader(file)] == list(batch)


def test_csv_refuses_what_it_cannot_hold(tmp_path: Path) -> None:
    for value in ([1, 2], {"inner": 1}, b"\x00\xff"):
        model_ = MemGEN(kind="row").fit([{"id": 1, "cell": value}])
        with pytest.raises(InputError, match=r"cannot hold the columns cell .*: save as \.parquet or \.arrow"):
            save([model_.sample(1, 0)], tmp_path / "x.csv", kind="row", total=1)
    assert list(tmp_path.iterdir()) == []


def test_lines_of_text_are_a_line_each_and_a_single_text_is_the_file(tmp_path: Path) -> None:
    lines = MemGEN().fit(TEXTS[:4])
    save([lines.sample(30, 1)], tmp_path / "x.txt", kind="text", total=30)
    assert (tmp_path / "x.txt").read_text("utf-8").split("\n") == [*lines.sample(30, 1), ""]
    document = MemGEN().fit(["two\nlines"])
    save([document.sample(1, 1)], tmp_path / "y.txt", kind="text", total=1)
    assert (tmp_path / "y.txt").read_bytes() == b"two\nlines"


@pytest.mark.parametrize("text", ["two\nlines", "a carriage return\r"])
def test_a_line_that_could_not_be_read_back_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match=r"sample \d holds a line break: save as \.jsonl, or into a folder"):
        save([MemGEN().fit([text]).sample(2, 0)], tmp_path / "x.txt", kind="text", total=2)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("kind", "record", "name"),
    [
        ("image", PNG, "cat.png"),
        ("image", b"\xff\xd8\xff\xe0", "cat.JPEG"),
        ("bytes", b"%PDF-", "a.pdf"),
        ("bytes", b"?", "a.bin"),
    ],
)
def test_a_single_file_is_written_as_it_is(tmp_path: Path, kind: str, record: bytes, name: str) -> None:
    model_ = MemGEN(kind=kind).fit([record])
    save([model_.sample(1, 0)], tmp_path / name, kind=kind, total=1)
    assert (tmp_path / name).read_bytes() == record
    for wrong in ("cat.gif", "x.jsnl"):
        with pytest.raises(InputError, match="as the first bytes of the sample say"):
            save([model_.sample(1, 0)], tmp_path / wrong, kind=kind, total=1)
    with pytest.raises(InputError, match="cannot save as"):
        save([model_.sample(2, 0)], tmp_path / f"two{Path(name).suffix}", kind=kind, total=2)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("suffix", FORMATS)
def test_no_samples_are_an_empty_file_of_the_format(tmp_path: Path, suffix: str) -> None:
    kind = max(FORMATS[suffix].kinds or {"text"})
    save([model(kind).sample(0, 0)], tmp_path / f"x{suffix}", kind=kind, total=0)
    assert (tmp_path / f"x{suffix}").is_file()


def test_nothing_is_overwritten_unless_asked(tmp_path: Path) -> None:
    mine = tmp_path / "x.jsonl"
    mine.write_text("mine")
    with pytest.raises(MemoryExistsError, match="--overwrite"):
        saved("text", mine)
    assert mine.read_text() == "mine"
    saved("text", mine, overwrite=True)
    assert mine.read_text() != "mine"


def test_a_folder_that_holds_something_is_never_filled(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("mine")
    for overwrite in (False, True):
        with pytest.raises(MemoryExistsError, match="choose another one, or empty it"):
            saved("text", tmp_path / "out", overwrite=overwrite)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine"]


def test_an_empty_folder_is_filled_and_a_slash_names_one(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    saved("text", tmp_path / "out")
    save(batches(model("text")), f"{tmp_path}/v1.2/", kind="text", total=40)
    assert (tmp_path / "v1.2" / "index.byheart.jsonl").is_file()


@pytest.mark.parametrize("name", ["out", *(f"x{suffix}" for suffix in FORMATS)])
def test_what_fails_half_way_leaves_nothing(tmp_path: Path, name: str) -> None:
    kind = max(FORMATS[Path(name).suffix].kinds or {"text"}) if Path(name).suffix else "text"

    def failing() -> Any:
        yield MemGEN(kind=kind).fit(RECORDS[kind][:1]).sample(8, 0)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        save(failing(), tmp_path / name, kind=kind, total=16)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "kind", "wanted"),
    [
        ("x.jsnl", "text", "did you mean '.jsonl'?"),
        ("x.docx", "text", "or a folder (no suffix)"),
        ("x.npy", "text", ".npy cannot hold text records: wanted a folder (no suffix), .txt, .jsonl, .csv"),
        ("x.csv", "image", ".csv cannot hold image records"),
        ("missing/x.csv", "text", "there is no folder"),
    ],
)
def test_a_format_that_does_not_fit_is_refused(tmp_path: Path, name: str, kind: str, wanted: str) -> None:
    with pytest.raises(InputError) as refused:
        saved(kind, tmp_path / name)
    assert wanted in str(refused.value)


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(MemoryExistsError, match="is a file"):
        saved("text", tmp_path / "out")


def test_a_folder_below_a_file_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(StorageError, match="choose another place"):
        saved("text", tmp_path / "file" / "out")


def test_a_label_gives_way_to_a_column_of_its_name(tmp_path: Path) -> None:
    model_ = MemGEN(kind="row").fit([{"label": 1}], ["cat"])
    save([model_.sample(1, 0)], tmp_path / "x.jsonl", kind="row", total=1)
    assert json.loads((tmp_path / "x.jsonl").read_text()) == {"label": 1, "label_": "cat"}


def test_a_real_table_comes_back_from_every_table_format(tmp_path: Path) -> None:
    iris = load_iris(as_frame=True).frame
    model_ = MemGEN().fit(iris)
    expected = model_.sample(40, 7).to_arrow().flatten()
    for suffix in (".parquet", ".arrow", ".csv"):
        save(batches(model_), tmp_path / f"x{suffix}", kind="row", total=40)
        found = pa_csv.read_csv(tmp_path / "x.csv") if suffix == ".csv" else table_of(tmp_path / f"x{suffix}")
        assert [column.to_pylist() for column in found.columns] == [column.to_pylist() for column in expected]


cells = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
    st.binary(),
    st.text(st.characters(exclude_categories=["Cs"])),
)


@given(cells)
def test_every_cell_comes_back_from_json(cell: Any) -> None:
    column = pa.array([cell])
    told = json.loads(json.dumps(jsonable({"cell": cell}), allow_nan=False))
    assert same(from_jsonable(told, pa.struct([("cell", column.type)])), {"cell": column[0].as_py()})


@given(st.sampled_from(["text", "bytes"]), st.data())
def test_every_record_comes_back_from_its_file(kind: str, data: st.DataObject) -> None:
    record = data.draw(st.text(st.characters(exclude_categories=["Cs"])) if kind == "text" else st.binary())
    _, written = to_file(kind, record)
    assert from_file(kind, written, pa.field("x", pa.large_binary())) == record


def test_an_array_file_is_what_numpy_saves() -> None:
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    suffix, data = to_file("array", array)
    assert suffix == ".npy"
    np.testing.assert_array_equal(np.load(io.BytesIO(data)), array)
