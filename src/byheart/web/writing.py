"""The one writer of a server: a thread that owns the ledger, asked from asyncio.

Rule 1: what came in while the last commit was on its way to the disk goes into the next one: many judgments, one commit.
Rule 2: who asked is answered after the commit, never before; an error is the answer of those whose writing it was, and the writer goes on.
Rule 3: who no longer waits (a browser that went away) is written all the same.
"""

import asyncio
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, Final, TypeVar

from byheart.errors import StorageError
from byheart.rating.ledger import Judgment, Kept, Ledger, Note, Outcome, Session

_MOST: Final = 1_000  # requests in a group: an answer does not wait for all of a crowd

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Asked:
    """Something to do, and who waits for it.

    Attributes:
        future: to be told, by its own loop.
        judgments: to be written with those of others.
        now: when those came.
        notes: to be written with those of others.
        work: anything else that one does with a ledger.
    """

    future: "asyncio.Future[Any]"
    judgments: tuple[Judgment, ...] = ()
    now: float = 0.0
    notes: tuple[Note, ...] = ()
    work: Callable[[Ledger], Any] | None = None


class Writer:
    """A ledger for asyncio; its methods are those of `Ledger`, awaited.

    Args:
        ledger: the writer's from now on, until `close` closes it.

    >>> import tempfile
    >>> from pathlib import Path
    >>> from byheart.rating.ledger_sqlite import SQLiteLedger
    >>> async def rate(path):
    ...     writer = Writer(SQLiteLedger(path, [3]))
    ...     session = await writer.join("5d41", b"token", consent="2026-11-26", now=0.0)
    ...     told = await writer.append([Judgment(session.number, 0, True, 812.5, "b7e2", "key")], now=1.0)
    ...     await writer.close()
    ...     return told
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     asyncio.run(rate(Path(folder) / "ledger.sqlite"))
    [<Outcome.KEPT: 'kept'>]
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._queue: SimpleQueue[_Asked | None] = SimpleQueue()
        self._gate = threading.Lock()  # nothing comes in behind the last one
        self._is_closed = False
        self._thread = threading.Thread(target=self._serve, name="byheart-writer", daemon=True)
        self._thread.start()

    async def append(self, judgments: Sequence[Judgment], *, now: float) -> list[Outcome]:
        """See `Ledger.append`; those of others that wait go with them.

        Raises:
            StorageError: the disk refused: none of them was written.
        """
        told: list[Outcome] = await self._put(judgments=tuple(judgments), now=now) if judgments else []
        return told

    async def note(self, notes: Sequence[Note]) -> None:
        """See `Ledger.note`."""
        if notes:
            await self._put(notes=tuple(notes))

    async def join(self, rater: str, token: bytes, *, consent: str, now: float) -> Session | None:
        """See `Ledger.join`."""
        return await self.ask(lambda ledger: ledger.join(rater, token, consent=consent, now=now))

    async def session(self, token: bytes, *, now: float) -> Session | None:
        """See `Ledger.session`."""
        return await self.ask(lambda ledger: ledger.session(token, now=now))

    async def lapse(self, before: float) -> int:
        """See `Ledger.lapse`."""
        return await self.ask(lambda ledger: ledger.lapse(before))

    async def release(self, before: float) -> int:
        """See `Ledger.release`."""
        return await self.ask(lambda ledger: ledger.release(before))

    async def stop(self, *, is_stopped: bool, now: float) -> None:
        """See `Ledger.stop`."""
        await self.ask(lambda ledger: ledger.stop(is_stopped=is_stopped, now=now))

    async def is_stopped(self) -> bool:
        """See `Ledger.is_stopped`."""
        return await self.ask(lambda ledger: ledger.is_stopped)

    async def judgments(self) -> list[Kept]:
        """See `Ledger.judgments`; others wait meanwhile, as for `sessions` and `notes`."""
        return await self.ask(lambda ledger: ledger.judgments())

    async def sessions(self) -> list[Session]:
        """See `Ledger.sessions`."""
        return await self.ask(lambda ledger: ledger.sessions())

    async def notes(self) -> list[Note]:
        """See `Ledger.notes`."""
        return await self.ask(lambda ledger: ledger.notes())

    async def erase(self, rater: str) -> int:
        """See `Ledger.erase`."""
        return await self.ask(lambda ledger: ledger.erase(rater))

    async def ask(self, work: Callable[[Ledger], T]) -> T:
        """Do something with the ledger, in its thread: what it gives, or raises."""
        told: T = await self._put(work=work)
        return told

    async def close(self) -> None:
        """Write all that came in before, and close the ledger; a second time, nothing."""
        with self._gate:
            if not self._is_closed:
                self._is_closed = True
                self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _put(
        self,
        *,
        judgments: tuple[Judgment, ...] = (),
        now: float = 0.0,
        notes: tuple[Note, ...] = (),
        work: Callable[[Ledger], Any] | None = None,
    ) -> "asyncio.Future[Any]":
        future = asyncio.get_running_loop().create_future()
        with self._gate:
            if self._is_closed:
                raise StorageError("the server is closing: send it again, once it is back")
            self._queue.put(_Asked(future, judgments, now, notes, work))
        return future

    def _serve(self) -> None:
        """Until the end: take what waits, do it, tell who waits."""
        while True:
            group, is_last = self._drain()
            judged = [asked for asked in group if asked.judgments]
            noted = [asked for asked in group if asked.notes]
            others = [asked for asked in group if asked.work is not None]
            _tell(self._grouped(judged, self._append))
            _tell(self._grouped(noted, self._note))
            for asked in others:
                _tell(self._grouped([asked], self._ask))
            if is_last:
                self._ledger.close()
                return

    def _drain(self) -> tuple[list[_Asked], bool]:
        """What waits, at least one; and whether that was all there will be."""
        group: list[_Asked] = []
        asked = self._queue.get()
        while asked is not None:
            group.append(asked)
            if len(group) == _MOST:
                return group, False
            try:
                asked = self._queue.get_nowait()
            except Empty:
                return group, False
        return group, True

    def _grouped(self, group: list[_Asked], do: Callable[[list[_Asked]], list[Any]]) -> list[tuple[_Asked, Any]]:
        """What each gets, values or errors; a group that fails, but for the disk's sake, is tried one by one: one of them alone may be at fault."""
        if not group:
            return []
        try:
            return list(zip(group, do(group), strict=True))
        except BaseException as error:  # noqa: BLE001  # it is raised where the caller waits
            if len(group) == 1 or isinstance(error, StorageError):
                return [(asked, error) for asked in group]
        return [pair for asked in group for pair in self._grouped([asked], do)]

    def _append(self, group: list[_Asked]) -> list[list[Outcome]]:
        judgments = [judgment for asked in group for judgment in asked.judgments]
        outcomes = iter(self._ledger.append(judgments, now=max(asked.now for asked in group)))
        return [[next(outcomes) for _ in asked.judgments] for asked in group]

    def _note(self, group: list[_Asked]) -> list[None]:
        self._ledger.note([note for asked in group for note in asked.notes])
        return [None] * len(group)

    def _ask(self, group: list[_Asked]) -> list[Any]:
        return [asked.work(self._ledger) for asked in group if asked.work is not None]


def _tell(told: Iterable[tuple[_Asked, Any]]) -> None:
    """Answer, each in its own loop; all of a loop's at once, since waking one is what takes time."""
    loops: dict[asyncio.AbstractEventLoop, list[tuple[_Asked, Any]]] = {}
    for asked, value in told:
        loops.setdefault(asked.future.get_loop(), []).append((asked, value))
    for loop, answers in loops.items():
        try:
            loop.call_soon_threadsafe(_resolve, answers)
        except RuntimeError:  # the loop is closed: nobody waits
            continue


def _resolve(answers: list[tuple[_Asked, Any]]) -> None:
    for asked, value in answers:
        if asked.future.done():  # given up
            continue
        if isinstance(value, BaseException):
            asked.future.set_exception(value)
        else:
            asked.future.set_result(value)
