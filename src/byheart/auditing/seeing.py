"""What an audit knows of each train picture, out of one decoding, and kept beside the memory: the next audit does not decode it again.

It is kept as vectors of a model are (`features/keeping.py`, whose rules hold): a record's bytes are put one behind the other, and read as numbers.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from byheart.auditing import crops, perceptual
from byheart.auditing.crops import WINDOWS
from byheart.auditing.forms_image import form_of
from byheart.auditing.identity import Forms, of_bytes
from byheart.auditing.originals import Originals
from byheart.auditing.perceptual import SIDE, Hashes, Reduced
from byheart.features.base import Vectors
from byheart.features.decoding import DECODING, content, upright
from byheart.features.keeping import Kept
from byheart.features.pretrained import Pretrained
from byheart.neighbours import Work
from byheart.neighbours.blocks import in_threads, slabs

SEEING: Final = 1
"""Changes whenever the same picture would give other bytes: what was kept of it is then of no use."""
_TOLD: Final = np.dtype([("form", np.uint64), ("hashes", np.uint64, len(WINDOWS)), ("grey", np.uint8, (SIDE, SIDE))])
_NUMBERS: Final = _TOLD.itemsize // 4
_AT_ONCE: Final = 512
_TOGETHER: Final = 8192
_NAME: Final = "pictures"


@dataclass(frozen=True, slots=True)
class Seen:
    """Of n pictures.

    Attributes:
        forms: a number of what each shows (`forms_image`); 0 where it cannot be read.
        pictures: reduced.
        hashes: of the parts of each, of shape (n, 30).
    """

    forms: Forms
    pictures: Reduced
    hashes: Hashes


def seen(originals: Originals) -> Seen:
    """All train pictures; they are decoded unless that has been done before."""
    if _NAME not in originals.known:
        kept = Kept(_EXTRACTOR, originals.train.snapshot)
        told = np.empty(len(originals), _TOLD)
        readable = np.empty(len(originals), np.bool_)
        for part in slabs(len(originals), 1, _TOGETHER):
            found = kept.vectors(originals.first[part], originals.prints[part])
            told[part], readable[part] = found.points.view(_TOLD)[:, 0], found.readable
        kept.save()
        hashes, greys = np.ascontiguousarray(told["hashes"]), np.ascontiguousarray(told["grey"])
        originals.known[_NAME] = Seen(np.ascontiguousarray(told["form"]), Reduced(greys, readable), hashes)
    known: Seen = originals.known[_NAME]
    return known


def forms(originals: Originals) -> Forms:
    """What makes train pictures the same (`identity`)."""
    return seen(originals).forms


def _look(column: pa.Array) -> Vectors:
    """Decode some pictures."""

    def some(part: slice) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
        decoded = [upright(content(record)) for record in column[part.start : part.stop]]
        told = np.zeros(len(decoded), _TOLD)
        pictures = perceptual.reduced_of(decoded)
        told["form"] = of_bytes([None if picture is None else form_of(picture) for picture in decoded])
        told["hashes"], told["grey"] = crops.crop_hashes(pictures.greys), pictures.greys
        return told, pictures.readable

    found = in_threads(some, list(slabs(len(column), 1, _AT_ONCE)), Work())
    told = np.concatenate([one[0] for one in found])
    return Vectors(told.view(np.float32).reshape(len(told), _NUMBERS), np.concatenate([one[1] for one in found]))


_EXTRACTOR: Final = Pretrained(
    _NAME, ("image",), f"pictures of an audit {SEEING}, decoding {DECODING}", _NUMBERS, _look
)
