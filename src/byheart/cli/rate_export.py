"""`byheart rate export`: judgments, given away."""

import sys
from pathlib import Path

import click

from byheart import _files
from byheart.cli import words
from byheart.cli.options import check_free
from byheart.cli.rate_options import database_option, realm_option
from byheart.errors import InputError
from byheart.rating.folder import open_study
from byheart.rating.opening import Realm
from byheart.rating.reporting import FORMS, exported, revealed


@click.command()
@click.argument("study")
@click.option("--format", "form", type=click.Choice(FORMS), help="Left out, what the name of --out ends in; else csv.")
@click.option("-o", "--out", metavar="OUT", help="A file; left out, standard output.")
@click.option("--overwrite", is_flag=True, help="Replace the file.")
@click.option("--unblind", is_flag=True, help="Also while raters may still judge, say which sample was real.")
@click.option("--plan", is_flag=True, help="Instead, the secret seed and the plan, once the study is closed.")
@realm_option
@database_option
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def rate_export(
    study: str,
    form: str | None,
    out: str | None,
    overwrite: bool,
    unblind: bool,
    plan: bool,
    realm: Realm,
    database: str | None,
    as_json: bool,
) -> None:
    """Give the judgments of STUDY away, a row each, with the column names of jsPsych.

    While raters may still judge, columns that tell which sample was real are left out: whoever runs a study should not know before it is over.
    """
    check_free("--out", out, overwrite=overwrite)
    if as_json and form not in {None, "json"}:
        raise InputError(f"wanted --json or --format {form}, got both")
    opened = open_study(Path(study))
    form = "json" if as_json or plan else form or (Path(out).suffix.removeprefix(".") if out else "csv")
    if plan:
        told = revealed(opened, database=database)
    else:
        told = exported(opened, form, database=database, realm=realm, unblind=unblind)
    if out is not None:
        _files.replace(Path(out), told)
        click.echo(f"wrote {words.size(len(told))} into {out}", err=True)
    elif form == "parquet" and sys.stdout.isatty():
        raise InputError("--format parquet: wanted a file, got a terminal: name one by --out")
    else:
        sys.stdout.buffer.write(told)
