"""ArrayRecord: Google's file format for records at random, as Grain reads it."""

from importlib import import_module
from pathlib import Path

from tools.bench.peers.shaping import BytesReader, each_as_bytes
from tools.bench.workloads import Files, Records, Workload


class ArrayRecord:
    """`source.__getitems__(rows)`."""

    name = "ArrayRecord"
    modules = ("array_record",)
    survives_kill = False

    def takes(self, workload: Workload) -> bool:
        """Anything."""
        return True

    def learn(self, records: Records, folder: Path) -> None:
        """Uncompressed, each record a group of its own: the fastest at random."""
        module = import_module("array_record.python.array_record_module")
        writer = module.ArrayRecordWriter(str(folder / "x.array_record"), "group_size:1,uncompressed")
        for record in each_as_bytes(records):
            writer.write(record)
        writer.close()

    def open(self, folder: Path, files: Files) -> BytesReader:
        """The data source that Grain uses."""
        module = import_module("array_record.python.array_record_data_source")
        source = module.ArrayRecordDataSource(str(folder / "x.array_record"))
        return BytesReader(
            source.__getitem__, lambda rows: source.__getitems__(rows.tolist()), is_array=files.workload.is_array
        )
