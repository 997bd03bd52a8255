"""Raters that append as fast as they can, in a process that may be killed at any moment, and write down what was acknowledged.

`python ledger_killing.py PATH LOG NAME RATERS MOST TRIALS...` is one. It joins as raters who may have been here before, sends the last few choices once more, as a browser's outbox does, and goes on.
For other servers: write each judgment that was acknowledged into a log (`acknowledge`), let `kill` end the process, and read what is `missing`.
"""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from byheart.rating.ledger import Judgment, Kept, Outcome
from byheart.rating.ledger_sqlite import SQLiteLedger
from byheart.web.writing import Writer

_AGAIN = 3  # choices that are sent once more by who comes back


def acknowledge(log: int, judgments: Iterable[Judgment]) -> None:
    """Write down, at once, what was acknowledged, into an open descriptor."""
    lines = [f"{one.session} {one.trial} {int(one.chose_left)} {one.key}\n" for one in judgments]
    os.write(log, "".join(lines).encode())


def acknowledged(log: Path) -> list[tuple[int, int, bool, str]]:
    """What stands in a log: session, trial, left, key; a last line that was cut short is left out."""
    whole = log.read_text().rpartition("\n")[0] if log.exists() else ""
    rows = [line.split() for line in whole.splitlines()]
    return [(int(session), int(trial), left == "1", key) for session, trial, left, key in rows]


def missing(told: Iterable[tuple[int, int, bool, str]], kept: Sequence[Kept]) -> list[str]:
    """What was acknowledged and is not in the ledger as it was, or is there twice."""
    found = Counter(
        (one.judgment.session, one.judgment.trial, one.judgment.chose_left, one.judgment.key) for one in kept
    )
    keys, places = Counter(one.judgment.key for one in kept), Counter((one.slot, one.judgment.trial) for one in kept)
    lost = [f"lost: {one}" for one in told if found[one] != 1]
    return lost + [f"doubled: {one}" for one, count in (*keys.items(), *places.items()) if count > 1]


def kill(command: Sequence[str], log: Path, *, lines: int, after: float) -> int:
    """Start a process, let it write so many lines into the log, and kill it `after` seconds later; how many lines it wrote."""
    before = _lines(log)
    process = subprocess.Popen(command)
    try:
        deadline = time.monotonic() + 60
        while _lines(log) < before + lines:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"too little was acknowledged: {_lines(log) - before} ({process.returncode})")
            time.sleep(0.005)
        time.sleep(after)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    return _lines(log) - before


def _lines(log: Path) -> int:
    return log.read_bytes().count(b"\n") if log.exists() else 0


def rater(path: Path, log: Path, *, name: str, raters: int, trials: Sequence[int], most: int = 1 << 30) -> list[str]:
    """The command of a process that appends at most so many."""
    return [sys.executable, __file__, str(path), str(log), name, str(raters), str(most), *map(str, trials)]


async def _rate(path: Path, log: Path, name: str, raters: int, most: int, trials: Sequence[int]) -> None:
    writer = Writer(SQLiteLedger(path, trials))
    descriptor = os.open(log, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    sent = 0

    async def one(number: int) -> None:
        nonlocal sent
        who = f"{name}-{number}"
        session = await writer.join(who, os.urandom(32), consent="2026-11-26", now=time.time())
        assert session is not None
        trial = max(len(session.done) - _AGAIN, 0)
        while trial < trials[session.slot] and sent < most:
            batch = range(
                trial, min(trial + random.choice([1, 1, 1, 4]), trials[session.slot])
            )  # how many a browser sends
            choices = [Judgment(session.number, n, bool(n % 3), 700.0, f"{who}-{n}", "touch") for n in batch]
            outcomes = await writer.append(choices, now=time.time())
            assert set(outcomes) <= {Outcome.KEPT, Outcome.KNOWN}, outcomes
            acknowledge(descriptor, choices)
            trial, sent = batch.stop, sent + len(choices)

    await asyncio.gather(*(one(number) for number in range(raters)))
    await writer.close()


if __name__ == "__main__":
    where, into, called, *numbers = sys.argv[1:]
    count, limit, *lengths = map(int, numbers)
    asyncio.run(_rate(Path(where), Path(into), called, count, limit, lengths))
