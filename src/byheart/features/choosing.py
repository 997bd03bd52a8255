"""Which extractor is meant: by name, or by the kind of the records."""

from collections.abc import Callable
from typing import Final

from byheart.errors import InputError
from byheart.features.arrays import Numbers
from byheart.features.base import Extractor
from byheart.features.ngrams import Ngrams
from byheart.features.pixels import Pixels
from byheart.features.principal import Principal
from byheart.features.table import Table
from byheart.registry import Registry

EXTRACTORS: Final = Registry[Callable[[], Extractor]]("features")
"""The first that reads a kind of record is its default."""
EXTRACTORS.add("numbers", Numbers)
EXTRACTORS.add("pca", lambda: Principal(Pixels()))
EXTRACTORS.add("pixels", Pixels)
EXTRACTORS.add("ngrams", Ngrams)
EXTRACTORS.add("table", Table)


def extractor(kind: str, name: str | None = None) -> tuple[str, Extractor]:
    """The extractor called `name`, or the default for a kind of record; and its name.

    Raises:
        InputError: there is none of that name, or it does not read records of that kind.

    >>> extractor("row")[0]
    'table'
    """
    if name is None:
        name = next((known for known in EXTRACTORS if kind in EXTRACTORS[known]().kinds), None)
        if name is None:
            raise InputError(f"features: wanted records that can be vectors, got {kind}: bring vectors of your own")
    found = EXTRACTORS[name]()
    if kind not in found.kinds:
        raise InputError(f"features {name}: wanted {' or '.join(found.kinds)} records, got {kind}")
    return name, found
