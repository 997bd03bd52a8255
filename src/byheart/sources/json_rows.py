"""Rows of JSON: objects become columns whose types hold every value, and come back as they were.

Texts that look like dates stay texts; whole numbers beside others with a fraction become floats if nothing is lost; a field that an object
lacks is null; of a field that an object has twice, the last counts, as for Python's `json`.
"""

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any, Final

import numpy as np
import pyarrow as pa

from byheart.errors import InputError

_SIMPLE: Final = {bool: pa.bool_(), int: pa.int64(), float: pa.float64(), str: pa.string()}
_EXACT: Final = 2.0**53  # beyond, a float may be a rounded whole number


def schema_of(records: Sequence[Any], where: str) -> pa.Schema:
    """The columns of some objects, and their types.

    >>> schema_of([{"a": 1}, {"a": 2.5, "b": "2020-01-01"}], "x.jsonl").types
    [DataType(double), DataType(string)]

    Raises:
        InputError: one of them is no object, or a field has values of several sorts.
    """
    odd = next((record for record in records if not isinstance(record, dict)), None)
    if odd is not None:
        got = f"got {type(odd).__name__}"
        raise InputError(f"{where}: wanted an object, as the first one is, {got}: learn it with --by line")
    return pa.schema(list(_fields(records, where, "")))


def _fields(objects: Sequence[dict[str, Any]], where: str, path: str) -> Iterator[pa.Field]:
    for name in dict.fromkeys(name for each in objects for name in each):
        values = [value for each in objects if (value := each.get(name)) is not None]
        yield pa.field(name, _type(values, where, f"{path}{name}"))


def _type(values: Sequence[Any], where: str, path: str) -> pa.DataType:
    """The type of some JSON values, none of which is null: what Arrow would infer, without the detour by pandas that it takes."""
    sorts = {type(value) for value in values}
    if sorts <= _SIMPLE.keys() and len(sorts) == 1:
        return _SIMPLE[sorts.pop()]
    if not sorts:
        return pa.null()
    if sorts == {int, float}:
        return pa.float64()
    if sorts == {list}:
        items = [item for value in values for item in value if item is not None]
        return pa.list_(_type(items, where, f"{path}[]"))
    if sorts == {dict}:
        return pa.struct(list(_fields(values, where, f"{path}.")))
    raise _unfit(where, path, " and ".join(sorted(sort.__name__ for sort in sorts)))


def widened(schema: pa.Schema | None, other: pa.Schema, where: str) -> pa.Schema:
    """The columns of both, with types that hold the values of both."""
    if schema is None:
        return other
    try:
        return pa.unify_schemas([schema, other], promote_options="permissive")
    except pa.ArrowException as error:
        name = next((name for name in schema.names if name in other.names and not _merge(schema, other, name)), "?")
        raise _unfit(where, name, f"{schema.field(name).type} before, {other.field(name).type} here") from error


def batch_of(records: Sequence[Any], schema: pa.Schema, where: str) -> pa.RecordBatch:
    """Objects as rows of these columns.

    Raises:
        InputError: a value does not fit them, so that something would be lost.
    """
    if widened(schema, schema_of(records, where), where) != schema:
        fresh = [field.name for field in schema_of(records, where) if field.name not in schema.names]
        what = f"a field {fresh[0]!r} that none had before" if fresh else "a value of another type than before"
        raise InputError(f"{where}: wanted objects like the first ones, got {what}: learn it from a file, not a pipe")
    columns = []
    for field in schema:
        try:
            columns.append(pa.array([record.get(field.name) for record in records], field.type))
        except (pa.ArrowException, OverflowError, ValueError) as error:
            raise _unfit(where, field.name, error) from error
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def quick_batch(block: bytes, schema: pa.Schema, *, other_fields: str = "error") -> pa.RecordBatch | None:
    """Lines of JSON as rows of these columns by pyarrow's parser; None where it would read them otherwise than Python's."""
    import pyarrow.json as pj  # noqa: PLC0415  # costs 10 ms, and few sources are JSON

    try:
        table = pj.read_json(
            BytesIO(block),
            read_options=pj.ReadOptions(use_threads=False, block_size=len(block) + 1),
            parse_options=pj.ParseOptions(explicit_schema=schema, unexpected_field_behavior=other_fields),
        )
        table.validate(full=True)
    except (pa.ArrowException, UnicodeDecodeError):
        return None
    batches = table.select(schema.names).to_batches()
    if len(batches) != 1 or not all(map(_is_exact, batches[0].columns)):
        return None
    batch: pa.RecordBatch = batches[0]
    return batch


def _is_exact(array: pa.Array) -> bool:
    if pa.types.is_struct(array.type) or pa.types.is_list(array.type):
        inside = array.flatten()
        return all(map(_is_exact, inside if isinstance(inside, list) else [inside]))
    if not pa.types.is_floating(array.type):
        return True
    values = array.to_numpy(zero_copy_only=False)
    return not bool((np.abs(values) >= _EXACT).any())


def _merge(schema: pa.Schema, other: pa.Schema, name: str) -> bool:
    try:
        pa.unify_schemas(
            [pa.schema([schema.field(name)]), pa.schema([other.field(name)])], promote_options="permissive"
        )
    except pa.ArrowException:
        return False
    return True


def _unfit(where: str, name: str, reason: object) -> InputError:
    told = str(reason).strip().split("\n", 1)[0]
    remedy = "make it one type, or learn a single field with --field"
    return InputError(f"{where}: field {name!r}: wanted values of one type, got {told}: {remedy}")
