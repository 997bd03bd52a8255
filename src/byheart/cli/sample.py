"""`byheart sample`: draw from a memory."""

import json
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click

from byheart import _files
from byheart.batch import Batch
from byheart.cli import progress, screen, showing, words
from byheart.cli.drawing import Drawing
from byheart.cli.options import SEED, json_option, version_option
from byheart.errors import MemoryExistsError
from byheart.model import MemGEN
from byheart.report.grid import MOST, format_of
from byheart.report.grid import grid as draw_grid
from byheart.saving import about, save
from byheart.saving.jsonable import jsonable

_SEED_BITS: Final = 53  # what every reader of JSON keeps whole


@click.command()
@click.argument("memory")
@click.option("-n", "count", type=click.IntRange(min=0), default=1, show_default=True, help="How many.")
@click.option("--seed", type=SEED, help="The same seed draws the same records; else a fresh one.")
@click.option("--start", type=click.IntRange(min=0), default=0, show_default=True, help="The number of the first draw.")
@click.option("--without-replacement", is_flag=True, help="No record twice: a random order.")
@click.option("--where", metavar="EXPR", help="Only records that meet a condition: \"label = 'cat' and size < 1000\".")
@click.option("--verify", is_flag=True, help="Compare each record with the fingerprint that it was learned with.")
@click.option(
    "-o", "--output", metavar="DIR_OR_FILE", help="Save: a folder, or .txt .jsonl .csv .parquet .arrow .npy .zip."
)
@click.option("--grid", metavar="FILE", help="A picture of (up to 400 of) the samples, side by side: .png .jpg .webp.")
@click.option(
    "--overwrite", is_flag=True, help="Replace the files of -o and --grid; of a folder, the samples saved there before."
)
@version_option
@json_option
def sample(
    memory: str,
    count: int,
    seed: int | None,
    start: int,
    without_replacement: bool,
    where: str | None,
    verify: bool,
    output: str | None,
    grid: str | None,
    overwrite: bool,
    version: int | None,
    as_json: bool,
) -> None:
    """Draw N records of MEMORY, each as likely as it was learned.

    Text goes to standard output: a record without a line break is a line; one with line breaks is a block below a
    header `<<< BYTES SOURCE:LOCATOR` (a single sample has none). Other kinds are described there. With -o they are
    saved, bit for bit.
    """
    model = MemGEN(memory, version=version)
    again = ""
    if seed is None:
        seed = secrets.randbits(_SEED_BITS)
        again = f"; --seed {seed} draws the same again"
    drawing = Drawing(model, count, seed, start, not without_replacement, where, verify)
    drawing.check()
    kind = model.snapshot.manifest.kind
    if grid is not None:
        _save_grid(drawing, Path(grid), overwrite=overwrite)
    if output is not None:
        with progress.bar("saving", shown=True) as bar:
            watched = progress.of_drawing(bar, drawing.batches(), count)
            save(watched, output, kind=kind, total=count, overwrite=overwrite)
    if as_json:
        _print_json(
            drawing, {"memory": memory, "version": model.snapshot.manifest.version, "seed": seed, "start": start}
        )
        return
    told = words.records(count, kind)
    if output is not None:
        click.echo(f"saved {told} in {output}{again}")
    if grid is not None:
        click.echo(f"drew {words.records(min(count, MOST), kind)} into {grid}{again}")
    if output is None and grid is None:
        showing.show(drawing.batches(), kind, count)
        if kind in {"image", "array"}:
            screen.next_step(_with_grid(memory, drawing), "shows them", aside=True)


def _with_grid(memory: str, drawing: Drawing) -> str:
    """The command that draws the same, as a picture."""
    told = ["byheart sample", words.shell(memory), f"-n {drawing.count} --seed {drawing.seed}"]
    told += [f"--start {drawing.start}"] if drawing.start else []
    told += [] if drawing.replace else ["--without-replacement"]
    told += [f"--where {words.shell(drawing.where)}"] if drawing.where else []
    told += [f"--version {drawing.model.version}"] if drawing.model.version else []
    return " ".join([*told, "--grid", words.shell(f"{Path(memory).stem}.png")])


def _save_grid(drawing: Drawing, path: Path, *, overwrite: bool) -> None:
    if path.exists() and not overwrite:
        raise MemoryExistsError(f"{path} is there already: choose another name, or say --overwrite")
    style = format_of(path)
    _files.replace(path, draw_grid(drawing.first(MOST), style=style))


def _print_json(drawing: Drawing, head: dict[str, Any]) -> None:
    """One object, written as it is drawn: any number of samples in the memory of some."""
    click.echo(json.dumps(head, ensure_ascii=False)[:-1] + ', "records": [', nl=False)
    between = ""
    for batch in drawing.batches():
        for told in _told(batch):
            click.echo(between + json.dumps(told, ensure_ascii=False, allow_nan=False), nl=False)
            between = ", "
    click.echo("]}")


def _told(batch: Batch) -> Iterator[dict[str, Any]]:
    """What is known of each sample; and the record, where JSON can hold it."""
    holds = batch.kind in {"text", "row"}
    for told, record in zip(about(batch), batch, strict=True):
        yield {**told, "record": jsonable(record)} if holds else told
