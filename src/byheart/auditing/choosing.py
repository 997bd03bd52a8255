"""Which kinds of evidence there are, and which fit a kind of record."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import pyarrow as pa

from byheart.auditing import seeing
from byheart.auditing.cells import Cells
from byheart.auditing.evidence import Evidence
from byheart.auditing.forms_image import picture_form
from byheart.auditing.forms_row import row_forms
from byheart.auditing.forms_text import text_forms
from byheart.auditing.identity import FormOf, Forms, FormsOf, of_arrays, of_bytes
from byheart.auditing.images import Pictures
from byheart.auditing.keys import Keys
from byheart.auditing.shingles import Wording
from byheart.auditing.spans import Spans
from byheart.auditing.vectors import Features, Shape
from byheart.features.decoding import content
from byheart.records.blob import views
from byheart.records.fingerprint import fingerprint
from byheart.registry import Registry

EVIDENCE: Final = Registry[Callable[[], Evidence]]("evidence")
EVIDENCE.add("cells", Cells)
EVIDENCE.add("keys", Keys)
EVIDENCE.add("picture", Pictures)
EVIDENCE.add("wording", Wording)
EVIDENCE.add("span", Spans)
EVIDENCE.add("shape", Shape)
EVIDENCE.add("features", Features)


def _of_texts(texts: pa.Array, field: pa.Field) -> Forms:
    del field  # text is text
    return fingerprint(*views(text_forms(texts)))


def _of_pictures(pictures: pa.Array, field: pa.Field) -> Forms:
    del field  # bytes are bytes
    with ThreadPoolExecutor() as pool:  # decoding lets others run
        return of_bytes(list(pool.map(lambda one: picture_form(content(one)), pictures)))


FORMS: Final[Mapping[str, FormOf]] = {
    "array": of_arrays,
    "image": _of_pictures,
    "row": lambda rows, _field: row_forms(rows),
    "text": _of_texts,
}
"""Of each kind of record, what makes a number that is equal where the content is."""
KNOWN_FORMS: Final[Mapping[str, FormsOf]] = {"image": seeing.forms}
"""Of all train records, where these are decoded but once."""


def fitting(kind: str, *, keys: bool) -> list[Evidence]:
    """The evidence that reads a kind of record; that of keys where there are some.

    >>> [one.name for one in fitting("array", keys=False)]
    ['shape', 'features']
    """
    known = (EVIDENCE[name]() for name in EVIDENCE)
    return [one for one in known if kind in one.kinds and (keys or not isinstance(one, Keys))]
