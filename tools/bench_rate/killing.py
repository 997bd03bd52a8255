"""A server under load that is killed (-9) at any moment, and started again where it was: what it had acknowledged must be there, once.

Raters do as their browsers would: what was not acknowledged is sent again, with the same key, until it is.
"""

import asyncio
import itertools
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from tools.bench_rate.contestant import Choice, Contestant, Process, missing

_AGAIN: Final = 0.02  # seconds until a browser tries again; a real one waits longer
_PATIENCE: Final = 60.0
_LATEST: Final = 0.05

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Killed:
    """What came of it.

    Attributes:
        kills: how often it was killed.
        acknowledged: judgments, in all.
        lost: of those, are not in the ledger as they were.
        doubled: are there more than once.
        again: how often raters had to send or ask again.
    """

    kills: int
    acknowledged: int
    lost: int
    doubled: int
    again: int


class Siege:
    """A study that is served, rated and killed.

    Args:
        contestant: who serves.
        study: the study, that it made.
        port: to serve on, each time the same.
        raters: at once; who has seen all their pairs goes, and somebody new comes.
    """

    def __init__(self, contestant: Contestant, study: Path, port: int, raters: int) -> None:
        self._contestant, self._study, self._raters = contestant, study, raters
        self._page = contestant.page(study, port)
        self._start: Callable[[], Process] = lambda: Process(contestant.command(study, port), self._page, study)
        self._told: list[Choice] = []
        self._again = 0
        self._is_over = False

    async def run(self, kills: int, wanted: int) -> Killed:
        """Kill it so often, each time once enough new judgments were acknowledged, and a random while later; then look.

        Args:
            kills: that many times.
            wanted: judgments to be acknowledged, at least, in all.
        """
        server = self._start()
        try:
            await asyncio.to_thread(server.wait)
            raters = [asyncio.create_task(self._rate(number)) for number in range(self._raters)]
            for _ in range(kills):
                await self._until(len(self._told) + wanted // kills + random.randint(1, 20), raters)
                await asyncio.sleep(random.uniform(0.0, _LATEST))
                server.kill()
                server.end()
                server = self._start()
                await asyncio.to_thread(server.wait)
            await self._until(len(self._told) + self._raters, raters)  # all is well again
            self._is_over = True
            await asyncio.gather(*raters)
        finally:
            self._is_over = True
            server.kill()
            server.end()
        lost, doubled = missing(self._told, self._contestant.kept(self._study))
        return Killed(kills, len(self._told), lost, doubled, self._again)

    async def _until(self, count: int, raters: list["asyncio.Task[None]"]) -> None:
        """Wait for so many judgments; a rater who failed ends it."""
        deadline = asyncio.get_running_loop().time() + _PATIENCE
        while len(self._told) < count:
            for rater in raters:
                if rater.done():
                    rater.result()
                    raise RuntimeError("raters found no place, or no pair, that was left")
            if asyncio.get_running_loop().time() > deadline:
                raise RuntimeError(f"wanted {count} judgments, got {len(self._told)} within {_PATIENCE:.0f} seconds")
            await asyncio.sleep(0.002)

    async def _rate(self, number: int) -> None:
        for count in itertools.count():
            rater = self._contestant.rater(self._page, f"r{number}n{count}")
            if not await self._insist(rater.enter):
                return
            while told := await self._insist(rater.judge):
                self._told += told
            rater.wire.close()

    async def _insist(self, ask: Callable[[], Awaitable[T]]) -> T | None:
        """Ask until there is an answer; None once all is over."""
        while not self._is_over:
            try:
                return await ask()
            except OSError:
                self._again += 1
                await asyncio.sleep(_AGAIN)
        return None
