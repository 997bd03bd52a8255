"""Texts, tables and files that cannot be learned are refused in one line, with what was wanted."""

import os
import struct
from pathlib import Path

import pyarrow as pa
import pyarrow.feather as pf
import pyarrow.parquet as pq
import pytest

from byheart import InputError, MemGEN
from byheart.memory.learning import Plan
from byheart.sources import Options, open_source
from sources import learn, refused

# text


def test_text_that_is_not_utf8_says_where(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("naïve\n".encode("latin-1"))
    assert "0xef" in refused(tmp_path / "a.txt", match="UTF-8")
    assert learn(tmp_path / "a.txt", kind="bytes").records == ["naïve".encode("latin-1")]
    (tmp_path / "a.csv").write_bytes("a,b\n1,naïve\n".encode("latin-1"))
    refused(tmp_path / "a.csv", match="line 2: wanted text in UTF-8")
    (tmp_path / "a.jsonl").write_bytes('{"a": "naïve"}\n'.encode("latin-1"))
    refused(tmp_path / "a.jsonl", match="line 1")
    (tmp_path / "a.json").write_bytes('["naïve"]\n'.encode("latin-1"))
    refused(tmp_path / "a.json", match="utf-8")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.jsonl"])
def test_utf16_is_refused_with_a_remedy(tmp_path: Path, encoding: str, name: str) -> None:
    (tmp_path / name).write_bytes('{"a": 1}\n'.encode(encoding))
    refused(tmp_path / name, match=r"UTF-16.*iconv")


def test_text_in_arrow_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    broken = pa.Array.from_buffers(
        pa.string(), 1, [None, pa.py_buffer(struct.pack("<2i", 0, 2)), pa.py_buffer(b"\xff\xfe")]
    )
    pq.write_table(pa.table({"a": broken}), tmp_path / "a.parquet")
    pf.write_feather(pa.table({"a": broken}), str(tmp_path / "a.feather"))
    refused(tmp_path / "a.parquet", match="UTF8")
    refused(tmp_path / "a.feather", match="UTF8")


def test_nul_bytes_and_other_controls_are_text_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"a\0b\x0b\x0c\x85".replace(b"\x85", "\x85".encode()) + b"\n\xe2\x80\xa8c")
    assert learn(tmp_path / "a.txt").records == ["a\0b\x0b\x0c\x85", "\u2028c"]


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("a,a\n1,2\n", "'a' twice"),
        ("a,b\n1\n", "Expected 2 columns"),
        ("a,b\n1,2,3\n", "Expected 2 columns"),
        ('a,b\n1,"x\n', "never closed"),
        ("a,b\n", "at least one record"),
    ],
)
def test_what_is_wrong_with_a_csv_is_told(tmp_path: Path, text: str, match: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    refused(tmp_path / "a.csv", match=match)


@pytest.mark.parametrize(
    ("name", "text", "match"),
    [
        ("a.jsonl", '{"a": 1}\n{"a": "x"}\n', "field 'a': wanted values of one type"),
        ("a.jsonl", '{"a": 1}\n[2]\n', "wanted an object"),
        ("a.jsonl", '{"a": 1}\n\n{"a": 1\n', "line 3: wanted JSON"),
        ("a.jsonl", '{"a": 9223372036854775808}\n', "field 'a'"),
        ("a.jsonl", '{"a": "\\ud800"}\n', "surrogate"),
        ("a.json", '{"a": 1}', "one list, got '{'"),
        ("a.json", "[1 2]", "comma"),
        ("a.json", "[1, 2", "does not end"),
        ("a.json", "[1, 2] 3", "more after"),
        ("a.json", "[1, ]", "cannot be read"),
        ("a.json", "[]", "at least one record"),
    ],
)
def test_what_is_wrong_with_json_is_told(tmp_path: Path, name: str, text: str, match: str) -> None:
    (tmp_path / name).write_text(text)
    refused(tmp_path / name, match=match)


# files and folders


def test_pipes_devices_and_sockets_in_a_folder_do_not_block(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.bin").write_bytes(b"x")
    os.mkfifo(folder / "pipe")
    (folder / "nowhere").symlink_to("nothing")
    (folder / "device").symlink_to("/dev/zero")
    (folder / "again").symlink_to(".")
    (folder / "linked.bin").symlink_to("a.bin")
    assert learn(folder).names == ["a.bin", "linked.bin"]


def test_a_device_by_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="device"):
        learn("/dev/zero")


def test_a_folder_without_files_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    (folder / "sub").mkdir(parents=True)
    (folder / ".hidden").write_text("x")
    refused(folder, match="wanted files, got none")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"x")
    (tmp_path / "a.bin").chmod(0)
    refused(tmp_path / "a.bin", match="Permission denied")


def test_a_file_that_vanishes_meanwhile_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for i in range(4):
        (folder / f"{i}.bin").write_bytes(bytes(3 << 20))
    memory = tmp_path / "memory"

    def vanish(*_: object) -> None:
        (folder / "3.bin").unlink(missing_ok=True)

    with pytest.raises(InputError, match=r"3\.bin: cannot be read \(No such file"):
        MemGEN(memory).learn_sources([open_source(folder, Options())], Plan(), vanish)
    assert [path for path in memory.rglob("*") if path.is_file()] == []


def test_a_csv_that_grows_meanwhile_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + "1,x\n" * 600_000)

    def grow(*_: object) -> None:
        with path.open("a") as file:
            file.write("007,y\n")

    with pytest.raises(InputError, match="changed meanwhile"):
        MemGEN(tmp_path / "memory").learn_sources([open_source(path, Options())], Plan(), grow)


@pytest.mark.parametrize(
    "thing", ["nothing.txt", "sub/nothing", "*.nothing", "nothing/*.txt", "pie:100", "jsnol:a", "pi:0", "pi:x", "pi:-1"]
)
def test_what_is_not_there_is_told_with_a_remedy(tmp_path: Path, thing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"check|wanted|did you mean"):
        learn(thing)


def test_a_misspelt_path_is_met_with_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "corpus.jsonl").write_text('{"a": 1}\n')
    with pytest.raises(InputError, match=r"did you mean 'corpus\.jsonl'"):
        learn(tmp_path / "corpus.json")


@pytest.mark.parametrize(
    ("name", "data", "line"),
    [
        ("a.csv", b"name,city\nAnn,Bern\nRen\xe9,Paris\n", "3"),
        ("a.csv", b'\n\n"na\nme",city\r\nAnn,Bern\r\nRen\xe9,Paris\r\n', "6"),
        ("a.csv", b"name,city\rAnn,Bern\rRen\xe9,Paris\r", "3"),
        ("a.csv", b"ann\xe9,b\n1,2\n", "1"),
        ("a.csv", b"1,x\n2,\xe9\n", "2"),
        ("a.tsv", b"a\tb\n" + b"1\txyz\n" * 500_000 + b"2\t\xe9\n", "500,002"),
        ("a.jsonl", b'{"a": "x"}\n\n{"a": "caf\xe9"}\n', "3"),
    ],
)
def test_a_file_that_is_not_utf8_is_told_with_its_line_and_what_to_do(
    tmp_path: Path, name: str, data: bytes, line: str
) -> None:
    (tmp_path / name).write_bytes(data)
    remedy = r"convert it \(from Latin-1: `iconv -f LATIN1 -t UTF-8`\)"
    refused(tmp_path / name, match=rf"{name}, line {line}: wanted text in UTF-8, got the byte 0xe9: {remedy}$")
