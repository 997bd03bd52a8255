"""Raters who choose as soon as they are shown the next pair, all at once; in a process of its own: `python -m tools.bench_rate.load WHO ADDRESS RATERS SECONDS`."""

import asyncio
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
    waits: list[float] = []
    began = end = 0.0
    ready = asyncio.Barrier(raters + 1)

    async def one(number: int) -> None:
        count = 0
        is_begun = False
        while not is_begun or time.perf_counter() < end:
            rater = contestant.rater(address, f"r{number}n{count}")
            is_in = await rater.enter()
            if not is_begun:
                await ready.wait()
                is_begun = True
            while is_in and time.perf_counter() < end:
                then = time.perf_counter()
                if not await rater.judge():
                    break
                waits.append(time.perf_counter() - then)
            rater.wire.close()
            if not is_in:
                return
            count += 1

    async with asyncio.TaskGroup() as group:
        for number in range(raters):
            group.create_task(one(number))
        while ready.n_waiting < raters:
            await asyncio.sleep(0.01)
        spent, began = time.process_time(), time.perf_counter()
        end = began + seconds
        await ready.wait()
    return Load(sorted(waits), time.perf_counter() - began, time.process_time() - spent)


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
