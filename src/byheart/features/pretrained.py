"""Models that were trained elsewhere: fixed, so that nothing is fitted, and slow, so that their vectors are worth keeping.

Rule 1: their identity says all that a vector depends on beside the record: which model, by the digest of its weights; what becomes of a record before
        it; which library works it out.
Rule 2: every batch has the same size, the last one filled up with zeros: libraries choose their order of addition by the size, and a copy shall have the
        vector of its original, to the last bit.
Rule 3: nothing is unpickled: weights are ONNX, safetensors, or what torch reads with `weights_only=True`.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from byheart.errors import InputError
from byheart.features.base import Records, Singles, Vectors
from byheart.features.decoding import DECODING, content, numbers_at
from byheart.registry import Registry

MOST: Final = 16_384  # numbers of a vector
Batch: TypeAlias = npt.NDArray[Any]
Run: TypeAlias = Callable[[Batch], Batch]


class Pretrained:
    """A fixed model, which is its own fitted extractor.

    Args:
        name: what people call it.
        kinds: of records that it reads.
        identity: as Rule 1 says.
        width: of its vectors.
        of: the vectors of some records.
    """

    def __init__(
        self, name: str, kinds: Sequence[str], identity: str, width: int, of: Callable[[pa.Array], Vectors]
    ) -> None:
        self.name, self.kinds, self.identity, self.width = name, kinds, identity, width
        self._of = of

    def fit(self, samples: Sequence[Records], seed: int) -> "Pretrained":
        """Nothing is fitted."""
        del samples, seed  # as said
        return self

    def vectors(self, x: pa.Array, field: pa.Field) -> Vectors:
        """The features of some records."""
        del field  # the kind says it all
        return self._of(x)


@dataclass(frozen=True, slots=True)
class Scaling:
    """What becomes of each channel of a pixel, which is from 0 to 1: less `mean`, over `deviation`; `is_bgr`: blue comes first."""

    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    is_bgr: bool = False

    def of(self, pixels: Singles) -> Singles:
        """Scale pixels of shape (..., channels)."""
        channels = pixels.shape[-1]
        mean, deviation = (np.array(told[:channels], np.float32) for told in (self.mean, self.deviation))
        scaled = (pixels - mean) / deviation
        return scaled[..., ::-1] if self.is_bgr else scaled


_BYTE: Final = 1 / 255
SCALINGS: Final = Registry[Scaling]("scaling of pixels")
SCALINGS.add("imagenet", Scaling((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)))
SCALINGS.add("clip", Scaling((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)))
SCALINGS.add("unit", Scaling((0, 0, 0), (1, 1, 1)))
SCALINGS.add("signed", Scaling((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)))
SCALINGS.add("bytes", Scaling((0, 0, 0), (_BYTE, _BYTE, _BYTE)))
SCALINGS.add("caffe", Scaling((123 / 255, 117 / 255, 104 / 255), (_BYTE, _BYTE, _BYTE), is_bgr=True))


@dataclass(frozen=True, slots=True)
class Frame:
    """What a network of images takes.

    Attributes:
        width, height: in pixels.
        scaling: of the pixels.
        channels: 3, or 1 for grey.
        is_channels_first: whether a batch is (n, channels, height, width), else (n, height, width, channels).
        dtype: of its numbers.
    """

    width: int
    height: int
    scaling: Scaling
    channels: int = 3
    is_channels_first: bool = True
    dtype: str = "float32"

    def __str__(self) -> str:
        order = "BGR" if self.scaling.is_bgr else "RGB"
        numbers = "; ".join(
            ", ".join(f"{one:.6g}" for one in told[: self.channels])
            for told in (self.scaling.mean, self.scaling.deviation)
        )
        return (
            f"{self.width} by {self.height} {order if self.channels == 3 else 'grey'} ({numbers}), decoding {DECODING}"
        )

    def batch(
        self, records: Sequence[bytes], size: int, pool: ThreadPoolExecutor
    ) -> tuple[Batch, npt.NDArray[np.bool_]]:
        """Some images as a batch of `size`, and which of them could be read."""
        pixels = np.zeros((size, self.height, self.width, self.channels), np.float32)
        told = list(pool.map(lambda one: numbers_at(one, (self.width, self.height), self.channels), records))
        readable = np.array([one is not None for one in told], np.bool_)
        for number, one in enumerate(told):
            if one is not None:
                pixels[number] = self.scaling.of(one)
        ordered = np.moveaxis(pixels, -1, 1) if self.is_channels_first else pixels
        if self.dtype == "uint8":
            ordered = np.rint(ordered)
        return np.ascontiguousarray(ordered, self.dtype), readable


def of_images(name: str, identity: str, frame: Frame, run: Run, size: int) -> Pretrained:
    """A network of images.

    Args:
        name: what people call it.
        identity: the model, without what its frame says.
        frame: what it takes.
        run: gives the output for a batch of `size` images.
        size: of a batch.

    Raises:
        InputError: its output is no vector for each image.
    """
    shape = (size, frame.channels, frame.height, frame.width)
    if not frame.is_channels_first:
        shape = (size, frame.height, frame.width, frame.channels)
    width = _flat(name, run(np.zeros(shape, frame.dtype)), size).shape[1]

    def of(x: pa.Array) -> Vectors:
        points, readable = np.zeros((len(x), width), np.float32), np.zeros(len(x), np.bool_)
        with ThreadPoolExecutor() as pool:  # decoding and resizing let others run
            for start in range(0, len(x), size):
                records = [content(record) for record in x[start : start + size]]
                batch, could = frame.batch(records, size, pool)
                part = slice(start, start + len(records))
                readable[part] = could
                points[part] = _flat(name, run(batch), size)[: len(records)]
        return Vectors(points, readable)

    return Pretrained(name, ("image",), f"{identity}, {frame}", width, of)


def _flat(name: str, output: Batch, size: int) -> Singles:
    """An output as vectors."""
    count = output.shape[0] if output.ndim else 0
    width = int(np.prod(output.shape[1:]))
    if count != size or not 0 < width <= MOST or output.dtype.kind not in "fiu":
        wanted = f"wanted an output of {size} vectors for {size} images, of {MOST:,} numbers at most"
        raise InputError(
            f"features {name}: {wanted}, got {output.dtype} of shape {output.shape}: choose another output"
        )
    return output.reshape(size, width).astype(np.float32)
