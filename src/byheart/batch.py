"""A batch of samples: a sequence of records that stays in Arrow until it is looked at."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any, overload

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from byheart._optional import require
from byheart.draws import Drawing
from byheart.memory.gather import Rows
from byheart.memory.snapshot import Snapshot
from byheart.records.array import to_numpy

_AT_ONCE = 1024


class Batch(Sequence[Any]):
    """Samples: `batch[3]`, `list(batch)`, `batch.to_numpy()`, `batch.to_arrow()`, `np.asarray(batch)`.

    Args:
        snapshot: the version that they are of.
        occurrences: which, int64 of shape (n,); or a drawing, which is made and gathered in one pass when it is looked at.
        verify: whether to compare each with its fingerprint now.
    """

    def __init__(self, snapshot: Snapshot, occurrences: Rows | Drawing, *, verify: bool = False) -> None:
        self._snapshot = snapshot
        self._which = occurrences
        self._column: pa.Array | None = None
        if verify:
            snapshot.verify(self._rows, self._x)

    @cached_property
    def indices(self) -> Rows:
        """The occurrence that each sample is, int64 of shape (n,)."""
        return self._which.rows() if isinstance(self._which, Drawing) else self._which

    @cached_property
    def _rows(self) -> Rows:
        return self._snapshot.rows(self.indices)

    @property
    def _x(self) -> pa.Array:
        """The records in Arrow, gathered when they are first looked at."""
        if self._column is None:
            which = self._which
            self._column = self._snapshot.drawn(which) if isinstance(which, Drawing) else self._snapshot.x(self._rows)
        return self._column

    def __len__(self) -> int:
        return len(self._which)

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> list[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return self._snapshot.records(self._rows[index])
        at = range(len(self))[index]
        return self._snapshot.records(self._rows[[at]])[0]

    def __iter__(self) -> Iterator[Any]:
        for start in range(0, len(self), _AT_ONCE):
            yield from self[start : start + _AT_ONCE]

    def __repr__(self) -> str:
        return f"<{len(self)} samples of {self._snapshot.manifest.kind}>"

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> npt.NDArray[Any]:
        return np.array(self.to_numpy(), dtype=dtype, copy=copy)

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        array, schema = self._x.__arrow_c_array__(requested_schema)
        return array, schema

    @property
    def kind(self) -> str:
        """The kind of the records."""
        return self._snapshot.manifest.kind

    @cached_property
    def labels(self) -> list[str | None] | None:
        """The label of each; None where the memory has none."""
        return self._snapshot.labels(self._rows)

    @cached_property
    def origins(self) -> list[tuple[str, int]]:
        """The source of each, and the line, member or row in it (from 0)."""
        return self._snapshot.origins(self._rows)

    @cached_property
    def fingerprints(self) -> npt.NDArray[np.uint64]:
        """The fingerprint that each was learned with."""
        return self._snapshot.fingerprints(self._rows)

    def tolist(self) -> list[Any]:
        """The records as a list."""
        return self[:]

    def to_arrow(self) -> pa.Array:
        """The records as an Arrow array."""
        return self._x

    def to_numpy(self) -> npt.NDArray[Any]:
        """Arrays as one array (n, *shape), without a copy; other kinds as an array of objects (n,)."""
        if self.kind == "array":
            if self._column is not None:
                return to_numpy(self._column, self._snapshot.field)
            return self._snapshot.numbers(self._which if isinstance(self._which, Drawing) else self._rows)
        out = np.empty(len(self), object)
        out[:] = self.tolist()
        return out

    def to_pandas(self) -> Any:
        """A `pandas.DataFrame`: a table's columns, or `record`; and `label`, where there are some (needs pandas)."""
        require("pandas", "pandas")
        is_table = pa.types.is_struct(self._x.type)
        columns = dict(zip(self._x.type.names, self._x.flatten(), strict=True)) if is_table else {"record": self._x}
        if self.labels is not None:
            columns.setdefault("label", pa.array(self.labels, pa.large_string()))
        return pa.table(columns).to_pandas()

    def save(self, path: str | PathLike[str], *, overwrite: bool = False) -> Path:
        """Save the samples, bit for bit: a file each below a folder, or one file in the format that its suffix names.

        Args:
            path: a folder (new or empty), or a file: .txt, .jsonl, .csv, .parquet, .arrow, .npy or .zip.
            overwrite: whether a file, or the samples that were saved in a folder before, may be replaced.

        Raises:
            InputError: the format does not hold records of this kind.
            MemoryExistsError: something is there already.
        """
        from byheart.saving import save  # noqa: PLC0415  # samples are mostly used, not saved

        return save([self], path, kind=self.kind, total=len(self), overwrite=overwrite).path
