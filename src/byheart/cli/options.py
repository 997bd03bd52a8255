"""Options that several verbs share."""

import json
from pathlib import Path
from typing import Any

import click

from byheart.errors import InputError, MemoryExistsError

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


class _Seed(click.ParamType[int]):
    """A seed, as 7."""

    name = "integer"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """From 0 to 2^128 - 1."""
        text = str(value).strip()
        if not (text.isascii() and text.isdecimal() and int(text) < 2**128):
            self.fail(f"wanted a whole number from 0 to 2^128 - 1, got {text}", param, ctx)
        return int(text)


SEED = _Seed()


def check_learned(memory: str | None, train: str | None) -> None:
    """Refuse to be told twice, or not at all, what a generator was trained on."""
    if (memory is None) == (train is None):
        got = "neither" if memory is None else "both"
        raise InputError(f"wanted either --memory or --train, got {got}: say what it was trained on, once")


def check_free(option: str, path: str | None, *, overwrite: bool) -> None:
    """Refuse a file that cannot be written in the end, before there is work that would be lost."""
    if path is None:
        return
    if Path(path).is_dir():
        raise InputError(f"{option}: wanted a file, got the folder {path}: name a file in it")
    if Path(path).exists() and not overwrite:
        raise MemoryExistsError(f"{path} is there already: choose another name, or say --overwrite")
    if not Path(path).absolute().parent.is_dir():
        raise InputError(f"{option}: wanted a folder that exists, got {Path(path).parent}: make it first")
