"""Reading: all that a version holds, in order: as an Arrow stream that any table library takes, or as it goes into another memory."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import pyarrow as pa

from byheart.memory.gather import Rows
from byheart.memory.piece import Piece, restore
from byheart.memory.snapshot import Snapshot
from byheart.records.columns import as_numpy, numbers


def reader(snapshot: Snapshot) -> pa.RecordBatchReader:
    """Every occurrence, a batch at a time.

    The columns are those of the table, or one called `record`; and `label`, where some records have one and the table has no
    column of that name.
    """
    is_table = pa.types.is_struct(snapshot.field.type)
    fields = list(snapshot.field.type) if is_table else [snapshot.field.with_name("record")]
    labelled = any("label" in s.names for s in snapshot.segments) and "label" not in {f.name for f in fields}
    schema = pa.schema([*fields, *[pa.field("label", pa.large_string())] * labelled])
    return pa.RecordBatchReader.from_batches(schema, _batches(snapshot, schema, is_table=is_table, labelled=labelled))


def _batches(snapshot: Snapshot, schema: pa.Schema, *, is_table: bool, labelled: bool) -> Iterator[pa.RecordBatch]:
    for segment in snapshot.segments:
        live = segment.live(np.ones(segment.entry.rows, np.int64))
        for number, (start, stop) in enumerate(pairwise(segment.batch_starts.tolist())):
            times = live[start:stop]
            if "n" in segment.names:
                times = times * as_numpy(segment.column(number, "n"))
            x = segment.column(number, "x")
            columns = x.flatten() if is_table else [x]
            if labelled:
                has = "label" in segment.names
                columns.append(segment.column(number, "label") if has else pa.nulls(len(x), pa.large_string()))
            if (times != 1).any():
                rows = numbers(np.repeat(np.arange(len(x)), times))
                columns = [column.take(rows) for column in columns]
            yield pa.RecordBatch.from_arrays(columns, schema=schema)


def pieces(snapshot: Snapshot, which: Sequence[int], of_rows: Rows | None = None) -> Iterator[Piece]:
    """The live records of some segments, a batch at a time, with their occurrences (from `of_rows`, one a row of all segments, where given).

    Raises:
        DamagedError: a record is not what was learned, or a byte is not as it was written.
    """
    for number in which:
        segment = snapshot.segments[number]
        first = int(snapshot.gather.segment_starts[number])
        live = segment.live(np.ones(segment.entry.rows, np.int64))
        stretches = pairwise(segment.batch_starts.tolist())
        for place, (batch, (start, stop)) in enumerate(zip(segment.read(), stretches, strict=True)):
            if not live[start:stop].any():
                continue
            piece = restore(segment, place, batch, snapshot.kind, snapshot.field)
            occurrences = live[start:stop] * piece.counts_or_ones()
            if of_rows is not None:
                occurrences = of_rows[first + start : first + stop]
            rows = np.flatnonzero(occurrences)
            kept = piece if len(rows) == len(piece) else piece.take(rows)
            if len(kept):
                yield kept if piece.counts is None else kept.counted(occurrences[rows])
