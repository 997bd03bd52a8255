"""`byheart rate report`: what did a study find?"""

from pathlib import Path
from typing import Final

import click

from byheart import _files
from byheart.cli import progress, screen, words
from byheart.cli.options import check_free, json_option, print_json
from byheart.cli.rate_options import database_option, realm_option
from byheart.rating import wording
from byheart.rating.findings import Report
from byheart.rating.folder import open_study
from byheart.rating.opening import Realm
from byheart.rating.reporting import reported
from byheart.rating.results import page

CODES: Final = {"DISTINGUISHABLE": 1, "INDISTINGUISHABLE": 0, "INCONCLUSIVE": 3}


@click.command()
@click.argument("study")
@realm_option
@click.option("--html", metavar="OUT", help="A page that opens without a network.")
@click.option("--overwrite", is_flag=True, help="Replace the file of --html.")
@database_option
@json_option
@click.pass_context
def rate_report(
    ctx: click.Context, study: str, realm: Realm, html: str | None, overwrite: bool, database: str | None, as_json: bool
) -> None:
    """Say what STUDY found: whether people can tell, whether they cannot, or that neither is shown.

    Exit code 0 if they cannot (within the margin, by raters who are shown to have looked), 1 if they can, 3 if neither is shown.
    """
    check_free("--html", html, overwrite=overwrite)
    opened = open_study(Path(study))
    with progress.waiting(f"reading {study}"):
        told, raters = reported(opened, database=database, realm=realm)
    if html is not None:
        _files.replace(Path(html), page(told, raters).encode())
    if as_json:
        print_json(told.told())
    else:
        _show(told)
        if html is not None:
            click.echo(f"wrote {html}")
    ctx.exit(CODES[told.verdict])


def _show(told: Report) -> None:
    if told.simulated:
        click.echo(click.style(wording.SIMULATED, bold=True))
    click.echo(screen.accent(screen.tame(wording.headline(told))))
    for line in (wording.reason(told), wording.meaning(told)):
        click.echo(line)
    for one in told.generators if len(told.generators) > 1 else ():
        click.echo(f"  {screen.tame(wording.generator(told, one))}")
    values = {"sharp": told.tests.p_sharp, "mean": told.tests.p_mean, "equivalence": told.tests.p_equivalence}
    found = [f"{name} {wording.p_of(value)}" for name, value in values.items()]
    found.append(wording.evidence(told.tests.e_value))
    given = f"{words.counted(told.raters.counted, 'rater')} counted of {words.count(told.raters.joined)} who came"
    screen.fields(
        [
            ("judgments", f"{words.count(told.received)} of {words.count(told.planned)} planned; {given}"),
            ("tests", ", ".join(found)),
            ("intervals", "of 95 %; equivalence is read off those of 90 %"),
            ("plan", f"sha256 {told.digest}"),
        ]
    )
    for line in told.warnings:
        click.echo(f"note: {screen.tame(line)}")
    click.echo(f"\n{screen.accent('next')}  {told.next}")
