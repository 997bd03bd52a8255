"""A PostgreSQL of our own, that writes to the disk as it does by default, from the programs that Debian installs."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_PROGRAMS: Final = "/usr/lib/postgresql"


def programs() -> Path | None:
    """Where they are; None: not installed."""
    found = sorted(Path(_PROGRAMS).glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    one = str(found[-1]) if found else shutil.which("initdb")
    return None if one is None else Path(one).parent


@contextmanager
def server(binaries: Path) -> Iterator[str]:
    """Its address, for a while."""
    folder = Path(tempfile.mkdtemp(prefix="byheart-pg-", dir="/tmp"))  # short: a socket's address has 107 bytes at most
    prefix: list[str] = []
    if os.geteuid() == 0:  # root may not run it
        shutil.chown(folder, "nobody")
        prefix = ["runuser", "-u", "nobody", "--"]

    def run(program: str, *arguments: str) -> None:
        command = [*prefix, str(binaries / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)

    data = str(folder / "data")
    run("initdb", "-D", data, "-A", "trust", "-U", "byheart", "-E", "UTF8", "--no-locale")
    options = f"-k {folder} -c listen_addresses=''"
    run("pg_ctl", "start", "-D", data, "-w", "-l", str(folder / "log"), "-o", options)
    try:
        yield f"postgresql://byheart@/postgres?host={folder}"
    finally:
        run("pg_ctl", "stop", "-D", data, "-m", "fast", "-w")
        shutil.rmtree(folder, ignore_errors=True)
