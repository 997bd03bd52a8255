"""`byheart rate erase-rater`: take away all that a rater left."""

from pathlib import Path
from typing import Final

import click

from byheart.cli import words
from byheart.cli.options import json_option, print_json
from byheart.cli.rate_options import database_option
from byheart.errors import InputError
from byheart.rating.folder import open_study

_BEGINNING: Final = 6  # characters: fewer would fit too many


@click.command()
@click.argument("study")
@click.argument("rater")
@database_option
@json_option
def rate_erase_rater(study: str, rater: str, database: str | None, as_json: bool) -> None:
    """Take away all that RATER left in STUDY, off the disk too; what they judged may be judged by another.

    RATER is the id that a platform gave them, such as Prolific's, or the one that exports and the admin's page show, or its beginning, of 6 characters or more.
    """
    opened = open_study(Path(study))
    ledger = opened.ledger(database)
    try:
        known = {session.rater for session in ledger.sessions()}
        names = {opened.hide(use, rater, 32) for use in ("prolific", "rater")} & known
        names |= {name for name in known if len(rater) >= _BEGINNING and name.startswith(rater)}
        if len(names) != 1:
            got = "that of nobody" if not names else f"one that fits {len(names)}"
            raise InputError(
                f"rater: wanted the id of one who was here, or its first {_BEGINNING} characters or more, got {got}: `byheart rate export` lists them"
            )
        judgments = ledger.erase(names.pop())
    finally:
        ledger.close()
    if as_json:
        print_json({"study": study, "judgments": judgments})
    else:
        click.echo(f"erased a rater with {words.counted(judgments, 'judgment')} from {study}")
