"""Abstract: "The proposed algorithm even generated this paper, in a one-shot learning setting"."""

import hashlib
import logging
import re
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from byheart import draws
from byheart._optional import require
from byheart.memory.learning import Structure
from byheart.model import MemGEN
from byheart.paper.claims import OURS, Claim, holds
from byheart.paper.found import Found, Part
from byheart.paper.stage import Copy, Stage
from byheart.paper.theory import algorithm_1
from byheart.report.page import Cell, paragraph, table

_PLACE: Final = "Abstract"
_TITLE: Final = "memory is all you need"
_BEGINNING: Final = 1_000_000  # bytes, in which a title stands
_PAGES: Final = 3
_FORMS: Final = ("utf-8", "utf-16", "latin-1")  # of letters
_HOW: Final = "Algorithm 1, lists and hashmaps, in RAM and on the disk: each has one record, with probability 1."
_STRUCTURES: Final[tuple[Structure, ...]] = ("list", "hashmap")


@dataclass(frozen=True, slots=True)
class Shot:
    """A document, learned from one example.

    Attributes:
        what: it is.
        size: in bytes.
        sha256: of it.
        samplers: how many learned it.
        equal: how many of them sampled its very bytes.
        records: how many examples each of them had learned.
        probability: that they give the document.
    """

    what: str
    size: int
    sha256: str
    samplers: int
    equal: int
    records: int
    probability: float

    @property
    def is_hit(self) -> bool:
        """Whether each generated it, from one example."""
        return self.equal == self.samplers and self.records == 1 and self.probability == 1


def run(stage: Stage) -> Found:
    """Put it to the test."""
    stage.tell(0, "this page learns itself")
    report = _shot("this page, as far as it had come", stage.so_far(), stage.folder / "page", stage.seed)
    paper = None
    if stage.paper is not None:
        stage.tell(0.5, "learning the paper")
        paper = _shot(f"your copy, {stage.paper.name}", stage.paper.data, stage.folder / "paper", stage.seed)
    shots = [report, paper] if paper else [report]
    parts: list[Part] = [
        paragraph(
            "One-shot learning is learning from a single example. So Algorithm 1 and the engine, as a list and as a hashmap, in RAM and on the "
            "disk, each learned this page as far as it had come, everything above this line, and generated it."
        ),
        table(*_table(shots)),
    ]
    if paper is None:
        parts.append(
            paragraph(
                "The project does not carry the paper's text. If you have a copy: byheart paper --paper FILE.",
                is_soft=True,
            )
        )
    timings = {
        "size": report.size,
        "sha256": report.sha256,
    }  # the page tells times, so its bytes differ from run to run
    numbers = {"samplers": report.samplers, "equal": report.equal, "records": report.records}
    if paper:
        numbers |= {"paper_equal": paper.equal, "paper_bytes": paper.size}
    return Found(parts, _claims(report, _of_paper(paper, stage.paper)), numbers, timings)


def says_its_title(document: bytes) -> bool:
    r"""Whether "Memory is All You Need" stands in a document: a PDF, or text in whatever form.

    >>> says_its_title(b"<h1>MemGEN: Memory is\nAll You Need</h1>"), says_its_title(b"Attention is all you need")
    (True, False)
    """
    texts = [document[:_BEGINNING].decode(form, "replace") for form in _FORMS]
    if document.startswith(b"%PDF"):
        texts += _text_of_pdf(document)
    return any(_TITLE in re.sub(r"\s+", " ", text).casefold() for text in texts)


def _text_of_pdf(document: bytes) -> list[str]:
    """That of its first pages; none of what cannot be read, as of pages that are pictures, or are encrypted."""
    pypdf = require("pypdf", "paper")
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what is wrong with the file does not matter here
    texts = []
    try:
        for number, page in enumerate(pypdf.PdfReader(BytesIO(document)).pages):
            if number == _PAGES:
                break
            texts.append(page.extract_text())
    except Exception:  # noqa: BLE001  # of a broken file it raises whatever comes
        return texts
    return texts


def _shot(what: str, document: bytes, folder: Path, seed: int) -> Shot:
    memory = algorithm_1.trained([document])
    samples, lengths, chances = [algorithm_1.sample(memory, lambda size: size - 1)], {len(memory)}, []
    for number, structure in enumerate(_STRUCTURES):
        for path in (None, folder.with_name(f"{folder.name}-{structure}")):
            model = MemGEN(path, structure=structure, kind="bytes").fit([document])
            samples.append(model.sample(1, draws.split(seed, number))[0])
            lengths.add(len(model))
            chances.append(float(model.score_samples([document])[0]))
    equal = sum(sample == document for sample in samples)
    probability = 1.0 if set(chances) == {0.0} else 0.0
    digest = hashlib.sha256(document).hexdigest()
    return Shot(what, len(document), digest, len(samples), equal, max(lengths), probability)


def _table(shots: list[Shot]) -> tuple[list[Cell], list[list[Cell]]]:
    names = ("bytes", "examples learned", "samplers", "sampled its very bytes", "probability")
    return [Cell("document"), *(Cell(name, "right") for name in names)], [
        [
            Cell(shot.what),
            *(
                Cell(f"{number:,}", "right")
                for number in (shot.size, shot.records, shot.samplers, shot.equal, round(shot.probability))
            ),
        ]
        for shot in shots
    ]


def _of_paper(shot: Shot | None, copy: Copy | None) -> Claim:
    """The paper's own claim."""
    told = "The proposed algorithm even generated this paper, in a one-shot learning setting."
    if shot is None or copy is None:
        return Claim(told, _PLACE, "not tried", "", "It takes your copy of the paper: byheart paper --paper FILE.")
    number = f"{shot.equal} of {shot.samplers} samples equal it, byte for byte"
    if not says_its_title(copy.data):
        detail = f"{copy.name} ({shot.size:,} bytes) does not say the paper's title, so that nobody knows here whether it is the paper. It was learned and sampled all the same."
        return Claim(told, _PLACE, "not tried", number, detail)
    return Claim(told, _PLACE, holds(shot.is_hit), number, f"{copy.name}, {shot.size:,} bytes. {_HOW}")


def _claims(report: Shot, of_paper: Claim) -> list[Claim]:
    claim = "The algorithm generates this page, too, in a one-shot learning setting."
    number = f"{report.equal} of {report.samplers} samples equal it, byte for byte"
    return [Claim(claim, OURS, holds(report.is_hit), number, f"As far as it had come. {_HOW}"), of_paper]
