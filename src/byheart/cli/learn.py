"""`byheart learn`: learn sources by heart."""

import click

from byheart.cli import progress, screen, words
from byheart.cli.options import json_option, print_json
from byheart.errors import InputError
from byheart.memory.learning import Mode, Plan, Structure
from byheart.memory.relearning import open_data
from byheart.model import MemGEN
from byheart.records import KINDS
from byheart.sources import Options
from byheart.sources.base import By

_COUNT_DISTINCT_UP_TO = 1_000_000  # records of a list: above, counting them would take as long as learning


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.argument("memory")
@click.option("--append", is_flag=True, help="Add to the memory that is there.")
@click.option("--replace", is_flag=True, help="Forget what is there, and learn anew.")
@click.option("--field", metavar="NAME", help="The field of JSON lines, CSV or Parquet that is the record.")
@click.option(
    "--structure", type=click.Choice(["list", "hashmap"]), help="hashmap: each distinct record once, with its count."
)
@click.option(
    "--kind", type=click.Choice(["auto", *KINDS]), default="auto", show_default=True, help="What the records are."
)
@click.option("--by", type=click.Choice(["line", "paragraph", "file"]), help="What a record of a text file is.")
@click.option("--labels", is_flag=True, help="The sub-folder that a file is in is its label.")
@click.option(
    "--header/--no-header", default=None, help="Whether the first line of a CSV names its columns; else told by it."
)
@click.option(
    "--chunk", type=click.IntRange(min=1), metavar="DIGITS", help="Of pi: digits a record; left out, all are one."
)
@click.option("--quiet", is_flag=True, help="No progress, no summary.")
@json_option
def learn(
    sources: tuple[str, ...],
    memory: str,
    append: bool,
    replace: bool,
    field: str | None,
    structure: Structure | None,
    kind: str,
    by: By | None,
    labels: bool,
    header: bool | None,
    chunk: int | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Learn each SOURCE by heart, into the folder MEMORY: all of them, or nothing.

    A SOURCE is a folder or a pattern, of files that are a record each; a file of many (text, JSON, CSV, TSV, Parquet,
    Arrow, .npy, .npz, zip, tar, and those packed); an address such as s3://...; pi:1000000; or - for standard input.
    csv:FILE says what a name does not. A memory gives what it holds, with its labels, weights and sources.
    """
    if append and replace:
        raise InputError("--append, --replace: wanted one of them, got both")
    options = Options(kind=kind, by=by, field=field, labels=labels, chunk=chunk, header=header)
    mode: Mode = "append" if append else "replace" if replace else "create"
    with progress.bar("learning", shown=not quiet) as bar:
        opened = [open_data(source, options, counted=True) for source in sources]
        model = MemGEN(memory)
        learned = model.learn_sources(opened, Plan(kind, structure, mode), progress.of_learning(bar, opened))
        took = bar.seconds
    manifest, run = learned.manifest, learned.learn
    counts_anyway = manifest.structure == "hashmap" or manifest.records <= _COUNT_DISTINCT_UP_TO
    distinct = model.distinct if counts_anyway and not (quiet and not as_json) else None
    if as_json:
        print_json(
            {
                "memory": memory,
                "version": manifest.version,
                "kind": manifest.kind,
                "structure": manifest.structure,
                "records": run.records,
                "bytes": run.payload,
                "seconds": took,
                "total_records": manifest.records,
                "total_distinct": distinct,
            }
        )
    elif not quiet:
        holds = "" if distinct is None or manifest.records != run.records else f"{words.count(distinct)} distinct, "
        what = f"learned {words.records(run.records, manifest.kind)} ({holds}{words.size(run.payload)}) into {memory}"
        screen.headline(what, f"{words.seconds(took)}, {words.size(run.payload / took)}/s")
        if manifest.records != run.records:
            known = "" if distinct is None else f" ({words.count(distinct)} distinct)"
            click.echo(f"it holds {words.records(manifest.records, manifest.kind)}{known} now")
        screen.next_step(f"byheart sample {words.shell(memory)} -n 16", "draws from it")
