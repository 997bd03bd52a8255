"""`byheart sample`: draw from a memory."""

import json

import click

from byheart.model import MemGEN


@click.command()
@click.argument("memory")
@click.option("-n", "count", type=click.IntRange(min=0), default=1, show_default=True, help="How many.")
@click.option(
    "--seed", type=click.IntRange(0, 2**128 - 1), help="The same seed draws the same records; left out, a fresh one."
)
@click.option("--start", type=click.IntRange(min=0), default=0, show_default=True, help="The number of the first draw.")
@click.option("--without-replacement", is_flag=True, help="No record twice: a random order.")
@click.option("--json", "as_json", is_flag=True, help="Print the samples as JSON.")
def sample(memory: str, count: int, seed: int | None, start: int, without_replacement: bool, as_json: bool) -> None:
    """Sample N records of MEMORY."""
    batch = MemGEN(memory).sample(count, seed, start=start, replace=not without_replacement)
    if as_json:
        rows = zip(
            batch.indices.tolist(),
            batch.fingerprints.tolist(),
            batch.origins,
            batch.labels or [None] * len(batch),
            strict=True,
        )
        records = [
            {"index": index, "fingerprint": f"{h:016x}", "source": source, "locator": locator, "label": label}
            for index, h, (source, locator), label in rows
        ]
        click.echo(json.dumps({"records": records}))
        return
    for record, (source, locator) in zip(batch, batch.origins, strict=True):
        click.echo(record if batch.kind == "text" else f"{batch.kind} {source}:{locator}")
