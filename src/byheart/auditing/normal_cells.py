"""What a cell says, whatever its formatting: two cells with one normal form differ by nothing that a copy would lose.

Numbers: whole ones by value, others by six digits, also where they stand in a text. Text: by its words, lower case, with one space between.
Dates and times: by value. NaN, null and a blank text: nothing, all the same.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from byheart.auditing.digits import written
from byheart.features.table import as_floats, is_number
from byheart.neighbours.blocks import Floats
from byheart.records.blob import views
from byheart.records.cells import canonical_rows
from byheart.records.columns import as_numpy
from byheart.records.fingerprint import fingerprint

Codes = npt.NDArray[np.uint64]

MISSING: Final = np.uint64(0)
_NUMBER: Final = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?$"
_EXACT: Final = 2.0**53  # integers beyond are more than float64 tells apart
_t: Final = pa.types


@dataclass(frozen=True, slots=True)
class Normal:
    """A column's normal form.

    Attributes:
        codes: equal for equal cells; `MISSING` for those that say nothing. uint64 of shape (n,).
        numbers: what is a number, NaN elsewhere; dates are none, which nobody rounds to digits. float64 of shape (n,).
    """

    codes: Codes
    numbers: Floats


def normal(column: pa.Array) -> Normal:
    """The normal form of a column.

    >>> one, other = normal(pa.array(["39.0", " a  B", ""])), normal(pa.array(["39", "A b", None]))
    >>> one.codes.tolist() == other.codes.tolist(), one.numbers.tolist()
    (True, [39.0, nan, nan])
    """
    type_ = column.type
    if _t.is_string(type_) or _t.is_large_string(type_):
        return _of_texts(column)
    if _t.is_temporal(type_) and not _t.is_interval(type_):
        dates = _of_integers(column.view(pa.int64() if type_.bit_width == 64 else pa.int32()))
        return Normal(dates.codes, np.full(len(column), np.nan))
    if _t.is_boolean(type_):
        column = column.cast(pa.uint8())
    if _t.is_integer(column.type):
        return _of_integers(column)
    if is_number(column.type):
        numbers = as_floats(column)
        return Normal(_of_numbers(numbers), numbers)
    told = fingerprint(*canonical_rows(np.empty(0, np.uint8), [column], len(column)))
    return Normal(np.where(np.asarray(column.is_valid()), told, MISSING), np.full(len(column), np.nan))


def mixed(codes: Any) -> Codes:
    """Codes whose every bit depends on each bit of what they were: sums of such tell what was added (SplitMix64; Steele et al., 2014)."""
    with np.errstate(over="ignore"):  # arithmetic is modulo 2^64
        codes = (codes ^ (codes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        codes = (codes ^ (codes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        told: Codes = codes ^ (codes >> np.uint64(31))
    return told


def _of_numbers(numbers: Floats) -> Codes:
    codes = mixed(written(numbers).view(np.uint64) + np.uint64(1))  # MISSING is none of them, but for one in 2^64
    return np.where(np.isnan(numbers), MISSING, codes)


def _of_integers(column: pa.Array) -> Normal:
    numbers = as_floats(column)
    codes = _of_numbers(numbers)
    is_large = np.abs(numbers) >= _EXACT
    if is_large.any():
        exact = as_numpy(column.fill_null(0))[is_large]
        codes[is_large] = mixed(exact.astype(np.uint64, casting="unsafe") ^ np.uint64(0xFF))
    return Normal(codes, numbers)


def _of_texts(column: pa.Array) -> Normal:
    texts = column.dictionary_encode()
    words = pc.utf8_lower(texts.dictionary.cast(pa.large_string()))
    if pc.any(pc.match_substring_regex(words, r"\s\s|[^\S ]|^\s|\s$"), min_count=0).as_py():
        words = pc.utf8_trim_whitespace(pc.replace_substring_regex(words, r"\s+", " "))
    is_number_ = as_bools(pc.match_substring_regex(words, _NUMBER))
    numbers = np.full(len(words) + 1, np.nan)
    numbers[:-1][is_number_] = words.filter(pa.array(is_number_)).cast(pa.float64()).to_numpy(zero_copy_only=False)
    codes = np.append(fingerprint(*views(words.cast(pa.large_binary()))), MISSING)
    codes[:-1][as_bools(pc.equal(words, ""))] = MISSING
    is_small = np.abs(numbers) < _EXACT  # longer ones are more digits than a float has: names of things
    codes[is_small] = _of_numbers(numbers[is_small])
    places = texts.indices.fill_null(len(words)).to_numpy(zero_copy_only=False)
    return Normal(codes[places], numbers[places])


def as_bools(column: pa.Array) -> npt.NDArray[np.bool_]:
    """Truth values without nulls."""
    told: npt.NDArray[np.bool_] = column.to_numpy(zero_copy_only=False).astype(bool)
    return told
