"""Casts of a table's columns to the types that a memory has, which lose nothing: no digit, no field, and not what a value was.

Arrow's own would make the number 7 of the text "007", the truth of 2, and 2 of the Python number 2.5.
"""

from typing import Final

import pyarrow as pa

_t: Final = pa.types
_SORTS: Final = (
    (_t.is_integer, _t.is_floating),
    (_t.is_string, _t.is_large_string, _t.is_string_view),
    (_t.is_binary, _t.is_large_binary, _t.is_binary_view, _t.is_fixed_size_binary),
    (_t.is_timestamp,),
    (_t.is_duration,),
    (_t.is_time,),
    (_t.is_date,),
    (_t.is_decimal,),
)


def lossless(column: pa.Array, wanted: pa.DataType) -> pa.Array:
    """The same values in another type.

    Raises:
        pa.ArrowInvalid: some would not come back as they are.

    >>> lossless(pa.array([1, None]), pa.float64()).to_pylist()
    [1.0, None]
    >>> lossless(pa.array(["007"]), pa.int64())
    Traceback (most recent call last):
    pyarrow.lib.ArrowInvalid: they are another sort of value
    """
    if column.type == wanted:
        return column
    if not _is_alike(column.type, wanted):
        raise pa.ArrowInvalid("they are another sort of value")
    cast = column.cast(wanted)  # refuses what is out of range, and fractions of whole numbers
    if _rounds(column.type, wanted) and not _is_same(cast.cast(column.type), column):
        raise pa.ArrowInvalid("they would be rounded")
    return cast


def _is_alike(got: pa.DataType, wanted: pa.DataType) -> bool:
    if _t.is_null(got) or got == wanted:
        return True
    if _t.is_dictionary(got) or _t.is_run_end_encoded(got):
        return _is_alike(got.value_type, wanted)
    if _is_list(got) and _is_list(wanted):
        return _is_alike(got.value_type, wanted.value_type)
    if _t.is_struct(got) and _t.is_struct(wanted):
        places = [(field.type, wanted.get_field_index(field.name)) for field in got]
        return all(i >= 0 and _is_alike(type_, wanted.field(i).type) for type_, i in places)
    return any(any(is_one(got) for is_one in sort) and any(is_one(wanted) for is_one in sort) for sort in _SORTS)


def _rounds(got: pa.DataType, wanted: pa.DataType) -> bool:
    """Whether floats become narrower ones somewhere inside."""
    if _is_list(got) and _is_list(wanted):
        return _rounds(got.value_type, wanted.value_type)
    if _t.is_struct(got) and _t.is_struct(wanted):
        return any(_rounds(field.type, wanted.field(wanted.get_field_index(field.name)).type) for field in got)
    return bool(_t.is_floating(got) and _t.is_floating(wanted) and wanted.bit_width < got.bit_width)


def _is_same(one: pa.Array, other: pa.Array) -> bool:
    if not _t.is_floating(one.type):
        return bool(one.equals(other))
    import pyarrow.compute as pc  # noqa: PLC0415  # a third of the time that importing byheart takes

    is_same = pc.or_(pc.equal(one, other), pc.and_(pc.is_nan(one), pc.is_nan(other)))
    return bool(pc.all(is_same, min_count=0).as_py())  # null where both are


def _is_list(type_: pa.DataType) -> bool:
    return any(is_one(type_) for is_one in (_t.is_list, _t.is_large_list, _t.is_fixed_size_list, _t.is_list_view))


def meant(column: pa.Array, wanted: pa.DataType) -> pa.Array:
    """What a column means that was written by other hands: dates and numbers in text, numbers for labels, more digits than are kept.

    For samples that are compared with a memory, not for what is learned: that keeps each value as it is. A column that means nothing of the wanted type comes
    back unchanged.

    >>> meant(pa.array([" 2024-05-01", None]), pa.date32()).to_pylist()
    [datetime.date(2024, 5, 1), None]
    >>> meant(pa.array([0.1]), pa.float32()).type, meant(pa.array([7]), pa.string()).to_pylist(), meant(pa.array(["?"]), pa.int64()).to_pylist()
    (DataType(float), ['7'], ['?'])
    """
    import pyarrow.compute as pc  # noqa: PLC0415  # as above

    try:
        return lossless(column, wanted)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        pass
    try:
        if _t.is_string(column.type) or _t.is_large_string(column.type):
            trimmed = pc.utf8_trim_whitespace(column)
            known = pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, trimmed.type), trimmed)
            return known.cast(pa.float64()).cast(wanted) if _t.is_integer(wanted) else known.cast(wanted)
        return column.cast(wanted, safe=not (_t.is_floating(column.type) and _t.is_floating(wanted)))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return column
