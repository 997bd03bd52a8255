"""Which reader reads what: by prefix, by suffix, or by type."""

import sys
from contextlib import nullcontext
from pathlib import Path

from byheart.errors import InputError
from byheart.sources.base import Options, Source
from byheart.sources.files import TEXT_SUFFIXES, FilesSource
from byheart.sources.lines import LinesSource, open_lines
from byheart.sources.python import PythonSource


def open_source(thing: object, options: Options) -> Source:
    """A source for a path, an address, `-` (standard input), or a Python object that holds records.

    Raises:
        InputError: it does not exist, cannot be read, or holds no records.
    """
    if not isinstance(thing, (str, Path)):
        return PythonSource(thing)
    if thing == "-":
        return LinesSource("standard input", lambda: nullcontext(sys.stdin.buffer), None, options)
    path = Path(thing)
    if not path.exists():
        raise InputError(f"{path}: no such file or folder: check the path")
    if path.is_dir():
        return FilesSource(path, options)
    if options.by in {"line", "paragraph"} or (options.by is None and path.suffix.lower() in TEXT_SUFFIXES):
        return open_lines(path, options)
    return FilesSource(path, options)
