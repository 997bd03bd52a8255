"""Tables: Arrow record batches from anywhere, checked, with types that a segment can hold, cut into chunks."""

from collections.abc import Iterable, Iterator
from typing import Any, Final, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from byheart.errors import InputError
from byheart.records import Chunk
from byheart.registry import nearest
from byheart.sources.base import CHUNK_BYTES, Options

_ROWS: Final = 65_536

_VIEWS: Final = {pa.string_view(): pa.large_string(), pa.binary_view(): pa.large_binary()}

Arrow = TypeVar("Arrow", pa.Array, pa.RecordBatch)


def table_chunks(
    batches: Iterable[pa.RecordBatch], name: str, field: str | None = None, first: int = 0
) -> Iterator[Chunk]:
    """Rows, or (with `field`) the values of one column; a locator is the number of the row.

    Args:
        batches: of any size.
        name: of where they come from.
        field: a column, or with dots a field within one.
        first: the number of the first row.
    """
    for batch in batches:
        for part in slices(batch):
            part.validate(full=True)  # text that is not UTF-8 and offsets that lead outside are refused here
            rows = plain(part)
            yield Chunk(rows if field is None else column(rows, field, name), name, first)
            first += part.num_rows


def require_rows(options: Options, where: str) -> None:
    """Refuse to learn whole rows as another kind of record."""
    if options.field is None and options.kind not in {"auto", "row"}:
        raise InputError(f"{where}: wanted {options.kind} records, got rows of a table: say which column with --field")


def slices(values: Arrow) -> Iterator[Arrow]:
    """Parts of a batch or an array, of about 2 MB and at most 65,536 rows, without a copy."""
    values.validate()  # or its size could not be asked for
    step = max(1, min(_ROWS, CHUNK_BYTES * len(values) // max(values.nbytes, 1)))
    for start in range(0, len(values), step):
        yield values.slice(start, step)


def plain(values: Arrow) -> Arrow:
    """The same values, in types that a segment can hold: without dictionaries, views, run ends and extensions."""
    if isinstance(values, pa.RecordBatch):
        return pa.RecordBatch.from_arrays([plain(column) for column in values.columns], values.schema.names)
    array = values.storage if isinstance(values, pa.ExtensionArray) else values
    if pa.types.is_run_end_encoded(array.type):
        array = pc.run_end_decode(array)
    type_ = plain_type(array.type)
    if pa.types.is_dictionary(array.type):  # whose values may be views, which Arrow cannot take from
        array = pa.DictionaryArray.from_arrays(array.indices, plain(array.dictionary))
    return array if array.type == type_ else array.cast(type_)


def plain_type(type_: pa.DataType) -> pa.DataType:
    """The type that holds the same values in a segment.

    >>> plain_type(pa.list_(pa.dictionary(pa.int8(), pa.string_view())))
    ListType(list<item: large_string>)
    """
    is_ = pa.types
    plain_: pa.DataType = _VIEWS.get(type_, type_)
    if isinstance(type_, pa.BaseExtensionType):
        plain_ = plain_type(type_.storage_type)
    elif is_.is_dictionary(type_) or is_.is_run_end_encoded(type_):
        plain_ = plain_type(type_.value_type)
    elif is_.is_list(type_) or is_.is_list_view(type_):
        plain_ = pa.list_(_plain_field(type_.value_field))
    elif is_.is_large_list(type_) or is_.is_large_list_view(type_):
        plain_ = pa.large_list(_plain_field(type_.value_field))
    elif is_.is_fixed_size_list(type_):
        plain_ = pa.list_(_plain_field(type_.value_field), type_.list_size)
    elif is_.is_struct(type_):
        plain_ = pa.struct([_plain_field(type_.field(i)) for i in range(type_.num_fields)])
    return plain_


def _plain_field(field: pa.Field) -> pa.Field:
    return field.with_type(plain_type(field.type))


def column(batch: pa.RecordBatch, field: str, where: str) -> pa.Array:
    """A column by its name; or, with dots, a field of a column that is a struct.

    Raises:
        InputError: there is none; the message suggests the nearest name.
    """
    if field in batch.schema.names:
        return _even(batch.column(field))
    first, _, rest = field.partition(".")
    if rest and first in batch.schema.names and pa.types.is_struct(batch.column(first).type):
        inside = batch.column(first)
        children = pa.RecordBatch.from_arrays(inside.flatten(), schema=pa.schema(list(inside.type)))
        return column(children, rest, where)
    raise no_field(where, field, batch.schema.names)


def _even(array: pa.Array) -> pa.Array:
    """Lists that all have one length as arrays of that length."""
    if not (pa.types.is_list(array.type) or pa.types.is_large_list(array.type)) or array.null_count or not len(array):
        return array
    length = len(array[0])
    is_even = length and pc.all(pc.equal(pc.list_value_length(array), length)).as_py()
    return array.cast(pa.list_(array.type.value_type, length)) if is_even else array


def no_field(where: str, field: str, names: Iterable[Any]) -> InputError:
    """What to say where a field is missing."""
    return InputError(f"{where}: wanted the field {field!r}, got none: {nearest(field, map(str, names))}")
