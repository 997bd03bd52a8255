"""Canonical content of rows: equal for rows that differ in nothing but how their cells are written."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash

from byheart.auditing.normal_cells import mixed, normal


def row_forms(column: pa.StructArray) -> npt.NDArray[np.uint64]:
    """A hash of what each row says: `normal_cells` tells what is the same.

    Columns count by their names, in any order.

    Returns:
        uint64 of shape (n,).

    >>> one = pa.array([{"age": 39, "job": "Sales "}])
    >>> other = pa.array([{"job": "sales", "age": 39.0}])
    >>> bool(row_forms(one) == row_forms(other))
    True
    """
    forms = np.zeros(len(column), np.uint64)
    for field, cells in zip(column.type, column.flatten(), strict=True):
        name = np.uint64(xxhash.xxh64_intdigest(field.name.encode()))
        forms += mixed(normal(cells).codes ^ name)  # a sum has no order; modulo 2^64
    return forms
