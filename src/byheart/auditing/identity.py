"""The same record, byte by byte; or the same but for how it was written down.

Rule 1: fingerprints find, bytes decide: XXH64 is no cryptographic hash.
Rule 2: of what is the same, the rarer says more: a record that was learned once is hardly met by chance, a common one always is. Held-out records tell
        how often (`ordered`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash

from byheart.auditing.digits import written
from byheart.auditing.originals import Asked, Originals
from byheart.features.base import Records
from byheart.neighbours.blocks import Floats, Indices, slabs
from byheart.records import KINDS
from byheart.records.array import array_type, to_numpy
from byheart.records.fingerprint import fingerprint

Forms: TypeAlias = npt.NDArray[np.uint64]
FormOf: TypeAlias = Callable[[pa.Array, pa.Field], Forms]
FormsOf: TypeAlias = Callable[[Originals], Forms]

EXACT: Final = "exact"
CANONICAL: Final = "canonical"
_AT_ONCE: Final = 8192


@dataclass(frozen=True, slots=True)
class Same:
    """Of n records, which original is the same.

    Attributes:
        records: it, or -1; int64 of shape (n,).
        is_exact: whether it has the same bytes; else it is the same but for how it was written down.
        counts: how often it was learned, in all forms that are the same; int64 of shape (n,), 0 where there is none.
    """

    records: Indices
    is_exact: npt.NDArray[np.bool_]
    counts: Indices

    @property
    def found(self) -> npt.NDArray[np.bool_]:
        """Which of the records are the same as one."""
        return self.records >= 0

    def ordered(self) -> Floats:
        """Numbers below 0 for what is the same, the lower the more it says: bytes before forms, the rare before the common; 1 for the others."""
        rare = 1 / (1 + np.maximum(self.counts, 1.0))  # in (0, 1/2]
        return np.where(self.found, np.where(self.is_exact, -1 - rare, -rare), 1.0)


def same(
    originals: Originals, asked: Sequence[Asked], form: FormOf | None, known_forms: FormsOf | None = None
) -> list[Same]:
    """Look for each record among the originals.

    Args:
        originals: the distinct train records.
        asked: samples.
        form: what makes a number of each record, equal where the content is; None where bytes are all there is.
        known_forms: the same of all originals, where there is a quicker way.
    """
    exact = [_exact(originals, one) for one in asked]
    if form is None:
        return [Same(found, found >= 0, _counts(originals, found)) for found in exact]
    of_train = known_forms(originals) if known_forms else _forms(originals, np.arange(len(originals)), form)
    known, group = np.unique(of_train, return_inverse=True)
    counts = np.bincount(group, originals.counts).astype(np.int64)
    first = np.full(len(known), len(originals))
    np.minimum.at(first, group, np.arange(len(originals)))
    is_coarse = (np.bincount(group) > 1) & (originals.kind == "array")  # six figures do not tell these numbers apart
    told = []
    for one, found in zip(asked, exact, strict=True):
        forms = _forms(one.records, one.which, form)
        at = np.minimum(np.searchsorted(known, forms), len(known) - 1)
        alike = np.where(known[at] == forms, at, -1)
        alike[forms == 0] = -1
        alike[is_coarse[alike]] = -1
        records = np.where(found >= 0, found, np.where(alike >= 0, first[alike], -1))
        many = np.where(alike >= 0, counts[alike], np.where(found >= 0, _counts(originals, found), 0))
        told.append(Same(records, found >= 0, many))
    return told


def _counts(originals: Originals, found: Indices) -> Indices:
    return np.where(found >= 0, originals.counts[found], 0)


def _exact(originals: Originals, asked: Asked) -> Indices:
    """The original with the same bytes; -1 where none has."""
    found = originals.numbers(asked.prints)
    at = np.flatnonzero(found >= 0)
    for slab in slabs(len(at), 1, _AT_ONCE):
        some = at[slab]
        is_same = _equal(asked, some, originals.x(found[some]), originals.field)
        found[some[~is_same]] = -1
    return found


def _equal(asked: Asked, some: Indices, learned: pa.Array, field: pa.Field) -> npt.NDArray[np.bool_]:
    made = asked.x(some)
    if asked.field.type != field.type:  # arrays of another type, that have the same numbers
        ours, theirs = to_numpy(made, asked.field), to_numpy(learned, field)
        told: npt.NDArray[np.bool_] = (ours == theirs.astype(ours.dtype)).reshape(len(some), -1).all(axis=1)
        return told
    kind = KINDS[asked.records.kind]
    (data, ends), (known, bounds) = kind.canonical(made, asked.field), kind.canonical(learned, field)
    pairs = zip(ends[:-1], ends[1:], bounds[:-1], bounds[1:], strict=True)
    return np.array([np.array_equal(data[a:b], known[c:d]) for a, b, c, d in pairs], np.bool_)


def _forms(records: Records, which: Indices, form: FormOf) -> Forms:
    parts = [form(records.x(which[slab]), records.field) for slab in slabs(len(which), 1, _AT_ONCE)]
    return np.concatenate([np.empty(0, np.uint64), *parts])


def of_bytes(data: Sequence[bytes | None]) -> Forms:
    """A number of each; 0 where there is nothing.

    >>> of_bytes([None, b"a"])[0] == 0, of_bytes([b"a"])[0] == xxhash.xxh64_intdigest(b"a")
    (np.True_, np.True_)
    """
    return np.array([0 if one is None else xxhash.xxh64_intdigest(one) for one in data], np.uint64)


def of_arrays(column: pa.Array, field: pa.Field) -> Forms:
    """Of arrays whose numbers agree each to six figures, as they do after a detour by another type of number; whole ones as they are.

    Each in its own figures: six of the largest would leave nothing of what is measured in small units beside it.
    What lies at the edge of two roundings may miss its original: the evidence of vectors finds it all the same.
    """
    dtype, _ = array_type(field)
    numbers = to_numpy(column, field).reshape(len(column), -1)
    if dtype.kind == "c":
        numbers = numbers.view(numbers.real.dtype)
    values = np.nan_to_num(numbers.astype(np.float64), posinf=np.finfo(np.float64).max, neginf=np.finfo(np.float64).min)
    told = written(values)
    width = told.shape[1] * 8
    return fingerprint(np.ascontiguousarray(told).view(np.uint8).reshape(-1), np.arange(len(told) + 1) * width)
