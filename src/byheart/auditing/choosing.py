"""Which kinds of evidence there are, and which fit a kind of record."""

from collections.abc import Callable, Mapping
from typing import Final

from byheart.auditing.cells import Cells
from byheart.auditing.evidence import Evidence
from byheart.auditing.forms_row import row_forms
from byheart.auditing.identity import FormOf, of_arrays
from byheart.auditing.keys import Keys
from byheart.auditing.vectors import Features, Shape
from byheart.registry import Registry

EVIDENCE: Final = Registry[Callable[[], Evidence]]("evidence")
EVIDENCE.add("cells", Cells)
EVIDENCE.add("keys", Keys)
EVIDENCE.add("shape", Shape)
EVIDENCE.add("features", Features)

FORMS: Final[Mapping[str, FormOf]] = {"array": of_arrays, "row": lambda rows, _field: row_forms(rows)}
"""Of each kind of record, what makes a number that is equal where the content is."""


def fitting(kind: str, *, keys: bool) -> list[Evidence]:
    """The evidence that reads a kind of record; that of keys where there are some.

    >>> [one.name for one in fitting("array", keys=False)]
    ['shape', 'features']
    """
    known = (EVIDENCE[name]() for name in EVIDENCE)
    return [one for one in known if kind in one.kinds and (keys or not isinstance(one, Keys))]
