"""`byheart check`: every byte against its digest."""

from dataclasses import asdict
from typing import Final

import click

from byheart._names import printable
from byheart.cli import progress, screen, words
from byheart.cli.options import json_option, print_json
from byheart.memory.checking import UNKNOWN_FORMAT, Damage, Report
from byheart.model import MemGEN

_SHOWN: Final = 20


@click.command()
@click.argument("memory")
@click.option(
    "--repair", is_flag=True, help="Remove what interrupted writers left behind. Damage is never papered over."
)
@json_option
@click.pass_context
def check(ctx: click.Context, memory: str, repair: bool, as_json: bool) -> None:
    """Read every byte of MEMORY, in all its versions, and compare it with what was written.

    Exit code 1 if something is damaged; each damaged file and record is named.
    """
    with progress.waiting(f"reading {memory}"):
        found = MemGEN(memory).check(repair=repair)
    if as_json:
        print_json({"memory": memory, "ok": found.ok, **asdict(found)})
    else:
        _show(memory, found)
    if not found.ok:
        ctx.exit(1)


def _show(memory: str, found: Report) -> None:
    read = f"{words.counted(found.files, 'file')}, {words.size(found.size)}, {words.counted(found.versions, 'version')}"
    name = words.shell(memory)
    if found.ok:
        click.echo(f"{memory} is sound: every byte is as it was written ({read})")
    else:
        damage = "damage in 1 place" if len(found.damage) == 1 else f"damage in {words.count(len(found.damage))} places"
        click.echo(f"{memory} is damaged: {damage} ({read})")
        for place in found.damage[:_SHOWN]:
            click.echo(f"  {_told(place)}")
        if len(found.damage) > _SHOWN:
            click.echo(f"  and {words.count(len(found.damage) - _SHOWN)} more (--json lists all)")
    if found.repaired:
        click.echo(f"removed {words.counted(len(found.repaired), 'file')} that interrupted writers had left behind")
    elif found.leftovers:
        left = words.counted(len(found.leftovers), "file")
        click.echo(f"{left} left behind by interrupted writers, which no version needs")
        screen.next_step(f"byheart check {name} --repair", "removes them")
        return
    if found.ok and not len(MemGEN(memory)):
        return  # there is nothing to draw, or to test
    if found.ok:
        screen.next_step(f"byheart verify {name}", "tests the sampler")
    elif all(place.what == UNKNOWN_FORMAT for place in found.damage):
        screen.next_step("pip install --upgrade byheart", "reads newer memories")
    else:
        screen.next_step(f"byheart learn SOURCE... {name} --replace", "learns it anew, or restore it from a backup")


def _told(damage: Damage) -> str:
    record = "" if damage.record is None else f"  record {words.count(damage.record)}"
    return printable(f"{damage.file}{record}  {damage.what}")
