"""Groups: records that belong together, as those of one patient, or the lines of one file."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from byheart.batch import Batch
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


def of_batch(batch: Batch, group: str | None) -> Indices:
    """A number for each record of a memory, as `numbered` has it; nothing is read where each record is on its own."""
    if group is None:
        return np.arange(len(batch))
    return numbered(batch.to_arrow(), group, batch.labels, lambda: [source for source, _ in batch.origins])


def near_to(wanted: float, sizes: Indices) -> npt.NDArray[np.bool_]:
    """Some of the groups, in the order that they come in, that together have about as many records as wanted: one at least, and never all.

    Args:
        wanted: records.
        sizes: of the groups, two or more.

    >>> near_to(20, np.array([50, 20, 30])).tolist(), near_to(99, np.array([99, 1])).tolist()
    ([False, True, False], [True, False])
    """
    taken, chosen = 0, np.zeros(len(sizes), np.bool_)
    for at, size in enumerate(sizes.tolist()):
        if abs(taken + size - wanted) < abs(taken - wanted):
            chosen[at] = True
            taken += size
    if not chosen.any():
        chosen[np.argmin(sizes)] = True
    if chosen.all():
        chosen[np.argmin(sizes)] = False
    return chosen
