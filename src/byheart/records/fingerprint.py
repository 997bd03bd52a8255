"""Fingerprints: XXH64 of a record's canonical bytes, seeded by that of its label (0 where it has none)."""

import numpy as np
import numpy.typing as npt
import xxhash

from byheart import _native

Hashes = npt.NDArray[np.uint64]
Offsets = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]


def fingerprint(data: Bytes, offsets: Offsets, seeds: Hashes | None = None) -> Hashes:
    """XXH64 of each data[offsets[i]:offsets[i + 1]].

    Args:
        data: the bytes of the records, end to end.
        offsets: n + 1 of them, rising.
        seeds: n, or None for 0.

    >>> fingerprint(np.frombuffer(b"ab", np.uint8), np.array([0, 1, 2])).tolist() == [
    ...     xxhash.xxh64_intdigest(b"a"), xxhash.xxh64_intdigest(b"b")]
    True
    """
    out = np.empty(len(offsets) - 1, np.uint64)
    if _native.kernels is not None:
        _native.kernels.fingerprint(data, offsets, seeds, out)
        return out
    view = memoryview(np.ascontiguousarray(data).data)
    bounds = offsets.tolist()
    hash_ = xxhash.xxh64_intdigest
    seeds_ = [0] * len(out) if seeds is None else seeds.tolist()
    out[:] = [hash_(view[a:b], s) for a, b, s in zip(bounds, bounds[1:], seeds_, strict=False)]
    return out


def label_seed(label: str | None) -> int:
    """The seed that a label gives: a record with another label is another record."""
    return 0 if label is None else xxhash.xxh64_intdigest(label.encode())
