"""The benchmark of serving raters: it counts what the ledger has, reads what servers send, and its page says what was found."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from tools.bench import page
from tools.bench.results import Results, Series
from tools.bench_rate import __main__ as bench
from tools.bench_rate import figures, load, names
from tools.bench_rate.contestant import free_port, served
from tools.bench_rate.ours import Byheart
from tools.bench_rate.samples import texts
from tools.bench_rate.wire import Wire

from byheart.rating.folder import open_study


def test_what_a_load_counts_is_what_the_ledger_has(tmp_path: Path) -> None:
    ours, port = Byheart(), free_port()
    study = ours.furnish(tmp_path, texts(100, 1), texts(100, 2), 60)
    address = ours.page(study, port)
    with served(ours.command(study, port), address, study) as server:
        found = asyncio.run(load.rate(ours, address, raters=2, seconds=0.3))
        assert server.spent > 0
        assert server.resident > 1e6
    ledger = open_study(study).ledger(read_only=True)
    assert len(ledger.judgments()) == len(found.waits) > 0
    ledger.close()
    assert found.waits == sorted(found.waits)
    assert found.quantile(0.5) <= found.quantile(0.99) <= found.waits[-1]
    assert found.rate == pytest.approx(len(found.waits) / found.seconds)


def test_the_tool_measures_and_judges(tmp_path: Path) -> None:
    results = bench.together([bench.measure("start", replace(figures.QUICK, texts=20))])
    found = results.of(names.START, names.TEXTS)
    assert found[names.OURS].values[0] > found[names.MADE].values[0] / 4 > 0
    assert [verdict.figure for verdict in results.verdicts if verdict.wanted] == [names.START]
    results.write(tmp_path / "kept.json")
    assert Results.read(tmp_path / "kept.json") == results


def test_each_target_is_judged_where_all_was_measured() -> None:
    """byheart reaches what is wanted, by a hair; Potato takes twice as long."""
    results = Results({})
    for limits, factor in ((names.LIMITS, 0.999), (names.LEAST, 1.001)):
        for figure, workload, unit, wanted in limits:
            results.series.append(Series(figure, workload, names.OURS, unit, (wanted * factor,)))
    figures.judge(results)
    assert len(results.verdicts) == len(names.LIMITS) + len(names.LEAST)
    assert all(verdict.is_met for verdict in results.verdicts)
    for series in results.series[:]:
        results.series += [replace(series, who=who, values=(2 * series.median,)) for who in (names.PEER, names.SAVING)]
    figures.judge(results)
    ratios = [verdict.median for verdict in results.verdicts if not verdict.wanted]
    assert set(ratios) == {2.0, 0.5}


@pytest.mark.parametrize(
    "told",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nSet-Cookie: a=b; Path=/\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nset-cookie: a=b\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nSet-Cookie: a=b\r\n\r\nhello",
    ],
    ids=["length", "chunks", "until the end"],
)
def test_answers_are_read_however_they_are_sent(told: bytes) -> None:
    """In two pieces, wherever they are cut; and the cookie is sent back."""

    async def ask(cut: int) -> None:
        heard: list[bytes] = []

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            heard.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(told[:cut])
            await writer.drain()
            await asyncio.sleep(0)
            writer.write(told[cut:])
            await writer.drain()
            writer.close()

        async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
            wire = Wire(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
            for _ in range(2):
                got = await wire.ask("GET", "/")
                assert (got.status, got.body) == (200, b"hello")
                await asyncio.sleep(0.001)
            assert [b"Cookie: a=b\r\n" in one for one in heard] == [False, True]
            wire.close()

    for cut in range(0, len(told), 5):
        asyncio.run(ask(cut))


def test_a_server_that_goes_away_is_no_answer() -> None:
    async def ask() -> None:
        async def leave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel")
            await writer.drain()
            writer.close()

        async with await asyncio.start_server(leave, "127.0.0.1", 0) as server:
            wire = Wire(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
            with pytest.raises(ConnectionError):
                await wire.ask("GET", "/")

    asyncio.run(ask())


def test_the_page_says_what_was_found() -> None:
    path = Path(__file__).parents[2] / "docs" / "benchmarks-rate.md"
    text = path.read_text("utf-8")
    for block in ("machine", "targets", "tables", "missing"):
        assert f"<!-- measured: {block} -->" in text
    assert page.rendered(text, Results.read(path.with_suffix(".json"))) == text
