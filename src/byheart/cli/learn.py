"""`byheart learn`: learn sources by heart."""

import json
import time
from typing import Literal

import click

from byheart.cli import words
from byheart.errors import InputError
from byheart.memory.learning import Mode, Plan
from byheart.model import MemGEN
from byheart.records import KINDS
from byheart.sources import Options, open_source
from byheart.sources.base import By


@click.command()
@click.argument("sources", nargs=-1, required=True)
@click.argument("memory")
@click.option("--append", is_flag=True, help="Add to the memory that is there.")
@click.option("--replace", is_flag=True, help="Forget what is there, and learn anew.")
@click.option("--field", help="The field of JSON lines, CSV or Parquet that is the record.")
@click.option(
    "--structure", type=click.Choice(["list", "hashmap"]), help="hashmap: each distinct record once, with its count."
)
@click.option(
    "--kind", type=click.Choice(["auto", *KINDS]), default="auto", show_default=True, help="What the records are."
)
@click.option("--by", type=click.Choice(["line", "paragraph", "file"]), help="What a record of a text file is.")
@click.option("--labels", is_flag=True, help="The sub-folder that a file is in is its label.")
@click.option("--quiet", is_flag=True, help="No progress, no summary.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def learn(
    sources: tuple[str, ...],
    memory: str,
    append: bool,
    replace: bool,
    field: str | None,
    structure: Literal["list", "hashmap"] | None,
    kind: str,
    by: By | None,
    labels: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Learn SOURCE... by heart, into the folder MEMORY."""
    if append and replace:
        raise InputError("--append, --replace: wanted one of them, got both")
    options = Options(kind=kind, by=by, field=field, labels=labels)
    began = time.perf_counter()
    opened = [open_source(source, options) for source in sources]
    mode: Mode = "append" if append else "replace" if replace else "create"
    learned = MemGEN(memory).learn_sources(opened, Plan(kind, structure, mode))
    took = time.perf_counter() - began
    if as_json:
        told = {
            "memory": memory,
            "version": learned.manifest.version,
            "records": learned.learn.records,
            "bytes": learned.learn.payload,
        }
        click.echo(json.dumps({**told, "seconds": took}))
    elif not quiet:
        what = (
            f"learned {words.count(learned.learn.records)} records ({words.size(learned.learn.payload)}) into {memory}"
        )
        click.echo(f"{what:<80} {words.seconds(took)}, {words.size(learned.learn.payload / took)}/s")
