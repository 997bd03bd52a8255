"""`byheart coin`: are these choices a coin's? Or flip one."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click
from click.core import ParameterSource

from byheart.cli import screen, words
from byheart.cli.options import SEED, Share, json_option, print_json
from byheart.cli.rate_options import database_option, realm_option
from byheart.coin import MARGIN, Coin, flip, recognise
from byheart.errors import InputError
from byheart.rating import wording
from byheart.rating.folder import open_study
from byheart.rating.opening import Realm
from byheart.rating.reporting import coined

_SAID: Final = {
    "DISTINGUISHABLE": "No coin chose so",
    "INDISTINGUISHABLE": "Within {} points of a coin",
    "INCONCLUSIVE": "Too few choices to tell a coin from what is none",
}


@click.command()
@click.argument("file", required=False, metavar="FILE|STUDY|-")
@click.option(
    "--flip", "flips", type=click.IntRange(min=0), metavar="N", help="Flip a coin so often: 1 and -1, a line each."
)
@click.option(
    "--margin",
    type=Share(0.5),
    default=MARGIN,
    show_default=True,
    help="Within which a share is as good as 1/2; of a study, its own.",
)
@click.option("--seed", type=SEED, default=0, show_default=True, help="The same seed, the same flips.")
@realm_option
@database_option
@json_option
@click.pass_context
def coin(
    ctx: click.Context,
    file: str | None,
    flips: int | None,
    margin: float,
    seed: int,
    realm: Realm,
    database: str | None,
    as_json: bool,
) -> None:
    """Say whether the choices in FILE, one a line, of two sorts, or those of the people in a STUDY (`byheart rate`), are those of a Rademacher coin; or flip one.

    The paper's metric, to be set beside any other. Exit code 1 if no coin chose so, 3 if it cannot be told.
    """
    if (file is None) == (flips is None):
        raise InputError("wanted either FILE or --flip N, got both or neither: `-` reads standard input")
    is_study = file is not None and Path(file).is_dir()
    if is_study and ctx.get_parameter_source("margin") is ParameterSource.COMMANDLINE:
        raise InputError(
            "--margin: wanted none with a study, which has its own, settled when it was made: leave it out"
        )
    if realm == "simulated" and not is_study:
        raise InputError("--simulated: wanted a study, got choices of nobody's: leave it out")
    if flips is not None:
        flipped = flip(flips, random_state=seed).tolist()
        if as_json:
            print_json({"flips": flipped, "seed": seed})
        else:
            click.echo("".join(f"{side}\n" for side in flipped), nl=False)
        return
    told = _of_study(str(file), realm, database) if is_study else _of_lines(str(file), margin)
    if as_json:
        print_json(asdict(told))
    else:
        if realm == "simulated":
            click.echo(click.style(wording.SIMULATED, bold=True))
        _show(told)
    ctx.exit({"DISTINGUISHABLE": 1, "INDISTINGUISHABLE": 0, "INCONCLUSIVE": 3}[told.verdict])


def _of_lines(file: str, margin: float) -> Coin:
    text = sys.stdin.read() if file == "-" else Path(file).read_text("utf-8-sig")
    return recognise([line for line in text.splitlines() if line.strip()], margin=margin)


def _of_study(folder: str, realm: Realm, database: str | None) -> Coin:
    told, is_open = coined(open_study(folder), database=database, realm=realm)
    if is_open:
        click.echo(
            "note: raters may still judge: this look at their choices is noted, and the report tells of it", err=True
        )
    return told


def _show(told: Coin) -> None:
    click.echo(screen.accent(f"{told.verdict}: {_SAID[told.verdict].format(f'{told.margin * 100:g}')}"))
    name = screen.tame(told.names[0])
    screen.fields(
        [
            ("choices", words.count(told.flips)),
            (
                "share",
                f"{told.share * 100:.3g} % {name} [{told.low * 100:.3g}, {told.high * 100:.3g}], p {told.p_share:.2g}",
            ),
            ("runs", f"{words.count(told.runs)}, p {told.p_runs:.2g}"),
        ]
    )
    click.echo("the interval is of 90 %, which equivalence is read off; the tests are exact, at 2.5 % each")
