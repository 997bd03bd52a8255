"""The ledger as one file of SQLite, for one server; others may read it meanwhile.

It is written ahead (WAL) with `synchronous=FULL`: a commit is on the disk. A new one is published whole, so that an empty file is damage and not a ledger that is new.
"""

import errno
import json
import os
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, Final

from byheart import _files
from byheart.errors import DamagedError, InputError, StorageError
from byheart.rating.ledger_sql import TABLES, VERSION, Row, SQLLedger, T

_MARK: Final = 0x62796C67  # "bylg", in the file's header: whose file it is
_OLDEST: Final = (3, 36)
_STRICT: Final = (3, 37)
_PATIENCE: Final = 10.0  # seconds, for another process
_TYPES: Final = {"serial": "INTEGER PRIMARY KEY AUTOINCREMENT", "big": "INTEGER", "real": "REAL", "bytes": "BLOB"}
_NEVER: Final = "SELECT RAISE(ABORT, 'the ledger is appended to, never changed')"
_STAYS: Final = "CREATE TRIGGER {0}_stay BEFORE UPDATE ON {0} BEGIN {1}; END"
_IS_KEPT: Final = (
    "CREATE TRIGGER {0}_are_kept BEFORE DELETE ON {0}"
    " WHEN NOT EXISTS (SELECT 1 FROM erasing WHERE session = OLD.session) BEGIN {1}; END"
)


class SQLiteLedger(SQLLedger):
    """A `Ledger` in a file.

    Args:
        path: of the file; it is made where there is none, for its owner's eyes alone.
        trials: trials[k]: how many trials slot k has.
        read_only: for reports, while a server writes: nothing is changed, and none is made.

    Raises:
        InputError: there is none to read, it is another study's, or of a later version of byheart.
        DamagedError: it is no ledger, or was cut short.
        StorageError: the disk refused.

    >>> import tempfile
    >>> from byheart.rating.ledger import Judgment
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ledger = SQLiteLedger(Path(folder) / "ledger.sqlite", [3, 3])
    ...     session = ledger.join("5d41", b"token", consent="2026-11-26", now=0.0)
    ...     choice = Judgment(session.number, 0, True, 812.5, "b7e2", "key")
    ...     print(ledger.append([choice, choice], now=1.0))
    ...     ledger.close()
    [<Outcome.KEPT: 'kept'>, <Outcome.KNOWN: 'known'>]
    """

    def __init__(self, path: str | os.PathLike[str], trials: Sequence[int], *, read_only: bool = False) -> None:
        super().__init__(read_only=read_only)
        self.path = Path(path)
        if sqlite3.sqlite_version_info < _OLDEST:
            raise InputError(
                f"SQLite: wanted 3.36 or newer, got {sqlite3.sqlite_version}: use a Python that has a newer one"
            )
        if not self.path.exists():
            self._make(trials)
        self._connection = self._open()
        try:
            self._check(trials)
        except BaseException:
            self._connection.close()
            raise

    def _make(self, trials: Sequence[int]) -> None:
        """Publish a new file, unless someone else just did."""
        if self._is_read_only:
            raise InputError(f"ledger: wanted one at {self.path}, found none: nobody has joined this study yet")
        wal = self._beside("-wal")
        if wal.exists() and wal.stat().st_size:
            raise DamagedError(f"{self.path} is missing, but {wal.name} is there: put the file back, or move both away")
        with suppress(FileExistsError):
            temporary = self._beside(f".{uuid.uuid4().hex}.tmp")
            _files.publish(self.path, _new(trials), temporary)
            self.path.chmod(0o600)  # what SQLite puts beside it gets the same permissions

    def _beside(self, ending: str) -> Path:
        return self.path.with_name(self.path.name + ending)

    def _open(self) -> sqlite3.Connection:
        uri = self.path.absolute().as_uri()
        if not self._is_read_only:
            return self._connect(f"{uri}?mode=rw")
        is_writable = os.access(self.path.parent, os.W_OK) or self._beside("-shm").exists()
        return self._connect(f"{uri}?mode=ro" if is_writable else f"{uri}?immutable=1")

    def _connect(self, uri: str) -> sqlite3.Connection:
        with self._explained():
            return sqlite3.connect(
                uri, uri=True, timeout=_PATIENCE, isolation_level=None, check_same_thread=False, cached_statements=256
            )

    def _check(self, trials: Sequence[int]) -> None:
        mark, version = self._rows("PRAGMA application_id")[0][0], self._rows("PRAGMA user_version")[0][0]
        if mark != _MARK:
            raise DamagedError(f"{self.path} is damaged, or no ledger of byheart: put back a copy of it")
        if version > VERSION:
            raise InputError(
                f"{self.path}: wanted a ledger of version {VERSION}, got version {version}: use a newer byheart"
            )
        found = self._rows("PRAGMA quick_check(1)")[0][0]
        wal, page = self._beside("-wal"), self._rows("PRAGMA page_size")[0][0]
        if not (wal.exists() and wal.stat().st_size) and self.path.stat().st_size % page:
            found = "it ends within a page"
        if found != "ok":
            raise DamagedError(f"{self.path} is damaged ({' '.join(found.split())}): put back a copy of it")
        lengths = [row[0] for row in self._rows("SELECT length FROM slots ORDER BY number")]
        if lengths != list(trials):
            raise InputError(
                f"{self.path}: wanted the ledger of this plan ({len(trials)} slots, {sum(trials)} trials),"
                f" got another study's ({len(lengths)} slots, {sum(lengths)} trials): each study has its own folder"
            )
        self._rows("PRAGMA foreign_keys = ON")
        self._rows("PRAGMA temp_store = MEMORY")  # what is being erased is not to be written elsewhere
        if not self._is_read_only:
            self._ahead()
            self._rows("PRAGMA synchronous = FULL")
            self._rows("PRAGMA secure_delete = ON")

    def _ahead(self) -> None:
        """Write ahead; SQLite does not wait by itself for another process that does the same at this moment."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                self._rows("PRAGMA journal_mode = WAL")
            except StorageError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
            else:
                return

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        with self._explained():
            return self._connection.execute(_in_sqlite(sql), values).fetchall()

    def _run(self, sql: str, values: Iterable[Sequence[Any]]) -> None:
        with self._explained():
            self._connection.executemany(_in_sqlite(sql), values)

    def _transact(self, work: Callable[[], T]) -> T:
        self._rows("BEGIN IMMEDIATE")
        try:
            told = work()
            self._rows("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.rollback()
            raise
        return told

    def _list(self, values: list[Any]) -> str:
        return json.dumps(values)

    def _judged(self, places: list[tuple[int, int]]) -> set[tuple[int, int]]:
        sql = "SELECT slot, trial FROM judgments WHERE slot = ? AND trial = ?"
        return {(slot, trial) for place in places for slot, trial in self._rows(sql, place)}

    def _scrub(self) -> None:
        for sql in ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
            rows = self._rows(sql)
            if rows and rows[0][0]:
                raise StorageError(
                    errno.EBUSY,
                    f"the rater is gone from {self.path}, but another process reads the file,"
                    " so that bytes may be left in what SQLite keeps beside it: end that process, and erase again",
                )

    def _let_go(self) -> None:
        self._connection.close()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn what SQLite says into what a user can mend."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            name = getattr(error, "sqlite_errorname", "")
            told = next((told for start, told in _TOLD.items() if name.startswith(start)), None)
            if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
                raise DamagedError(f"{self.path} is damaged, or no ledger ({error}): put back a copy of it") from error
            if told is None:
                raise
            raise StorageError(told[0], f"cannot use {self.path}: {told[1]}") from error


_TOLD: Final = {
    "SQLITE_FULL": (errno.ENOSPC, "the disk is full: free some space; what was acknowledged is kept"),
    "SQLITE_IOERR": (errno.EIO, "the disk refused, or is full: see to it; what was acknowledged is kept"),
    "SQLITE_BUSY": (errno.EBUSY, f"another process has held it for {_PATIENCE:.0f} seconds: see what it waits for"),
    "SQLITE_READONLY": (errno.EROFS, "it may not be written to: change its permissions, and its folder's"),
    "SQLITE_CANTOPEN": (errno.EACCES, "it cannot be opened: change its permissions, and its folder's"),
}


@cache
def _in_sqlite(sql: str) -> str:
    """PostgreSQL's words in SQLite's: the one writer holds every row."""
    sql = sql.replace(" FOR UPDATE SKIP LOCKED", "").replace(" FOR UPDATE", "")
    return sql.replace("= ANY(?)", "IN (SELECT value FROM json_each(?))")


def _new(trials: Sequence[int]) -> bytes:
    """The bytes of a file without judgments."""
    if any(length < 1 for length in trials):
        raise InputError("trials: wanted slots of 1 trial or more, got one without any")
    strict = " STRICT" if sqlite3.sqlite_version_info >= _STRICT else ""
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute(f"PRAGMA application_id = {_MARK}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
        for table in TABLES:
            connection.execute(table.format(**_TYPES) + strict)
        for table, trigger in product(("judgments", "notes"), (_STAYS, _IS_KEPT)):
            connection.execute(trigger.format(table, _NEVER))
        connection.execute("INSERT INTO study VALUES (0)")
        connection.executemany("INSERT INTO slots (number, length) VALUES (?, ?)", enumerate(trials))
        connection.commit()
        return connection.serialize()
    finally:
        connection.close()
