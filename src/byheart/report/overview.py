"""What a memory holds, in figures."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from byheart.memory import manifest as m
from byheart.memory import store
from byheart.memory.manifest import Learn
from byheart.model import MemGEN
from byheart.records.columns import as_numpy


@dataclass(frozen=True, slots=True)
class Overview:
    """One version of a memory.

    Attributes:
        records: occurrences that can be drawn; distinct: how many differ; size: their bytes.
        kind, structure: of the records.
        version, versions: this one, and all that can be gone back to.
        created: when it was published (UTC, ISO 8601), and by what `operation`.
        segments: how many.
        on_disk: bytes of all the files of all the versions.
        labels: the occurrences of each label, the most frequent first; None where there are none.
        learns: what was learned, in order.
    """

    records: int
    distinct: int
    size: int
    kind: str
    structure: str
    version: int
    versions: tuple[int, ...]
    created: str
    operation: str
    segments: int
    on_disk: int
    labels: dict[str, int] | None
    learns: tuple[Learn, ...]


def overview(model: MemGEN) -> Overview:
    """Count what a model on disk holds; reads every fingerprint and label, no record."""
    snapshot = model.snapshot
    manifest, root = snapshot.manifest, Path(model.path or ".")
    return Overview(
        manifest.records,
        model.distinct,
        manifest.payload,
        manifest.kind,
        manifest.structure,
        manifest.version,
        tuple(m.versions(root)),
        manifest.created,
        manifest.operation,
        len(snapshot.segments),
        sum(file.stat().st_size for file in root.rglob("*") if file.is_file()),
        _labels(model),
        tuple(store.learns_of(root, manifest)),
    )


def _labels(model: MemGEN) -> dict[str, int] | None:
    """Where several labels are as frequent, in the order of the alphabet."""
    counts: Counter[str] = Counter()
    for segment in model.snapshot.segments:
        if "label" not in segment.names:
            continue
        occurrences = np.ones(segment.entry.rows) if segment.ends is None else np.diff(segment.ends, prepend=0)
        parts = [segment.column(number, "label") for number in range(len(segment.batches))]
        encoded = pa.chunked_array(parts).combine_chunks().dictionary_encode()
        known = np.asarray(encoded.indices.is_valid())
        codes = as_numpy(encoded.indices.drop_null())
        totals = np.bincount(codes, occurrences[known], minlength=len(encoded.dictionary))
        counts.update(dict(zip(encoded.dictionary.to_pylist(), totals.astype(int).tolist(), strict=True)))
    told = sorted(((name, count) for name, count in counts.items() if count), key=lambda pair: (-pair[1], pair[0]))
    return dict(told) or None
