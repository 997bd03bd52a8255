"""Vectors of a slow extractor are kept beside the memory: worked out once, purged with what is forgotten, and never trusted blindly."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx_models import model
from test_features import encoded

from byheart import Judgment, MemGEN, judge
from byheart.features.pretrained import Frame

pytest.importorskip("onnxruntime", reason="it has no wheel for this Python")

Judge = Callable[..., tuple[Judgment, int]]


def pictures(count: int, seed: int) -> list[bytes]:
    pixels = np.random.default_rng(seed).integers(0, 256, (count, 4, 4, 3)).astype(np.uint8)
    return [encoded(one) for one in pixels]


@pytest.fixture
def memory(tmp_path: Path) -> MemGEN:
    learned = MemGEN(tmp_path / "m").fit(pictures(50, 0))
    return learned.partial_fit(pictures(30, 1))


@pytest.fixture
def judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Judge:
    """A judgment, and how many images of the memory the model was shown for it."""
    seen: list[int] = []
    shown = Frame.batch

    def batch(self: Frame, records: Any, size: int, pool: Any) -> Any:
        seen.append(len(records))
        return shown(self, records, size, pool)

    monkeypatch.setattr(Frame, "batch", batch)
    made, heldout = pictures(40, 2), pictures(80, 3)

    def asked(memory: Any, spec: str | None = None, **options: Any) -> tuple[Judgment, int]:
        seen.clear()
        spec = spec or f"onnx:{model(tmp_path / 'tiny.onnx', ('n', 3, 2, 2))}:flat"
        told = judge(made, heldout, memory=memory, features=spec, metrics=["mmd", "exact_share"], **options)
        return told, sum(seen) - 40 - 40 - 40

    return asked


def features(memory: MemGEN) -> list[Path]:
    return sorted((Path(str(memory.path)) / "indexes").glob("features-*"))


def test_a_second_judgment_asks_the_model_for_none_of_train(memory: MemGEN, judged: Judge) -> None:
    first, shown = judged(memory)
    assert shown == 80
    assert judged(memory) == (first, 0)
    again, shown = judged(memory, random_state=1)
    assert shown == 0
    assert again != first
    assert memory.check().ok


def test_only_what_was_added_is_worked_out(memory: MemGEN, judged: Judge) -> None:
    judged(memory)
    memory.partial_fit(pictures(7, 4))
    assert judged(memory)[1] == 7


def test_another_model_trusts_none_of_it(memory: MemGEN, judged: Judge, tmp_path: Path) -> None:
    judged(memory)
    other = f"onnx:{model(tmp_path / 'other.onnx', ('n', 3, 2, 2), bias=np.ones(12, np.float32).tobytes())}:moved"
    assert judged(memory, other)[1] == 80
    assert judged(memory, f"{other}@unit")[1] == 80
    assert judged(memory)[1] == 0


def test_a_memory_in_ram_keeps_nothing_and_is_read_once(judged: Judge) -> None:
    learned = MemGEN().fit(pictures(80, 0))
    assert judged(learned)[1] == 80
    assert judged(learned)[1] == 80


@pytest.mark.parametrize("name", ["points", "rows", "prints", "readable", "index.json"])
def test_what_is_damaged_is_noticed_and_made_anew(name: str, memory: MemGEN, judged: Judge) -> None:
    first, _ = judged(memory)
    (folder,) = features(memory)
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    assert judged(memory) == (first, 80)
    assert judged(memory) == (first, 0)


def test_vectors_of_another_memory_are_not_taken_for_its_own(memory: MemGEN, judged: Judge, tmp_path: Path) -> None:
    judged(memory)
    other = MemGEN(tmp_path / "other").fit(pictures(80, 5))
    (folder,) = features(memory)
    shutil.copytree(folder, tmp_path / "other" / "indexes" / folder.name)
    assert judged(other)[1] == 80


def test_forgetting_with_compact_purges_the_vectors(memory: MemGEN, judged: Judge) -> None:
    judged(memory)
    memory.forget(pictures(1, 0))
    assert judged(memory)[1] == 79
    assert len(features(memory)) == 2
    memory.forget(pictures(2, 1)[1:], compact=True)
    assert features(memory) == []
    assert judged(memory)[1] == 78


def test_where_nothing_may_be_written_the_judgment_goes_on(
    memory: MemGEN, judged: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    from byheart import _files  # noqa: PLC0415  # what is broken here
    from byheart.errors import StorageError  # noqa: PLC0415  # what it raises

    def refuse(*_: object) -> None:
        raise StorageError(30, "the file system is read-only")

    with monkeypatch.context() as broken:
        broken.setattr(_files, "make_folder", refuse)
        first, _ = judged(memory)
    assert features(memory) == []
    assert judged(memory) == (first, 80)


def test_images_that_cannot_be_read_are_counted_once_and_remembered(judged: Judge, tmp_path: Path) -> None:
    learned = MemGEN(tmp_path / "broken").fit([*pictures(70, 0), *(one[:40] for one in pictures(9, 6))])
    for shown in (79, 0):
        told, got = judged(learned)
        assert got == shown
        assert told.left_out == ("9 records of train that cannot be read",)


def test_a_hashmap_has_one_vector_a_record(judged: Judge, tmp_path: Path) -> None:
    learned = MemGEN(tmp_path / "h", structure="hashmap").fit(pictures(50, 0) * 3)
    first, shown = judged(learned)
    assert shown == 50
    assert judged(learned) == (first, 0)
