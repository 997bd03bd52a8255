"""What people see of an audit."""

from typing import Final

import click

from byheart.auditing import wording
from byheart.auditing.findings import Audit
from byheart.auditing.why import Explanation
from byheart.cli import screen, table, words

_LISTED: Final = 8


def show(told: Audit, seconds: float, *, show_records: bool) -> None:
    """An audit: the answer, how copies were found, which records were copied most, and what chance does."""
    sizes = told.sizes
    real = f"{words.count(sizes['held-out'])} held-out" if sizes["held-out"] else "no held-out"
    screen.headline(
        f"audited {words.records(told.samples, told.kind)} against {words.count(sizes['train'])} train, {real}",
        words.seconds(seconds),
    )
    click.echo(screen.accent(wording.headline(told)))
    click.echo(wording.named(told))
    if which := wording.which(told):
        click.echo(f"{which} --why {told.copies[0].sample} tells of what that one is a copy.")
    found = [[name, said, words.count(count)] for name, said, count in wording.kinds(told)]
    if found:
        columns = [
            table.Column("evidence"),
            table.Column("how they differ", most=60),
            table.Column("samples", right=True),
        ]
        click.echo()
        table.header(columns := table.fit(columns, found[:_LISTED], screen.width()))
        table.rows(columns, found[:_LISTED])
        if len(found) > _LISTED:
            click.echo(f"and {words.counted(len(found) - _LISTED, 'more way')}: --html or --json has all of them")
    most = [(pair, count) for pair, count in told.most_copied(_LISTED) if count > 1]
    if most:
        click.echo("\nTraining records that were copied most")
        columns = [table.Column("record"), table.Column("copies", right=True), table.Column("learned", right=True)]
        names = [str(pair.record) if show_records else told.ids.of(pair.fingerprint) for pair, _ in most]
        cells = [
            [name, words.count(count), words.count(pair.learned)]
            for name, (pair, count) in zip(names, most, strict=True)
        ]
        table.header(columns := table.fit(columns, cells, screen.width()))
        table.rows(columns, cells)
    click.echo()
    for one in told.seen:
        click.echo(wording.seen(one))
    for line in wording.limits(told):
        click.echo(line)


def explain(told: Explanation, *, show_records: bool) -> None:
    """One sample: its likeliest original, and the nearest by each evidence."""
    pair = told.pair
    if pair is None:
        click.echo(f"sample {words.count(told.sample)}: no evidence finds a training record that is near")
    else:
        name = f"{pair.record} ({pair.source[0]}:{pair.source[1]})" if show_records else told.ids.of(pair.fingerprint)
        click.echo(screen.accent(f"sample {words.count(told.sample)}: nearest is training record {name}"))
        screen.fields(
            [
                ("evidence", f"{pair.evidence}: {screen.tame(pair.words)}"),
                ("learned", words.counted(pair.learned, "time")),
                (
                    "held-out",
                    f"{words.count(told.heldout[1])} of {words.count(told.heldout[0])} are the very same record",
                ),
                ("p", "unknown without held-out records" if told.p_value is None else f"{told.p_value:.3g}"),
            ]
        )
    for near in told.near:
        records = near.records if show_records else [told.ids.of(print_) for print_ in near.fingerprints]
        click.echo(f"\n{near.evidence}: as near as {wording.percent(near.place)} of train records are to the others")
        columns = [table.Column("training record"), table.Column("distance", right=True)]
        cells = [[str(one), words.figures(far)] for one, far in zip(records, near.distances, strict=True)]
        if cells:
            table.header(columns := table.fit(columns, cells, screen.width()))
            table.rows(columns, cells)
        else:
            click.echo("none")
    if not show_records:
        click.echo(
            "\nnames of training records tell nothing of them, and are others in each report: --show-records tells which they are, --id-key keeps them"
        )
