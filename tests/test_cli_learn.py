"""`byheart learn`."""

import io
import json
import subprocess
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from byheart import MemGEN
from command_line import INSTALLED, Command, installed, on_a_terminal

POEM = "to be\nor not\nto be\n"


@pytest.fixture
def poem(tmp_path: Path) -> Path:
    path = tmp_path / "poem.txt"
    path.write_text(POEM)
    return path


def test_learn_tells_how_much_how_fast_and_what_to_do_next(byheart: Command, poem: Path, tmp_path: Path) -> None:
    answer = byheart("learn", poem, tmp_path / "m")
    first, _, last = answer.out.splitlines()
    assert answer.code == 0
    assert first.startswith(f"learned 3 texts (2 distinct, 16 bytes) into {tmp_path / 'm'}  ")
    assert first.endswith("/s")
    assert last == f"next  byheart sample {tmp_path / 'm'} -n 16  draws from it"
    assert answer.err == ""


def test_learn_json_has_the_figures(byheart: Command, poem: Path, tmp_path: Path) -> None:
    answer = byheart("learn", poem, tmp_path / "m", "--structure", "hashmap", "--json")
    told = json.loads(answer.out)
    assert told.pop("seconds") > 0
    assert told == {
        "memory": str(tmp_path / "m"),
        "version": 1,
        "kind": "text",
        "structure": "hashmap",
        "records": 3,
        "bytes": 16,
        "total_records": 3,
        "total_distinct": 2,
    }


def test_records_are_called_what_their_kind_is_called(byheart: Command, tmp_path: Path) -> None:
    folder = tmp_path / "digits"
    folder.mkdir()
    for number, pixels in enumerate(load_digits().images[:5]):
        Image.fromarray(pixels.astype("uint8")).save(folder / f"{number}.png")
    assert byheart("learn", folder, tmp_path / "m").out.startswith("learned 5 images (5 distinct, ")


def test_nothing_there_is_replaced_unless_asked(byheart: Command, poem: Path, tmp_path: Path) -> None:
    assert byheart("learn", poem, tmp_path / "m", "--quiet").code == 0
    refused = byheart("learn", poem, tmp_path / "m")
    assert refused.code == 2
    assert "--append" in refused.err
    assert "--replace" in refused.err
    assert len(MemGEN(tmp_path / "m")) == 3
    appended = byheart("learn", poem, tmp_path / "m", "--append")
    assert appended.code == 0
    assert "it holds 6 texts (2 distinct) now" in appended.out
    assert byheart("learn", poem, tmp_path / "m", "--replace").code == 0
    assert len(MemGEN(tmp_path / "m")) == 3


def test_append_and_replace_exclude_each_other(byheart: Command, poem: Path, tmp_path: Path) -> None:
    answer = byheart("learn", poem, tmp_path / "m", "--append", "--replace")
    assert (answer.code, answer.err) == (2, "byheart: --append, --replace: wanted one of them, got both\n")
    assert not (tmp_path / "m").exists()


def test_quiet_says_nothing(byheart: Command, poem: Path, tmp_path: Path) -> None:
    answer = byheart("learn", poem, tmp_path / "m", "--quiet")
    assert (answer.code, answer.out, answer.err) == (0, "", "")


def test_labels_are_the_sub_folders(byheart: Command, tmp_path: Path) -> None:
    for label in ("cat", "dog"):
        (tmp_path / "pets" / label).mkdir(parents=True)
        (tmp_path / "pets" / label / "1.txt").write_text(f"a {label}")
    byheart("learn", tmp_path / "pets", tmp_path / "m", "--labels")
    assert set(MemGEN(tmp_path / "m").sample(20, 0, where="label = 'cat'")) == {"a cat"}


def test_a_text_that_is_not_in_utf8_is_named(byheart: Command, tmp_path: Path) -> None:
    (tmp_path / "poem.txt").write_bytes(b"to be\ncaf\xe9\n")
    answer = byheart("learn", tmp_path / "poem.txt", tmp_path / "m")
    assert answer.code == 2
    assert f"{tmp_path / 'poem.txt'}, record 1 (from 0): wanted text in UTF-8, got byte 0xe9 at 3" in answer.err


def test_labels_without_sub_folders_are_refused(byheart: Command, poem: Path, tmp_path: Path) -> None:
    answer = byheart("learn", poem, tmp_path / "m", "--labels")
    assert answer.code == 2
    assert "wanted sub-folders for --labels" in answer.err
    assert not (tmp_path / "m").exists()


def test_standard_input_is_a_source(poem: Path, tmp_path: Path) -> None:
    answer = installed("learn", "-", tmp_path / "m", input=poem.read_bytes())
    assert answer.returncode == 0
    assert sorted(MemGEN(tmp_path / "m").sample(3, 0, replace=False)) == ["or not", "to be", "to be"]


def test_a_source_that_is_not_there_leaves_no_memory(byheart: Command, tmp_path: Path) -> None:
    answer = byheart("learn", tmp_path / "nothing", tmp_path / "m")
    assert answer.code == 2
    assert answer.err.count("\n") == 1
    assert not (tmp_path / "m").exists()


def slowly(memory: Path, *options: str) -> list[str]:
    """Words for a shell: learn what comes after learning has begun, and more than a moment later."""
    begun = f"while ! test -d '{memory}/writers'; do sleep 0.05; done"
    return ["-c", f"(echo a; {begun}; sleep 0.8; echo b) | '{INSTALLED}' learn - '{memory}' {' '.join(options)}"]


def test_progress_is_shown_on_a_terminal_and_never_in_a_pipe(tmp_path: Path) -> None:
    seen = on_a_terminal(slowly(tmp_path / "seen"), "/bin/sh")
    assert "learning" in seen
    assert "/s" in seen.partition("learned")[0]
    assert "learning" not in on_a_terminal(slowly(tmp_path / "quiet", "--quiet"), "/bin/sh")
    piped = subprocess.run(["/bin/sh", *slowly(tmp_path / "piped")], capture_output=True, check=True, timeout=60)
    assert piped.stderr == b""
    assert b"\x1b" not in piped.stdout


def test_colours_are_for_terminals_that_want_them(poem: Path, tmp_path: Path) -> None:
    assert "\x1b[36mnext" in on_a_terminal(["learn", poem, tmp_path / "m"])
    assert "\x1b[36m" not in on_a_terminal(["learn", poem, tmp_path / "n"], NO_COLOR="1")


def npy(array: npt.NDArray[np.float64]) -> bytes:
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


KINDS = {
    "a.csv": ("rows of a table", b"a,b\n1,2\n"),
    "a.txt": ("texts", b"to be\n"),
    "a.npy": ("arrays", npy(np.zeros((3, 2)))),
    "a.png": ("images", b"\x89PNG\r\n\x1a\n"),
    "a.wav": ("recordings", b"RIFF\x00\x00\x00\x00WAVEfmt "),
}


@pytest.mark.parametrize("first", KINDS)
@pytest.mark.parametrize("second", KINDS)
def test_other_records_than_before_are_refused_in_the_words_of_users(
    byheart: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str, second: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, (_, data) in KINDS.items():
        Path(name).write_bytes(data)
    assert byheart("learn", first, "m").code == 0
    for answer in (byheart("learn", second, "m", "--append"), byheart("learn", first, second, "both")):
        if first == second:
            assert answer.code == 0
            continue
        wanted = f"wanted {KINDS[first][0]} as before, got {KINDS[second][0]}: learn them into another memory"
        assert (answer.code, answer.err) == (2, f"byheart: {second}: {wanted}\n")


def test_another_kind_than_the_records_are_of_is_refused_in_the_words_of_users(
    byheart: Command, tmp_path: Path
) -> None:
    (tmp_path / "a.png").write_bytes(KINDS["a.png"][1])
    (tmp_path / "a.csv").write_bytes(KINDS["a.csv"][1])
    answer = byheart("learn", tmp_path / "a.png", tmp_path / "m", "--kind", "row")
    assert answer.err.endswith("a.png: wanted rows of a table, got images: say another kind\n")
    answer = byheart("learn", tmp_path / "a.csv", tmp_path / "m", "--kind", "image", "--field", "a")
    assert answer.err.endswith("a.csv: wanted images, got arrays: say another kind\n")
