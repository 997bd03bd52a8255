"""LMDB: a transactional key-value store over a memory map."""

from importlib import import_module
from pathlib import Path
from struct import Struct

from tools.bench.peers.shaping import BytesReader, each_as_bytes
from tools.bench.workloads import Files, Records, Workload

_KEY = Struct(">Q")  # in the order of the numbers, so that each record is appended
_MAP_BYTES = 8 << 30


class Lmdb:
    """`transaction.get(key)`."""

    name = "LMDB"
    modules = ("lmdb",)
    survives_kill = True

    def takes(self, workload: Workload) -> bool:
        """Anything."""
        return True

    def learn(self, records: Records, folder: Path) -> None:
        """One transaction, in the order of the keys."""
        key = _KEY.pack
        environment = import_module("lmdb").open(str(folder / "x.lmdb"), map_size=_MAP_BYTES)
        with environment.begin(write=True) as transaction:
            put = transaction.put
            for number, record in enumerate(each_as_bytes(records)):
                put(key(number), record, append=True)
        environment.sync(True)  # its only argument
        environment.close()

    def open(self, folder: Path, files: Files) -> BytesReader:
        """One transaction for all reads."""
        environment = import_module("lmdb").open(str(folder / "x.lmdb"), readonly=True, lock=False, readahead=False)
        key, get = _KEY.pack, environment.begin().get
        return BytesReader(lambda row: get(key(row)), is_array=files.workload.is_array)
