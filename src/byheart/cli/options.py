"""Options that several verbs share."""

import json
from typing import Any

import click

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object, for programs.")
version_option = click.option(
    "--version", "version", type=click.IntRange(min=1), help="A version to go back to; left out, the newest."
)


def print_json(told: dict[str, Any]) -> None:
    """One line of JSON."""
    click.echo(json.dumps(told, ensure_ascii=False, allow_nan=False))
