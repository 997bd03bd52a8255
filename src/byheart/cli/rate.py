"""`byheart rate`: can people tell? A study from two sources, in one line; or by its parts."""

from pathlib import Path
from typing import Any, Final

import click

from byheart.cli.group import Verbs
from byheart.cli.options import json_option
from byheart.cli.rate_options import database_option, study_options
from byheart.cli.rate_serve import place_options, serve
from byheart.errors import InputError, MemoryExistsError

VERBS: Final = {
    "new": "Make a study: pairs prepared, blinded and planned.",
    "serve": "Serve a study to raters, and to its owner.",
    "report": "Say what a study found.",
    "export": "Give its judgments away, as CSV, JSON or Parquet.",
    "plan": "Say how many judgments a margin takes.",
    "simulate": "Fill a study with simulated raters, kept apart from people.",
    "erase-rater": "Take away all that a rater left.",
}


@click.group(cls=Verbs, verbs=VERBS, prefix="rate_", invoke_without_command=True)
@study_options
@click.option("--study", default="study", show_default=True, metavar="FOLDER", help="Where to keep it.")
@place_options
@database_option
@json_option
@click.pass_context
def rate(ctx: click.Context, /, study: str, as_json: bool, **said: Any) -> None:
    """Ask people which of two samples is real, or better: blinded, side by side, in a browser.

    With --real and --generated, a study is made of them and served, in one line: `byheart rate --real photos/ --generated samples/`. Each part has a
    command of its own, below, which takes the options of its part.
    """
    if ctx.invoked_subcommand is not None:
        if said["real"] or said["generated"]:
            raise InputError(
                f"wanted --real and --generated behind `rate {ctx.invoked_subcommand}`, got them in front of it"
            )
        return
    if not said["real"] and not said["generated"]:
        click.echo(ctx.get_help())
        return
    if Path(study).exists():
        raise MemoryExistsError(
            f"{study} is there already: go on with `byheart rate serve {study}`, or name another by --study"
        )
    from byheart.cli.rate_making import make  # noqa: PLC0415  # heavy: `rate serve` would keep it in its memory
    from byheart.cli.rate_new import tell  # noqa: PLC0415  # as above

    made = make(study, said)
    if not as_json:
        tell(made, study)
    serve(study, said, as_json=as_json)
