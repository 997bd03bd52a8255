"""`byheart rate simulate`: a study with nobody in it."""

from dataclasses import asdict
from pathlib import Path
from time import time

import click

from byheart.cli import progress, screen, words
from byheart.cli.options import SEED, SHARE, json_option, print_json, share_of
from byheart.cli.rate_options import database_option
from byheart.errors import InputError
from byheart.rating import wording
from byheart.rating.folder import open_study
from byheart.rating.simulating import Behaviour, simulate


@click.command()
@click.argument("study")
@click.option("--raters", type=click.IntRange(min=1), required=True, metavar="N", help="How many come.")
@click.option(
    "--accuracy",
    multiple=True,
    metavar="P",
    help="Probability of choosing the real one, as 0.7 or 70%, or NAME=0.7 of one generator, again for each; left out, 0.5.",
)
@click.option("--catch-accuracy", type=SHARE, default=0.97, show_default=True, help="The same, of catch trials.")
@click.option("--lapse", type=SHARE, default=0.0, show_default=True, help="The probability of not looking at all.")
@click.option(
    "--side-bias", type=float, default=0.0, show_default=True, help="Log-odds by which the left side is preferred."
)
@click.option(
    "--rater-sd", type=click.FloatRange(min=0), default=0.0, show_default=True, help="Of log-odds, between raters."
)
@click.option(
    "--pair-sd", type=click.FloatRange(min=0), default=0.0, show_default=True, help="The same, between pairs."
)
@click.option(
    "--dropout", type=SHARE, default=0.0, show_default=True, help="The probability of leaving before the end."
)
@click.option("--seed", type=SEED, default=0, show_default=True, help="The same seed, the same choices.")
@database_option
@json_option
def rate_simulate(
    study: str,
    raters: int,
    accuracy: tuple[str, ...],
    catch_accuracy: float,
    lapse: float,
    side_bias: float,
    rater_sd: float,
    pair_sd: float,
    dropout: float,
    seed: int,
    database: str | None,
    as_json: bool,
) -> None:
    """Fill STUDY with simulated raters, to see it run before anyone is asked.

    They have a ledger of their own, apart from people's, and are marked in every report and export: `byheart rate report STUDY --simulated`.
    """
    opened = open_study(Path(study))
    behaviour = Behaviour(_accuracy(accuracy), catch_accuracy, lapse, side_bias, rater_sd, pair_sd, dropout)
    ledger = opened.ledger(database, realm="simulated")
    try:
        with progress.waiting(f"simulating raters of {study}"):
            told = simulate(opened.study, opened.plan, ledger, behaviour, raters=raters, seed=seed, now=time())
    finally:
        ledger.close()
    if as_json:
        print_json({"study": study, "simulated": True, **asdict(told)})
        return
    click.echo(click.style(wording.SIMULATED, bold=True))
    left = f", {words.count(told.left)} of them left early" if told.left else ""
    click.echo(
        f"{words.counted(told.raters, 'simulated rater')} made {words.counted(told.judgments, 'judgment')}{left}"
    )
    if told.raters < raters:
        click.echo(f"note: the study has room for no more: {words.count(raters - told.raters)} went away")
    if not told.raters and database is None:
        click.echo(
            "note: to begin anew, remove simulated.sqlite, and what begins with its name, from the study's folder"
        )
    screen.next_step(
        f"byheart rate report {words.shell(study)} --simulated", "says what a study with such raters would find"
    )


def _accuracy(told: tuple[str, ...]) -> float | dict[str, float]:
    """One for all generators, or one of each."""
    try:
        named = {name: share_of(share) for name, _, share in (one.rpartition("=") for one in told)}
    except ValueError as error:
        raise InputError(f"--accuracy: wanted 0.7, or NAME=0.7, got {' '.join(told)}") from error
    if len(named) < len(told) or ("" in named and len(named) > 1):
        raise InputError(f"--accuracy: wanted one for all generators or one of each, got {' '.join(told)}")
    return named.get("", 0.5) if not named or "" in named else named
