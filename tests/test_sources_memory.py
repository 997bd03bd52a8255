"""Learning stays under 300 MB of RAM, whatever the size and the shape of the source: processes of their own are measured.

The quick tests learn from some 100 MB, the full ones from a gigabyte. What is bounded otherwise is one record: it is in RAM about four
times over while it is learned.
"""

import gzip
import io
import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.feather as pf
import pyarrow.parquet as pq
import pytest

MB = 1 << 20
MOST = 300
BLOCK = 8 * MB

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="the peak of a process can be asked for on Linux alone"
)

PROGRAM = """
import sys
from byheart.cli.main import run
code = run(["learn", "--quiet", *sys.argv[1:]])
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(code, int(peak.split()[1]) // 1024)
"""


def peak(source: Path | str, folder: Path, *options: str) -> int:
    """The most RAM that a process which learns from `source` ever has, in MB."""
    memory = folder / "memory"
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(source), str(memory), *options], capture_output=True, text=True, check=True
    )
    shutil.rmtree(memory, ignore_errors=True)
    code, megabytes = map(int, done.stdout.split())
    assert code == 0, done.stderr
    return megabytes


def letters(count: int) -> bytes:
    data: bytes = np.random.default_rng(0).integers(97, 123, count, dtype=np.uint8).tobytes()
    return data


def rows(size: int, width: int = 600) -> dict[str, object]:
    """Columns of about `size` bytes, whose texts differ."""
    count = size // (width + 8)
    data = np.frombuffer(letters(count * width), np.uint8)
    offsets = np.arange(count + 1, dtype=np.int64) * width
    texts = pa.Array.from_buffers(pa.large_string(), count, [None, pa.py_buffer(offsets), pa.py_buffer(data)])
    return {"id": np.arange(count), "text": texts}


def blocks_of(line: Callable[[int], bytes], size: int) -> Iterator[bytes]:
    block = b"".join(map(line, range(BLOCK // len(line(0)))))
    for _ in range(size // len(block)):
        yield block


def lines(path: Path, size: int) -> Path:
    path = path / "a.txt"
    with path.open("wb") as file:
        file.writelines(blocks_of(lambda i: b"%08d " % i + letters(100) + b"\n", size))
    return path


def json_lines(path: Path, size: int) -> Path:
    text = letters(500).decode()
    path = path / "a.jsonl"
    with path.open("wb") as file:
        file.writelines(blocks_of(lambda i: json.dumps({"id": i, "x": i / 7, "text": text}).encode() + b"\n", size))
    return path


def json_lines_packed(path: Path, size: int) -> Path:
    packed = path / "a.jsonl.gz"
    with json_lines(path, size).open("rb") as plain, gzip.open(packed, "wb", 1) as file:
        shutil.copyfileobj(plain, file, MB)
    return packed


def json_list(path: Path, size: int) -> Path:
    path = path / "a.json"
    with path.open("wb") as file:
        file.write(b"[0")
        file.writelines(blocks_of(lambda i: b", %d" % (10**15 + i), size))
        file.write(b"]")
    return path


def table_as_text(path: Path, size: int) -> Path:
    path = path / "a.csv"
    with path.open("wb") as file:
        file.write(b"id,x,name,text\n")
        file.writelines(blocks_of(lambda i: b'%d,%f,name %d,"%s"\n' % (i, i / 7, i, b"x" * 40), size))
    return path


def one_row_group(path: Path, size: int) -> Path:
    path = path / "a.parquet"
    table = pa.table(rows(size))
    pq.write_table(table, path, row_group_size=table.num_rows)
    assert pq.ParquetFile(path).num_row_groups == 1
    return path


def repeated_texts(path: Path, size: int) -> Path:
    """A megabyte on the disk that has `size` bytes in RAM: each text is stored once."""
    path = path / "a.parquet"
    texts = pa.array([letters(5000).decode() + str(i) for i in range(100)])
    column = pa.DictionaryArray.from_arrays(pa.array(np.arange(size // 5000, dtype=np.int32) % 100), texts)
    pq.write_table(pa.table({"text": column}), path, row_group_size=len(column), store_schema=False)
    return path


def one_batch(path: Path, size: int) -> Path:
    path = path / "a.arrow"
    batch = pa.record_batch(rows(size))
    with pa.ipc.new_file(str(path), batch.schema) as writer:
        writer.write_batch(batch)
    return path


def packed_batches(path: Path, size: int) -> Path:
    path = path / "a.feather"
    pf.write_feather(pa.table(rows(size)), str(path))
    return path


def array(path: Path, size: int) -> Path:
    path = path / "a.npy"
    mapped = np.lib.format.open_memmap(path, "w+", np.uint8, (size // 784, 28, 28))
    mapped[:] = np.arange(28)
    mapped.flush()
    return path


def array_in_columns(path: Path, size: int) -> Path:
    path = path / "a.npy"
    mapped = np.lib.format.open_memmap(path, "w+", np.float64, (size // 80, 10), fortran_order=True)
    mapped[:] = np.arange(10)
    mapped.flush()
    return path


def many_members(path: Path, size: int) -> Path:
    path = path / "a.zip"
    data = letters(300)
    with zipfile.ZipFile(path, "w") as archive:
        for i in range(size // 400):
            archive.writestr(f"{i % 100}/{i:09d}.bin", data)
    return path


def packed_members(path: Path, size: int) -> Path:
    path = path / "a.tar.gz"
    data = letters(1000)
    with gzip.open(path, "wb", 1) as packed, tarfile.open(fileobj=packed, mode="w|") as archive:
        for i in range(size // 1536):
            header = tarfile.TarInfo(f"{i % 100}/{i:09d}.bin")
            header.size = len(data)
            archive.addfile(header, io.BytesIO(data))
            archive.members.clear()  # type: ignore[attr-defined]  # typeshed does not know it
    return path


def large_member(path: Path, size: int) -> Path:
    plain = table_as_text(path, size)
    path = path / "a.tar"
    with tarfile.open(path, "w") as archive:
        archive.add(plain, "a.csv")
    plain.unlink()
    return path


def files(path: Path, size: int) -> Path:
    path = path / "files"
    data = letters(20_000)
    for i in range(size // len(data)):
        (path / str(i % 100)).mkdir(parents=True, exist_ok=True)
        (path / str(i % 100) / f"{i}.bin").write_bytes(data)
    return path


MAKERS = [
    lines,
    json_lines,
    json_lines_packed,
    json_list,
    table_as_text,
    one_row_group,
    repeated_texts,
    one_batch,
    packed_batches,
    array,
    array_in_columns,
    many_members,
    packed_members,
    large_member,
    files,
]
QUICK = [json_lines, table_as_text, one_row_group, repeated_texts, one_batch, array_in_columns, packed_members, files]


@pytest.mark.parametrize("make", QUICK)
def test_learning_from_a_hundred_megabytes_takes_little_ram(tmp_path: Path, make: Callable[[Path, int], Path]) -> None:
    assert peak(make(tmp_path, 100 * MB), tmp_path) < MOST


@pytest.mark.full
@pytest.mark.parametrize("make", MAKERS)
def test_learning_from_a_gigabyte_takes_little_ram(tmp_path: Path, make: Callable[[Path, int], Path]) -> None:
    assert peak(make(tmp_path, 1024 * MB), tmp_path) < MOST


@pytest.mark.full
@pytest.mark.parametrize("options", [("--by", "paragraph"), ("--structure", "hashmap"), ("--kind", "bytes")])
def test_ways_of_learning_lines_take_little_ram(tmp_path: Path, options: tuple[str, str]) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.writelines(blocks_of(lambda i: b"%08d " % i + letters(100) + b"\n" * (1 + i % 2), 1024 * MB))
    assert peak(path, tmp_path, *options) < MOST


@pytest.mark.full
def test_a_field_of_json_lines_takes_little_ram(tmp_path: Path) -> None:
    assert peak(json_lines(tmp_path, 1024 * MB), tmp_path, "--field", "text") < MOST


@pytest.mark.full
def test_a_large_record_is_in_ram_a_few_times_over(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.writelines([letters(256 * MB), b"\nshort\n"])
    assert peak(path, tmp_path) < MOST + 4.5 * 256
