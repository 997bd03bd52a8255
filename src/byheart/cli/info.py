"""`byheart info`: what a memory holds."""

from dataclasses import asdict

import click

from byheart._names import printable
from byheart.cli import screen, words
from byheart.cli.options import json_option, print_json, version_option
from byheart.memory.manifest import Learn
from byheart.model import MemGEN
from byheart.report.overview import Overview, overview

_LABELS_SHOWN = 8
_LEARNS_SHOWN = 5


@click.command()
@click.argument("memory")
@version_option
@json_option
def info(memory: str, version: int | None, as_json: bool) -> None:
    """Say what MEMORY holds: how many records, of what kind, from where; and which versions there are."""
    view = overview(MemGEN(memory, version=version))
    if as_json:
        told = asdict(view)
        print_json({"memory": memory, "bytes": told.pop("size"), **told, "learns": [_learn(x) for x in view.learns]})
        return
    click.echo(screen.accent(memory))
    screen.fields(_fields(view))
    name = words.shell(memory)
    if not view.records:
        return  # there is nothing to draw, or to test
    if view.version == view.versions[-1]:
        screen.next_step(f"byheart verify {name}", "tests its sampler; `byheart check` its bytes")
    else:
        screen.next_step(f"byheart sample {name} --version {view.version}", "draws from this version")


def _learn(learn: Learn) -> dict[str, object]:
    told = asdict(learn)
    return {"bytes": told.pop("payload"), **told}


def _fields(view: Overview) -> list[tuple[str, str]]:
    distinct = (
        ""
        if not view.records
        else ", all distinct"
        if view.distinct == view.records
        else f", {words.count(view.distinct)} distinct"
    )
    newest = "the newest" if view.version == view.versions[-1] else f"the newest is {view.versions[-1]}"
    others = f", of {words.count(len(view.versions))} that can be gone back to" if len(view.versions) > 1 else ""
    told = [
        ("records", f"{words.records(view.records, view.kind)}{distinct}"),
        (
            "bytes",
            f"{words.size(view.size)}; {words.size(view.on_disk)} on disk, in {words.counted(view.segments, 'segment')}",
        ),
        ("structure", view.structure),
        ("version", f"{view.version} ({newest}{others}), by {view.operation}, {view.created}"),
    ]
    if view.labels:
        first = [f"{printable(name)} ({words.count(n)})" for name, n in list(view.labels.items())[:_LABELS_SHOWN]]
        more = len(view.labels) - len(first)
        told.append(("labels", ", ".join(first) + (f", and {words.count(more)} more" if more else "")))
    for number, learn in enumerate(view.learns[-_LEARNS_SHOWN:]):
        told.append(("learned" if number == 0 else "", f"{learn.time[:16]}  {_told(learn, view.kind)}"))
    if len(view.learns) > _LEARNS_SHOWN:
        told.append(("", f"after {words.counted(len(view.learns) - _LEARNS_SHOWN, 'earlier learn')}"))
    return told


def _told(learn: Learn, kind: str) -> str:
    sources = ", ".join(printable(source) for source in learn.sources[:3])
    more = f" and {len(learn.sources) - 3} more" if len(learn.sources) > 3 else ""
    told = f" from {sources}{more}" if any(learn.sources) else ""  # which are forgotten with the last of their records
    return f"{words.records(learn.records, kind)}{told} in {words.seconds(learn.seconds)}"
