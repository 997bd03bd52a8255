"""What is a file's own: damage, full disks, bytes that must go, other processes."""

import contextlib
import resource
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from ledger_killing import acknowledged, missing, rater
from ledgers import join, judged

from byheart.errors import DamagedError, InputError, StorageError
from byheart.rating import ledger_sqlite
from byheart.rating.ledger import Note, Outcome, Session
from byheart.rating.ledger_sqlite import SQLiteLedger


def filled(path: Path, *, slots: int = 3, trials: int = 300) -> SQLiteLedger:
    ledger = SQLiteLedger(path, [trials] * slots)
    for number in range(slots):
        session = join(ledger, f"rater-{number}")
        ledger.append([judged(session, trial) for trial in range(trials)], now=1.0)
    return ledger


def append_forever(ledger: SQLiteLedger, session: Session, told: list[int]) -> None:
    """Note each trial that was acknowledged."""
    while True:
        assert ledger.append([judged(session, len(told))], now=1.0) == [Outcome.KEPT]
        told.append(len(told))


def holds(folder: Path, needle: str) -> bool:
    """Whether some file in the folder has these bytes."""
    return any(needle.encode() in path.read_bytes() for path in folder.iterdir())


def test_the_bytes_of_who_is_erased_are_gone_from_every_file(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    ledger = filled(path)
    mine = ledger.sessions()[1]
    ledger.note([Note(mine.number, "hidden", {"told": "a word of theirs"}, 1.0)])
    left = [f"key-{mine.number}-{trial}" for trial in range(300)] + ["rater-1", "a word of theirs"]
    assert all(holds(tmp_path, needle) for needle in left)
    assert ledger.erase("rater-1") == 300
    assert not [needle for needle in left if holds(tmp_path, needle)]
    assert holds(tmp_path, "rater-2")
    assert holds(tmp_path, "key-3-299")
    ledger.close()
    assert not [needle for needle in left if holds(tmp_path, needle)]


def test_erasing_says_so_where_another_process_still_holds_the_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_sqlite, "_PATIENCE", 0.1)
    path = tmp_path / "ledger.sqlite"
    ledger = filled(path)
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM judgments").fetchall()
    with pytest.raises(StorageError, match="end that process, and erase again"):
        ledger.erase("rater-1")
    assert len(ledger.judgments()) == 600
    reader.close()
    assert ledger.erase("rater-1") == 0  # again, as it says
    assert not holds(tmp_path, "rater-1")
    ledger.close()


def test_the_ledger_is_its_owners_alone_and_keeps_to_its_settings(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    ledger = filled(path)
    assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}
    told = {name: ledger._rows(f"PRAGMA {name}")[0][0] for name in ("journal_mode", "synchronous", "foreign_keys")}
    assert told == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    assert all(
        "STRICT" in sql
        for (sql,) in ledger._rows(
            "SELECT sql FROM sqlite_schema WHERE sql LIKE 'CREATE TABLE%' AND name NOT LIKE 'sqlite%'"
        )
    )
    ledger.close()


@pytest.mark.parametrize("kept", [0, 1, 100, 5_000, -4096, -1])
def test_a_file_that_was_cut_short_is_refused_in_one_line(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "ledger.sqlite"
    filled(path).close()
    path.write_bytes(path.read_bytes()[:kept])
    for read_only in (False, True):
        with pytest.raises(DamagedError, match="put back a copy") as caught:
            SQLiteLedger(path, [300] * 3, read_only=read_only)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"garbage" * 1000, b"SQLite format 3\0" + bytes(5000), b""])
def test_a_file_of_something_else_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(content)
    with pytest.raises(DamagedError, match="put back a copy") as caught:
        SQLiteLedger(path, [2])
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == content


def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE photos (x)")
    before = path.read_bytes()
    with pytest.raises(DamagedError, match="no ledger of byheart"):
        SQLiteLedger(path, [2])
    assert path.read_bytes() == before


def test_a_ledger_without_its_file_is_not_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    (tmp_path / "ledger.sqlite-wal").write_bytes(b"what is not in the file yet")
    with pytest.raises(DamagedError, match=r"is missing, but ledger\.sqlite-wal is there"):
        SQLiteLedger(path, [2])


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises((StorageError, FileNotFoundError)):
        SQLiteLedger(tmp_path / "none" / "ledger.sqlite", [2])
    with pytest.raises(InputError, match="found none"):
        SQLiteLedger(tmp_path / "none" / "ledger.sqlite", [2], read_only=True)


def test_an_old_sqlite_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 31, 1))
    with pytest.raises(InputError, match=r"wanted 3\.36 or newer"):
        SQLiteLedger(tmp_path / "ledger.sqlite", [2])


def test_a_full_disk_is_told_and_takes_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    ledger = SQLiteLedger(tmp_path / "ledger.sqlite", [10_000])
    session = join(ledger, "a")
    ledger._rows("PRAGMA max_page_count = 40")
    told: list[int] = []
    with pytest.raises(StorageError, match="the disk is full: free some space; what was acknowledged is kept"):
        append_forever(ledger, session, told)
    count = len(told)
    assert count > 100
    assert [kept.judgment.trial for kept in ledger.judgments()] == list(range(count))
    ledger._rows("PRAGMA max_page_count = 1000000")
    assert ledger.append([judged(session, count)], now=1.0) == [Outcome.KEPT]
    ledger.close()


def test_a_file_that_may_not_grow_is_told_and_goes_on_once_it_may(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    ledger = SQLiteLedger(path, [10_000])
    session = join(ledger, "a")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    told: list[int] = []
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard))
        with pytest.raises(StorageError, match="what was acknowledged is kept"):
            append_forever(ledger, session, told)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    count = len(told)
    assert count > 10
    assert ledger.append([judged(session, count)], now=1.0) == [Outcome.KEPT]
    ledger.close()
    ledger = SQLiteLedger(path, [10_000])
    assert [kept.judgment.trial for kept in ledger.judgments()] == list(range(count + 1))
    ledger.close()


def test_two_processes_write_one_file_and_share_no_slot(tmp_path: Path) -> None:
    path, logs = tmp_path / "ledger.sqlite", [tmp_path / "1.log", tmp_path / "2.log"]
    commands = [rater(path, log, name=log.stem, raters=3, trials=[200] * 6, most=600) for log in logs]
    for process in [subprocess.Popen(command) for command in commands]:
        assert process.wait(60) == 0
    ledger = SQLiteLedger(path, [200] * 6)
    told = [one for log in logs for one in acknowledged(log)]
    assert len(told) == 1_200
    assert missing(told, ledger.judgments()) == []
    assert sorted(session.slot for session in ledger.sessions()) == list(range(6))
    assert all(session.own == 200 for session in ledger.sessions())
    ledger.close()


def test_importing_it_takes_neither_numpy_nor_psycopg() -> None:
    code = "import sys, byheart.rating.opening, byheart.web.writing; print(*{'numpy', 'pyarrow', 'psycopg'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert told.split() == []
