"""SQLite: a table of blobs by their number."""

import sqlite3
from pathlib import Path

from tools.bench.peers.shaping import BytesReader, each_as_bytes
from tools.bench.workloads import Files, Records, Workload

_MAP_BYTES = 8 << 30


class Sqlite:
    """`select x from r where id = ?`."""

    name = "SQLite"
    modules = ("sqlite3",)
    survives_kill = True

    def takes(self, workload: Workload) -> bool:
        """Anything."""
        return True

    def learn(self, records: Records, folder: Path) -> None:
        """One transaction, in the order of the keys."""
        connection = sqlite3.connect(folder / "x.db")
        connection.execute("pragma journal_mode = wal")
        connection.execute("create table r (id integer primary key, x blob)")
        connection.executemany("insert into r values (?, ?)", enumerate(each_as_bytes(records)))
        connection.commit()
        connection.execute("pragma wal_checkpoint(truncate)")
        connection.close()

    def open(self, folder: Path, files: Files) -> BytesReader:
        """Mapped, which is its fastest way to read."""
        connection = sqlite3.connect(folder / "x.db")
        connection.execute(f"pragma mmap_size = {_MAP_BYTES}")
        execute = connection.cursor().execute

        def get(row: int) -> bytes:
            record: bytes = execute("select x from r where id = ?", (row,)).fetchone()[0]
            return record

        return BytesReader(get, is_array=files.workload.is_array)
