"""Run the paper: section after section, each kept when it is done, so that what was interrupted goes on from there."""

import hashlib
import json
import os
import platform
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final, Protocol

from byheart import _files
from byheart._optional import require
from byheart.errors import InputError, MemoryExistsError
from byheart.paper import writing
from byheart.paper.claims import Claim
from byheart.paper.found import Found, found_of
from byheart.paper.library import Library
from byheart.paper.sections import SECTIONS, Section
from byheart.paper.stage import Stage
from byheart.registry import nearest

MARK: Final = "results.json"
_KEPT: Final = "kept"
_CACHE: Final = "cache"
_LOCK: Final = "running.lock"
_NEEDED: Final = ("numpy", "scipy", "sklearn", "threadpoolctl", "matplotlib", "pypdf", "PIL", "pydivsufsort")
_PACKAGES: Final = ("byheart", "numpy", "pyarrow", "scipy", "scikit-learn", "matplotlib", "torch")


@dataclass(frozen=True, slots=True)
class Asked:
    """What to run.

    Attributes:
        is_quick: 3 minutes; else 40.
        only: names of sections; none: all.
        seed: of all that is random.
        is_offline: fetch nothing.
        paper: a copy of the paper that the user has.
    """

    is_quick: bool = True
    only: tuple[str, ...] = ()
    seed: int = 0
    is_offline: bool = False
    paper: Path | None = None

    def __post_init__(self) -> None:
        names = [section.name for section in SECTIONS]
        asked = [name.strip() for told in self.only for name in told.split(",")]  # as people write them
        object.__setattr__(self, "only", tuple(name.casefold().replace("-", "_") for name in asked))
        for name in self.only:
            if name not in names:
                raise InputError(f"--only: no section {name!r}: {nearest(name, names)}")
        if self.paper is not None and not self.paper.is_file():
            raise InputError(f"--paper: wanted a file, got {self.paper}: check the path")
        if self.paper is not None and not self.paper.stat().st_size:
            raise InputError(f"--paper: wanted a copy of the paper, got an empty file: {self.paper}")


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
    _take(out)
    lock = out / _LOCK
    if _files.is_locked(lock):
        raise InputError(f"another run writes into {out}: wait for it, or name another folder by --out")
    with _files.Lock(lock):
        return _run(out, asked, audience)


def _run(out: Path, asked: Asked, audience: Audience) -> Paper:
    library = Library(is_offline=asked.is_offline, say=audience.say)
    chosen = [section for section in SECTIONS if not asked.only or section.name in asked.only]
    done: list[tuple[Section, Found]] = []
    for at, section in enumerate(chosen):
        kept = out / _KEPT / f"{section.name}-{_key(asked)}.json"
        tell = audience.begin(section, at, len(chosen))
        if kept.is_file():
            found, seconds = found_of(kept.read_bytes()), None
        else:
            began = time.perf_counter()
            found = _played(out, section, asked, library, tell, done)
            found = replace(found, stand_ins={**library.stand_ins, **found.stand_ins})
            _files.replace(kept, found.kept())
            seconds = time.perf_counter() - began
        done.append((section, found))
        audience.end(section, found, seconds)
    told = results(done, asked)
    writing.write(out, done, told)
    return Paper(tuple(claim for _, found in done for claim in found.claims), told)


def results(done: Sequence[tuple[Section, Found]], asked: Asked) -> dict[str, Any]:
    """All that was found, in types that JSON has. Two runs with one seed give the same, but for `timings`, `environment`, and claims with `is_timed`."""
    return {
        "claims": [claim.told() for _, found in done for claim in found.claims],
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
        "packages": {name: told for name in _PACKAGES if (told := _version(name))},
    }


def _played(  # noqa: PLR0913, PLR0917  # what `run` holds
    out: Path,
    section: Section,
    asked: Asked,
    library: Library,
    tell: Callable[[float, str], None],
    done: Collection[tuple[Section, Found]],
) -> Found:
    with _workshop(out / "work") as folder:
        _files.make_folder(out / _CACHE)
        before = list(done)
        stage = Stage(
            folder=folder,
            cache=out / _CACHE,
            is_quick=asked.is_quick,
            seed=asked.seed,
            library=library,
            tell=tell,
            paper=asked.paper,
            so_far=lambda: writing.page(before, results(before, asked)).encode(),
        )
        return section.run(stage)


@contextmanager
def _workshop(folder: Path) -> Iterator[Path]:
    """A folder that is empty at first, and gone in the end."""
    _files.remove_all(folder)
    _files.make_folder(folder)
    try:
        yield folder
    finally:
        _files.remove_all(folder)


def _take(out: Path) -> None:
    if out.is_dir() and any(out.iterdir()) and not ((out / MARK).exists() or (out / _KEPT).is_dir()):
        raise MemoryExistsError(f"{out} holds something else: name another folder by --out")
    _files.make_folder(out)  # which is named if it cannot be
    _files.make_folder(out / _KEPT)


def _key(asked: Asked) -> str:
    """What a kept section must have been asked for with."""
    paper = hashlib.sha256(asked.paper.read_bytes()).hexdigest() if asked.paper else ""
    told = [asked.is_quick, asked.seed, asked.is_offline, paper, _code()]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:12]


@cache
def _code() -> str:
    """Of all that computes: what another version of it found is not taken over."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.parent.rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
