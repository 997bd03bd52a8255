"""The report of a judgment: one page that opens without a network."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from byheart.judging import wording
from byheart.judging.findings import Finding, Reference, Results
from byheart.report import page as blocks
from byheart.report.charts import Deviation, deviations
from byheart.report.page import Cell

_LOOKS: Final = {"worse than real": "worse", "depends on train": "copy", "in doubt": "doubt"}


def report(judgment: Results, data: dict[str, Any], sections: Sequence[str] = (), *, has_copies: bool = False) -> str:
    """The page; `data` is what stands in it as JSON, `sections` what stands below the summary, `has_copies` whether that names copies."""
    sizes = judgment.sizes
    return blocks.page(
        title="How far is the generator from memory?",
        headline=wording.headline(judgment, has_copies=has_copies),
        subline=f"{sizes['generated']:,} generated, {sizes['train']:,} train and {sizes['heldout']:,} held-out records;"
        f" rows of {sizes['row']:,}; compared by {judgment.methods['features']}",
        body=_body(judgment, sections),
        data=data,
    )


def _body(judgment: Results, sections: Sequence[str]) -> Iterator[str]:
    yield from map(blocks.paragraph, wording.summary(judgment))
    if sections:
        yield blocks.heading("Copies: which samples are training records?")
        yield from sections
    for reference, title in wording.TITLES.items():
        findings = [finding for finding in judgment.findings if finding.reference == reference]
        if findings:
            yield blocks.heading(title)
            yield from _chart(findings, reference)
            yield _table(findings)
            told = [
                blocks.heading(finding.title, level=3) + blocks.paragraph(wording.paragraph(finding))
                for finding in findings
            ]
            yield blocks.folded("Each metric in words", told)
    if judgment.left_out:
        yield blocks.heading("Left out")
        yield from map(blocks.paragraph, judgment.left_out)
    yield blocks.heading("Methods")
    yield blocks.terms(judgment.methods.items())
    papers = dict.fromkeys((finding.title, finding.paper) for finding in judgment.findings)
    yield blocks.folded("Sources", [blocks.terms(papers)])
    counts = [(name.replace("_", " "), f"{size:,}") for name, size in judgment.sizes.items()]
    seeds = [(f"seed: {name}", str(seed)) for name, seed in judgment.seeds.items()]
    yield blocks.folded("Sizes and seeds", [blocks.terms([*counts, *seeds])])


def _chart(findings: Sequence[Finding], reference: Reference) -> Iterator[str]:
    rows = [row for row in map(_deviation, findings) if row is not None]
    if rows:
        near = "nearer to train" if reference == "train" else "nearer to held-out"
        svg = deviations(rows, left=near, right="further than real data", value="yours", control="MemGEN")
        yield blocks.figure(
            svg,
            "Each metric's distance from the held-out row, in half-widths of that row's 95 % interval: within the band, it is like real data. "
            "Arrows are beyond the ends.",
        )


def _deviation(finding: Finding) -> Deviation | None:
    """A finding in units of what held-out data vary by; None where that is not known, or nothing."""
    held = finding.heldout
    if held is None or held.low is None or held.high is None or held.high <= held.low:
        return None
    unit = (held.high - held.low) / 2 * (1 if finding.toward == "low" else -1)
    ends = [
        None if end is None else (end - held.value) / unit for end in (finding.generated.low, finding.generated.high)
    ]
    return Deviation(
        finding.title,
        (finding.generated.value - held.value) / unit,
        ends[0],
        ends[1],
        (finding.memgen.value - held.value) / unit,
    )


def _table(findings: Sequence[Finding]) -> str:
    return blocks.table([_cell(name, name) for name in wording.COLUMNS], map(_row, findings))


def _row(finding: Finding) -> list[Cell]:
    looks = {"metric": "strong", "verdict": _LOOKS.get(finding.verdict, "")}
    return [
        _cell(name, told, looks.get(name, ""))
        for name, told in zip(wording.COLUMNS, wording.cells(finding), strict=True)
    ]


def _cell(column: str, told: str, look: str = "") -> Cell:
    return Cell(told, "right" if column in wording.RIGHT else look)
