"""The report of an audit: one page that opens without a network."""

from collections.abc import Iterator
from typing import Any, Final

from byheart.auditing import wording
from byheart.auditing.results import Pair, Results, Shown
from byheart.report import page as blocks
from byheart.report.charts import Threshold, threshold
from byheart.report.gallery import side_by_side
from byheart.report.page import Cell

_LISTED: Final = 200
_MOST_COPIED: Final = 10


def report(audit: Results, data: dict[str, Any], *, show_records: bool) -> str:
    """The page; `data` is what stands in it as JSON."""
    sizes = audit.sizes
    return blocks.page(
        title="Which samples are training records?",
        headline=wording.headline(audit),
        subline=f"{audit.methods['date']}: {_of(audit, 'generated')}, {_of(audit, 'train')} ({sizes['distinct train']:,} distinct), {_of(audit, 'held-out')}",
        body=[
            *sections(audit, show_records=show_records),
            blocks.heading("Methods"),
            blocks.terms(audit.methods.items()),
        ],
        data=data,
    )


def _of(audit: Results, sample: str) -> str:
    """A sample: how many records, and what its file is called."""
    name = audit.methods.get(sample)
    return f"{audit.sizes[sample]:,} {sample} {wording.things(audit)}" + (f" ({name})" if name else "")


def sections(audit: Results, *, show_records: bool) -> Iterator[str]:
    """The parts of the page that say what was found: for this report, and for a judgment's."""
    yield blocks.badge(audit.verdict)
    yield blocks.paragraph(wording.named(audit))
    yield blocks.figure(
        threshold(Threshold(audit.share.value, audit.share.low, audit.share.high, audit.fail_above)),
        "The share of copies in what the generator puts out, with its 95 % interval, and the threshold.",
    )
    yield from map(blocks.paragraph, wording.limits(audit))
    found = wording.kinds(audit)
    if found:
        yield blocks.heading("How they were found")
        columns = [Cell("evidence"), Cell("how they differ"), Cell("samples", "right")]
        rows = (
            [Cell(name, "strong"), Cell(words), Cell(f"{count:,}", "right")] for name, words, count in found[:_LISTED]
        )
        yield blocks.table(columns, rows)
    yield blocks.heading("Seen, and seen by chance")
    yield from (blocks.paragraph(wording.seen(one)) for one in audit.seen)
    yield from _most_copied(audit, show_records=show_records)
    yield from _gallery(audit, show_records=show_records)
    yield from _list(audit, show_records=show_records)


def _most_copied(audit: Results, *, show_records: bool) -> Iterator[str]:
    most = [(pair, count) for pair, count in audit.most_copied(_MOST_COPIED) if count > 1]
    if most:
        yield blocks.heading("Training records that were copied most")
        columns = [Cell("training record"), Cell("copies", "right"), Cell("learned", "right")]
        rows = (
            [
                Cell(_record(audit, pair, show_records=show_records)),
                Cell(f"{count:,}", "right"),
                Cell(_times(pair.learned), "right"),
            ]
            for pair, count in most
        )
        yield blocks.table(columns, rows)


def _gallery(audit: Results, *, show_records: bool) -> Iterator[str]:
    if not audit.shown:
        return
    yield blocks.heading("Side by side")
    if not show_records:
        yield blocks.paragraph(
            "Records are not shown: a copy is a training record. --show-records puts the first pairs here, side by side.",
            is_soft=True,
        )
        return
    if len(audit.pairs) > len(audit.shown):
        yield blocks.paragraph(
            f"{len(audit.shown):,} of {len(audit.pairs):,} pairs, the surest of each evidence in turns.", is_soft=True
        )
    parts = [_pair(audit, one) for one in audit.shown]
    yield blocks.gallery(parts, is_small=audit.kind in {"image", "array", "row"})


def _pair(audit: Results, one: Shown) -> str:
    pair = one.pair
    named = "copy" if pair.is_copy else "near, not named"
    return side_by_side(
        audit.kind,
        one.made,
        one.original,
        title=f"{named}: {pair.words} ({pair.evidence}{_p(pair)})",
        names=(_sample(pair), f"training record {_record(audit, pair, show_records=True)}"),
    )


def _list(audit: Results, *, show_records: bool) -> Iterator[str]:
    if not audit.pairs:
        return
    columns = [
        Cell("sample"),
        Cell("training record"),
        Cell("evidence"),
        Cell("how it differs"),
        Cell("p", "right"),
        Cell("named"),
    ]
    rows = (
        [
            Cell(_sample(pair)),
            Cell(_record(audit, pair, show_records=show_records)),
            Cell(pair.evidence),
            Cell(pair.words),
            Cell("" if pair.p_value is None else f"{pair.p_value:.2g}", "right"),
            Cell("copy" if pair.is_copy else "", "copy"),
        ]
        for pair in audit.pairs[:_LISTED]
    )
    more = len(audit.pairs) - _LISTED
    rest = [blocks.paragraph(f"and {more:,} more: the JSON has all of them", is_soft=True)] if more > 0 else []
    yield blocks.folded(f"All pairs ({len(audit.pairs):,})", [blocks.table(columns, rows), *rest])


def _record(audit: Results, pair: Pair, *, show_records: bool) -> str:
    """A training record as it goes by in this report."""
    return "{} ({}:{})".format(f"{pair.record:,}", *pair.source) if show_records else audit.ids.of(pair.fingerprint)


def _sample(pair: Pair) -> str:
    return f"sample {pair.sample:,} ({pair.name})" if pair.name else f"sample {pair.sample:,}"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


def _p(pair: Pair) -> str:
    return "" if pair.p_value is None else f", p {pair.p_value:.2g}"
