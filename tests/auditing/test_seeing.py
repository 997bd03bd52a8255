"""Train pictures are decoded once, for all audits of a memory."""

import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pictures import encoded, tiles

from byheart import MemGEN, audit
from byheart.auditing import crops, perceptual, seeing
from byheart.auditing.choosing import FORMS
from byheart.auditing.originals import Originals
from byheart.features.decoding import upright
from byheart.judging.samples import Train

PICTURES = [*(encoded(tile) for tile in tiles()[:40]), b"no picture"]


def originals(folder: Path | None) -> Originals:
    return Originals(Train(MemGEN(folder, kind="image").snapshot))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    MemGEN(tmp_path / "m", kind="image").fit(PICTURES)
    return tmp_path / "m"


def test_what_is_seen_is_what_is_worked_out_of_each_picture(folder: Path) -> None:
    train = originals(folder)
    column = train.x(np.arange(len(train)))
    reduced = perceptual.reduced(column)
    told = seeing.seen(train)
    assert np.array_equal(told.pictures.greys, reduced.greys)
    assert np.array_equal(told.pictures.readable, reduced.readable)
    assert told.pictures.readable.sum() == len(PICTURES) - 1
    assert np.array_equal(told.hashes, crops.crop_hashes(reduced.greys))
    assert np.array_equal(told.forms, FORMS["image"](column, train.field))


def test_the_next_audit_decodes_none_of_the_train_pictures(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = seeing.seen(originals(folder))
    monkeypatch.setattr(seeing, "upright", lambda _: pytest.fail("a picture was decoded"))
    second = seeing.seen(originals(folder))
    assert np.array_equal(first.pictures.greys, second.pictures.greys)
    assert np.array_equal(first.hashes, second.hashes)
    assert np.array_equal(first.forms, second.forms)


def test_an_audit_with_what_was_kept_finds_the_same(folder: Path) -> None:
    made, heldout = [encoded(tile, quality=70) for tile in tiles()[:10]], [encoded(tile) for tile in tiles()[60:90]]
    first, second = (audit(made, heldout, memory=folder).pairs for _ in range(2))
    assert first == second == audit(made, heldout, train=PICTURES, memory=None).pairs


def test_decoding_in_threads_leaves_the_warnings_of_python_as_they_were() -> None:
    before = list(warnings.filters)
    with ThreadPoolExecutor(8) as pool:
        assert all(picture is not None for picture in pool.map(upright, PICTURES[:-1] * 20))
    assert warnings.filters == before


def test_pictures_of_no_records_are_none() -> None:
    assert perceptual.reduced(pa.array([], pa.large_binary())).greys.shape == (0, 32, 32)
