"""What can be saved, and what is said about each sample."""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa


class Samples(Protocol):
    """What saving asks of a batch of samples: `byheart.Batch` has it."""

    @property
    def kind(self) -> str:
        """The kind of the records."""

    @property
    def indices(self) -> npt.NDArray[np.int64]:
        """The occurrence that each sample is."""

    @property
    def labels(self) -> Sequence[str | None] | None:
        """The label of each, or None."""

    @property
    def origins(self) -> Sequence[tuple[str, int]]:
        """The source of each, and the line, member or row in it."""

    @property
    def fingerprints(self) -> npt.NDArray[np.uint64]:
        """The fingerprint that each was learned with."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Any]: ...

    def to_arrow(self) -> pa.Array:
        """The records as an Arrow array."""

    def to_numpy(self) -> npt.NDArray[Any]:
        """Arrays as one array (n, *shape)."""


def about(samples: Samples) -> Iterator[dict[str, Any]]:
    """For each sample: index, fingerprint (16 hexadecimal digits), source, locator and label."""
    labels = samples.labels or [None] * len(samples)
    told = zip(samples.indices.tolist(), samples.fingerprints.tolist(), samples.origins, labels, strict=True)
    for index, fingerprint, (source, locator), label in told:
        yield {
            "index": index,
            "fingerprint": f"{fingerprint:016x}",
            "source": source,
            "locator": locator,
            "label": label,
        }


def contents(samples: Samples) -> list[bytes]:
    """The bytes of each record of a kind that is bytes: text (UTF-8), images, audio, bytes."""
    records: list[bytes] = samples.to_arrow().cast(pa.large_binary()).to_pylist()
    return records
