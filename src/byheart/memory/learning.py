"""Learning: from sources to a published version."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from byheart.errors import InputError, MemoryExistsError
from byheart.memory import manifest as m
from byheart.memory import store
from byheart.memory.manifest import Learn, Manifest
from byheart.memory.piece import encode
from byheart.memory.segment import Segment
from byheart.memory.snapshot import Snapshot
from byheart.memory.writer import SegmentWriter
from byheart.records import KINDS, Chunk, kind_of
from byheart.sources import Source

Structure = Literal["list", "hashmap"]
Mode = Literal["create", "append", "replace"]
Progress = Callable[[Source, int, int], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How to learn. `structure` None is the memory's own, or a list where it is new."""

    kind: str = "auto"
    structure: Structure | None = None
    mode: Mode = "create"


@dataclass(frozen=True, slots=True)
class Learned:
    """What one `learn` did."""

    manifest: Manifest
    learn: Learn


def learn(sources: Sequence[Source], root: Path, plan: Plan, progress: Progress | None = None) -> Learned:
    """Learn sources into the memory at `root`: all of them, or nothing.

    Raises:
        MemoryExistsError: there are records already, and the plan says neither append nor replace.
        InputError: a source holds no records, or records of another kind.
    """
    there = m.versions(root)
    if there and plan.mode == "create":
        raise MemoryExistsError(f"{root} holds a memory already: --append to add to it, --replace to learn anew")
    base = m.load(root) if there and plan.mode == "append" else None
    with store.writing(root) as writer:
        segments, addition = _write(sources, root, writer.name, plan, base, progress)
        del segments
        publish = {"create": store.create, "append": store.append, "replace": store.overwrite}[plan.mode]
        return Learned(publish(writer, addition), addition.learn)


def learn_in_ram(sources: Sequence[Source], plan: Plan, base: Snapshot | None = None) -> Snapshot:
    """Learn sources into RAM, after what is there already."""
    segments, addition = _write(sources, None, "ram", plan, base.manifest if base else None, None)
    if base is not None:
        store.require_same(base.manifest, addition.kind, addition.structure, addition.schema, Path("the memory"))
        segments = [*base.segments, *segments]
    records, rows, size = m.totals(segment.entry for segment in segments)
    version = base.manifest.version + 1 if base else 1
    manifest = Manifest(version, "", store.now(), "learn", addition.kind, addition.structure, addition.schema, records, rows, size, ())
    return Snapshot(manifest, segments)


def _write(
    sources: Sequence[Source], root: Path | None, name: str, plan: Plan, base: Manifest | None, progress: Progress | None
) -> tuple[list[Segment], store.Addition]:
    structure = plan.structure or (base.structure if base else "list")
    began = time.perf_counter()
    state: dict[str, Any] = {}
    writer: SegmentWriter | None = None
    try:
        for source in sources:
            for chunk in source.chunks():
                if writer is None:
                    kind_name = _kind(plan, base, source, chunk)
                    kind = KINDS[kind_name]
                    field = base.field if base and base.kind == kind_name else kind.field(chunk.values)
                    writer = SegmentWriter(
                        root, name, field,
                        counted=structure == "hashmap", labelled=chunk.labels is not None, weighted=chunk.weights is not None,
                    )  # fmt: skip  # one line a sort of argument
                    state.update(kind=kind, field=field)
                writer.add(encode(chunk, state["kind"], state["field"]))
                if progress is not None:
                    progress(source, writer.records, writer.bytes)
        if writer is None:
            raise InputError(f"{_names(sources)}: wanted at least one record, got none")
        segments = writer.finish()
    except BaseException:
        if writer is not None:
            writer.discard()
        raise
    learned = Learn(
        tuple(source.name for source in sources),
        store.now(),
        {"kind": plan.kind, "structure": structure, "mode": plan.mode},
        writer.records,
        writer.bytes,
        round(time.perf_counter() - began, 6),
    )
    entries = tuple(segment.entry for segment in segments)
    return segments, store.Addition(state["kind"].name, structure, m.schema_text(state["field"]), entries, learned)


def _kind(plan: Plan, base: Manifest | None, source: Source, first: Chunk) -> str:
    if plan.kind != "auto":
        return KINDS[plan.kind].name
    return base.kind if base else source.kind or kind_of(first.values)


def _names(sources: Iterable[Source]) -> str:
    return ", ".join(source.name for source in sources) or "sources"
