"""New files: whatever the pieces they are written in, the bytes are those that were given, in whole blocks."""

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import xxhash
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from byheart import _files, _native

BLOCK = 64


class _Watched(SimpleNamespace):
    """The module `os`, with the sizes of what was written noted."""

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def write(self, descriptor: int, data: memoryview) -> int:
        self.sizes.append(len(data))
        return os.write(descriptor, data)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(st.binary(max_size=5 * BLOCK), max_size=12))
def test_the_bytes_are_those_that_were_given(pieces: list[bytes], tmp_path: Path) -> None:
    whole, path, watched = b"".join(pieces), tmp_path / "x", _Watched(sizes=[])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_files, "_BLOCK", BLOCK)
        patch.setattr(_files, "os", watched)
        with _files.NewFile(path) as file:
            for piece in pieces:
                file.write(piece)
            cut = file.cut()
    assert path.read_bytes() == whole
    assert cut == (len(whole), xxhash.xxh3_128_hexdigest(whole))
    assert all(size % BLOCK == 0 for size in watched.sizes[:-1])
    path.unlink()


def test_a_block_is_sent_to_the_disk_before_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = []
    kernels = SimpleNamespace(will_sync=lambda descriptor, start, size: told.append((start, size)))
    monkeypatch.setattr(_native, "kernels", kernels)
    monkeypatch.setattr(_files, "_BLOCK", BLOCK)
    with _files.NewFile(tmp_path / "x") as file:
        file.write(bytes(BLOCK // 2))
        file.write(bytes(3 * BLOCK))
    assert told == [(0, BLOCK), (BLOCK, 2 * BLOCK)]


@pytest.mark.skipif(_native.kernels is None, reason="the kernels were not built")
def test_what_cannot_be_sent_is_left_to_fsync() -> None:
    kernels: Any = _native.kernels
    kernels.will_sync(-1, 0, 1)  # no such file
    with pytest.raises(TypeError):
        kernels.will_sync("x", 0, 1)


@pytest.mark.parametrize("write", [_files.replace, lambda path, data: _files.publish(path, data, path.with_name("t"))])
def test_an_interrupt_as_soon_as_there_is_a_file_leaves_none(
    write: Callable[[Path, bytes], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(file: _files.NewFile) -> None:
        os.close(file._descriptor or 0)
        raise KeyboardInterrupt

    monkeypatch.setattr(_files.NewFile, "__enter__", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "new", b"data")
    assert list(tmp_path.iterdir()) == []
