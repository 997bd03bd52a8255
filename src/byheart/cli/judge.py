"""`byheart judge`: how far is a generator from the data, and from its memory?"""

import sys
from pathlib import Path
from typing import Final

import click

from byheart import _files
from byheart.auditing.audit import audit as audited
from byheart.cli import copies, progress, screen, table, words
from byheart.cli.options import SEED, check_free, check_learned, json_option, print_json
from byheart.judging import wording
from byheart.judging.choosing import METRICS
from byheart.judging.judge import MOST
from byheart.judging.judge import judge as judged
from byheart.judging.judgment import Judgment

_WIDEST: Final = 40  # characters
_ENDLESS: Final = 1000


@click.command()
@click.option("--generated", required=True, metavar="G", help="Records of the generator.")
@click.option("--heldout", metavar="H", help="Real records that it was not trained on (`byheart split`).")
@click.option("--memory", metavar="M", help="What it was trained on, learned by heart.")
@click.option("--train", metavar="T", help="The same as files, where there is no memory.")
@click.option(
    "--metrics",
    metavar="NAMES",
    help=f"Separated by commas; left out, all that suit the records. There are {', '.join(METRICS)}.",
)
@click.option(
    "--features",
    metavar="NAME",
    help="What to compare records by, as pixels, onnx:PATH or column:NAME; left out, what suits their kind.",
)
@click.option(
    "--group", metavar="NAME", help="A column, label or source: records that share its value belong together."
)
@click.option("--field", metavar="NAME", help="Of JSON lines, CSV or Parquet, the field that is the record.")
@click.option(
    "--max-records", type=click.IntRange(min=20), default=MOST, show_default=True, help="Of each row, at most."
)
@click.option("--seed", type=SEED, default=0, show_default=True, help="The same seed, the same judgment.")
@click.option("--audit", "with_audit", is_flag=True, help="Name the copies too, as `byheart audit` does.")
@click.option("--show-records", is_flag=True, help="Show training records in the audit's part of the report.")
@click.option("--html", metavar="OUT", help="A page with charts, tables and words, that opens without a network.")
@click.option("--overwrite", is_flag=True, help="Replace the file of --html.")
@json_option
def judge(
    generated: str,
    heldout: str | None,
    memory: str | None,
    train: str | None,
    metrics: str | None,
    features: str | None,
    group: str | None,
    field: str | None,
    max_records: int,
    seed: int,
    with_audit: bool,
    show_records: bool,
    html: str | None,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Judge the records of a generator by every metric, beside the memory itself and real data.

    Each metric is told for three samples of one size: yours, MemGEN (the memory, which only copies) and held-out (real data). Tests are permutation
    tests; verdicts are told after a correction for many of them.
    """
    check_learned(memory, train)
    check_free("--html", html, overwrite=overwrite)
    with progress.bar("judging", shown=not as_json) as bar:
        told = judged(
            generated,
            heldout,
            memory=memory,
            train=train,
            metrics=None if metrics is None else [name.strip() for name in metrics.split(",")],
            features=features,
            group=group,
            field=field,
            max_records=max_records,
            random_state=seed,
            say=lambda what, share: bar.tell(share, what),
        )
        seconds = bar.seconds
    found = None
    if with_audit:
        with progress.bar("auditing", shown=not as_json) as bar:
            found = audited(
                generated,
                heldout,
                memory=memory,
                train=train,
                features=features,
                field=field,
                random_state=seed,
                say=lambda what, share: bar.tell(share, what),
            )
            auditing = bar.seconds
    if html is not None:
        sections = found.to_sections(show_records=show_records) if found else []
        _files.replace(Path(html), told.to_html(sections=sections, has_copies=bool(found and found.copies)).encode())
    if as_json:
        more = {"audit": found.to_dict(show_records=show_records)} if found else {}
        print_json({**told.to_dict(), **more})
        return
    _show(told, seconds, has_copies=bool(found and found.copies))
    if found:
        click.echo()
        copies.show(found, auditing, show_records=show_records)
    if html is not None:
        click.echo(f"\nwritten to {html}")


def _show(told: Judgment, seconds: float, *, has_copies: bool) -> None:
    sizes = told.sizes
    features = told.findings[0].features if told.findings else "nothing"
    screen.headline(f"judged by {features}, {words.count(sizes['row'])} records a row", words.seconds(seconds))
    if told.real is None:
        click.echo(
            "no held-out records: how good it is beside fresh data, and which copies are more than chance, cannot be told"
        )
    else:
        p_value = f"{told.real.metric.upper()}, p {wording.p_value(told.real.p_value)}"
        alike = "differ: every verdict below is in doubt" if told.real.differ else "are alike"
        click.echo(f"train and held-out {alike} ({p_value})")
    for warning in told.warnings:
        click.echo(wording.sentence(warning))
    click.echo(screen.accent(wording.headline(told, has_copies=has_copies)))
    columns, cells, spared = _fitted([wording.cells(finding) for finding in told.findings])
    for reference, title in wording.TITLES.items():
        rows = [row for row, finding in zip(cells, told.findings, strict=True) if finding.reference == reference]
        if rows:
            click.echo(f"\n{title}")
            table.header(columns)
            table.rows(columns, rows)
    click.echo()
    for line in [*wording.blind(told.findings), *wording.nearly(told.findings)]:
        click.echo(line[0].upper() + line[1:])
    for missing in told.left_out:
        click.echo(f"left out: {missing}")
    if spared:
        click.echo(f"no room for {' and '.join(spared)}: a wider screen, --html or --json has them")
    if told.real is not None and sizes["row"] < min(sizes["generated"], sizes["train"], sizes["heldout"]):
        click.echo(
            f"half of the {words.count(sizes['heldout'])} held-out records are a row: more of them would tell more"
        )


def _fitted(cells: list[list[str]]) -> tuple[list[table.Column], list[list[str]], list[str]]:
    """The columns that the screen has room for (all, in a pipe), their cells, and what was spared."""
    columns = [table.Column(name, right=name in wording.RIGHT, most=_WIDEST) for name in wording.COLUMNS]
    room = screen.width() if sys.stdout.isatty() else _ENDLESS
    spared: list[str] = []
    for name in ("", "copies", "95 %", "p nearer"):  # the first that a narrow screen does without
        spared += [name] if name else []
        kept = [number for number, column in enumerate(columns) if column.name != name]
        columns, cells = [columns[number] for number in kept], [[row[number] for number in kept] for row in cells]
        fitted = table.fit(columns, cells, room)
        if len(fitted) == len(columns):
            break
    return fitted, cells, spared
