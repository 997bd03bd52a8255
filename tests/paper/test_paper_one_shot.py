"""One-shot: a document that is learned alone is the only sample; and a byte that differs is told."""

from pathlib import Path
from typing import Any

import pytest
from stages import claims, stage

from byheart.paper import algorithm_1, one_shot

PAGE = "<!doctype html><title>π</title>\r\n\0".encode() * 1000


def test_the_page_generates_itself_and_the_paper_where_there_is_one(tmp_path: Path) -> None:
    paper = tmp_path / "memgen.pdf"
    paper.write_bytes(bytes(range(256)) * 99)
    found = one_shot.run(stage(tmp_path, paper=paper, so_far=PAGE))
    assert [claim.verdict for claim in claims(found).values()] == ["holds", "holds"]
    assert found.numbers == {"samplers": 5, "equal": 5, "records": 1, "paper_equal": 5, "paper_bytes": 25_344}
    assert found.timings["size"] == len(PAGE)


def test_without_a_copy_of_the_paper_that_is_not_tried(tmp_path: Path) -> None:
    told = list(claims(one_shot.run(stage(tmp_path, so_far=PAGE))).values())
    assert [claim.verdict for claim in told] == ["holds", "not tried"]
    assert "--paper FILE" in told[1].detail


def test_a_byte_that_differs_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sample: Any = algorithm_1.sample
    monkeypatch.setattr(algorithm_1, "sample", lambda memory, randint: sample(memory, randint)[:-1] + b"!")
    told = next(iter(claims(one_shot.run(stage(tmp_path, so_far=PAGE))).values()))
    assert (told.verdict, told.number) == ("does not hold", "4 of 5 samples equal this page, byte for byte")
