"""All that are measured, by the name that `--peers` takes."""

from importlib import import_module
from typing import Final

from tools.bench.floors import GatherFloor
from tools.bench.peers.array_record import ArrayRecord
from tools.bench.peers.arrow_take import ArrowTake
from tools.bench.peers.bagz import Bagz
from tools.bench.peers.base import Peer
from tools.bench.peers.byheart import Byheart, ByheartGather
from tools.bench.peers.hf_datasets import HfDatasets
from tools.bench.peers.lance import Lance
from tools.bench.peers.lmdb import Lmdb
from tools.bench.peers.memmap import Memmap
from tools.bench.peers.ram_list import RamList
from tools.bench.peers.sqlite import Sqlite

FLOOR: Final = "floor"
FACE: Final = "byheart"
GATHER: Final = "gather"
HASHMAP: Final = "hashmap"
LIST: Final = "list"
LMDB: Final = "lmdb"
COMPARED: Final = (FLOOR, FACE, GATHER, LMDB)  # whom targets of every figure are set against

OURS: Final[dict[str, Peer]] = {
    FLOOR: GatherFloor(),
    FACE: Byheart(),
    GATHER: ByheartGather(),
    HASHMAP: Byheart("byheart, hashmap", "hashmap"),
}
PEERS: Final[dict[str, Peer]] = {
    LIST: RamList(),
    "memmap": Memmap(),
    "arrow": ArrowTake(),
    "hf": HfDatasets(),
    "lance": Lance(),
    LMDB: Lmdb(),
    "sqlite": Sqlite(),
    "bagz": Bagz(),
    "array_record": ArrayRecord(),
}


def get(key: str) -> Peer:
    """Who is called `key`."""
    return OURS[key] if key in OURS else PEERS[key]


def why_missing(key: str) -> str | None:
    """Why a peer cannot be measured here; None where it can."""
    for module in get(key).modules:
        try:
            import_module(module)
        except Exception as error:  # noqa: BLE001  # whatever a peer does when it is imported, the others still run
            return f"{type(error).__name__}: {error}"
    return None
