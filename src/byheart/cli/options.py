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


class _Share(click.ParamType[float]):
    """A share, as 0.01 or 1%."""

    name = "share"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """From 0 to less than 1."""
        text = str(value).strip()
        try:
            share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except ValueError:
            share = -1.0
        if not 0 <= share < 1:
            self.fail(f"wanted a share such as 0.01 or 1%, got {text}", param, ctx)
        return share


SHARE = _Share()
