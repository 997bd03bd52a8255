"""Raters who choose as soon as they are shown the next pair, all at once; in a process of its own: `python -m tools.bench_rate.load WHO ADDRESS RATERS SECONDS`."""

import asyncio
import itertools
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from tools.bench_rate import contestants
from tools.bench_rate.contestant import Contestant

_ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Load:
    """What raters had to wait.

    Attributes:
        waits: seconds from a choice to its being acknowledged, in ascending order.
        seconds: that it took in all.
        spent: seconds of processor time of whoever made the load.
    """

    waits: list[float]
    seconds: float
    spent: float

    @property
    def rate(self) -> float:
        """Judgments a second."""
        return len(self.waits) / self.seconds

    def quantile(self, share: float) -> float:
        """Seconds that this share of the choices waited at most."""
        return self.waits[min(int(share * len(self.waits)), len(self.waits) - 1)]


def put(who: str, address: str, raters: int, seconds: float) -> Load:
    """Put a server under load, from another process."""
    command = [sys.executable, "-m", "tools.bench_rate.load", who, address, str(raters), str(seconds)]
    done = subprocess.run(command, cwd=_ROOT, stdout=subprocess.PIPE, check=True, timeout=60 + 10 * seconds)
    return Load(**json.loads(done.stdout))


async def rate(contestant: Contestant, address: str, raters: int, seconds: float) -> Load:
    """Rate for so long; who has seen all their pairs goes, and somebody new comes."""
    clock = _Clock(raters, seconds)
    waits: list[float] = []

    async def one(number: int) -> None:
        for count in itertools.count():
            rater = contestant.rater(address, f"r{number}n{count}")
            is_in = await rater.enter()
            if not count:
                await clock.start()
            while is_in and not clock.is_over:
                then = time.perf_counter()
                if not await rater.judge():
                    break
                waits.append(time.perf_counter() - then)
            rater.wire.close()
            if clock.is_over or not is_in:
                return

    await asyncio.gather(*(one(number) for number in range(raters)))
    if not waits:
        raise RuntimeError("nobody could judge anything")
    return Load(sorted(waits), time.perf_counter() - clock.began, time.process_time() - clock.spent)


class _Clock:
    """Runs for so many seconds once all are there."""

    def __init__(self, raters: int, seconds: float) -> None:
        self.began = self.spent = 0.0
        self._away, self._seconds = raters, seconds
        self._started = asyncio.Event()

    async def start(self) -> None:
        self._away -= 1
        if not self._away:
            self.began, self.spent = time.perf_counter(), time.process_time()
            self._started.set()
        await self._started.wait()

    @property
    def is_over(self) -> bool:
        return time.perf_counter() - self.began >= self._seconds


@click.command()
@click.argument("who")
@click.argument("address")
@click.argument("raters", type=int)
@click.argument("seconds", type=float)
def main(who: str, address: str, raters: int, seconds: float) -> None:
    """Rate, and print what it took."""
    load = asyncio.run(rate(contestants.get(who), address, raters, seconds))
    print(json.dumps({name: getattr(load, name) for name in Load.__slots__}))


if __name__ == "__main__":
    main()
