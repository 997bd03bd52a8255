"""`byheart split`: make a held-out set, before training."""

from pathlib import Path

import click

from byheart.cli import screen, words
from byheart.cli.options import SEED, Share, json_option, print_json
from byheart.errors import InputError, MemoryExistsError
from byheart.judging.splitting import split as divided
from byheart.model import MemGEN


@click.command()
@click.argument("source")
@click.argument("train")
@click.argument("heldout")
@click.option("--share", type=Share(), default=0.2, show_default=True, help="Of held-out.")
@click.option("--group", metavar="COLUMN", help="What belongs together stays together: a column, or source.")
@click.option("--seed", type=SEED, default=0, show_default=True, help="The same seed, the same parts.")
@click.option("--overwrite", is_flag=True, help="Replace the files TRAIN and HELDOUT.")
@json_option
def split(
    source: str,
    train: str,
    heldout: str,
    share: float,
    group: str | None,
    seed: int,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Divide the records of SOURCE at random into TRAIN and HELDOUT: folders, or .txt .jsonl .csv .parquet .arrow .npy .zip.

    Train on the one, and keep the other away from the generator: `byheart judge` compares with it.
    """
    if Path(train).resolve() == Path(heldout).resolve():
        raise InputError(f"wanted two names, for TRAIN and for HELDOUT, got {train} for both")
    for path in (train, heldout):
        if not Path(path).absolute().parent.is_dir():
            raise InputError(f"{path}: wanted a folder that exists, got {Path(path).parent}: make it first")
        if Path(path).exists() and not overwrite:
            raise MemoryExistsError(f"{path} is there already: choose another name, or say --overwrite")
    parts = divided(MemGEN().fit(source), share, group=group, random_state=seed)
    for part, path in zip(parts, (train, heldout), strict=True):
        part.save(path, overwrite=overwrite)
    sizes = [len(part) for part in parts]
    if as_json:
        print_json(
            {"train": train, "heldout": heldout, "records": {"train": sizes[0], "heldout": sizes[1]}, "seed": seed}
        )
        return
    kind = parts[0].kind
    click.echo(f"{words.records(sizes[0], kind)} in {train}, {words.records(sizes[1], kind)} in {heldout}")
    memory = words.shell(f"{Path(train).stem}.memory")
    screen.next_step(f"byheart learn {words.shell(train)} {memory}", "and train your generator on the same")
