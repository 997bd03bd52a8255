"""The one writer: groups, errors, cancelling, closing; how fast."""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import pytest
from ledgers import CONSENT, Place, both, judged

from byheart.errors import StorageError
from byheart.rating.ledger import Judgment, Note, Outcome
from byheart.rating.ledger_sqlite import SQLiteLedger
from byheart.web.writing import Writer


class Watched(SQLiteLedger):
    """A ledger that counts what is asked of it, waits where it is told to, and fails where it is told to."""

    def __init__(self, path: Path, trials: Sequence[int]) -> None:
        super().__init__(path, trials)
        self.groups: list[int] = []
        self.gate = threading.Event()
        self.gate.set()
        self.fails: Callable[[Sequence[Judgment]], BaseException | None] = lambda _: None

    def append(self, judgments: Sequence[Judgment], *, now: float) -> list[Outcome]:
        self.gate.wait(10)
        error = self.fails(judgments)
        if error is not None:
            raise error
        self.groups.append(len(judgments))
        return super().append(judgments, now=now)


def run(tmp_path: Path, work: Callable[[Writer, Watched], Coroutine[Any, Any, None]]) -> list[str]:
    """Do it, with a writer; the keys that are in the ledger afterwards, when all is closed."""

    async def main() -> None:
        ledger = Watched(tmp_path / "ledger.sqlite", [2_000] * 3)
        writer = Writer(ledger)
        try:
            await work(writer, ledger)
        finally:
            await writer.close()

    asyncio.run(main())
    ledger = SQLiteLedger(tmp_path / "ledger.sqlite", [2_000] * 3, read_only=True)
    keys = [kept.judgment.key for kept in ledger.judgments()]
    ledger.close()
    return keys


async def begin(writer: Writer) -> Any:
    session = await writer.join("a", b"a", consent=CONSENT, now=0.0)
    assert session is not None
    return session


@both
def test_every_method_of_the_ledger_is_there(kind: str, tmp_path: Path) -> None:
    async def main() -> None:
        writer = Writer(Place(kind, tmp_path).make([2, 2]))
        session = await begin(writer)
        assert await writer.append([judged(session, 0), judged(session, 0)], now=1.0) == [Outcome.KEPT, Outcome.KNOWN]
        assert await writer.append([], now=1.0) == []
        await writer.note([Note(session.number, "practised", {}, 1.0)])
        await writer.note([])
        back = await writer.session(b"a", now=2.0)
        assert back is not None
        assert (back.own, back.has_practised) == (1, True)
        assert await writer.lapse(2.0) == 0
        await writer.stop(is_stopped=True, now=3.0)
        assert await writer.is_stopped()
        assert [len(await writer.judgments()), len(await writer.sessions()), len(await writer.notes())] == [1, 1, 3]
        assert await writer.erase("a") == 1
        assert await writer.ask(lambda ledger: len(ledger.sessions())) == 0
        await writer.close()
        await writer.close()

    asyncio.run(main())


def test_what_waits_is_written_together_and_each_gets_its_own_outcomes(tmp_path: Path) -> None:
    async def work(writer: Writer, ledger: Watched) -> None:
        session = await begin(writer)
        ledger.gate.clear()
        first = asyncio.create_task(writer.append([judged(session, 0)], now=1.0))
        await asyncio.sleep(0.05)
        rest = [
            asyncio.create_task(writer.append([judged(session, trial // 2), judged(session, 100 + trial)], now=1.0))
            for trial in range(20)
        ]
        await asyncio.sleep(0.05)
        ledger.gate.set()
        assert await first == [Outcome.KEPT]
        told = await asyncio.gather(*rest)
        assert [pair[0] for pair in told] == [
            Outcome.KNOWN if trial < 2 or trial % 2 else Outcome.KEPT for trial in range(20)
        ]
        assert all(pair[1] is Outcome.KEPT for pair in told)
        assert ledger.groups == [1, 40]

    assert len(run(tmp_path, work)) == 30


def test_a_full_disk_is_told_to_those_who_wrote_and_the_writer_goes_on(tmp_path: Path) -> None:
    async def work(writer: Writer, ledger: Watched) -> None:
        session = await begin(writer)
        await writer.ask(lambda _: ledger._rows("PRAGMA max_page_count = 40"))
        acknowledged, refused = [], []

        async def one(trial: int) -> None:
            try:
                assert await writer.append([judged(session, trial)], now=1.0) == [Outcome.KEPT]
                acknowledged.append(f"key-{session.number}-{trial}")
            except StorageError:
                refused.append(trial)

        for start in range(0, 2_000, 40):
            await asyncio.gather(*(one(trial) for trial in range(start, start + 40)))
        assert acknowledged
        assert refused
        assert sorted(kept.judgment.key for kept in await writer.judgments()) == sorted(acknowledged)
        await writer.ask(lambda _: ledger._rows("PRAGMA max_page_count = 100000"))
        for trial in refused:
            assert await writer.append([judged(session, trial)], now=2.0) == [Outcome.KEPT]

    assert len(run(tmp_path, work)) == 2_000


def test_whose_judgment_is_at_fault_is_told_alone(tmp_path: Path) -> None:
    async def work(writer: Writer, ledger: Watched) -> None:
        session = await begin(writer)
        ledger.fails = lambda group: ValueError("poison") if any(one.trial == 3 for one in group) else None
        told = await asyncio.gather(
            *(writer.append([judged(session, trial)], now=1.0) for trial in range(6)), return_exceptions=True
        )
        assert [one == [Outcome.KEPT] for one in told] == [True, True, True, False, True, True]
        assert isinstance(told[3], ValueError)

    assert len(run(tmp_path, work)) == 5


def test_what_someone_no_longer_waits_for_is_written(tmp_path: Path) -> None:
    async def work(writer: Writer, ledger: Watched) -> None:
        session = await begin(writer)
        ledger.gate.clear()
        task = asyncio.create_task(writer.append([judged(session, 0)], now=1.0))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        ledger.gate.set()
        assert await writer.append([judged(session, 1)], now=1.0) == [Outcome.KEPT]

    assert len(run(tmp_path, work)) == 2


def test_closing_writes_what_came_before_and_takes_nothing_more(tmp_path: Path) -> None:
    async def work(writer: Writer, ledger: Watched) -> None:
        session = await begin(writer)
        tasks = [asyncio.create_task(writer.append([judged(session, trial)], now=1.0)) for trial in range(500)]
        await asyncio.sleep(0)
        await writer.close()
        assert [await task for task in tasks] == [[Outcome.KEPT]] * 500
        with pytest.raises(StorageError, match="the server is closing"):
            await writer.append([judged(session, 500)], now=1.0)

    assert len(run(tmp_path, work)) == 500


def test_a_loop_that_is_gone_does_not_end_the_writer(tmp_path: Path) -> None:
    ledger = Watched(tmp_path / "ledger.sqlite", [9])
    writer = Writer(ledger)

    async def leave() -> None:
        session = await begin(writer)
        ledger.gate.clear()
        task = asyncio.create_task(writer.append([judged(session, 0)], now=1.0))
        await asyncio.sleep(0.05)
        task.cancel()

    asyncio.run(leave())
    ledger.gate.set()

    async def come() -> int:
        count = len(await writer.judgments())
        await writer.close()
        return count

    assert asyncio.run(come()) == 1


@pytest.mark.full
@pytest.mark.parametrize("raters", [10, 40])
def test_raters_in_a_closed_loop_get_thousands_of_durable_judgments_a_second(tmp_path: Path, raters: int) -> None:
    """A floor for machines that are busy: tools measure, tests refuse what is ten times too slow."""

    async def main() -> tuple[float, float]:
        writer = Writer(SQLiteLedger(tmp_path / "ledger.sqlite", [100_000] * raters))
        sessions = [await writer.join(f"{n}", b"%d" % n, consent=CONSENT, now=0.0) for n in range(raters)]
        times: list[float] = []
        end = time.perf_counter() + 2

        async def rate(session: Any) -> None:
            trial = 0
            while (start := time.perf_counter()) < end:
                assert await writer.append([judged(session, trial)], now=1.0) == [Outcome.KEPT]
                times.append(time.perf_counter() - start)
                trial += 1

        await asyncio.gather(*map(rate, sessions))
        await writer.close()
        return len(times) / 2, sorted(times)[int(len(times) * 0.99)]

    rate, late = asyncio.run(main())
    assert rate > 1_000
    assert late < 0.1
