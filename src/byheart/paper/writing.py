"""The page, the print and the results of a run."""

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from byheart import _files
from byheart._optional import require
from byheart.paper.claims import Claim
from byheart.paper.figures import Figure, drawn
from byheart.paper.found import Found
from byheart.paper.sections import Section
from byheart.report.page import Cell, figure, heading, paragraph, table, terms
from byheart.report.page import page as whole_page

_LOOKS: Final = {"holds": "strong", "holds, with a caveat": "", "does not hold": "copy", "not tried": "doubt"}
_LINES: Final = 34  # of a page of the print


def write(out: Path, done: Sequence[tuple[Section, Found]], told: Mapping[str, Any]) -> None:
    """Write index.html, paper.pdf, results.json, and each figure as SVG and PDF; results.json last, which says that the others are whole."""
    for _, found in done:
        for one in found.figures:
            _files.make_folder(out / "figures")
            _files.replace(out / "figures" / f"{one.name}.svg", _standing(one).encode())
            _files.replace(out / "figures" / f"{one.name}.pdf", one.pdf)
    _files.replace(out / "index.html", page(done, told).encode())
    _files.replace(out / "paper.pdf", _print(done))
    _files.replace(out / "results.json", json.dumps(told, indent=1, ensure_ascii=False, sort_keys=True).encode())


def page(done: Sequence[tuple[Section, Found]], told: Mapping[str, Any]) -> str:
    """The page: claims first, then each section."""
    claims = [claim for _, found in done for claim in found.claims]
    return whole_page(
        title="MemGEN: Memory is All You Need, put to the test",
        headline=headline(claims),
        subline=_subline(told),
        body=_body(done, claims, told),
        data=told,
    )


def headline(claims: Sequence[Claim]) -> str:
    """How the paper fares.

    >>> headline([Claim("It works.", "1", "holds", "", "")])
    'Of 1 claim of "MemGEN: Memory is All You Need", 1 holds'
    """
    counts = {verdict: sum(claim.verdict == verdict for claim in claims) for verdict in _LOOKS}
    said = {
        "holds": "holds" if counts["holds"] == 1 else "hold",
        "holds, with a caveat": "with a caveat",
        "does not hold": "does not hold" if counts["does not hold"] == 1 else "do not hold",
        "not tried": "not tried",
    }
    parts = [f"{counts[verdict]} {said[verdict]}" for verdict in _LOOKS if counts[verdict]]
    claimed = "1 claim" if len(claims) == 1 else f"{len(claims)} claims"
    return f'Of {claimed} of "MemGEN: Memory is All You Need", {", ".join(parts) or "none was put to the test"}'


def _subline(told: Mapping[str, Any]) -> str:
    settings, machine = told["settings"], told["environment"]
    size = "a quick run" if settings["quick"] else "a full run"
    return f"{size}, seed {settings['seed']}; Python {machine['python']}, {machine['system']}, {machine['cores']} cores"


def _body(done: Sequence[tuple[Section, Found]], claims: Sequence[Claim], told: Mapping[str, Any]) -> Iterator[str]:
    yield paragraph(
        "Kurach, Gelly, Michalski and Zhai (1 April 2018) propose to learn by heart, and claim much of it. Here each claim is put to the test on real data; every verdict is computed from what was measured."
    )
    stand_ins = list(told["data"]["stand_ins"].values())
    if stand_ins:
        instead = "; ".join(stand_ins)
        yield paragraph(
            f"Not all that it runs on could be had here, or was to be fetched. Instead there are: {instead}.",
            is_soft=True,
        )
    yield heading("The claims")
    yield table(
        [Cell("claim"), Cell("verdict"), Cell("number"), Cell("section"), Cell("how, and with what caveat")],
        [_row(claim) for claim in claims],
        is_stacked=True,
    ).replace('class="stacked"', 'class="stacked claims"')
    for section, found in done:
        yield heading(f"{section.title} ({section.place})")
        for part in found.parts:
            yield part if isinstance(part, str) else figure(_inline(part), part.caption)
    yield heading("What it ran on")
    machine = told["environment"]
    packages = ", ".join(f"{name} {number}" for name, number in machine["packages"].items())
    yield terms([("Python", machine["python"]), ("system", machine["system"]), ("packages", packages)])


def _row(claim: Claim) -> list[Cell]:
    number = f"{claim.number} (timed)" if claim.is_timed and claim.number else claim.number
    return [
        Cell(claim.claim),
        Cell(claim.verdict, _LOOKS[claim.verdict]),
        Cell(number),
        Cell(claim.place),
        Cell(claim.detail),
    ]


def _inline(one: Figure) -> str:
    """For the page: as it is wide, and for a phone; named for who cannot see it."""
    return "".join(
        f'<div class="{name}">{_named(svg, one.alt)}</div>'
        for name, svg in (("roomy" if one.narrow else "", one.svg), ("phone", one.narrow))
        if svg
    )


def _named(svg: str, alt: str) -> str:
    svg = re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", svg).replace("xlink:href", "href")
    return svg.replace("<svg", f'<svg role="img" aria-label="{html.escape(alt)}"', 1)


def _standing(one: Figure) -> str:
    """As a file of its own."""
    return f'<?xml version="1.0" encoding="utf-8"?>\n{one.svg}'


def _print(done: Sequence[tuple[Section, Found]]) -> bytes:
    """The claims, then every figure, a page each."""
    pypdf = require("pypdf", "paper")
    writer, out = pypdf.PdfWriter(), BytesIO()
    for data in [*_claim_pages([claim for _, found in done for claim in found.claims]), *_figures(done)]:
        writer.append(BytesIO(data))
    writer.metadata = {"/Title": "MemGEN: Memory is All You Need, put to the test"}
    writer.write(out)
    return out.getvalue()


def _figures(done: Sequence[tuple[Section, Found]]) -> Iterator[bytes]:
    for _, found in done:
        for one in found.figures:
            yield one.pdf


def _claim_pages(claims: Sequence[Claim]) -> Iterator[bytes]:
    lines = [f"{claim.verdict.upper():22} {claim.place:12} {claim.claim} {claim.number}".rstrip() for claim in claims]
    for start in range(0, max(len(lines), 1), _LINES):
        with drawn(10.2) as (canvas, axes):
            axes.set_axis_off()
            axes.set_title("MemGEN: Memory is All You Need, put to the test", loc="left")
            for at, line in enumerate(lines[start : start + _LINES]):
                axes.text(
                    0, 1 - (at + 1) / _LINES, line, fontsize=6, family="monospace", transform=axes.transAxes, wrap=True
                )
            data = BytesIO()
            canvas.savefig(data, format="pdf", metadata={"CreationDate": None, "Creator": None, "Producer": None})
            yield data.getvalue()
