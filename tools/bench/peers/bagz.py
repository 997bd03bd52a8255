"""bagz: records end to end in a file, with an index of where each ends."""

from importlib import import_module
from pathlib import Path

from tools.bench.peers.shaping import BytesReader, each_as_bytes
from tools.bench.workloads import Files, Records, Workload


class Bagz:
    """`reader.read_indices(rows)`, on one thread: faster on two cores than its default."""

    name = "bagz"
    modules = ("bagz",)
    survives_kill = False

    def takes(self, workload: Workload) -> bool:
        """Anything."""
        return True

    def learn(self, records: Records, folder: Path) -> None:
        """Uncompressed."""
        bagz = import_module("bagz")
        options = bagz.Writer.Options(compression=bagz.CompressionNone())
        with bagz.Writer(str(folder / "x.bag"), options) as writer:
            for record in each_as_bytes(records):
                writer.write(record)

    def open(self, folder: Path, files: Files) -> BytesReader:
        """Its index of ends in RAM."""
        bagz = import_module("bagz")
        in_ram, plain = bagz.LimitsStorage.IN_MEMORY, bagz.CompressionNone()
        options = bagz.Reader.Options(max_parallelism=1, limits_storage=in_ram, compression=plain)
        reader = bagz.Reader(str(folder / "x.bag"), options)
        return BytesReader(reader.__getitem__, reader.read_indices, is_array=files.workload.is_array)
