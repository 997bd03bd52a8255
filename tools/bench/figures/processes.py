"""What a new process takes, from its start to its end."""

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from tools.bench import cache
from tools.bench.figures.names import OPEN, START
from tools.bench.peers.registry import FACE
from tools.bench.results import Series, Verdict
from tools.bench.run import Run
from tools.bench.workloads import Files

IMPORT_SECONDS: Final = 0.150
HELP_SECONDS: Final = 0.250
OPEN_SECONDS: Final = 0.250
_DRAW_ONE: Final = "import sys; from byheart import MemGEN; MemGEN(sys.argv[1]).sample(1, random_state=0).tolist()"


def start(run: Run) -> None:
    """Importing, beyond what Python itself takes; and the help of the command."""
    bare, package, help_ = "bare Python", "import byheart", "byheart --help"
    libraries, model = "import numpy, pyarrow", "import byheart.model"
    commands: dict[str, Sequence[str]] = {
        bare: (sys.executable, "-c", "pass"),
        package: (sys.executable, "-c", package),
        libraries: (sys.executable, "-c", libraries),
        model: (sys.executable, "-c", model),
        help_: (str(Path(sys.executable).with_name("byheart")), "--help"),
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(run.effort.processes):
        for name, command in commands.items():
            times[name].append(_seconds(command))
    for name, values in times.items():
        run.results.series.append(Series(START, "", name, "s", tuple(values)))
    beyond = tuple(a - b for a, b in zip(times[package], times[bare], strict=True))
    claim = f"`{package}`, beyond bare Python"
    run.results.judge(Verdict(START, "", claim, beyond, IMPORT_SECONDS, at_least=False, unit="s"))
    beyond = tuple(a - b for a, b in zip(times[model], times[libraries], strict=True))
    claim = f"`{model}`, beyond `{libraries}` (no target)"
    run.results.judge(Verdict(START, "", claim, beyond, 0.0, unit="s"))
    claim = "`byheart --help`"
    run.results.judge(Verdict(START, "", claim, tuple(times[help_]), HELP_SECONDS, at_least=False, unit="s"))


def open_cold(run: Run, files: Files) -> None:
    """A process that opens a memory none of which is in RAM, and draws one record."""
    memory = run.store(FACE, files) / "x.memory"

    def drop() -> None:
        cache.drop(memory)

    values = tuple(_seconds((sys.executable, "-c", _DRAW_ONE, str(memory)), drop) for _ in range(run.effort.processes))
    run.add(OPEN, files, FACE, "s", values)
    claim = "from the start of Python to the end"
    run.results.judge(Verdict(OPEN, files.workload.name, claim, values, OPEN_SECONDS, at_least=False, unit="s"))


def _seconds(command: Sequence[str], before: Callable[[], None] | None = None) -> float:
    if before is not None:
        before()
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began
