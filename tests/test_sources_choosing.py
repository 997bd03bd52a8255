"""Which record a file, a folder, a pattern, an archive or a prefix stands for."""

import gzip
import io
import os
import subprocess
import tarfile
import threading
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from byheart import InputError
from byheart.sources import Options, open_source
from command_line import INSTALLED
from sources import learn


def png(shade: int) -> bytes:
    packed = io.BytesIO()
    Image.new("L", (4, 4), shade).save(packed, "PNG")
    return packed.getvalue()


def fill(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def tar(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w") as archive:
        for name, data in members.items():
            header = tarfile.TarInfo(name)
            header.size = len(data)
            archive.addfile(header, io.BytesIO(data))
    return path


PHOTOS = {"cats/1.png": png(1), "cats/b/2.png": png(2), "dogs/1.png": png(3), "0.png": png(4)}


# folders


def test_a_folder_is_read_with_its_sub_folders_in_the_order_of_the_names(tmp_path: Path) -> None:
    fill(tmp_path, {**PHOTOS, ".DS_Store": b"x", ".git/config": b"y"})
    found = learn(tmp_path, labels=True)
    assert found.kind == "image"
    assert found.names == ["0.png", "cats/1.png", "cats/b/2.png", "dogs/1.png"]
    assert found.labels == [None, "cats", "cats", "dogs"]
    assert found.records == [PHOTOS[name] for name in found.names]
    assert found.locators == [0, 0, 0, 0]
    assert found.done == found.total == sum(map(len, PHOTOS.values()))


@pytest.mark.parametrize("stray", ["labels.json", "readme.txt", "cats/thumbs.db"])
def test_a_stray_file_among_images_is_learned_too_as_bytes_like_the_rest(tmp_path: Path, stray: str) -> None:
    fill(tmp_path, {**PHOTOS, stray: b"{}"})
    found = learn(tmp_path)
    assert (found.kind, len(found.records)) == ("bytes", 5)
    assert learn(tmp_path, kind="image").kind == "image"
    assert learn(tmp_path / "**/*.png").kind == "image"


def test_a_folder_of_texts_has_a_text_a_file_unless_told_otherwise(tmp_path: Path) -> None:
    fill(tmp_path, {"a.txt": b"to be\nor\n\nnot\n", "b.md": b"to\n\nbe"})
    assert learn(tmp_path).records == ["to be\nor\n\nnot\n", "to\n\nbe"]
    assert learn(tmp_path, by="line").records == ["to be", "or", "", "not", "to", "", "be"]
    assert learn(tmp_path, by="paragraph").records == ["to be\nor", "not", "to", "be"]
    assert learn(tmp_path, by="paragraph").names == ["a.txt", "a.txt", "b.md", "b.md"]
    assert learn(tmp_path / "a.txt").records == ["to be", "or", "", "not"]
    assert learn(tmp_path / "a.txt", by="file").records == ["to be\nor\n\nnot\n"]


def test_files_of_one_format_are_read_as_that_and_others_as_they_are(tmp_path: Path) -> None:
    fill(tmp_path, {"x/1.jsonl": b'{"a": 1}\n', "y/2.jsonl.gz": gzip.compress(b'{"a": 2}\n{"a": 3}\n')})
    found = learn(tmp_path, labels=True)
    assert [row["a"] for row in found.records] == [1, 2, 3]
    assert found.labels == ["x", "y", "y"]
    assert found.names == ["x/1.jsonl", "y/2.jsonl.gz", "y/2.jsonl.gz"]
    assert found.locators == [0, 0, 1]
    assert learn(tmp_path, by="file", kind="bytes").records[0] == b'{"a": 1}\n'
    fill(tmp_path, {"readme.md": b"hello"})
    assert learn(tmp_path).records == [b"hello", b'{"a": 1}\n', (tmp_path / "y/2.jsonl.gz").read_bytes()]


def test_a_folder_of_json_has_a_record_a_file(tmp_path: Path) -> None:
    fill(tmp_path, {"1.json": b'{"a": 1}', "2.json": b"[1, 2]"})
    assert learn(tmp_path).records == [b'{"a": 1}', b"[1, 2]"]
    assert learn(tmp_path, by="file").kind == "text"


def test_names_that_are_not_utf8_are_kept_readable(tmp_path: Path) -> None:
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.bin"))).write_bytes(b"x")
    assert learn(tmp_path).names == ["caf\\udce9.bin"]


def test_a_field_of_files_without_fields_is_refused(tmp_path: Path) -> None:
    fill(tmp_path, {"a.png": png(1), "b.txt": b"x", "c.npy": b""})
    for path in (tmp_path, tmp_path / "a.png", tmp_path / "b.txt", tmp_path / "c.npy"):
        with pytest.raises(InputError, match="--field"):
            open_source(str(path), Options(field="text"))


@pytest.mark.parametrize("name", ["a.csv", "a.parquet"])
def test_rows_are_learned_as_another_kind_only_by_a_field(tmp_path: Path, name: str) -> None:
    frame = pd.DataFrame({"a": ["x"], "b": ["y"]})
    frame.to_csv(tmp_path / name, index=False) if name == "a.csv" else frame.to_parquet(tmp_path / name)
    with pytest.raises(InputError, match="--field"):
        learn(tmp_path / name, kind="text")
    assert learn(tmp_path / name, kind="text", field="b").records == ["y"]


# patterns


def test_a_pattern_stands_for_what_the_shell_would_have_put_there(tmp_path: Path) -> None:
    fill(tmp_path, {"a.txt": b"1\n2\n", "b.txt": b"3\n", "c.md": b"4", "cats/d.txt": b"5\n"})
    assert learn(tmp_path / "*.txt").records == ["1", "2", "3"]
    assert learn(tmp_path / "**/*.txt").records == ["1", "2", "3", "5"]
    assert learn(tmp_path / "[bc].*").records == ["3", "4"]
    fill(tmp_path / "photos", PHOTOS)
    found = learn(tmp_path / "photos/*", labels=True)
    assert found.labels == [None, "cats", "cats", "dogs"]
    fill(tmp_path, {"odd[1].txt": b"6\n"})
    assert learn(tmp_path / "odd[1].txt").records == ["6"]


# archives


def test_members_are_read_as_files_of_a_folder_are(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name, data in {**PHOTOS, "__MACOSX/._1.png": b"x"}.items():
            archive.writestr(name, data)
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("flights.csv", "a,b\n1,x\n2,y\n")
        archive.writestr("more/flights.csv", "a,b\n3.5,z\n")
    tar(tmp_path / "c.tar", {"x.txt": b"to\nbe", "y.txt": b"or"})
    found = learn(tmp_path / "a.zip", labels=True)
    assert (found.kind, found.labels) == ("image", ["cats", "cats", "dogs", None])
    assert learn(tmp_path / "b.zip").records == [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}, {"a": 3.5, "b": "z"}]
    assert learn(tmp_path / "b.zip", field="b").records == ["x", "y", "z"]
    assert learn(tmp_path / "c.tar").records == ["to\nbe", "or"]
    assert learn(tmp_path / "c.tar", by="line").records == ["to", "be", "or"]


def test_a_folder_of_archives_is_all_their_members(tmp_path: Path) -> None:
    for i in range(3):
        tar(tmp_path / f"{i}.tar", {f"{i}.png": png(i)})
    found = learn(tmp_path)
    assert (found.kind, found.names) == ("image", ["0.png", "1.png", "2.png"])
    assert found.done == found.total
    assert learn(tmp_path, by="file", kind="bytes").names == ["0.tar", "1.tar", "2.tar"]


def test_a_parquet_file_in_an_archive_is_read_if_it_is_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = io.BytesIO()
    pd.DataFrame({"a": [1, 2]}).to_parquet(packed)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.parquet", packed.getvalue())
    tar(tmp_path / "b.tar", {"a.parquet": packed.getvalue()})
    assert learn(tmp_path / "a.zip").records == learn(tmp_path / "b.tar").records == [{"a": 1}, {"a": 2}]
    monkeypatch.setattr("byheart.sources.file._RAM", 100)
    with pytest.raises(InputError, match="unpack or download it first"):
        learn(tmp_path / "a.zip")


# WebDataset


def test_members_that_share_a_name_are_a_record_with_its_label(tmp_path: Path) -> None:
    members: dict[str, bytes] = {}
    for i in range(3):
        members |= {f"train/{i:03}.png": png(i), f"train/{i:03}.cls": str(i % 2).encode()}
    found = learn(tar(tmp_path / "a.tar", members))
    assert (found.kind, found.records, found.labels) == ("image", [png(i) for i in range(3)], ["0", "1", "0"])
    assert found.names[0] == "train/000.png"
    members = {"0.png": png(0), "0.json": b'{"label": "cat"}', "1.png": png(1), "1.json": b'{"label": "dog"}'}
    assert learn(tar(tmp_path / "b.tar", members)).labels == ["cat", "dog"]


def test_what_would_be_lost_of_a_record_is_refused_until_a_field_is_named(tmp_path: Path) -> None:
    members: dict[str, bytes] = {}
    for i in range(2):
        members |= {
            f"{i}.jpg": b"\xff\xd8\xff" + bytes([i]),
            f"{i}.txt": f"cat {i}".encode(),
            f"{i}.json": b'{"url": "x"}',
        }
    tar(tmp_path / "a.tar", members)
    with pytest.raises(InputError, match="--field"):
        learn(tmp_path / "a.tar")
    assert learn(tmp_path / "a.tar", field="jpg").records == [members["0.jpg"], members["1.jpg"]]
    assert learn(tmp_path / "a.tar", field="txt", kind="text").records == ["cat 0", "cat 1"]
    with pytest.raises(InputError, match=r"wanted a member \.png"):
        learn(tmp_path / "a.tar", field="png")


def test_a_tar_of_a_source_tree_is_no_webdataset(tmp_path: Path) -> None:
    found = learn(tar(tmp_path / "a.tar", {"a.c": b"int", "a.h": b"extern", "b.c": b"char"}))
    assert found.records == [b"int", b"extern", b"char"]


# prefixes, standard input, pipes


def test_a_prefix_names_the_format_where_the_name_does_not(tmp_path: Path) -> None:
    fill(tmp_path, {"adult.test": b"25, Private\n38, Private\n", "log": b'{"a": 1}\n', "C:x.txt": b"to be\n"})
    assert learn(f"csv:{tmp_path}/adult.test").records[0] == {"c0": 25, "c1": "Private"}
    assert learn(f"jsonl:{tmp_path}/log").records == [{"a": 1}]
    assert learn(f"lines:{tmp_path}/log").records == ['{"a": 1}']
    assert learn(f"lines:{tmp_path}/*").records == ["to be", "25, Private", "38, Private", '{"a": 1}']


@pytest.mark.parametrize(("text", "near"), [("pie:100", "pi"), ("jsnol:a", "jsonl"), ("parqet:a", "parquet")])
def test_a_misspelt_prefix_is_met_with_the_nearest(text: str, near: str) -> None:
    with pytest.raises(InputError, match=f"did you mean '{near}'"):
        open_source(text, Options())


@pytest.mark.parametrize(
    ("source", "given", "expected"),
    [
        (["-"], "to be\nor not\n", '"records":2'),
        (["-", "--by", "paragraph"], "to be\n\n\nor\nnot\n", '"records":2'),
        (["-", "--by", "file"], "to be\nor not\n", '"records":1'),
        (["jsonl:-"], '{"a": 1}\n{"a": 2}\n', '"kind":"row"'),
        (["jsonl:-", "--field", "a"], '{"a": "x"}\n', '"kind":"text"'),
        (["csv:-"], "a,b\n1,x\n2,y\n", '"records":2'),
    ],
)
def test_standard_input_is_learned(tmp_path: Path, source: list[str], given: str, expected: str) -> None:
    done = subprocess.run(
        [INSTALLED, "learn", source[0], str(tmp_path / "m"), "--json", *source[1:]],
        input=given,
        text=True,
        capture_output=True,
        check=True,
    )
    assert expected in done.stdout.replace(" ", "")


def test_what_can_be_read_once_only_is_held_to_its_first_rows(tmp_path: Path) -> None:
    """No type of a pipe's columns can be settled by what has not come yet."""

    def through(prefix: str, text: str) -> list[object]:
        pipe = tmp_path / "pipe"
        pipe.unlink(missing_ok=True)
        os.mkfifo(pipe)
        writer = threading.Thread(target=lambda: _feed(pipe, text.encode()))
        writer.start()
        try:
            return learn(f"{prefix}:{pipe}").records
        finally:
            writer.join()

    filler = "z" * 100
    rows = f"1,{filler}\n" * 40_000
    assert len(through("csv", f"a,z\n{rows}2,\n")) == 40_001
    with pytest.raises(InputError, match="row 40,001, column 'a': wanted a whole number as before, got '007'"):
        through("csv", f"a,z\n{rows}007,\n")
    lines = f'{{"a": 1, "z": "{filler}"}}\n' * 40_000
    with pytest.raises(InputError, match=r"another type than before|field 'a'"):
        through("jsonl", lines + '{"a": 2.5}\n')
    with pytest.raises(InputError, match="a field 'b' that none had before"):
        through("jsonl", lines + '{"b": 1}\n')


def _feed(pipe: Path, data: bytes) -> None:
    with pipe.open("wb") as file, suppress(BrokenPipeError):
        file.write(data)


def test_arrays_of_an_npz_are_chosen_by_name(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", images=np.zeros((2, 3)), labels=np.arange(2))
    with pytest.raises(InputError, match="images, labels: say which with --field"):
        learn(tmp_path / "a.npz")
    assert [int(label) for label in learn(tmp_path / "a.npz", field="labels").records] == [0, 1]
    with pytest.raises(InputError, match="did you mean 'labels'"):
        learn(tmp_path / "a.npz", field="label")
