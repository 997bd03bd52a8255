"""The examples of a page of the documentation, and what running them gives.

`python` blocks share one namespace a page. An expression with a comment behind it must have that repr: `len(model)  # 4`.
`console` blocks go through the shell: lines that begin with `$ ` are commands, and what follows is what they must print; what depends
on the machine (times, rates, sizes on the disk, dates) and the width of columns is not compared. `...` stands for anything, in both.
A block that cannot run everywhere says so before it: `<!-- needs torch -->`; one that cannot run at all: `<!-- not run: why -->`.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

_FENCE: Final = re.compile(
    r"^(?P<indent> *)```(?P<language>\w*)[^\n]*\n(?P<code>.*?)^(?P=indent)```$", re.DOTALL | re.MULTILINE
)
_MARK: Final = re.compile(r"<!-- (?:needs (?P<needs>\w+)|not run: (?P<why>[^\n]{6,})) -->\s*\Z")
_FLEETING: Final = re.compile(
    r"[\d.,]+ (?:[kMGT]?B/s|bytes/s|[µmn]?s\b|[kMGT]B\b|minutes?\b)|\d{4}-\d\d-\d\dT[\d:.]+Z?|[0-9a-f]{32}"
)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, its code, its first line on the page, and a module that it needs."""

    language: str
    code: str
    line: int
    needs: str | None = None


def blocks(page: str) -> Iterator[Block]:
    """The blocks of a page that can run, in order."""
    for found in _FENCE.finditer(page):
        mark = _MARK.search(page[: found.start()])
        if found["language"] not in {"python", "console"} or (mark and mark["why"]):
            continue
        indent = len(found["indent"])
        code = "".join(line[indent:] for line in found["code"].splitlines(keepends=True))
        line = page[: found.start("code")].count("\n") + 1
        yield Block(found["language"], code, line, mark["needs"] if mark else None)


def complaints(page: str, folder: Path) -> list[str]:
    """Run the blocks of a page in a folder; what they gave, where it is not what the page says."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    found: list[str] = []
    before = Path.cwd()
    os.chdir(folder)
    try:
        for block in blocks(page):
            if block.needs is None or find_spec(block.needs):
                run = _python(block, namespace) if block.language == "python" else _console(block)
                found += [f"line {line}: {told}" for line, told in run]
    finally:
        os.chdir(before)
    return found


def _python(block: Block, namespace: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """Run statement after statement; compare what an expression gives with the comment behind it."""
    lines = block.code.splitlines()
    for node in ast.parse(block.code).body:
        line = block.line + node.lineno - 1
        comment = lines[(node.end_lineno or 1) - 1][node.end_col_offset or 0 :].strip()
        wanted = comment[1:].strip() if comment.startswith("#") and isinstance(node, ast.Expr) else None
        source = ast.unparse(node)
        try:
            if wanted is None:
                exec(source, namespace)
                continue
            got = repr(eval(source, namespace))
        except Exception as error:  # noqa: BLE001  # whatever it raised is what is told
            got = f"{type(error).__name__}: {error}"
            wanted = wanted or "no error"
        if not alike(wanted, got):
            yield line, f"{source} gave {got}, wanted {wanted}"


def _console(block: Block) -> Iterator[tuple[int, str]]:
    """Run each command; compare what it prints, on both streams."""
    parts = re.split(r"^\$ ", block.code, flags=re.MULTILINE)
    line = block.line
    for part in parts[1:]:
        command, _, wanted = part.partition("\n")
        while command.endswith("\\"):
            more, _, wanted = wanted.partition("\n")
            command += "\n" + more
        answer = subprocess.run(
            ["bash", "-o", "pipefail", "-c", command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=_environment(),
            timeout=120,
            check=False,
        )
        got = answer.stdout.decode("utf-8", "replace")
        if not alike(wanted, got):
            yield line, f"{command} printed\n{got}\nwanted\n{wanted}"
        line += part.count("\n")


def alike(wanted: str, got: str) -> bool:
    """Whether an output is what was wanted, but for what depends on the machine.

    >>> alike("learned 4 texts   12.5 ms\\n...", "learned 4 texts 9 ms\\nand more"), alike("4 texts", "5 texts")
    (True, False)
    """
    parts = re.split(r"\n?\.\.\.", _plain(wanted))
    return re.fullmatch(".*?".join(map(re.escape, parts)), _plain(got), re.DOTALL) is not None


def _plain(text: str) -> str:
    return re.sub(r" ?\n", "\n", re.sub(r"[ \t]+", " ", _FLEETING.sub("~", text))).strip()


def _environment() -> dict[str, str]:
    """This process's, with the commands of this Python first."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**os.environ, "PATH": path, "COLUMNS": "100", "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}


def has_bash() -> bool:
    """Whether the `console` blocks can run here."""
    return shutil.which("bash") is not None and sys.platform != "win32"
