"""What a person sees: one accent colour, aligned columns, and a next step at the end."""

import os
import shutil
import sys
from collections.abc import Iterable
from typing import Final

import click

from byheart._names import printable

_WIDEST: Final = 110
_GAP: Final = "  "


def width() -> int:
    """The columns of the terminal, at most 110; 100 where there is none."""
    return min(shutil.get_terminal_size((100, 24)).columns, _WIDEST)


def accent(text: str) -> str:
    """In the accent colour, unless NO_COLOR asks for none (click leaves it out where there is no terminal)."""
    return text if os.environ.get("NO_COLOR") else click.style(text, fg="cyan")


def tame(text: str) -> str:
    """What a record may tell a terminal: lines and tabs, no commands."""
    return "".join(c if c in "\n\t" else printable(c) for c in text)


def headline(left: str, right: str) -> None:
    """A line that is told from both ends."""
    click.echo(left + right.rjust(max(width() - len(left), len(right) + 2)))


def fields(pairs: Iterable[tuple[str, str]]) -> None:
    """A name and a value a line, aligned; a line without a name belongs to the one above."""
    told = list(pairs)
    longest = max(len(name) for name, _ in told)
    for name, value in told:
        click.echo(accent(name.ljust(longest)) + _GAP + value)


def is_watched() -> bool:
    """Whether standard error is a terminal; where it is closed, there is none."""
    return sys.stderr is not None and sys.stderr.isatty()


def remark(text: str) -> None:
    """A word about what standard output has, where that is not for words: on standard error, to a terminal alone."""
    if is_watched():
        click.echo(click.style(text, dim=True), err=True)


def next_step(command: str, why: str, *, aside: bool = False) -> None:
    """What to run next; `aside` where standard output is not for words: then on standard error, to a terminal alone."""
    if not aside or is_watched():
        click.echo(f"\n{accent('next')}{_GAP}{command}{_GAP}{why}", err=aside)
