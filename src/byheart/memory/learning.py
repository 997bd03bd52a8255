"""Learning: from sources to a published version."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

import pyarrow as pa

from byheart.errors import InputError, MemoryExistsError, RecordError
from byheart.memory import compacting, retention, store
from byheart.memory import manifest as m
from byheart.memory.manifest import Learn, Manifest
from byheart.memory.piece import Piece, encode
from byheart.memory.relearning import MemorySource
from byheart.memory.segment import Segment
from byheart.memory.snapshot import Snapshot
from byheart.memory.writer import SegmentWriter
from byheart.records import KINDS, Chunk, Kind, kind_of
from byheart.records.objects import ObjectKind
from byheart.records.others import are_others, others
from byheart.registry import nearest
from byheart.sources import Source

Structure = Literal["list", "hashmap"]
Mode = Literal["create", "append", "replace"]
Progress = Callable[[Source, int, int], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How to learn. `structure` None is the memory's own, or a list where it is new (a hashmap, where all that it learns are such memories)."""

    kind: str = "auto"
    structure: Structure | None = None
    mode: Mode = "create"

    def __post_init__(self) -> None:
        if self.structure not in {None, *get_args(Structure)}:
            told = nearest(str(self.structure), get_args(Structure))
            raise InputError(f"structure: wanted list or hashmap, got {self.structure!r}: {told}")


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
        _, addition = _Pupil(root, writer.name, _inherited(plan, base, sources), base).learn(sources, progress)
        if addition.structure == "hashmap":
            addition = compacting.each_once(writer, addition)
        publish = {"create": addition.create, "append": addition.append, "replace": addition.overwrite}[plan.mode]
        manifest = store.publish(writer, publish)
        if plan.mode == "append":
            manifest = compacting.merge_small(writer, manifest)
    retention.sweep(root)
    return Learned(manifest, addition.learn)


def learn_in_ram(sources: Sequence[Source], plan: Plan, base: Snapshot | None = None) -> Snapshot:
    """Learn sources into RAM, after what is there already."""
    known = base.manifest if base else None
    pupil = _Pupil(None, "ram", _inherited(plan, known, sources), known, base.kind if base else None)
    segments, addition = pupil.learn(sources, None)
    if base is not None:
        addition.require_same(base.manifest, Path("the memory"))
        segments = [*base.segments, *segments]
    entries = [segment.entry for segment in segments]
    return Snapshot(addition.manifest(known, (), entries), segments, kind=pupil.kind)


def _inherited(plan: Plan, base: Manifest | None, sources: Sequence[Source]) -> Plan:
    """The plan; where it names no structure, a new memory of hashmaps alone is one: as a list it might be too large."""
    is_open = plan.structure is None and base is None and bool(sources)
    are_hashmaps = all(isinstance(source, MemorySource) and source.structure == "hashmap" for source in sources)
    return replace(plan, structure="hashmap") if is_open and are_hashmaps else plan


class _Pupil:
    """Learns one run of sources, all of one kind, below `root` or (None) in RAM."""

    def __init__(
        self, root: Path | None, name: str, plan: Plan, base: Manifest | None, base_kind: Kind | None = None
    ) -> None:
        self._root = root
        self._base_kind = base_kind
        self._plan = plan
        self._base = base
        self._structure = plan.structure or (base.structure if base else "list")
        self._writer = SegmentWriter(root, name, counted=self._structure == "hashmap")
        self.kind: Kind | None = None
        self._field: pa.Field | None = None

    def learn(self, sources: Sequence[Source], progress: Progress | None) -> tuple[list[Segment], store.Addition]:
        """All the records of all the sources, or none."""
        began = time.perf_counter()
        with self._writer as writer:
            for source in sources:
                for chunk in source.chunks():
                    piece = self._encode(source, chunk)
                    for part in [piece] if self._structure == "hashmap" else piece.each():
                        writer.add(part)
                    if progress is not None:
                        progress(source, writer.records, writer.bytes)
            segments = writer.finish()
            if self.kind is None:
                names = ", ".join(source.name for source in sources) or "sources"
                raise InputError(f"{names}: wanted at least one record, got none")
        learned = Learn(
            tuple(source.name.encode("utf-8", "backslashreplace").decode() for source in sources),
            store.now(),
            {"kind": self._plan.kind, "structure": self._structure, "mode": self._plan.mode},
            writer.records,
            writer.bytes,
            round(time.perf_counter() - began, 6),
        )
        entries = tuple(segment.entry for segment in segments)
        return segments, store.Addition(self.kind.name, self._structure, m.schema_text(self._field), entries, learned)

    def _encode(self, source: Source, chunk: Chunk) -> Piece:
        """Encode as the first chunk of all was: its kind and type hold for what follows."""
        if self.kind is None:
            name = self._plan.kind
            if name == "auto":
                name = self._base.kind if self._base else source.kind or kind_of(chunk.values)
            self.kind = self._kind_called(name)
        if self._plan.kind == "auto" and are_others(self.kind.name, source.kind):
            self._refuse_others(source, chunk)
        try:
            if self._field is None:
                same = self._base is not None and self._base.kind == self.kind.name
                self._field = self._base.field if same and self._base else self.kind.field(chunk.values)
            return encode(chunk, self.kind, self._field)
        except RecordError as error:
            raise InputError(f"{chunk.place(error.record)}: {error}") from error
        except (InputError, pa.ArrowException):
            self._refuse_others(source, chunk)
            raise

    def _refuse_others(self, source: Source, chunk: Chunk) -> None:
        """Say it in a user's words where a chunk is of another kind than was learned before, or was asked for."""
        told = None if self.kind is None else others(self.kind.name, chunk.values, source.kind)
        if told is not None:
            wanted, got = told
            is_asked = self._base is None and self._plan.kind != "auto"
            remedy = "say another kind" if is_asked else "learn them into another memory"
            raise InputError(f"{source.name}: wanted {wanted}{'' if is_asked else ' as before'}, got {got}: {remedy}")

    def _kind_called(self, name: str) -> Kind:
        if name != ObjectKind.name:
            return KINDS[name]
        if self._root is not None:
            raise InputError(
                "kind: wanted one that can be stored, got object: leave the path out to keep objects in RAM"
            )
        return self._base_kind or ObjectKind()
