"""What the ledgers of SQLite and PostgreSQL have in common: the tables, and what is asked of them.

Rule 1: whoever changes a slot, or judges in it, holds its row until the transaction's end: of SQLite's whole file there is one writer, PostgreSQL locks the row.
Rule 2: who has a slot stands in the slot alone (`holder`): a session has lapsed if its slot is not its own. A slot is free without a holder, as long as a trial of it is not judged.
Rule 3: triggers let nothing change or go that was judged or noted, but of a session that is being erased (the table `erasing`).
Rule 4: when a rater was last heard is known in RAM at once, and written once a minute, or when slots are taken back: several servers know it of each other to a minute.
"""

import json
import math
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from byheart.errors import InputError, StorageError
from byheart.rating.ledger import Judgment, Kept, Note, Outcome, Session

VERSION: Final = 1
"""Of the tables: a later one is not read."""
TABLES: Final = (
    "CREATE TABLE study (is_stopped INTEGER NOT NULL)",
    "CREATE TABLE slots (number INTEGER PRIMARY KEY, length INTEGER NOT NULL, done INTEGER NOT NULL DEFAULT 0, holder {big}, CHECK (0 <= done AND done <= length))",
    "CREATE TABLE sessions (number {serial}, slot INTEGER NOT NULL REFERENCES slots, rater TEXT NOT NULL UNIQUE, consent TEXT NOT NULL, has_practised INTEGER NOT NULL DEFAULT 0, seen {real} NOT NULL)",
    "CREATE TABLE tokens (token {bytes} PRIMARY KEY, session {big} NOT NULL REFERENCES sessions)",
    "CREATE TABLE judgments (number {serial}, session {big} NOT NULL REFERENCES sessions, slot INTEGER NOT NULL REFERENCES slots, trial INTEGER NOT NULL, chose_left INTEGER NOT NULL, milliseconds {real} NOT NULL, key TEXT NOT NULL UNIQUE, device TEXT NOT NULL, received {real} NOT NULL, UNIQUE (slot, trial), UNIQUE (session, trial))",
    "CREATE TABLE notes (number {serial}, session {big} REFERENCES sessions, kind TEXT NOT NULL, detail TEXT NOT NULL, at {real} NOT NULL)",
    "CREATE TABLE erasing (session {big} NOT NULL)",
)
_SESSION: Final = (
    "SELECT s.number, s.slot, s.rater, s.consent, s.has_practised, s.seen, l.holder, l.done, l.length"
    " FROM sessions s JOIN slots l ON l.number = s.slot"
)
_JUDGE: Final = (
    "INSERT INTO judgments (session, slot, trial, chose_left, milliseconds, key, device, received)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_DEVICES: Final = {"key", "mouse", "touch"}
_LONGEST_KEY: Final = 100
_SELDOM: Final = 60.0  # seconds between two writings of when a rater was last heard

T = TypeVar("T")
Row = tuple[Any, ...]
Known = tuple[int, int, int]
"""Of a key that is in the ledger: session, trial, and whether left was chosen."""


@dataclass(frozen=True, slots=True)
class _Lease:
    """A session and its slot, as they stand in the tables."""

    number: int
    slot: int
    rater: str
    consent: str
    has_practised: int
    seen: float
    holder: int | None
    done: int
    length: int

    @property
    def is_free(self) -> bool:
        return self.holder is None and self.done < self.length


class SQLLedger(ABC):
    """A `Ledger` by SQL, in PostgreSQL's words but for `?`, that stands for what is put in; SQLite's ledger puts them in its own."""

    def __init__(self, *, read_only: bool) -> None:
        self._is_read_only = read_only
        self._heard: dict[int, float] = {}  # when each session was last heard, where that is not written yet

    @abstractmethod
    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """What a statement gives."""

    @abstractmethod
    def _run(self, sql: str, values: Iterable[Sequence[Any]]) -> None:
        """Run a statement once for each, within a transaction."""

    @abstractmethod
    def _transact(self, work: Callable[[], T]) -> T:
        """Do all of it or nothing; it is on the disk when this returns."""

    @abstractmethod
    def _list(self, values: list[Any]) -> Any:
        """A list as one value."""

    @abstractmethod
    def _judged(self, places: list[tuple[int, int]]) -> set[tuple[int, int]]:
        """Which of these (slot, trial) are judged."""

    @abstractmethod
    def _scrub(self) -> None:
        """Take the bytes of what was deleted off the disk."""

    @abstractmethod
    def _let_go(self) -> None:
        """Close it."""

    def _write(self, work: Callable[[], T]) -> T:
        if self._is_read_only:
            raise InputError(
                "ledger: wanted one to write to, got one that was opened to be read: open it without read_only"
            )
        return self._transact(work)

    def join(self, rater: str, token: bytes, *, consent: str, now: float) -> Session | None:
        """See `Ledger.join`."""
        return self._write(lambda: self._join(rater, token, consent, now))

    def _join(self, rater: str, token: bytes, consent: str, now: float) -> Session | None:
        if self.is_stopped:
            return None
        lease = self._lease("WHERE s.rater = ? FOR UPDATE", rater)
        if lease is not None:
            if not self._has(lease, now):
                return None
            self._rows("UPDATE sessions SET consent = ?, seen = ? WHERE number = ?", (consent, now, lease.number))
            number = lease.number
        else:
            slot = self._free()
            if slot is None:
                return None
            sql = "INSERT INTO sessions (slot, rater, consent, seen) VALUES (?, ?, ?, ?) RETURNING number"
            number = self._rows(sql, (slot, rater, consent, now))[0][0]
            self._rows("UPDATE slots SET holder = ? WHERE number = ?", (number, slot))
        if not self._rows("SELECT 1 FROM tokens WHERE token = ? AND session = ?", (token, number)):
            sql = "INSERT INTO tokens VALUES (?, ?) ON CONFLICT (token) DO UPDATE SET session = excluded.session"
            self._rows(sql, (token, number))
            self._note([Note(number, "consent", {"version": consent}, now)])
        return self._session(self._lease("WHERE s.number = ?", number))

    def _free(self) -> int | None:
        """The slot that is next: begun ones first, the one with the most judged trials; then in order."""
        sql = "SELECT number FROM slots WHERE holder IS NULL AND done < length ORDER BY done DESC, number LIMIT 1"
        rows = self._rows(sql + " FOR UPDATE SKIP LOCKED")
        rows = rows or self._rows(sql + " FOR UPDATE")  # whoever holds the last ones may yet leave them: wait and see
        return rows[0][0] if rows else None

    def _has(self, lease: _Lease, now: float) -> bool:
        """Whether the slot is the session's; it becomes so again where no one has it."""
        if lease.is_free:
            self._rows("UPDATE slots SET holder = ? WHERE number = ?", (lease.number, lease.slot))
            self._note([Note(lease.number, "returned", {}, now)])
        return lease.is_free or lease.holder == lease.number

    def session(self, token: bytes, *, now: float) -> Session | None:
        """See `Ledger.session`."""
        where = "JOIN tokens t ON t.session = s.number WHERE t.token = ?"
        lease = self._lease(where, token)
        if lease is None or self._is_read_only:
            return self._session(lease)
        if lease.is_free or now - lease.seen >= _SELDOM:
            return self._write(lambda: self._renew(where, token, now))
        self._heard[lease.number] = now
        return self._session(lease)

    def _renew(self, where: str, token: bytes, now: float) -> Session | None:
        lease = self._lease(where + " FOR UPDATE", token)
        if lease is None:
            return None
        self._has(lease, now)
        self._hear([(now, lease.number)])
        return self._session(self._lease("WHERE s.number = ?", lease.number))

    def append(self, judgments: Sequence[Judgment], *, now: float) -> list[Outcome]:
        """See `Ledger.append`."""
        return self._write(lambda: self._append(judgments, now)) if judgments else []

    def _append(self, judgments: Sequence[Judgment], now: float) -> list[Outcome]:
        sound = [judgment for judgment in judgments if _is_sound(judgment)]
        numbers = sorted({judgment.session for judgment in sound})
        where = "WHERE s.number = ANY(?) ORDER BY l.number FOR UPDATE"
        leases = {lease.number: lease for lease in self._leases(where, self._list(numbers))}
        sound = [judgment for judgment in sound if judgment.session in leases]
        sql = "SELECT key, session, trial, chose_left FROM judgments WHERE key = ANY(?)"
        keys = self._list([judgment.key for judgment in sound])
        known: dict[str, Known] = {key: (*rest,) for key, *rest in self._rows(sql, (keys,))}
        judged = self._judged([(leases[judgment.session].slot, judgment.trial) for judgment in sound])
        has = self._still_theirs([leases[number] for number in dict.fromkeys(one.session for one in sound)], now)

        outcomes, rows, done = [], [], Counter[int]()
        for judgment in judgments:
            lease = leases.get(judgment.session)
            if lease is None or not _is_sound(judgment):
                outcomes.append(Outcome.REFUSED)
                continue
            outcome = _outcome(judgment, lease, known, judged, may=has[lease.number])
            outcomes.append(outcome)
            if outcome is Outcome.KEPT:
                chose = int(judgment.chose_left)
                known[judgment.key] = (judgment.session, judgment.trial, chose)
                judged.add((lease.slot, judgment.trial))
                done[lease.slot] += 1
                told = (judgment.session, lease.slot, judgment.trial, chose, float(judgment.milliseconds))
                rows.append((*told, judgment.key, judgment.device, now))
        if rows:
            self._run(_JUDGE, rows)
            changes = [(count, slot) for slot, count in sorted(done.items())]
            self._run("UPDATE slots SET done = done + ? WHERE number = ?", changes)
        self._heard.update(dict.fromkeys(leases, now))
        self._hear([(now, number) for number, lease in leases.items() if now - lease.seen >= _SELDOM])
        return outcomes

    def _still_theirs(self, leases: Sequence[_Lease], now: float) -> dict[int, bool]:
        """Which sessions have their slots; of several that come back to one which no one has, the first."""
        if self.is_stopped:
            return dict.fromkeys((lease.number for lease in leases), False)
        has: dict[int, bool] = {}
        returned: set[int] = set()
        for lease in leases:
            has[lease.number] = lease.slot not in returned and self._has(lease, now)
            if lease.is_free:
                returned.add(lease.slot)
        return has

    def note(self, notes: Sequence[Note]) -> None:
        """See `Ledger.note`."""
        if notes:
            self._write(lambda: self._note(notes))

    def _note(self, notes: Sequence[Note]) -> None:
        numbers = sorted({note.session for note in notes if note.session is not None})
        sql = "SELECT number FROM sessions WHERE number = ANY(?) ORDER BY number FOR UPDATE"
        there = {None, *(row[0] for row in self._rows(sql, (self._list(numbers),)))} if numbers else {None}
        kept = [note for note in notes if note.session in there]
        rows = [(note.session, note.kind, json.dumps(dict(note.detail)), note.at) for note in kept]
        self._run("INSERT INTO notes (session, kind, detail, at) VALUES (?, ?, ?, ?)", rows)
        practised = sorted({note.session for note in kept if note.kind == "practised" and note.session is not None})
        if practised:
            self._run("UPDATE sessions SET has_practised = 1 WHERE number = ?", [(number,) for number in practised])

    def lapse(self, before: float) -> int:
        """See `Ledger.lapse`."""
        count = self._write(lambda: self._lapse(before))
        self._heard.clear()
        return count

    def _lapse(self, before: float) -> int:
        self._hear([(heard, number) for number, heard in sorted(self._heard.items())])
        sql = (
            "SELECT s.number, l.number FROM slots l JOIN sessions s ON s.number = l.holder"
            " WHERE l.done < l.length AND s.seen < ? ORDER BY l.number FOR UPDATE"
        )
        return self._take_back(self._rows(sql, (before,)))

    def release(self, before: float) -> int:
        """See `Ledger.release`."""
        sql = (
            "SELECT s.number, l.number FROM slots l JOIN sessions s ON s.number = l.holder WHERE l.done < l.length"
            " AND NOT EXISTS (SELECT 1 FROM judgments j WHERE j.session = s.number)"
            " AND (SELECT min(n.at) FROM notes n WHERE n.session = s.number AND n.kind = 'consent') < ?"
            " ORDER BY l.number FOR UPDATE"
        )
        return self._write(lambda: self._take_back(self._rows(sql, (before,))))

    def _take_back(self, gone: Sequence[Row]) -> int:
        """The slots of these: pairs of a session and its slot."""
        self._run("UPDATE slots SET holder = NULL WHERE number = ?", [(slot,) for _, slot in gone])
        self._note([Note(number, "lapsed", {}, time.time()) for number, _ in gone])
        return len(gone)

    def _hear(self, heard: Iterable[tuple[float, int]]) -> None:
        """Write when sessions were heard."""
        rows = [(when, number, when) for when, number in heard]
        if rows:
            self._run("UPDATE sessions SET seen = ? WHERE number = ? AND seen < ?", rows)

    def stop(self, *, is_stopped: bool, now: float) -> None:
        """See `Ledger.stop`."""

        def work() -> None:
            self._rows("UPDATE study SET is_stopped = ?", (int(is_stopped),))
            self._note([Note(None, "stopped" if is_stopped else "resumed", {}, now)])

        self._write(work)

    @property
    def is_stopped(self) -> bool:
        """See `Ledger.is_stopped`."""
        return bool(self._rows("SELECT is_stopped FROM study")[0][0])

    def judgments(self) -> list[Kept]:
        """See `Ledger.judgments`."""
        sql = (
            "SELECT j.session, j.trial, j.chose_left, j.milliseconds, j.key, j.device, j.slot, s.rater, j.received"
            " FROM judgments j JOIN sessions s ON s.number = j.session ORDER BY j.number"
        )
        return [
            Kept(Judgment(session, trial, bool(left), milliseconds, key, device), slot, rater, received)
            for session, trial, left, milliseconds, key, device, slot, rater, received in self._rows(sql)
        ]

    def sessions(self) -> list[Session]:
        """See `Ledger.sessions`."""
        leases = self._leases("ORDER BY s.number")
        judged: dict[int, list[Row]] = {}
        for slot, *row in self._rows("SELECT slot, trial, session FROM judgments"):
            judged.setdefault(slot, []).append(tuple(row))
        return [_told(lease, judged.get(lease.slot, [])) for lease in leases]

    def notes(self) -> list[Note]:
        """See `Ledger.notes`."""
        rows = self._rows("SELECT session, kind, detail, at FROM notes ORDER BY number")
        return [Note(session, kind, json.loads(detail), at) for session, kind, detail, at in rows]

    def erase(self, rater: str) -> int:
        """See `Ledger.erase`."""
        count = self._write(lambda: self._erase(rater))
        self._scrub()
        return count

    def _erase(self, rater: str) -> int:
        lease = self._lease("WHERE s.rater = ? FOR UPDATE", rater)
        if lease is None:
            return 0
        number = (lease.number,)
        count: int = self._rows("SELECT count(*) FROM judgments WHERE session = ?", number)[0][0]
        self._rows("INSERT INTO erasing VALUES (?)", number)
        for table in ("judgments", "notes", "tokens", "erasing"):
            self._rows(f"DELETE FROM {table} WHERE session = ?", number)  # noqa: S608  # the names stand above
        self._rows("UPDATE slots SET done = done - ? WHERE number = ?", (count, lease.slot))
        self._rows("UPDATE slots SET holder = NULL WHERE number = ? AND holder = ?", (lease.slot, lease.number))
        self._rows("DELETE FROM sessions WHERE number = ?", number)
        self._heard.pop(lease.number, None)
        self._note([Note(None, "erased", {"judgments": count}, time.time())])
        return count

    def close(self) -> None:
        """See `Ledger.close`."""
        if self._heard and not self._is_read_only:
            heard = [(when, number) for number, when in sorted(self._heard.items())]
            with suppress(StorageError):
                self._write(lambda: self._hear(heard))
        self._let_go()

    def _leases(self, where: str, *values: Any) -> list[_Lease]:
        return [_Lease(*row) for row in self._rows(f"{_SESSION} {where}", values)]

    def _lease(self, where: str, value: Any) -> _Lease | None:
        return next(iter(self._leases(where, value)), None)

    def _session(self, lease: _Lease | None) -> Session | None:
        if lease is None:
            return None
        return _told(lease, self._rows("SELECT trial, session FROM judgments WHERE slot = ?", (lease.slot,)))


def _is_sound(judgment: Judgment) -> bool:
    """Whether it could be written at all: what comes in is not to be trusted."""
    is_key = 0 < len(judgment.key) <= _LONGEST_KEY and judgment.key.isprintable()
    is_number = 0 <= judgment.session < 1 << 63 and 0 <= judgment.trial < 1 << 31
    return is_key and is_number and judgment.device in _DEVICES and 0 <= judgment.milliseconds < math.inf


def _outcome(
    judgment: Judgment, lease: _Lease, known: dict[str, Known], judged: set[tuple[int, int]], *, may: bool
) -> Outcome:
    """What becomes of a judgment, by what is in the ledger."""
    if judgment.trial >= lease.length:
        return Outcome.REFUSED
    same = known.get(judgment.key)
    if same is not None and same[:2] == (judgment.session, judgment.trial):
        return Outcome.KNOWN if same[2] == judgment.chose_left else Outcome.TAKEN
    if same is not None:
        return Outcome.REFUSED
    if (lease.slot, judgment.trial) in judged:
        return Outcome.TAKEN
    return Outcome.KEPT if may else Outcome.REFUSED


def _told(lease: _Lease, judged: list[Row]) -> Session:
    return Session(
        lease.number,
        lease.slot,
        lease.rater,
        frozenset(trial for trial, _ in judged),
        sum(session == lease.number for _, session in judged),
        bool(lease.has_practised),
        lease.holder != lease.number,
        lease.consent,
    )
