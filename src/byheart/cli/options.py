"""Options that several verbs share."""

import json
import math
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


class Share(click.ParamType[float]):
    """A share, as 0.01 or 1%: more than 0 (or 0), and less than `most` (or as much)."""

    name = "share"

    def __init__(self, most: float = 1.0, *, with_zero: bool = False, with_most: bool = False) -> None:
        self._most, self._with_zero, self._with_most = most, with_zero, with_most

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number, which is in its range."""
        text = str(value).strip()
        try:
            share = share_of(text)
        except ValueError:
            share = math.nan
        if not (
            0 < share < self._most or (self._with_zero and share == 0) or (self._with_most and share == self._most)
        ):
            least = "from 0 on" if self._with_zero else "of more than 0"
            most = f"{'at most' if self._with_most else 'less than'} {self._most:g}"
            self.fail(f"wanted a share {least} and {most}, such as 0.01 or 1%, got {text}", param, ctx)
        return share


def share_of(text: str) -> float:
    """The number of a share, as 0.01 or 1%; raises `ValueError` where it is none.

    >>> share_of("0.2"), share_of("20%"), share_of("20 %")
    (0.2, 0.2, 0.2)
    """
    return float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)


SHARE = Share(with_zero=True)


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
    from byheart.memory.manifest import versions  # noqa: PLC0415  # pyarrow, which a server of raters does without
    from byheart.sources.folder import is_memory  # noqa: PLC0415  # as above

    if memory is not None and Path(memory).exists() and not versions(Path(memory)) and not is_memory(memory):
        got = "a folder that is none" if Path(memory).is_dir() else "a file"
        raise InputError(f"--memory {memory}: wanted a memory, got {got}: --train takes files")


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
