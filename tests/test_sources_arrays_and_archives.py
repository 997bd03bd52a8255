"""Arrays, archives and compressed streams: what was put in is what is learned, in the same order."""

import bz2
import gzip
import io
import lzma
import re
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sources import few, learn, lines, writers

# arrays

arrays = hnp.arrays(
    st.sampled_from(["u1", "<i2", ">i4", "<i8", "<f4", ">f8", "c8", "?"]),
    hnp.array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=5),
)


@few
@given(arrays, st.sampled_from("CF"), st.sampled_from(["a.npy", "a.npz", "packed.npz", "a.npy.gz"]))
def test_arrays_come_back_with_their_dtype(tmp_path: Path, array: npt.NDArray[Any], order: Any, name: str) -> None:
    array = np.asarray(array, order=order)
    path = tmp_path / name
    if name.endswith(".gz"):
        with gzip.open(path, "wb") as file:
            np.save(file, array)
    else:
        {"a.npy": np.save, "a.npz": np.savez, "packed.npz": np.savez_compressed}[name](path, array)
    found = learn(path)
    assert found.kind == "array"
    assert found.records[0].dtype == array.dtype.newbyteorder("<")
    assert np.array_equal(np.array(found.records), array, equal_nan=True)


def test_arrays_of_strings_and_of_structures_are_text_and_rows(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array(["to be", "or not"]))
    np.save(
        tmp_path / "b.npy", np.array([(1, 0.5, [1, 2]), (2, 1.5, [3, 4])], [("a", ">i4"), ("b", "f8"), ("c", "u1", 2)])
    )
    assert learn(tmp_path / "a.npy").records == ["to be", "or not"]
    assert learn(tmp_path / "b.npy").records == [{"a": 1, "b": 0.5, "c": [1, 2]}, {"a": 2, "b": 1.5, "c": [3, 4]}]


@pytest.mark.parametrize("order", ["C", "F"])
def test_arrays_of_many_blocks_keep_their_order(tmp_path: Path, order: Any) -> None:
    array = np.asarray(np.arange(1_200_000, dtype=np.int32).reshape(-1, 4, 3), order=order)
    np.save(tmp_path / "a.npy", array)
    found = learn(tmp_path / "a.npy")
    assert np.array_equal(np.array(found.records), array)
    assert found.locators == list(range(len(array)))


# archives and compressed streams

member_names = st.lists(
    st.text("abc", min_size=1, max_size=3) | st.text("ab/", min_size=1, max_size=5).map(lambda name: f"x{name}y"),
    min_size=1,
    max_size=6,
    unique=True,
)


def as_zip(members: dict[str, bytes], path: Path, method: int = zipfile.ZIP_DEFLATED) -> None:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def as_tar(members: dict[str, bytes], path: Path) -> None:
    mode: Any = {".gz": "w:gz", ".bz2": "w:bz2", ".xz": "w:xz"}.get(path.suffix, "w")
    with tarfile.open(path, mode) as archive:
        for name, data in members.items():
            header = tarfile.TarInfo(name)
            header.size = len(data)
            archive.addfile(header, io.BytesIO(data))


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz", "a.tar.bz2", "a.tar.xz"])
@few
@given(member_names, st.data())
def test_members_of_an_archive_are_records_bit_for_bit(
    tmp_path: Path, name: str, names: list[str], data: st.DataObject
) -> None:
    members = {member: data.draw(st.binary(max_size=2000)) for member in names}
    (as_zip if name == "a.zip" else as_tar)(members, tmp_path / name)
    plain = [re.sub("/+", "/", member) for member in names]
    found = learn(tmp_path / name, labels=any("/" in member for member in plain))
    assert found.records == list(members.values())
    assert found.names == plain
    assert found.labels == [member.partition("/")[0] if "/" in member else None for member in plain]
    assert found.done == found.total == (tmp_path / name).stat().st_size


def test_stored_members_and_what_precedes_an_archive_do_not_matter(tmp_path: Path) -> None:
    members = {f"{i}.bin": bytes([i]) * i * 1000 for i in range(9)}
    as_zip(members, tmp_path / "a.zip", zipfile.ZIP_STORED)
    (tmp_path / "b.zip").write_bytes(b"#!/bin/sh\n" * 99 + (tmp_path / "a.zip").read_bytes())
    for name in ("a.zip", "b.zip"):
        assert learn(tmp_path / name).records == list(members.values())


packers: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": lambda data: pa.compress(data, "zstd", asbytes=True),
}


@pytest.mark.parametrize("suffix", packers)
@few
@given(
    st.lists(lines.filter(lambda line: line and "\0" not in line), min_size=2, max_size=20), st.integers(1, 9)
)  # every other byte 0 is UTF-16
def test_packed_lines_are_lines_in_one_part_or_in_two(
    tmp_path: Path, suffix: str, written: list[str], cut: int
) -> None:
    text = "\n".join(written).encode()
    (tmp_path / f"a.txt{suffix}").write_bytes(packers[suffix](text))
    (tmp_path / f"b.txt{suffix}").write_bytes(packers[suffix](text[:cut]) + packers[suffix](text[cut:]))
    for name in (f"a.txt{suffix}", f"b.txt{suffix}"):
        found = learn(tmp_path / name)
        assert found.records == written
        assert found.done == found.total == (tmp_path / name).stat().st_size


@pytest.mark.parametrize("suffix", packers)
def test_packed_tables_are_tables(tmp_path: Path, suffix: str) -> None:
    table = pa.table({"a": range(5), "b": list("abcde")})
    for name, write in writers:
        write(table, tmp_path / name)
        (tmp_path / f"{name}{suffix}").write_bytes(packers[suffix]((tmp_path / name).read_bytes()))
        assert learn(tmp_path / f"{name}{suffix}").records == table.to_pylist()
