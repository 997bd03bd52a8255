"""The print: claims with their caveats, then every figure with its caption, on A4."""

import textwrap
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from byheart._optional import require
from byheart.paper.claims import Claim
from byheart.paper.figures import Figure, pdf_of, sheet
from byheart.paper.found import Found
from byheart.paper.sections import Section

_WIDE, _TALL = 8.27, 11.69  # inches, of A4
_EDGE: Final = 0.53
_INCH: Final = 72  # points
_GAP: Final = 0.18
_ABOVE: Final = 0.08  # a figure, below its caption
_COLOURS: Final = {"does not hold": "#b45309", "not settled": "#555555", "not tried": "#555555"}


@dataclass(frozen=True, slots=True)
class _Style:
    """Of a line: its size in points, how many characters fit a line, and how it looks."""

    size: float
    fits: int
    look: dict[str, str]

    @property
    def step(self) -> float:
        """From one line to the next, in inches."""
        return 1.35 * self.size / _INCH


_TITLE: Final = _Style(15, 58, {"weight": "bold"})
_HEAD: Final = _Style(12, 70, {"weight": "bold", "color": "#0e7490"})
_STRONG: Final = _Style(9.5, 86, {"weight": "bold"})
_PLAIN: Final = _Style(8.5, 112, {})
_SOFT: Final = _Style(7.5, 128, {"color": "#555555"})


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines that stay together, and a figure below them."""

    lines: Sequence[tuple[_Style, str, str]]  # its style, the text, and its colour or ""
    figure: bytes | None = None
    figure_height: float = 0.0

    @property
    def height(self) -> float:
        """In inches, with the gap below it."""
        return sum(style.step for style, _, _ in self.lines) + self.figure_height + _GAP


def printed(done: Sequence[tuple[Section, Found]], *, title: str, lines: Sequence[str]) -> bytes:
    """All of it as a PDF; `lines` stand below the title."""
    pypdf = require("pypdf", "paper")
    writer, out = pypdf.PdfWriter(), BytesIO()
    for blocks in _pages(
        [
            *_opening(title, lines),
            *_claims(done, "The paper's claims", is_ours=False),
            *_claims(done, "Claims of this page", is_ours=True),
            *_figures(done),
        ]
    ):
        _put(writer, pypdf, blocks)
    writer.metadata = {"/Title": title}
    writer.write(out)
    return out.getvalue()


def _opening(title: str, lines: Sequence[str]) -> Iterator[_Block]:
    yield _Block([*_wrapped(_TITLE, title), *(line for text in lines for line in _wrapped(_PLAIN, text))])


def _claims(done: Sequence[tuple[Section, Found]], title: str, *, is_ours: bool) -> Iterator[_Block]:
    some = [(section, claim) for section, found in done for claim in found.claims if claim.is_ours == is_ours]
    for number, (section, claim) in enumerate(some):
        yield _Block([*([] if number else _wrapped(_HEAD, title)), *_claim(section, claim)])


def _claim(section: Section, claim: Claim) -> Iterator[tuple[_Style, str, str]]:
    yield from _wrapped(_STRONG, claim.claim)
    number = f": {claim.shown}" if claim.number else ""
    yield from _wrapped(_PLAIN, f"{claim.verdict.upper()}{number}", _COLOURS.get(claim.verdict, ""))
    yield from _wrapped(_SOFT, f"{section.title if claim.is_ours else claim.place}. {claim.detail}")


def _figures(done: Sequence[tuple[Section, Found]]) -> Iterator[_Block]:
    reader = require("pypdf", "paper").PdfReader
    for section, found in done:
        for one in found.figures:
            height = float(reader(BytesIO(one.pdf)).pages[0].mediabox.height) / _INCH
            yield _Block([*_caption(section, one)], one.pdf, height + _ABOVE)


def _caption(section: Section, one: Figure) -> Iterator[tuple[_Style, str, str]]:
    yield from _wrapped(_STRONG, section.title)
    yield from _wrapped(_SOFT, one.caption)


def _wrapped(style: _Style, text: str, colour: str = "") -> list[tuple[_Style, str, str]]:
    return [(style, line, colour) for line in textwrap.wrap(text, style.fits)]


def _pages(blocks: Sequence[_Block]) -> Iterator[list[_Block]]:
    page: list[_Block] = []
    for block in blocks:
        if page and sum(one.height for one in (*page, block)) > _TALL - 2 * _EDGE:
            yield page
            page = []
        page.append(block)
    yield page


def _put(writer: Any, pypdf: Any, blocks: Sequence[_Block]) -> None:
    """A page: its words, drawn as one picture, and the figures put on it."""
    with sheet(_WIDE, _TALL) as canvas, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # of a file's name: it is whole on the page
        at = _TALL - _EDGE
        figures = []
        for block in blocks:
            for style, text, colour in block.lines:
                at -= style.step
                look: dict[str, Any] = style.look | ({"color": colour} if colour else {})
                canvas.text(_EDGE / _WIDE, at / _TALL, text, fontsize=style.size, parse_math=False, **look)
            at -= block.figure_height
            if block.figure is not None:
                figures.append((block.figure, at))
            at -= _GAP
        words = pdf_of(canvas)
    page = writer.add_page(pypdf.PdfReader(BytesIO(words)).pages[0])
    for figure, bottom in figures:
        drawn = pypdf.PdfReader(BytesIO(figure)).pages[0]
        page.merge_transformed_page(drawn, pypdf.Transformation().translate(_EDGE * _INCH, bottom * _INCH))
