"""Names of a package that are imported when they are first used (PEP 562): `byheart --help` need not wait for numpy and Arrow."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def names(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """A package's `__getattr__`, that finds each name in its module.

    >>> names("byheart", {"MemGEN": "byheart.model"})("MemGEN").__name__
    'MemGEN'
    """

    def find(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(homes[name]), name)

    return find
