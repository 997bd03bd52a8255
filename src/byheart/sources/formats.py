"""Which suffix is read by what: a line for each format.

A format is also a prefix, for a file whose name does not tell: `csv:adult.test`, `jsonl:-`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from byheart.registry import Registry
from byheart.sources.arrow_ipc import read_arrow
from byheart.sources.delimited import read_csv, read_tsv
from byheart.sources.file import File
from byheart.sources.json_lines import read_json_lines
from byheart.sources.json_list import read_json_list
from byheart.sources.lines import read_lines
from byheart.sources.npy import read_npy, read_npz
from byheart.sources.parquet import read_parquet
from byheart.sources.reading import Read
from byheart.sources.tar_archive import tar_members
from byheart.sources.whole import TEXT_SUFFIXES
from byheart.sources.zip_archive import zip_members


@dataclass(frozen=True, slots=True)
class Format:
    """How files of one sort are read.

    Attributes:
        read: finds the records in them.
        suffixes: of their names.
        has_fields: whether `--field` means something.
        is_alone: whether only a file that was named by itself is read so; in a folder or an archive it is a record.
    """

    read: Read
    suffixes: frozenset[str]
    has_fields: bool = False
    is_alone: bool = False


FORMATS: Final = Registry[Format]("format")
FORMATS.add("lines", Format(read_lines, TEXT_SUFFIXES, is_alone=True))
FORMATS.add("jsonl", Format(read_json_lines, frozenset({".jsonl", ".ndjson"}), has_fields=True))
FORMATS.add("json", Format(read_json_list, frozenset({".json"}), has_fields=True, is_alone=True))
FORMATS.add("csv", Format(read_csv, frozenset({".csv", ".data"}), has_fields=True))
FORMATS.add("tsv", Format(read_tsv, frozenset({".tsv", ".tab"}), has_fields=True))
FORMATS.add("parquet", Format(read_parquet, frozenset({".parquet", ".pq"}), has_fields=True))
FORMATS.add("arrow", Format(read_arrow, frozenset({".arrow", ".arrows", ".feather", ".ipc"}), has_fields=True))
FORMATS.add("npy", Format(read_npy, frozenset({".npy"})))
FORMATS.add("npz", Format(read_npz, frozenset({".npz"}), has_fields=True))

ARCHIVES: Final = Registry[Callable[[File], Iterator[File]]]("archive")
ARCHIVES.add(".zip", zip_members)
for _suffix in (".tar", ".tgz", ".tbz2", ".txz", ".tzst"):
    ARCHIVES.add(_suffix, tar_members)


def format_of(suffix: str) -> str | None:
    """The name of the format that has a suffix.

    >>> format_of(".ndjson"), format_of(".png")
    ('jsonl', None)
    """
    return next((name for name in FORMATS if suffix in FORMATS[name].suffixes), None)
