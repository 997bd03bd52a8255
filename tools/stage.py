"""Where the demo plays: its folder, the data that can be had, and commands as a user types them."""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import click

from byheart.paper.data.parcels import Parcel, UnavailableError, cache, is_here

T = TypeVar("T")

MARK: Final = ".gitignore"


@dataclass(frozen=True, slots=True)
class Stage:
    """A run's.

    Attributes:
        folder: where everything is made; what a run before made there is replaced.
        offline: whether to fetch nothing.
    """

    folder: Path
    offline: bool

    def paths(self, name: str, *ends: str) -> list[Path]:
        """Paths in the folder, where nothing is any more."""
        paths = [self.folder / f"{name}{end}" for end in ends]
        for path in paths:
            path.unlink() if path.is_file() else shutil.rmtree(path, ignore_errors=True)
        return paths

    def have(self, parcel: Parcel, read: Callable[[], T], instead: str, read_instead: Callable[[], T]) -> T:
        """A data set, or what stands in for it."""
        if not self.offline:
            if not is_here(parcel):
                say(f"fetching {parcel.file} into {cache()} (once)")
            try:
                return read()
            except UnavailableError as error:
                say(f"{error}: {instead} stand in")
        return read_instead()

    def byheart(self, *words: str | Path, expected: Collection[int] = (0,)) -> int:
        """Run `byheart` as a user would; its exit code, which is one of those that are expected, or the demo ends."""
        command = " ".join(["byheart", *(shlex.quote(str(word)) if isinstance(word, Path) else word for word in words)])
        print(paint(f"\n$ {command}"), flush=True)
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        code = subprocess.run(command, shell=True, check=False, env={**os.environ, "PATH": path}).returncode
        if code not in expected:
            wanted = "" if expected == (0,) else f", wanted {' or '.join(map(str, expected))}"
            sys.exit(f"the demo ends here: `{command}` failed (exit code {code}{wanted})")
        return code


def words(number: int, noun: str) -> str:
    """A number of things."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def title(text: str) -> None:
    """Begin a part."""
    print(f"\n{click.style(text, bold=True) if is_colourful() else text}", flush=True)


def say(text: str) -> None:
    """A line of the demo itself, apart from what byheart says."""
    print(f"  {text}", flush=True)


def paint(text: str) -> str:
    """In the accent colour, on a terminal."""
    return click.style(text, fg="cyan") if is_colourful() else text


def is_colourful() -> bool:
    """Whether colours are seen and wanted."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def own(folder: Path) -> Path:
    """The folder, known by its mark as one that a demo made; a temporary one where it cannot be written to.

    Raises:
        click.UsageError: it holds what no demo made.
    """
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise click.UsageError(f"{folder} holds what no demo made, and might be replaced: choose another folder")
    try:
        folder.mkdir(exist_ok=True)
        (folder / MARK).write_text("*\n")  # what is made is not for git either
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix="byheart-demo-"))
    return folder
