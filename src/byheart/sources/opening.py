"""Which source is meant: by prefix, by address, by path, or by type."""

import os
import re
import sys
from collections.abc import Callable
from functools import partial
from typing import Final

from byheart.registry import Registry
from byheart.sources.base import Options, Source
from byheart.sources.choosing import choose
from byheart.sources.file import File
from byheart.sources.files import Files
from byheart.sources.folder import local_files
from byheart.sources.formats import FORMATS
from byheart.sources.pi import PiSource
from byheart.sources.python import PythonSource
from byheart.sources.remote import remote_files

_PREFIXED: Final = re.compile(r"([A-Za-z][\w-]+):(.*)", re.DOTALL)  # two letters at least: C:\ is a drive


def open_source(thing: object, options: Options) -> Source:
    """A source for a path, a pattern, an address, `-` (standard input), or a Python object that holds records.

    Raises:
        InputError: it does not exist, cannot be read, or holds no records.
    """
    if not isinstance(thing, (str, os.PathLike)):
        return PythonSource(thing)
    text = os.fspath(thing)
    prefixed = _PREFIXED.fullmatch(text)
    if prefixed is None or "://" in text or os.path.lexists(text):
        return open_files(text, options)
    return PREFIXES[prefixed[1]](prefixed[2], options)


def open_files(text: str, options: Options, named: str | None = None) -> Source:
    """What a path, a pattern or an address names; read as the format `named`, or as its name says."""
    if text == "-":
        return choose(_standard_input(), options, named or (None if options.by == "file" else "lines"))
    return choose(remote_files(text) if "://" in text else local_files(text), options, named)


def _standard_input() -> Files:
    name = "standard input"
    opener = partial(open, sys.stdin.fileno(), "rb", buffering=0, closefd=False)
    return Files(name, lambda: iter([File(name, name, opener, is_once=True)]), is_named=True)


PREFIXES: Final = Registry[Callable[[str, Options], Source]]("prefix")
PREFIXES.add("pi", PiSource)
for _name in FORMATS:
    PREFIXES.add(_name, partial(open_files, named=_name))
