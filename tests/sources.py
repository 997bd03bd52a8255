"""What the tests of the sources share: learn from one into RAM, and look at all that was learned, in order."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.feather as pf
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from byheart import InputError, MemGEN
from byheart.batch import Batch
from byheart.memory.learning import Plan, learn_in_ram
from byheart.sources import Options, open_source

few = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])

characters = st.characters(exclude_categories=["Cs"])
texts = st.text(characters, max_size=30)
lines = st.text(characters.filter(lambda c: c != "\n"), max_size=30).filter(lambda line: not line.endswith("\r"))


@dataclass(frozen=True, slots=True)
class Learned:
    """All that was learned, in order."""

    kind: str
    records: list[Any]
    labels: list[str | None]
    names: list[str]
    locators: list[int]
    total: int | None
    done: int


def learn(thing: object, **options: Any) -> Learned:
    """Learn from a source, and sample each record once, in its order."""
    said = Options(**options)
    source = open_source(str(thing) if isinstance(thing, Path) else thing, said)
    snapshot = learn_in_ram([source], Plan(said.kind))
    batch = Batch(snapshot, np.arange(len(snapshot)))
    names, locators = zip(*batch.origins, strict=True)
    labels = batch.labels or [None] * len(batch)
    return Learned(
        snapshot.manifest.kind, list(batch), list(labels), list(names), list(locators), source.total, source.done
    )


def refused(path: Path, match: str = ".", **options: Any) -> str:
    """Learn into a folder, which must fail with one line, and leave nothing there."""
    memory = path.parent / "memory"
    with pytest.raises(InputError, match=match) as caught:
        learn(path, **options)
    with pytest.raises(InputError):
        MemGEN(memory, kind=options.get("kind", "auto")).fit(str(path))
    left = [found for found in memory.rglob("*") if found.is_file()] if memory.exists() else []
    assert left == []
    told = str(caught.value)
    assert "\n" not in told
    assert len(told) < 500
    return told


def write_stream(table: pa.Table, path: Path) -> None:
    with pa.ipc.new_stream(str(path), table.schema) as writer:
        writer.write_table(table, max_chunksize=3)


def write_file(table: pa.Table, path: Path) -> None:
    with pa.ipc.new_file(str(path), table.schema, options=pa.ipc.IpcWriteOptions(unify_dictionaries=True)) as writer:
        writer.write_table(table, max_chunksize=3)


writers: list[tuple[str, Callable[[pa.Table, Path], None]]] = [
    ("a.parquet", lambda table, path: pq.write_table(table, path, row_group_size=5)),
    ("a.feather", lambda table, path: pf.write_feather(table, str(path), compression="zstd")),
    ("a.arrow", write_file),
    ("a.arrows", write_stream),
]
