"""The page, the print and the results of a run."""

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

from byheart import _files
from byheart.paper.claims import Claim, Verdict
from byheart.paper.figures import Figure
from byheart.paper.found import Found
from byheart.paper.printing import printed
from byheart.paper.sections import Section
from byheart.report.page import Cell, contents, figure, heading, paragraph, table, terms
from byheart.report.page import page as whole_page

Done: TypeAlias = Sequence[tuple[Section, Found]]

_SIGHT: Final = 320  # characters of a detail
TITLE: Final = "MemGEN: Memory is All You Need, put to the test"
_LOOKS: Final[dict[Verdict, str]] = {
    "holds": "strong",
    "holds, with a caveat": "",
    "does not hold": "copy",
    "not settled": "doubt",
    "not tried": "doubt",
}
_MEANINGS: Final[dict[Verdict, str]] = {
    "holds": "what was measured says so",
    "holds, with a caveat": "it says so, but not of all that a reader would take the sentence for: the last column tells what is missing, if need be under “more”",
    "does not hold": "what was measured says otherwise",
    "not settled": "it was tried, and what was measured leaves it open",
    "not tried": "it cannot be tried, or what it takes was not there",
}


def write(out: Path, done: Done, told: Mapping[str, Any]) -> None:
    """Write index.html, paper.pdf, results.json, and each figure as SVG and PDF; results.json last, which says that the others are whole."""
    _files.remove(out / "results.json")
    names = {f"{one.name}{suffix}" for _, found in done for one in found.figures for suffix in (".svg", ".pdf")}
    for left in (out / "figures").iterdir():  # of another run, that had other sections
        if left.name not in names:
            _files.remove(left)
    for _, found in done:
        for one in found.figures:
            _files.replace(out / "figures" / f"{one.name}.svg", _standing(one).encode())
            _files.replace(out / "figures" / f"{one.name}.pdf", one.pdf)
    _files.replace(out / "index.html", page(done, told).encode())
    _files.replace(
        out / "paper.pdf",
        printed(done, title=TITLE, lines=[f"{headline(claims_of(done))}.", f"{_subline(told)}.", *_missing(told)]),
    )
    _files.replace(out / "results.json", json.dumps(told, indent=1, ensure_ascii=False, sort_keys=True).encode())


def claims_of(done: Done) -> list[Claim]:
    """Those of all sections."""
    return [claim for _, found in done for claim in found.claims]


def headline(claims: Sequence[Claim]) -> str:
    """How the paper fares; this project's own claims are not counted.

    >>> headline([Claim("It works.", "1", "holds", "", "")])
    'Of 1 claim of "MemGEN: Memory is All You Need", 1 holds'
    """
    claims = [claim for claim in claims if not claim.is_ours]
    counts = {verdict: sum(claim.verdict == verdict for claim in claims) for verdict in _LOOKS}
    said: dict[Verdict, str] = {
        "holds": "holds" if counts["holds"] == 1 else "hold",
        "holds, with a caveat": "holds with a caveat" if counts["holds, with a caveat"] == 1 else "hold with a caveat",
        "does not hold": "does not hold" if counts["does not hold"] == 1 else "do not hold",
        "not settled": "not settled",
        "not tried": "not tried",
    }
    parts = [f"{counts[verdict]} {said[verdict]}" for verdict in _LOOKS if counts[verdict]]
    claimed = "1 claim" if len(claims) == 1 else f"{len(claims)} claims"
    return f'Of {claimed} of "MemGEN: Memory is All You Need", {", ".join(parts) or "none was put to the test"}'


def page(done: Done, told: Mapping[str, Any]) -> str:
    """The page: claims first, then each section."""
    return whole_page(
        title=TITLE,
        headline=headline(claims_of(done)),
        subline=_subline(told),
        body=map(_coded, _body(done, told)),
        data=told,
    )


def _subline(told: Mapping[str, Any]) -> str:
    settings, machine = told["settings"], told["environment"]
    size = "a quick run" if settings["quick"] else "a full run"
    return f"{size}, seed {settings['seed']}, {machine['date']}; Python {machine['python']}, {machine['system']}, {machine['cores']} cores"


def _body(done: Done, told: Mapping[str, Any]) -> Iterator[str]:
    yield from _opening(told)
    ours = [(section, claim) for section, found in done for claim in found.claims if claim.is_ours]
    claimed = [(section, claim) for section, found in done for claim in found.claims if not claim.is_ours]
    links = [("claims", "The paper's claims"), *([("ours", "Claims of this page")] if ours else [])]
    links += [(section.name, section.title) for section, _ in done]
    yield contents([*links, ("machine", "What it ran on")])
    yield heading("The paper's claims", name="claims")
    yield _table(claimed)
    used = {claim.verdict for _, claim in (*claimed, *ours)}
    yield terms([(verdict, said) for verdict, said in _MEANINGS.items() if verdict in used])
    if ours:
        yield heading("Claims of this page", name="ours")
        yield paragraph("What the paper does not say, and was found on the way.")
        yield _table(ours)
    for section, found in done:
        yield heading(f"{section.title} ({section.place})", name=section.name)
        for part in found.parts:
            yield part if isinstance(part, str) else figure(_inline(part), part.caption)
    yield heading("What it ran on", name="machine")
    machine = told["environment"]
    packages = ", ".join(f"{name} {number}" for name, number in machine["packages"].items())
    yield terms([("Python", machine["python"]), ("system", machine["system"]), ("packages", packages)])


def _opening(told: Mapping[str, Any]) -> Iterator[str]:
    """What a stranger has to know."""
    yield paragraph(
        "On 1 April 2018 Kurach, Gelly, Michalski and Zhai published a paper (arXiv 1803.11203) that does away with machine learning: its model, MemGEN, learns by heart. "
        "Training puts every record in a list; sampling draws one of the list. It is an April Fools' joke with a point: how far does a list that remembers everything get, by what generative models are praised for? "
        "Whatever cannot tell a model from such a list does not measure what the model has learned."
    )
    yield paragraph(
        "This page takes the paper at its word. byheart is MemGEN made real, a memory on the disk with a judge beside it; with it, on real data and on this machine, the sentences of the paper that claim something were put to the "
        "test, and what cannot be tried here is named too. Verdicts are computed from what was measured, by rules that stand beside them; a few are so by arithmetic, and are shown rather than found. A test speaks against MemGEN below p = .0001, "
        "so that an exact sampler is seldom accused, however many tests there are."
    )
    yield from (paragraph(text, is_soft=True) for text in _missing(told))


def _missing(told: Mapping[str, Any]) -> list[str]:
    """What has a stand-in, in a sentence; none if nothing has."""
    listed = "; ".join(f"for {missing}, {instead}" for missing, instead in told["data"]["stand_ins"].items())
    return [f"What was not there, or was not to be fetched, has a stand-in: {listed}."] if listed else []


def _table(claims: Sequence[tuple[Section, Claim]]) -> str:
    names = ("claim", "verdict", "number", "place in the paper", "how, and with what caveat")
    rows = [_row(section, claim) for section, claim in claims]
    return table([Cell(name) for name in names], rows, is_stacked=True).replace(
        'class="stacked"', 'class="stacked claims"'
    )


def _row(section: Section, claim: Claim) -> list[Cell]:
    return [
        Cell(claim.claim),
        Cell(claim.verdict, _LOOKS[claim.verdict]),
        Cell(claim.shown),
        Cell(section.title if claim.is_ours else claim.place, leads_to=section.name),
        _detail(claim.detail),
    ]


def _detail(text: str) -> Cell:
    """Its first sentences in sight, the others for those who ask."""
    ends = [found.end() for found in re.finditer(r"[.?:] (?=[A-Z])", text)]
    at = max((end for end in ends if end <= _SIGHT), default=min(ends, default=len(text)))
    return Cell(text) if len(text) <= _SIGHT else Cell(text[:at].rstrip(), more=text[at:])


def _coded(part: str) -> str:
    """What stands in backticks, as code, and percent signs on the line of their numbers; but not where a text is shown to the letter."""
    pieces = re.split(r"(<pre>.*?</pre>|<svg.*?</svg>)", part, flags=re.DOTALL)
    pieces[::2] = [
        re.sub("`([^`<\n]+)`", r"<code>\1</code>", piece).replace(" %", "\N{NO-BREAK SPACE}%") for piece in pieces[::2]
    ]
    return "".join(pieces)


def _inline(one: Figure) -> str:
    """For the page: as it is wide, and for a phone; named for who cannot see it."""
    forms: Iterable[tuple[str, str]] = (("roomy" if one.narrow else "", one.svg), ("phone", one.narrow))
    return "".join(f'<div class="{name}">{_named(svg, one.alt)}</div>' for name, svg in forms if svg)


def _named(svg: str, alt: str) -> str:
    svg = re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", svg).replace("xlink:href", "href")
    return svg.replace("<svg", f'<svg role="img" aria-label="{html.escape(alt)}"', 1)


def _standing(one: Figure) -> str:
    """As a file of its own."""
    return f'<?xml version="1.0" encoding="utf-8"?>\n{one.svg}'
