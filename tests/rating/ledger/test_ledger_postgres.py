"""What is PostgreSQL's own: several servers at once, connections that break."""

import importlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest
from ledgers import CONSENT, Place, join, judged

from byheart.errors import InputError, MissingExtraError, StorageError
from byheart.rating.ledger import Outcome
from byheart.rating.ledger_postgres import PostgresLedger
from byheart.rating.opening import open_ledger

T = TypeVar("T")
SERVERS = 6


def at_once(place: Place, trials: list[int], work: Callable[[int, PostgresLedger], T]) -> list[T]:
    """What each of several servers gives, that begin at the same moment."""
    barrier = threading.Barrier(SERVERS)

    def serve(number: int) -> T:
        ledger = place.make(trials)
        try:
            barrier.wait(30)
            assert isinstance(ledger, PostgresLedger)
            return work(number, ledger)
        finally:
            ledger.close()

    with ThreadPoolExecutor(SERVERS) as pool:
        return list(pool.map(serve, range(SERVERS)))


def test_several_servers_never_lease_a_slot_twice(tmp_path: Path) -> None:
    def work(number: int, ledger: PostgresLedger) -> list[int]:
        names = [f"{number}-{count}" for count in range(10)]
        told = [ledger.join(name, name.encode(), consent=CONSENT, now=0.0) for name in names]
        return [session.slot for session in told if session is not None]

    slots = [slot for told in at_once(Place("postgres", tmp_path), [1] * 45, work) for slot in told]
    assert sorted(slots) == list(range(45))


def test_slots_that_were_taken_back_are_not_leased_twice_either(tmp_path: Path) -> None:
    place, trials = Place("postgres", tmp_path), [9] * 12
    with place.open(trials) as ledger:
        sessions = [join(ledger, f"old-{number}") for number in range(12)]
        ledger.append([judged(session, trial) for session in sessions for trial in range(session.slot % 4)], now=0.0)
        ledger.lapse(1.0)

    def work(number: int, ledger: PostgresLedger) -> list[int]:
        told = []
        for count in range(4):
            back = ledger.session(f"old-{number + SERVERS * (count % 2)}".encode(), now=2.0)
            new = ledger.join(f"new-{number}-{count}", b"%d-%d" % (number, count), consent=CONSENT, now=2.0)
            told += [one.number for one in (back, new) if one is not None and not one.is_lapsed]
        return told

    holders = {number for told in at_once(place, trials, work) for number in told}
    with place.open(trials) as ledger:
        active = [session for session in ledger.sessions() if not session.is_lapsed]
    assert sorted(session.slot for session in active) == list(range(12))
    assert holders == {session.number for session in active}


def test_one_rater_at_several_servers_at_once_has_one_session(tmp_path: Path) -> None:
    def work(number: int, ledger: PostgresLedger) -> int:
        session = ledger.join("a", b"%d" % number, consent=CONSENT, now=0.0)
        assert session is not None
        return session.number

    assert len(set(at_once(Place("postgres", tmp_path), [1] * 45, work))) == 1


def test_a_trial_that_comes_by_several_servers_at_once_is_kept_once(tmp_path: Path) -> None:
    place, trials = Place("postgres", tmp_path), [50, 50]
    with place.open(trials) as ledger:
        sessions = join(ledger, "a"), join(ledger, "b")

    def work(number: int, ledger: PostgresLedger) -> list[list[Outcome]]:
        own = number % 2 == 0  # half send what is theirs, the others what all of them send
        return [
            ledger.append(
                [judged(one, trial, key=f"{one.number}-{trial}-{number if own else 'same'}") for one in sessions],
                now=1.0,
            )
            for trial in (range(50) if number % 3 else reversed(range(50)))
        ]

    told = at_once(place, trials, work)
    outcomes = [outcome for server in told for pair in server for outcome in pair]
    assert outcomes.count(Outcome.KEPT) == 100
    assert set(outcomes) <= {Outcome.KEPT, Outcome.KNOWN, Outcome.TAKEN}
    with place.open(trials) as ledger:
        assert len(ledger.judgments()) == 100
        assert [session.own for session in ledger.sessions()] == [50, 50]


def test_erasing_while_others_judge_leaves_nothing(tmp_path: Path) -> None:
    place, trials = Place("postgres", tmp_path), [60] * SERVERS
    with place.open(trials) as ledger:
        sessions = [join(ledger, f"r{number}") for number in range(SERVERS)]

    def work(number: int, ledger: PostgresLedger) -> set[Outcome]:
        if number == 0:
            ledger.erase("r1")
            return set()
        return {ledger.append([judged(sessions[number], trial)], now=1.0)[0] for trial in range(60)}

    told = at_once(place, trials, work)
    assert told[2:] == [{Outcome.KEPT}] * (SERVERS - 2)
    assert told[1] <= {Outcome.KEPT, Outcome.REFUSED}
    with place.open(trials) as ledger:
        assert {session.rater: session.own for session in ledger.sessions()} == {
            "r0": 0,
            **{f"r{number}": 60 for number in range(2, SERVERS)},
        }
        assert len(ledger.judgments()) == 60 * (SERVERS - 2)


def test_a_connection_that_breaks_is_made_again(tmp_path: Path) -> None:
    place = Place("postgres", tmp_path)
    with place.open([3]) as ledger, place.open([3]) as other:
        session = join(ledger, "a")
        for trial in range(2):
            pid = ledger._rows("SELECT pg_backend_pid()")[0][0]
            other._rows("SELECT pg_terminate_backend(?)", (pid,))
            assert ledger.append([judged(session, trial)], now=1.0) == [Outcome.KEPT]
        assert len(other.judgments()) == 2


def test_a_server_that_does_not_answer_is_told_in_one_line_without_the_password() -> None:
    for url in ("postgresql://me:secret@127.0.0.1:1/x", "postgresql://me:secret@/x?host=/nowhere", "postgresql://%"):
        with pytest.raises(InputError, match="PostgreSQL: wanted a server that answers, got:") as caught:
            PostgresLedger(url, "study", [1])
        assert "\n" not in str(caught.value)
        assert "secret" not in str(caught.value)


def test_opening_chooses_by_address_and_keeps_realms_apart(tmp_path: Path) -> None:
    place = Place("postgres", tmp_path)
    for url in (None, place.url):
        people = open_ledger(tmp_path, [1], digest=place.schema[6:], url=url)
        simulated = open_ledger(tmp_path, [1], digest=place.schema[6:], url=url, realm="simulated")
        join(simulated, "robot")
        assert people.sessions() == []
        people.close()
        simulated.close()
    assert {"ledger.sqlite", "simulated.sqlite"} == {path.name for path in tmp_path.glob("*.sqlite")}
    with pytest.raises(InputError, match="begins with postgresql://, got one that begins with mysql"):
        open_ledger(tmp_path, [1], digest="0", url="mysql://localhost")
    with pytest.raises(InputError, match="wanted people or simulated"):
        open_ledger(tmp_path, [1], digest="0", realm="animals")  # type: ignore[arg-type]  # what a caller may do


def test_a_missing_psycopg_is_told_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", fails)
    with pytest.raises(MissingExtraError, match=r"pip install 'byheart\[postgres\]'"):
        PostgresLedger("postgresql://", "study", [1])


def test_while_the_server_is_away_nothing_is_lost_and_later_all_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Place("postgres", tmp_path).open([3]) as ledger:
        session = join(ledger, "a")
        ledger._connection.close()
        with monkeypatch.context() as away:
            away.setattr(ledger, "_url", "postgresql://nobody@127.0.0.1:1/none")
            with pytest.raises(StorageError, match="wanted a server that answers"):
                ledger.append([judged(session, 0)], now=1.0)
            with pytest.raises(StorageError, match="wanted a server that answers"):
                ledger.judgments()
        assert ledger.append([judged(session, 0)], now=2.0) == [Outcome.KEPT]
