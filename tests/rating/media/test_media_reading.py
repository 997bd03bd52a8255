"""Reading one side of a study: from everything, lazily, and nothing that was not named."""

import os
import socket
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from media_worlds import crop, digits, encoded, tone

from byheart import MemGEN
from byheart.errors import InputError
from byheart.rating.media.preparation import preparation, prepare_all
from byheart.rating.media.reading import read

TEXTS = ["To be, or not to be", "that is the question", "whether 'tis nobler"]
ROWS = [{"age": 31, "city": "Ulm"}, {"age": 47, "city": "Bonn"}]


def images(folder: Path, count: int = 3) -> list[bytes]:
    folder.mkdir(parents=True)
    made = [encoded(crop(number)) for number in range(count)]
    for number, image in enumerate(made):
        (folder / f"{number}.png").write_bytes(image)
    return made


def in_lines(tmp_path: Path) -> Any:
    (tmp_path / "a.txt").write_text("\n".join(TEXTS))
    return tmp_path / "a.txt"


def in_a_folder(tmp_path: Path) -> Any:
    for number, text in enumerate(TEXTS):
        (tmp_path / f"{number}.txt").write_text(text)
    return tmp_path


def in_csv(tmp_path: Path) -> Any:
    (tmp_path / "a.csv").write_text("text\n" + "\n".join(f'"{text}"' for text in TEXTS))
    return tmp_path / "a.csv"


def in_parquet(tmp_path: Path) -> Any:
    pq.write_table(pa.table({"text": TEXTS}), tmp_path / "a.parquet")
    return str(tmp_path / "a.parquet")


def in_a_zip(tmp_path: Path) -> Any:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for number, text in enumerate(TEXTS):
            archive.writestr(f"{number}.txt", text)
    return tmp_path / "a.zip"


def in_a_memory(tmp_path: Path) -> Any:
    MemGEN(tmp_path / "a.memory").fit(TEXTS)
    return tmp_path / "a.memory"


@pytest.mark.parametrize("place", [in_lines, in_a_folder, in_csv, in_parquet, in_a_zip, in_a_memory, lambda _: TEXTS])
@pytest.mark.parametrize("kind", [None, "text"])
def test_texts_are_the_same_wherever_they_are(place: Any, kind: Any, tmp_path: Path) -> None:
    samples = read(place(tmp_path), kind)
    assert (samples.kind, len(samples), list(samples), samples[-1]) == ("text", 3, TEXTS, TEXTS[-1])
    assert samples[1:] == TEXTS[1:]
    with pytest.raises(IndexError):
        samples[3]


def test_rows_are_the_same_wherever_they_are(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("age,city\n31,Ulm\n47,Bonn\n")
    (tmp_path / "a.jsonl").write_text('{"age": 31, "city": "Ulm"}\n{"age": 47, "city": "Bonn"}\n')
    MemGEN(tmp_path / "a.memory").fit(ROWS)
    for source in (tmp_path / "a.csv", tmp_path / "a.jsonl", tmp_path / "a.memory", ROWS):
        samples = read(source)
        assert (samples.kind, list(samples)) == ("row", ROWS)


def test_one_field_of_rows_may_be_the_text(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"age": 31, "city": "Ulm"}\n{"age": 47, "city": "Bonn"}\n')
    assert list(read(tmp_path / "a.jsonl", "text", field="city")) == ["Ulm", "Bonn"]
    with pytest.raises(InputError, match="--field: age, city"):
        read(tmp_path / "a.jsonl", "text")


def test_images_are_read_from_folders_archives_and_memories(tmp_path: Path) -> None:
    made = images(tmp_path / "photos" / "deeper")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for number, image in enumerate(made):
            archive.writestr(f"{number}.png", image)
    MemGEN(tmp_path / "a.memory").fit(tmp_path / "photos")
    for source in (tmp_path / "photos", tmp_path / "a.zip", tmp_path / "a.memory", made):
        samples = read(source)
        assert samples.kind == "image"
        assert list(samples) == made


def test_arrays_of_pixels_are_images(tmp_path: Path) -> None:
    np.save(tmp_path / "digits.npy", digits())
    for source in (tmp_path / "digits.npy", digits()):
        samples = read(source)
        assert (samples.kind, len(samples)) == ("image", 1797)
        assert (samples[1796] == digits()[1796]).all()


def test_sounds_are_known_by_their_first_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(tone(0))
    assert read(tmp_path).kind == "audio"


def test_links_pipes_sockets_and_empty_files_are_passed_over_and_counted(tmp_path: Path) -> None:
    made = images(tmp_path / "photos")
    (tmp_path / "secret.png").write_bytes(encoded(crop(77)))
    (tmp_path / "photos" / "a.png").symlink_to(tmp_path / "secret.png")
    (tmp_path / "photos" / "out").symlink_to(tmp_path)
    (tmp_path / "photos" / "again.png").symlink_to(tmp_path / "photos" / "0.png")
    (tmp_path / "photos" / "empty.png").write_bytes(b"")
    (tmp_path / "photos" / ".hidden.png").write_bytes(made[0])
    (tmp_path / "photos" / "README.md").write_text("made by a model")
    (tmp_path / "photos" / "drawn.svg").write_text("<svg><script>alert(1)</script></svg>")
    os.mkfifo(tmp_path / "photos" / "pipe.png")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(tmp_path / "photos" / "s.png"))
        samples = read(tmp_path / "photos")
    assert list(samples) == made
    told = samples.passed_over
    for part in ("3 links", "2 pipes, sockets or devices", "1 empty files", "2 files that are no image", "cp -rL"):
        assert part in told
    assert "\n" not in told


def test_tables_of_a_folder_are_not_followed_out_of_it_either(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("age,city\n99,Rome\n")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.csv").write_text("age,city\n31,Ulm\n47,Bonn\n")
    (tmp_path / "data" / "b.csv").symlink_to(tmp_path / "secret.csv")
    samples = read(tmp_path / "data")
    assert list(samples) == ROWS
    assert "1 links" in samples.passed_over


def test_a_folder_of_nothing_but_links_says_what_to_do(tmp_path: Path) -> None:
    images(tmp_path / "photos")
    (tmp_path / "linked").mkdir()
    for path in (tmp_path / "photos").iterdir():
        (tmp_path / "linked" / path.name).symlink_to(path)
    with pytest.raises(InputError, match=r"got none: linked: passed over 3 links: .*cp -rL"):
        read(tmp_path / "linked")


def test_blank_lines_are_no_samples() -> None:
    samples = read(["to be", " ", "", "or not"])
    assert list(samples) == ["to be", "or not"]
    assert "2 empty records" in samples.passed_over


@pytest.mark.parametrize(
    ("source", "kind", "message"),
    [
        (["to be"], "image", "wanted records of the kind image, got text"),
        ([b"\x00\x01"], None, "wanted images, texts, sounds or rows, got bytes"),
        (np.zeros((5, 3)), None, "got arrays of shape"),
        (["", " "], None, "wanted at least one record, got none"),
        ([], None, "wanted at least one record"),
        ("/nowhere/at/all", None, "no such file"),
    ],
)
def test_what_cannot_be_studied_is_told(source: Any, kind: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(source, kind)


def test_a_folder_of_several_kinds_asks_which(tmp_path: Path) -> None:
    made = images(tmp_path / "photos")
    (tmp_path / "photos" / "a.wav").write_bytes(tone(0))
    with pytest.raises(InputError, match="3 image, 1 audio: say which with --kind"):
        read(tmp_path / "photos")
    assert list(read(tmp_path / "photos", "image")) == made
    assert len(read(tmp_path / "photos", "audio")) == 1


def test_a_file_that_is_gone_when_its_turn_comes_is_told(tmp_path: Path) -> None:
    images(tmp_path / "photos")
    samples = read(tmp_path / "photos")
    (tmp_path / "photos" / "1.png").unlink()
    with pytest.raises(InputError, match=r"1\.png: cannot be read"):
        samples[1]


def test_a_text_that_is_no_utf8_stops_nothing_and_is_refused_when_it_is_prepared(tmp_path: Path) -> None:
    for name, data in (("a", b"to be"), ("b", b"\xff\xfet\x00o\x00")):
        (tmp_path / f"{name}.txt").write_bytes(data)
    samples = read(tmp_path)
    prepared, refused = prepare_all(preparation("text", samples), samples)
    assert prepared == b"to be"
    assert "wanted UTF-8" in str(refused)


def test_images_are_listed_without_being_decoded(tmp_path: Path) -> None:
    images(tmp_path / "photos", 2)
    code = f"import sys; from byheart.rating.media.reading import read; print(len(read({str(tmp_path / 'photos')!r}))); assert 'PIL' not in sys.modules"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "2\n"


def test_files_of_any_name_are_texts_if_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<b>to be</b>")
    (tmp_path / "b.poem").write_text("or not")
    with pytest.raises(InputError, match="say --kind text"):
        read(tmp_path)
    assert list(read(tmp_path, "text")) == ["<b>to be</b>", "or not"]


@pytest.mark.parametrize("name", ["a.png", "a.txt", "a.csv", "a.zip", "a.parquet", "a.jsonl", "a.wav"])
@pytest.mark.parametrize("data", [b"", b'\x00\xff junk \n,"', b"PK\x03\x04 cut"])
def test_named_files_that_are_empty_or_damaged_are_told(name: str, data: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    try:
        samples = read(tmp_path / name)
    except InputError:
        return
    assert samples.kind in {"text", "row"}
    assert len(list(samples)) == len(samples) > 0


def test_texts_are_read_without_a_detour_by_pandas(tmp_path: Path) -> None:
    place = in_lines(tmp_path)
    code = f"import sys; from byheart.rating.media.reading import read; print(len(list(read({str(place)!r})))); assert 'pandas' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "3\n"
