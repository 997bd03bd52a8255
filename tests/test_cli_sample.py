"""`byheart sample`."""

import json
import signal
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sklearn.datasets import load_digits

from byheart import MemGEN
from byheart.batch import Batch
from byheart.cli.showing import show
from command_line import INSTALLED, Command, damage, installed, on_a_terminal

LINES = ["to be", "or not", "", "ça, c'est la question"]
DOCUMENTS = ["# one\n\ntext\n", "no line break", "<<< 3 looks like a header", "ends without\na line break"]


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    path = tmp_path / "lines.memory"
    MemGEN(path).fit(LINES, ["a", "a", None, "b"])
    return path


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    path = tmp_path / "documents.memory"
    MemGEN(path).fit(DOCUMENTS)
    return path


@pytest.fixture(scope="session")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("digits") / "digits.memory"
    digits = load_digits()
    MemGEN(path).fit(digits.images[:100], [str(y) for y in digits.target[:100]])
    return path


@pytest.fixture(scope="session")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rows") / "rows.memory"
    MemGEN(path).fit([{"age": age, "name": f"person {age}", "height": age / 7, "note": None} for age in range(50)])
    return path


def parse(output: bytes) -> list[bytes]:
    """Read back what `sample` wrote, by the rule that its help states."""
    records = []
    while output:
        line, _, rest = output.partition(b"\n")
        if line.startswith(b"<<< "):
            size = int(line.split()[1])
            record, end, rest = rest[:size], rest[size : size + 1], rest[size + 1 :]
            assert end == b"\n"
            records.append(record)
        else:
            records.append(line)
        output = rest
    return records


def test_a_text_without_a_line_break_is_a_line(byheart: Command, lines: Path) -> None:
    answer = byheart("sample", lines, "-n", 500, "--seed", 1)
    assert answer.code == 0
    assert answer.err == ""
    assert answer.out.split("\n") == [*MemGEN(lines).sample(500, 1), ""]


def test_texts_with_line_breaks_can_be_told_apart(documents: Path) -> None:
    answer = installed("sample", documents, "-n", 300, "--seed", 1)
    expected = [record.encode() for record in MemGEN(documents).sample(300, 1)]
    assert set(expected) == {document.encode() for document in DOCUMENTS}
    assert parse(answer.stdout) == expected


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=20))
def test_any_texts_can_be_told_apart(texts: list[str]) -> None:
    batch = MemGEN().fit(texts).sample(len(texts), 0, replace=False)
    assert parse(written(batch)) == [text.encode() for text in batch]


def written(batch: Batch) -> bytes:
    with pytest.MonkeyPatch.context() as patch:
        from io import BytesIO, TextIOWrapper  # noqa: PLC0415  # for this alone

        stream = TextIOWrapper(BytesIO(), "utf-8")
        patch.setattr("sys.stdout", stream)
        show([batch], "text", len(batch))
        stream.flush()
        assert isinstance(stream.buffer, BytesIO)
        return stream.buffer.getvalue()


def test_a_document_that_is_learned_alone_comes_back_byte_for_byte(tmp_path: Path) -> None:
    """The paper: "the proposed algorithm even generated this paper, in a one-shot learning setting"."""
    paper = Path(__file__)
    assert installed("learn", paper, tmp_path / "m", "--by", "file").returncode == 0
    assert installed("sample", tmp_path / "m").stdout == paper.read_bytes()


def test_the_same_seed_draws_the_same_and_start_goes_on(byheart: Command, lines: Path) -> None:
    whole = byheart("sample", lines, "-n", 50, "--seed", 9).out
    parts = [byheart("sample", lines, "-n", 25, "--seed", 9, "--start", start).out for start in (0, 25)]
    assert whole == "".join(parts)
    assert byheart("sample", lines, "-n", 50).out != byheart("sample", lines, "-n", 50).out


def test_json_has_a_record_a_sample(byheart: Command, lines: Path) -> None:
    told = json.loads(byheart("sample", lines, "-n", 40, "--seed", 3, "--json").out)
    batch = MemGEN(lines).sample(40, 3)
    assert told["seed"] == 3
    assert [entry["record"] for entry in told["records"]] == list(batch)
    assert [entry["index"] for entry in told["records"]] == batch.indices.tolist()
    assert [entry["label"] for entry in told["records"]] == batch.labels
    assert [(entry["source"], entry["locator"]) for entry in told["records"]] == batch.origins
    assert [int(entry["fingerprint"], 16) for entry in told["records"]] == batch.fingerprints.tolist()


def test_json_of_arrays_leaves_the_records_out(byheart: Command, digits: Path) -> None:
    (entry,) = json.loads(byheart("sample", digits, "--json").out)["records"]
    assert set(entry) == {"index", "fingerprint", "source", "locator", "label"}


def test_json_without_a_seed_tells_the_one_it_took(byheart: Command, lines: Path) -> None:
    told = json.loads(byheart("sample", lines, "-n", 20, "--json").out)
    again = json.loads(byheart("sample", lines, "-n", 20, "--seed", told["seed"], "--json").out)
    assert told == again


def test_no_samples_are_no_output(byheart: Command, lines: Path) -> None:
    assert byheart("sample", lines, "-n", 0).out == ""
    assert json.loads(byheart("sample", lines, "-n", 0, "--json").out)["records"] == []


def test_where_draws_what_meets_the_condition(byheart: Command, lines: Path) -> None:
    assert set(byheart("sample", lines, "-n", 50, "--where", "label = 'a'").out.splitlines()) == {"to be", "or not"}
    misspelt = byheart("sample", lines, "--where", "lable = 'a'")
    assert (misspelt.code, misspelt.out) == (2, "")
    assert "did you mean 'label'?" in misspelt.err


def test_without_replacement_draws_each_once(byheart: Command, lines: Path) -> None:
    answer = byheart("sample", lines, "-n", 4, "--without-replacement")
    assert sorted(answer.out.splitlines()) == sorted(LINES)


def test_too_many_without_replacement_are_refused_before_the_first_is_written(byheart: Command, lines: Path) -> None:
    answer = byheart("sample", lines, "-n", 1_000_000_000, "--without-replacement")
    assert (answer.code, answer.out) == (2, "")
    assert "wanted at most 4 draws" in answer.err


def test_verify_refuses_a_record_that_is_not_what_was_learned(byheart: Command, lines: Path) -> None:
    damage(lines, b"question", b"guestion")
    assert "guestion" in byheart("sample", lines, "-n", 50, "--seed", 0).out
    answer = byheart("sample", lines, "-n", 50, "--seed", 0, "--verify")
    assert (answer.code, answer.out) == (2, "")
    assert "is not what was learned" in answer.err


def test_an_older_version_can_be_sampled(byheart: Command, lines: Path) -> None:
    MemGEN(lines).forget(where="label = 'a'")
    assert "to be" not in byheart("sample", lines, "-n", 100).out
    assert "to be" in byheart("sample", lines, "-n", 100, "--version", 1).out


def test_arrays_are_described_by_type_shape_and_range(byheart: Command, digits: Path) -> None:
    header, line, *_ = byheart("sample", digits, "-n", 2, "--seed", 0).out.splitlines()
    assert header.split() == ["index", "array", "label", "source"]
    assert "float64 8x8, 0 to 1" in line


def test_images_are_described_by_format_dimensions_and_size(byheart: Command, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    Image.new("RGB", (40, 30)).save(folder / "one.png")
    byheart("learn", folder, tmp_path / "m")
    _, line = byheart("sample", tmp_path / "m").out.splitlines()
    size = (folder / "one.png").stat().st_size
    assert f"PNG 40x30, {size} bytes  one.png:0" in line


def test_rows_are_a_table_with_numbers_to_the_right(byheart: Command, rows: Path) -> None:
    header, *lines = byheart("sample", rows, "-n", 30, "--seed", 0).out.splitlines()
    assert header.split() == ["age", "name", "height", "note"]
    end = header.index("age") + len("age")
    assert all(line[:end].strip().isdigit() and line[end - 1].isdigit() for line in lines)


def test_columns_that_do_not_fit_are_counted(byheart: Command, tmp_path: Path) -> None:
    MemGEN(tmp_path / "m").fit([{f"column_number_{i}": i for i in range(40)}])
    answer = byheart("sample", tmp_path / "m")
    assert all(len(line) <= 110 for line in answer.out.splitlines())
    assert "more columns: --json or -o FILE.csv has all of them" in answer.out


def test_a_record_cannot_command_the_terminal(tmp_path: Path) -> None:
    MemGEN(tmp_path / "m").fit(["harmless \x1b[2J\x07\x9b31m"])
    seen = on_a_terminal(["sample", tmp_path / "m"])
    assert "\\x1b[2J\\x07" in seen
    assert "\x1b" not in seen
    assert installed("sample", tmp_path / "m").stdout == "harmless \x1b[2J\x07\x9b31m\n".encode()


def test_a_reader_that_leaves_ends_it_quietly(lines: Path) -> None:
    with subprocess.Popen(
        [INSTALLED, "sample", str(lines), "-n", "1000000000"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(30) == 141
        assert process.stderr.read() == b""


def test_an_interrupt_ends_it_with_130_and_one_line(lines: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    with subprocess.Popen(
        [INSTALLED, "sample", str(lines), "-n", "1000000000", "-o", str(output)], stderr=subprocess.PIPE
    ) as process:
        while not any("out.jsonl" in path.name for path in tmp_path.iterdir()):
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=30)
    assert process.returncode == 130
    assert told == b"byheart: interrupted: what was not finished was not kept\n"
    assert not any("out.jsonl" in path.name for path in tmp_path.iterdir())


def test_saved_samples_are_the_records_and_the_index_tells_where_from(
    byheart: Command, digits: Path, tmp_path: Path
) -> None:
    answer = byheart("sample", digits, "-n", 20, "--seed", 5, "-o", tmp_path / "out")
    assert (answer.code, answer.out) == (0, f"saved 20 arrays in {tmp_path / 'out'}\n")
    batch = MemGEN(digits).sample(20, 5)
    index = [json.loads(line) for line in (tmp_path / "out" / "index.byheart.jsonl").read_text().splitlines()]
    assert [entry["label"] for entry in index] == batch.labels
    for entry, array in zip(index, batch, strict=True):
        np.testing.assert_array_equal(np.load(tmp_path / "out" / entry["file"]), array)


def test_saving_without_a_seed_tells_the_one_it_took(byheart: Command, lines: Path, tmp_path: Path) -> None:
    told = byheart("sample", lines, "-n", 9, "-o", tmp_path / "one.jsonl").out
    seed = told.partition("--seed ")[2].split()[0]
    byheart("sample", lines, "-n", 9, "-o", tmp_path / "two.jsonl", "--seed", seed)
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()


def test_files_are_replaced_only_if_asked(byheart: Command, digits: Path, tmp_path: Path) -> None:
    for option, name in (("-o", "x.npy"), ("--grid", "x.png")):
        path = tmp_path / name
        path.write_bytes(b"mine")
        refused = byheart("sample", digits, "-n", 4, option, path)
        assert refused.code == 2
        assert refused.err.endswith("choose another name, or say --overwrite\n")
        assert path.read_bytes() == b"mine"
        assert byheart("sample", digits, "-n", 4, option, path, "--overwrite").code == 0
        assert path.read_bytes() != b"mine"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_folder_of_saved_samples_is_replaced_if_asked_and_what_else_is_there_stays(
    byheart: Command, lines: Path, digits: Path, tmp_path: Path
) -> None:
    byheart("sample", digits, "-n", 9, "-o", tmp_path / "out")
    (tmp_path / "out" / "mine.txt").write_text("mine")
    refused = byheart("sample", lines, "-n", 4, "-o", tmp_path / "out")
    assert refused.err.endswith("holds saved samples already: choose another folder, or say --overwrite\n")
    assert byheart("sample", lines, "-n", 4, "--seed", 1, "-o", tmp_path / "out", "--overwrite").code == 0
    assert byheart("sample", lines, "-n", 4, "--seed", 1, "-o", tmp_path / "new").code == 0
    assert contents(tmp_path / "out") == {**contents(tmp_path / "new"), "mine.txt": b"mine"}


def test_what_fails_leaves_the_samples_saved_before(
    byheart: Command, lines: Path, digits: Path, tmp_path: Path
) -> None:
    byheart("sample", digits, "-n", 2, "-o", tmp_path / "out")
    (tmp_path / "out" / "000003.txt").write_text("mine")
    before = contents(tmp_path / "out")
    refused = byheart("sample", lines, "-n", 4, "-o", tmp_path / "out", "--overwrite")
    assert "holds 000003.txt, which its index does not name: choose another folder, or move it away" in refused.err
    damage(lines, b"question", b"guestion")
    assert byheart("sample", lines, "-n", 50, "-o", tmp_path / "out", "--overwrite", "--verify").code == 2
    assert contents(tmp_path / "out") == before


@pytest.mark.parametrize("index", [None, '{"file": "../mine"}', '{"file": ".bashrc"}', "[]", "not JSON"])
def test_a_folder_that_samples_were_not_saved_in_is_never_touched(
    byheart: Command, lines: Path, tmp_path: Path, index: str | None
) -> None:
    (tmp_path / "out").mkdir()
    for path in (tmp_path / "mine", tmp_path / "out" / ".bashrc"):
        path.write_text("mine")
    if index is not None:
        (tmp_path / "out" / "index.byheart.jsonl").write_text(index)
    before = contents(tmp_path / "out")
    refused = byheart("sample", lines, "-o", tmp_path / "out", "--overwrite")
    assert "choose another one, or empty it (--overwrite replaces saved samples alone)" in refused.err
    assert (contents(tmp_path / "out"), (tmp_path / "mine").read_text()) == (before, "mine")


def test_a_grid_of_the_samples_is_drawn(byheart: Command, digits: Path, tmp_path: Path) -> None:
    answer = byheart("sample", digits, "-n", 12, "--seed", 1, "--grid", tmp_path / "grid.png")
    assert answer.out == f"drew 12 arrays into {tmp_path / 'grid.png'}\n"
    with Image.open(tmp_path / "grid.png") as picture:
        assert picture.width > 4 * 8


@pytest.mark.parametrize(
    ("name", "format_"), [("a.png", "PNG"), ("a.JPG", "JPEG"), ("a.jpeg", "JPEG"), ("a.webp", "WEBP")]
)
def test_a_grid_is_what_its_name_says(byheart: Command, digits: Path, tmp_path: Path, name: str, format_: str) -> None:
    assert byheart("sample", digits, "-n", 12, "--seed", 1, "--grid", tmp_path / name).code == 0
    byheart("sample", digits, "-n", 12, "--seed", 1, "--grid", tmp_path / "same.png")
    with Image.open(tmp_path / name) as picture, Image.open(tmp_path / "same.png") as same:
        assert (picture.format, picture.size) == (format_, same.size)
        far = np.abs(np.asarray(picture, int) - np.asarray(same, int))
    assert far.mean() < 2


@pytest.mark.parametrize(("name", "got"), [("a.gif", ".gif"), ("a", "no suffix"), ("a.npy", ".npy")])
def test_a_grid_that_cannot_be_written_is_refused(
    byheart: Command, digits: Path, tmp_path: Path, name: str, got: str
) -> None:
    answer = byheart("sample", digits, "--grid", tmp_path / name)
    assert answer.code == 2
    assert answer.err.endswith(f"wanted a picture (.png, .jpg, .jpeg, .webp), got {got}: name it so\n")
    assert not (tmp_path / name).exists()


def test_the_next_step_shows_the_same_samples_as_a_picture(digits: Path) -> None:
    seen = on_a_terminal(["sample", digits, "-n", 3, "--seed", 8, "--start", 2, "--where", "label = '4'"], NO_COLOR="1")
    assert (
        f"next  byheart sample {digits} -n 3 --seed 8 --start 2 --where \"label = '4'\" --grid digits.png  shows them"
        in seen
    )


def test_a_grid_of_text_is_refused_and_nothing_is_saved(byheart: Command, lines: Path, tmp_path: Path) -> None:
    answer = byheart("sample", lines, "-o", tmp_path / "out", "--grid", tmp_path / "grid.png")
    assert (answer.code, answer.out) == (2, "")
    assert "wanted images or arrays, got text" in answer.err
    assert not (tmp_path / "out").exists()
