"""`byheart info`: what a memory holds."""

import json

import click

from byheart.cli import words
from byheart.model import MemGEN


@click.command()
@click.argument("memory")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def info(memory: str, as_json: bool) -> None:
    """Say what MEMORY holds."""
    snapshot = MemGEN(memory).snapshot
    manifest = snapshot.manifest
    told = {
        "records": manifest.records,
        "bytes": manifest.payload,
        "kind": manifest.kind,
        "version": manifest.version,
        "segments": len(snapshot.segments),
        "structure": manifest.structure,
    }
    if as_json:
        click.echo(json.dumps(told))
        return
    told["bytes"] = words.size(manifest.payload)
    told["records"] = words.count(manifest.records)
    for name, value in told.items():
        click.echo(f"{name:<10} {value}")
