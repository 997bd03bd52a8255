"""One-shot: a document that is learned alone is the only sample; and a byte that differs is told."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfWriter
from stages import claims, stage

from byheart.paper.figures import sheet
from byheart.paper.samples import one_shot
from byheart.paper.stage import Copy
from byheart.paper.theory import algorithm_1

PAGE = "<!doctype html><title>π</title>\r\n\0".encode() * 1000


def test_the_page_generates_itself_and_the_paper_where_there_is_one(tmp_path: Path) -> None:
    paper = Copy("memgen.pdf", b"Memory  is\nAll You Need" + bytes(range(256)) * 99)
    found = one_shot.run(stage(tmp_path, paper=paper, so_far=PAGE))
    assert [claim.verdict for claim in claims(found).values()] == ["holds", "holds"]
    assert found.numbers == {"samplers": 5, "equal": 5, "records": 1, "paper_equal": 5, "paper_bytes": 25_367}
    assert found.timings["size"] == len(PAGE)


def test_what_does_not_say_the_papers_title_is_not_taken_for_it(tmp_path: Path) -> None:
    other = Copy("attention.txt", b"Attention is all you need")
    told = list(claims(one_shot.run(stage(tmp_path, paper=other, so_far=PAGE))).values())
    assert [claim.verdict for claim in told] == ["holds", "not tried"]
    assert told[1].number == "5 of 5 samples equal it, byte for byte"
    assert "attention.txt (25 bytes) does not say the paper's title" in told[1].detail


def test_the_title_is_found_in_a_pdf(tmp_path: Path) -> None:
    """Its text is compressed there."""

    def pdf(title: str) -> bytes:
        with sheet(5, 2) as canvas:
            canvas.text(0.1, 0.5, title)
            out = BytesIO()
            canvas.savefig(out, format="pdf")
            return out.getvalue()

    assert one_shot.says_its_title(pdf("MemGEN: Memory is All You Need"))
    assert not one_shot.says_its_title(pdf("Attention is All You Need"))
    assert not one_shot.says_its_title(b"%PDF-1.7 broken")


def test_a_pdf_that_is_encrypted_does_not_end_the_run() -> None:
    """For what it is encrypted with, a package is missing."""
    writer, out = PdfWriter(), BytesIO()
    writer.add_blank_page(100, 100)
    writer.encrypt("", "owner", algorithm="RC4-128")
    writer.write(out)
    document = out.getvalue().replace(b"/V 2", b"/V 9").replace(b"/R 3", b"/R 9")
    assert not one_shot.says_its_title(document)


def test_without_a_copy_of_the_paper_that_is_not_tried(tmp_path: Path) -> None:
    told = list(claims(one_shot.run(stage(tmp_path, so_far=PAGE))).values())
    assert [claim.verdict for claim in told] == ["holds", "not tried"]
    assert "--paper FILE" in told[1].detail


def test_a_byte_that_differs_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sample: Any = algorithm_1.sample
    monkeypatch.setattr(algorithm_1, "sample", lambda memory, randint: sample(memory, randint)[:-1] + b"!")
    told = next(iter(claims(one_shot.run(stage(tmp_path, so_far=PAGE))).values()))
    assert (told.verdict, told.number) == ("does not hold", "4 of 5 samples equal it, byte for byte")
