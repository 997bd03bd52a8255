"""Groups: records that belong together, as those of one patient, or the lines of one file."""

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa

from byheart.errors import InputError
from byheart.neighbours.blocks import Indices


def numbered(
    column: pa.Array, group: str | None, labels: Sequence[str | None] | None, sources: Callable[[], Sequence[str]]
) -> Indices:
    """A number for each record: the same where they belong together.

    Args:
        column: the records.
        group: "label", "source", or a column of a table; None where each is on its own.
        labels: of the records; None where they have none.
        sources: where they came from.

    Raises:
        InputError: there is no such group.

    >>> rows = pa.StructArray.from_arrays([pa.array(["ann", "bob", "ann"])], ["who"])
    >>> numbered(rows, "who", None, list).tolist()
    [0, 1, 0]
    """
    if group is None:
        return np.arange(len(column))
    columns = [field.name for field in column.type] if pa.types.is_struct(column.type) else []
    if group in columns:
        names = [repr(value) for value in column.field(columns.index(group)).to_pylist()]
    elif group == "source":
        names = list(sources())
    elif group == "label":
        if labels is None:
            raise InputError("group: wanted labels, got records without any: name a column, or source")
        names = [str(label) for label in labels]
    else:
        raise InputError(f"group: wanted one of {', '.join([*columns, 'label', 'source'])}, got {group!r}")
    return np.unique(np.array(names, np.str_), return_inverse=True)[1].astype(np.int64)
