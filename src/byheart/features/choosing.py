"""Which extractor is meant: by name, by a name and what is to be loaded (`onnx:PATH`), or by the kind of the records."""

from collections.abc import Callable
from typing import Final

from byheart.errors import InputError
from byheart.features import torch_images
from byheart.features.arrays import Numbers
from byheart.features.base import Extractor
from byheart.features.columns import Column
from byheart.features.ngrams import Ngrams
from byheart.features.onnx import onnx
from byheart.features.pixels import Pixels
from byheart.features.pretrained import Pretrained
from byheart.features.principal import Principal
from byheart.features.sentences import sentence
from byheart.features.table import GOWER, ONE_HOT, Table
from byheart.registry import Registry, nearest

EXTRACTORS: Final = Registry[Callable[[], Extractor]]("features")
"""The first that reads a kind of record is its default."""
EXTRACTORS.add("numbers", Numbers)
EXTRACTORS.add("pca", lambda: Principal(Pixels()))
EXTRACTORS.add("pixels", Pixels)
EXTRACTORS.add("ngrams", Ngrams)
EXTRACTORS.add("table", Table)
EXTRACTORS.add("gower", lambda: Table(GOWER))
EXTRACTORS.add("one_hot", lambda: Table(ONE_HOT))

LOADED: Final = Registry[Callable[[str], Pretrained | Column]]("features")
"""By what stands before the colon: they are called with what stands behind it."""
LOADED.add("onnx", onnx)
LOADED.add("timm", torch_images.timm)
LOADED.add("torchvision", torch_images.torchvision)
LOADED.add("open_clip", torch_images.open_clip)
LOADED.add("sentence", sentence)
LOADED.add("column", Column)


def extractor(kind: str, name: str | None = None) -> tuple[str, Extractor]:
    """The extractor called `name`, or the default for a kind of record; and its name, without the folders of files.

    Raises:
        InputError: there is none of that name, or it does not read records of that kind, or what it needs cannot be loaded.
        MissingExtraError: what runs it is not installed.

    >>> extractor("row")[0]
    'table'
    >>> extractor("image", "onx:model.onnx")
    Traceback (most recent call last):
    byheart.errors.InputError: no features 'onx:': did you mean 'onnx:'?
    """
    if name is None:
        name = next((known for known in EXTRACTORS if kind in EXTRACTORS[known]().kinds), None)
        if name is None:
            raise InputError(f"features: wanted records that can be vectors, got {kind}: bring vectors of your own")
    name, found = _named(name)
    if kind not in found.kinds:
        raise InputError(f"features {name}: wanted {' or '.join(found.kinds)} records, got {kind}")
    return name, found


def _named(name: str) -> tuple[str, Extractor]:
    prefix, colon, asked = name.partition(":")
    if not colon and name in EXTRACTORS:
        return name, EXTRACTORS[name]()
    if colon and prefix in LOADED:
        loaded = LOADED[prefix](asked)
        return loaded.name, loaded
    known = [*EXTRACTORS, *(f"{one}:" for one in LOADED)]
    raise InputError(f"no features {prefix + colon!r}: {nearest(prefix + colon, known)}")
