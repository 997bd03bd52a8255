"""Ledgers of both kinds for tests: files in a folder, and schemas of a PostgreSQL that is started here, from the binaries that Debian installs."""

import atexit
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from byheart.rating.ledger import Judgment, Session
from byheart.rating.ledger_postgres import PostgresLedger
from byheart.rating.ledger_sqlite import SQLiteLedger

CONSENT: Final = "2026-11-26"
both = pytest.mark.parametrize("kind", ["sqlite", "postgres"])
"""A test that holds for each kind of ledger."""


class Place:
    """Where one ledger is kept, so that it can be opened again.

    Args:
        kind: "sqlite" or "postgres".
        folder: for files.
    """

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind, self.folder = kind, folder
        self.path = folder / "ledger.sqlite"
        self.url = server() if kind == "postgres" else ""
        self.schema = f"study_{uuid.uuid4().hex}"

    def make(self, trials: Sequence[int], *, read_only: bool = False) -> SQLiteLedger | PostgresLedger:
        """The ledger; whoever takes it closes it."""
        if self.kind == "sqlite":
            return SQLiteLedger(self.path, trials, read_only=read_only)
        return PostgresLedger(self.url, self.schema, trials, read_only=read_only)

    @contextmanager
    def open(self, trials: Sequence[int], *, read_only: bool = False) -> Iterator[SQLiteLedger | PostgresLedger]:
        """The ledger, for a while."""
        ledger = self.make(trials, read_only=read_only)
        try:
            yield ledger
        finally:
            ledger.close()


def join(ledger: Any, rater: str, *, now: float = 0.0) -> Session:
    """The session of a rater who finds a free slot; the token is named as the rater is."""
    session = ledger.join(rater, rater.encode(), consent=CONSENT, now=now)
    assert isinstance(session, Session)
    return session


def judged(session: Session, trial: int, *, key: str | None = None, left: bool = True) -> Judgment:
    """A choice; its key, unless given, is named as its place is."""
    return Judgment(session.number, trial, left, 812.5, key or f"key-{session.number}-{trial}", "key")


@cache
def server() -> str:
    """The address of a server of our own, that ends with this process; the test is skipped where PostgreSQL is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    initdb = found[-1] if found else shutil.which("initdb")
    if initdb is None:
        pytest.skip("the programs of PostgreSQL are not installed: apt-get install postgresql")
    programs = Path(initdb).parent
    folder = Path(tempfile.mkdtemp(prefix="byheart-pg-", dir="/tmp"))  # short: a socket's address has 107 bytes at most
    prefix: list[str] = []
    if os.geteuid() == 0:  # root may not run it
        user = "postgres" if _is_user("postgres") else "nobody"
        shutil.chown(folder, user)
        prefix = ["runuser", "-u", user, "--"]

    def run(program: str, *arguments: str) -> None:
        command = [*prefix, str(programs / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)

    data = str(folder / "data")
    run("initdb", "-D", data, "-A", "trust", "-U", "byheart", "--no-sync", "-E", "UTF8", "--no-locale")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off -c deadlock_timeout=100ms -c max_connections=60"
    run("pg_ctl", "start", "-D", data, "-w", "-l", str(folder / "log"), "-o", options)

    def end() -> None:
        run("pg_ctl", "stop", "-D", data, "-m", "immediate", "-w")
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(end)
    return f"postgresql://byheart@/postgres?host={folder}"


def _is_user(name: str) -> bool:
    return subprocess.run(["id", name], check=False, capture_output=True).returncode == 0
