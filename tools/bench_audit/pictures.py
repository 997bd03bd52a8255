"""Pictures as files: CIFAR-10 as PNG, and a part of each of its training pictures; copies in other formats, in a mirror, cut out.

Train are the 50,000 training pictures, and as many parts of 24 by 24 pixels; held-out are 5,000 test pictures; generated are the other 5,000, and 5,000 copies.
"""

import io
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from unittest.mock import MagicMock

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from PIL import Image

from byheart.paper.data.sets import cifar10

PART: Final = 24  # pixels
FRESH: Final = 5000
NEAR: Final = 10  # bits by which the hash of a copy may differ: imagededup's own limit
_CUT: Final = slice(2, 30)
_WARM: Final = 64


@dataclass(frozen=True, slots=True)
class Pictures:
    """Encoded pictures."""

    train: list[bytes]
    heldout: list[bytes]
    made: list[bytes]


def pictures() -> Pictures:
    """The same whenever they are made, with the same library."""
    learned, unseen = (cifar10((part,))[0] for part in ("train", "test"))
    rng = np.random.default_rng(0)
    corners = rng.integers(0, learned.shape[1] - PART + 1, (len(learned), 2)).tolist()
    parts = [
        one[down : down + PART, across : across + PART] for one, (down, across) in zip(learned, corners, strict=True)
    ]
    copied = learned[rng.choice(len(learned), FRESH, replace=False)]
    copies = [_CHANGES[number % len(_CHANGES)](one) for number, one in enumerate(copied)]
    fresh, heldout = ([_file(one) for one in some] for some in (unseen[:FRESH], unseen[FRESH:]))
    return Pictures([_file(one) for one in (*learned, *parts)], heldout, [*fresh, *copies])


def _file(pixels: npt.NDArray[np.uint8], format_: str = "PNG", quality: int = 75) -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(out, format_, quality=quality)
    return out.getvalue()


_CHANGES: Final[Sequence[Callable[[npt.NDArray[np.uint8]], bytes]]] = (
    _file,
    lambda one: _file(one, "JPEG"),
    lambda one: _file(one, "WEBP"),
    lambda one: _file(one[:, ::-1]),
    lambda one: _file(one[_CUT, _CUT]),
)


def byheart_wholes(_threads: int) -> Callable[[], dict[str, float]]:
    """Hashes of whole pictures, and the nearest ones: as much as the peers do."""
    return _byheart(with_parts=False)


def byheart_parts(_threads: int) -> Callable[[], dict[str, float]]:
    """The same with all parts of the train pictures."""
    return _byheart(with_parts=True)


def _byheart(*, with_parts: bool) -> Callable[[], dict[str, float]]:
    from byheart.auditing import crops, hamming, perceptual  # noqa: PLC0415  # here, as with all others

    def hashes(column: pa.Array, *, are_parts: bool) -> tuple[perceptual.Hashes, perceptual.Waves]:
        greys = perceptual.reduced(column).greys
        waves = perceptual.frequencies(greys)
        return crops.crop_hashes(greys) if are_parts else perceptual.packed(waves), perceptual.margins(waves)

    def run(train: pa.Array, made: pa.Array) -> dict[str, float]:
        known = [hashes(train.slice(at, 512), are_parts=with_parts)[0] for at in range(0, len(train), 512)]
        orders = hamming.Orders(np.concatenate(known).T.reshape(-1), 0)
        asked = [hashes(made.slice(at, 512), are_parts=False) for at in range(0, len(made), 512)]
        bits = np.concatenate([hamming.differing(orders.near(*some)).min(axis=1) for some in asked])
        return {"near": float((bits <= NEAR).sum())}

    told = pictures()
    train, made = (pa.array(some, pa.large_binary()) for some in (told.train, told.made))
    run(train[:_WARM], made[:_WARM])
    return lambda: run(train, made)


def byheart_kept(_threads: int) -> Callable[[], dict[str, float]]:
    """Hashes of whole pictures, those of train as an audit before has kept them beside the memory."""
    from byheart import MemGEN  # noqa: PLC0415  # as above
    from byheart.auditing import hamming, perceptual  # noqa: PLC0415  # as above
    from byheart.auditing.originals import Originals  # noqa: PLC0415  # as above
    from byheart.auditing.seeing import seen  # noqa: PLC0415  # as above
    from byheart.judging.samples import Train  # noqa: PLC0415  # as above

    told = pictures()
    folder = Path(tempfile.mkdtemp(dir=Path(".cache")))
    made = pa.array(told.made, pa.large_binary())
    MemGEN(folder / "pictures.memory", kind="image").fit(told.train)

    def run() -> dict[str, float]:
        known = seen(Originals(Train(MemGEN(folder / "pictures.memory").snapshot)))
        orders = hamming.Orders(np.ascontiguousarray(known.hashes[:, 0]), 0)
        near = 0
        for at in range(0, len(made), 512):
            waves = perceptual.frequencies(perceptual.reduced(made.slice(at, 512)).greys)
            keys = orders.near(perceptual.packed(waves), perceptual.margins(waves))
            near += int((hamming.differing(keys).min(axis=1) <= NEAR).sum())
        return {"near": float(near)}

    def last() -> dict[str, float]:
        found = run()
        shutil.rmtree(folder)
        return found

    run()
    return last


def imagehash_faiss(_threads: int) -> Callable[[], dict[str, float]]:
    """The plain way: a hash of each, and every pair compared."""
    told = pictures()
    _imagehash_run(told.train[:_WARM], told.made[:_WARM])
    return lambda: _imagehash_run(told.train, told.made)


def imagehash_faiss_kept(_threads: int) -> Callable[[], dict[str, float]]:
    """The same, of whoever has kept the hashes of train."""
    told = pictures()
    known = _imagehashes(told.train)
    return lambda: _faiss(known, _imagehashes(told.made))


def _imagehash_run(train: list[bytes], made: list[bytes]) -> dict[str, float]:
    return _faiss(_imagehashes(train), _imagehashes(made))


def _imagehashes(files: list[bytes]) -> npt.NDArray[np.uint8]:
    import imagehash  # noqa: PLC0415  # as above

    return np.stack([np.packbits(imagehash.phash(Image.open(io.BytesIO(file))).hash.reshape(-1)) for file in files])


def _faiss(train: npt.NDArray[np.uint8], made: npt.NDArray[np.uint8]) -> dict[str, float]:
    import faiss  # noqa: PLC0415  # as above

    index = faiss.IndexBinaryFlat(64)
    index.add(train)
    bits, _ = index.search(made, 24)
    return {"near": float((bits[:, 0] <= NEAR).sum())}


def imagededup(_threads: int) -> Callable[[], dict[str, float]]:
    """Its perceptual hash, of arrays that were decoded for it, and its own search, of who was asked for alone.

    It imports torchvision for its networks, which do not take part; what is built for another torch does not even load.
    """
    for name in ("", ".models", ".models.vision_transformer", ".transforms"):
        sys.modules[f"torchvision{name}"] = MagicMock()
    from imagededup.handlers.search.retrieval import HashEval  # noqa: PLC0415  # as above
    from imagededup.methods import PHash  # noqa: PLC0415  # as above

    hasher = PHash(verbose=False)

    def hashes(files: list[bytes], name: str) -> dict[str, str]:
        decoded = (np.asarray(Image.open(io.BytesIO(file)).convert("RGB")) for file in files)
        return {f"{name} {number}": hasher.encode_image(image_array=one) for number, one in enumerate(decoded)}

    def run(train: list[bytes], made: list[bytes]) -> dict[str, float]:
        found = HashEval(
            test=hashes(train, "train"),
            queries=hashes(made, "made"),
            distance_function=PHash.hamming_distance,
            verbose=False,
            threshold=NEAR,
            search_method="brute_force_cython",
            num_dist_workers=0,
        )
        return {"near": float(sum(map(bool, found.retrieve_results(scores=False).values())))}

    told = pictures()
    run(told.train[:_WARM], told.made[:_WARM])
    return lambda: run(told.train, told.made)


def audit_first(_threads: int) -> Callable[[], dict[str, float]]:
    """A whole audit of a memory that nothing has been kept of."""
    return _audit(times=1)


def audit_again(_threads: int) -> Callable[[], dict[str, float]]:
    """A second one, of the same memory."""
    return _audit(times=2)


def _audit(times: int) -> Callable[[], dict[str, float]]:
    from byheart import MemGEN, audit  # noqa: PLC0415  # as above

    told = pictures()
    folder = Path(tempfile.mkdtemp(dir=Path(".cache")))
    model = MemGEN(folder / "pictures.memory", kind="image").fit(told.train)

    def run() -> dict[str, float]:
        found = audit(told.made, told.heldout, memory=model)
        shutil.rmtree(folder)
        return {"copies": float(len(found.copies)), "share": found.share.value}

    for _ in range(times - 1):
        audit(told.made[:_WARM], told.heldout[:_WARM], memory=model)
    return run
