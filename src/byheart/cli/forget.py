"""`byheart forget`: unlearn records, exactly."""

import stat
from dataclasses import asdict
from pathlib import Path

import click

from byheart._names import printable
from byheart.cli import progress, screen, words
from byheart.cli.options import json_option, print_json
from byheart.errors import InputError
from byheart.memory.forgetting import Forgotten
from byheart.model import MemGEN
from byheart.registry import nearby
from byheart.saving import from_file
from byheart.sources.base import RECORD_BYTES


@click.command()
@click.argument("memory")
@click.option("--where", metavar="EXPR", help="Forget every record that meets a condition: \"label = 'cat'\".")
@click.option(
    "--record",
    "record_files",
    metavar="FILE",
    multiple=True,
    help="Forget every occurrence of the record that FILE holds, as `sample -o DIR` saves one; may be given again.",
)
@click.option("--compact", is_flag=True, help="Take the bytes off the disk now, and every older version with them.")
@json_option
@click.pass_context
def forget(
    ctx: click.Context, memory: str, where: str | None, record_files: tuple[str, ...], compact: bool, as_json: bool
) -> None:
    """Unlearn records of MEMORY: its next version is as if they had never been learned.

    FILE holds the bytes of one record: text as UTF-8, an image or audio file, an array as .npy, a row as a JSON
    object. Older versions still have what is forgotten, for a time, unless --compact is given.

    Exit code 1 if --compact could not delete all; what is left is named.
    """
    if (where is None) == (not record_files):
        got = "neither" if where is None else "both"
        raise InputError(f"forget: wanted --where or --record, got {got}: say what to forget")
    model = MemGEN(memory)
    records = None
    if record_files:
        records = [from_file(model.snapshot.kind.name, _read(file), model.snapshot.field) for file in record_files]
    kind = model.snapshot.manifest.kind
    with progress.waiting(f"forgetting in {memory}"):
        forgotten = model.forget(records, where=where, compact=compact)
    if as_json:
        print_json({"memory": memory, **asdict(forgotten), "records_left": len(model)})
    else:
        what = (
            f"--where {words.shell(where)}" if where else " ".join(f"--record {words.shell(f)}" for f in record_files)
        )
        again = f"byheart forget {words.shell(memory)} {what} --compact"
        _show(kind, len(model), forgotten, again, compact=compact)
    if forgotten.undeletable:
        ctx.exit(1)


def _read(file: str) -> bytes:
    try:
        status = Path(file).stat()
        is_file = stat.S_ISREG(status.st_mode)
        if not (is_file or stat.S_ISDIR(status.st_mode)) or status.st_size > RECORD_BYTES:
            got = words.size(status.st_size) if is_file else "a device or a pipe"
            raise InputError(f"--record {file}: wanted a file of up to 1 GB, got {got}")
        return Path(file).read_bytes()
    except FileNotFoundError as error:
        told = nearby(Path(file)) or "check the path"
        raise InputError(f"--record {file}: no such file: {told}") from error
    except OSError as error:
        raise InputError(f"--record {file}: cannot be read ({(error.strerror or str(error)).lower()})") from error


def _show(kind: str, left: int, forgotten: Forgotten, again: str, *, compact: bool) -> None:
    what = f"forgot {words.records(forgotten.records, kind)}"
    if not forgotten.records:
        what = "no record matches: nothing was forgotten"
    click.echo(f"{what}; {words.count(left)} {'is' if left == 1 else 'are'} left, in version {forgotten.version}")
    if forgotten.undeletable:
        click.echo("these could not be deleted, and may still hold what was forgotten:")
        for path in forgotten.undeletable:
            click.echo(f"  {printable(path)}")
        screen.next_step(again, "once they can be")
    elif compact and not forgotten.records:
        click.echo("what was forgotten before is gone from the disk, and every older version with it")
    elif compact:
        click.echo("their bytes are gone from the disk, and every older version with them")
    elif forgotten.records:
        click.echo("older versions still hold them")
        screen.next_step(again, "takes them off the disk")
