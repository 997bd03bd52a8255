"""Run the paper: section after section, each kept when it is done, so that what was interrupted goes on from there."""

import os
import platform
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol

from byheart._optional import require
from byheart.paper import keeping, writing
from byheart.paper.asking import Asked
from byheart.paper.claims import Claim
from byheart.paper.found import Found
from byheart.paper.library import Library
from byheart.paper.sections import SECTIONS, Section
from byheart.paper.stage import Stage

_NEEDED: Final = ("numpy", "scipy", "sklearn", "threadpoolctl", "matplotlib", "pypdf", "PIL", "pydivsufsort")


class Audience(Protocol):
    """Who is told how far it has come."""

    def say(self, text: str) -> None:
        """A line."""

    def begin(self, section: Section, at: int, of: int) -> Callable[[float, str], None]:
        """A section begins; what is given back is told how far it has come."""

    def end(self, section: Section, found: Found, seconds: float | None) -> None:
        """A section is done; None: it was done before."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What came of a run.

    Attributes:
        claims: with their verdicts.
        results: what stands in results.json.
    """

    claims: tuple[Claim, ...]
    results: dict[str, Any]


def run(out: Path, asked: Asked, audience: Audience) -> Paper:
    """Run sections, and write the page, the print and the results.

    Args:
        out: the folder to write into: a new one, or one of an earlier run, whose finished sections are taken over if they were asked for in the same way.
        asked: what to run.
        audience: who is told.

    Raises:
        InputError: there is no such section, or no such file; or another run writes into the folder.
        MemoryExistsError: the folder holds something else.
        MissingExtraError: a package is not installed that some section takes.
    """
    for module in _NEEDED:  # said before there is work that would be lost
        require(module, "paper")
    with keeping.taken(out):
        return _run(out, asked, audience)


def _run(out: Path, asked: Asked, audience: Audience) -> Paper:
    library = Library(is_offline=asked.is_offline, say=audience.say)
    chosen = [section for section in SECTIONS if not asked.only or section.name in asked.only]
    done: list[tuple[Section, Found]] = []
    for at, section in enumerate(chosen):
        tell = audience.begin(section, at, len(chosen))
        found, seconds = keeping.kept(out, section, asked, audience.say), None
        if found is None:
            began = time.perf_counter()
            found = _played(out, section, asked, library, tell, done)
            found = replace(found, stand_ins={**library.stand_ins, **found.stand_ins})
            keeping.keep(out, section, asked, found)
            seconds = time.perf_counter() - began
        done.append((section, found))
        audience.end(section, found, seconds)
    told = results(done, asked)
    writing.write(out, done, told)
    return Paper(tuple(writing.claims_of(done)), told)


def results(done: Sequence[tuple[Section, Found]], asked: Asked) -> dict[str, Any]:
    """All that was found, in types that JSON has. Two runs with one seed give the same, but for `timings`, `environment`, and claims with `is_timed`."""
    return {
        "claims": [claim.told() for claim in writing.claims_of(done)],
        "figures": [
            {"name": figure.name, "section": section.name, "caption": figure.caption, "alt": figure.alt}
            for section, found in done
            for figure in found.figures
        ],
        "numbers": {section.name: found.numbers for section, found in done},
        "timings": {section.name: found.timings for section, found in done},
        "settings": {
            "quick": asked.is_quick,
            "seed": asked.seed,
            "offline": asked.is_offline,
            "paper": None if asked.paper is None else asked.paper.name,
        },
        "data": {"stand_ins": dict(sorted(pair for _, found in done for pair in found.stand_ins.items()))},
        "environment": environment(),
    }


def environment() -> dict[str, Any]:
    """What it ran on."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "packages": keeping.packages(),
    }


def _played(  # noqa: PLR0913, PLR0917  # what `run` holds
    out: Path,
    section: Section,
    asked: Asked,
    library: Library,
    tell: Callable[[float, str], None],
    done: Collection[tuple[Section, Found]],
) -> Found:
    with keeping.workshop(out) as (folder, cache):
        before = list(done)
        stage = Stage(
            folder=folder,
            cache=cache,
            is_quick=asked.is_quick,
            seed=asked.seed,
            library=library,
            tell=tell,
            paper=asked.paper,
            so_far=lambda: writing.page(before, results(before, asked)).encode(),
        )
        return section.run(stage)
