"""A memory and a plain list live through the same history, drawn at random: learn, forget, compact, die half-way, go back in time.

After each step the memory holds what the list says, in every version that there is.
"""

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from contents import Contents, contents, require_sound
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from byheart import ConflictError, MemGEN, MemoryNotFoundError, _files
from byheart.memory import compacting, retention, segment, writer
from byheart.memory import manifest as m
from byheart.memory.learning import Structure

KEPT: Final = 4
ALPHABET: Final = [b"", b"a", b"bb", b"ccc" * 20, b"\0", b"a\0", b"other"]
records = st.lists(st.sampled_from(ALPHABET), min_size=1, max_size=12)
labels = st.sampled_from([None, "x", "y"])


class KilledError(BaseException):
    """What no one catches."""


class DyingOs:
    """The module `os` as `_files` sees it in a process that is killed at some call: from then on no call does anything."""

    def __init__(self, calls: int) -> None:
        self._left = calls
        self._open: set[int] = set()

    def __getattr__(self, name: str) -> Any:
        real = getattr(os, name)
        if not callable(real) or isinstance(real, type):
            return real

        def call(*arguments: Any) -> Any:
            self._left -= 1
            if self._left < 0:
                raise KilledError
            if name == "close":
                self._open.remove(arguments[0])  # before: once it is closed, another thread may be given its number
            answer: Any = None if name == "fsync" else real(*arguments)  # no power is lost here
            if name == "open":
                self._open.add(answer)
            return answer

        return call

    def bury(self) -> None:
        """What the system does for the dead: their files are closed, and so their locks let go."""
        for descriptor in self._open:
            os.close(descriptor)


class History(RuleBasedStateMachine):
    """The memory at `root`, and what each of its versions holds."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.root = self.folder / "m"
        self.structure: Structure = "list"
        self.versions: dict[int, Contents] = {}
        self.drawn: dict[int, list[bytes]] = {}
        self.readers: list[tuple[MemGEN, int]] = []
        self.calls_to_live: int | None = None

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @initialize(structure=st.sampled_from(["list", "hashmap"]))
    def begin(self, structure: Structure) -> None:
        self.structure = structure

    @property
    def now(self) -> Contents:
        """What the newest version holds."""
        return self.versions[max(self.versions)] if self.versions else []

    # ---- what happens ------------------------------------------------------------------------------------

    def _do(self, action: Callable[[MemGEN], object], after: Contents) -> None:
        """Change the memory; whoever is to die does so half-way, or was done before."""
        newest = max(self.versions, default=0)
        with pytest.MonkeyPatch.context() as patch:
            system = DyingOs(10**9 if self.calls_to_live is None else self.calls_to_live)
            patch.setattr(_files, "os", system)
            died = False
            try:
                action(MemGEN(self.root, structure=self.structure))
            except KilledError:
                died = True
            finally:
                system.bury()
        self.calls_to_live = None
        there = m.versions(self.root)
        assert died or there[-1] > newest or after == self.now
        for version in there:
            if version > newest:
                self.versions[version] = after
                self.drawn[version] = list(MemGEN(self.root, version=version).sample(5, 1)) if after else []
        for version in set(self.versions) - set(there):
            del self.versions[version]

    @rule(calls=st.integers(0, 150))
    def the_next_to_change_it_is_killed(self, calls: int) -> None:
        self.calls_to_live = calls

    @rule(learned=records, with_labels=st.booleans(), data=st.data())
    def append(self, learned: list[bytes], with_labels: bool, data: st.DataObject) -> None:
        given = data.draw(st.lists(labels, min_size=len(learned), max_size=len(learned))) if with_labels else None
        told = list(zip(learned, given or [None] * len(learned), strict=True))
        self._do(lambda model: model.partial_fit(learned, given), [*self.now, *told])

    @rule(learned=records)
    def replace(self, learned: list[bytes]) -> None:
        self._do(lambda model: model.fit(learned, overwrite=True), [(record, None) for record in learned])

    @precondition(lambda self: self.versions)
    @rule(gone=st.lists(st.sampled_from(ALPHABET), min_size=1, max_size=3), compact=st.booleans())
    def forget_records(self, gone: list[bytes], compact: bool) -> None:
        left = [(record, label) for record, label in self.now if record not in gone]
        self._do(lambda model: model.forget(gone, compact=compact), left)

    @precondition(lambda self: self.versions)
    @rule(label=st.sampled_from(["x", "y"]), compact=st.booleans())
    def forget_a_label(self, label: str, compact: bool) -> None:
        left = [(record, its) for record, its in self.now if its != label]
        self._do(lambda model: model.forget(where=f"label = '{label}'", compact=compact), left)

    @precondition(lambda self: self.versions)
    @rule()
    def compact(self) -> None:
        self._do(lambda model: model.compact(), self.now)

    @precondition(lambda self: self.versions)
    @rule()
    def repair(self) -> None:
        require_sound(self.root)

    # ---- what is seen ------------------------------------------------------------------------------------

    @precondition(lambda self: self.versions)
    @rule(data=st.data(), looked_at=st.booleans())
    def open_a_version(self, data: st.DataObject, looked_at: bool) -> None:
        version = data.draw(st.sampled_from(sorted(self.versions)))
        reader = MemGEN(self.root, version=version)
        if looked_at:
            list(reader.sample(1, 0)) if self.versions[version] else len(reader)
        self.readers.append((reader, version))

    @precondition(lambda self: self.readers)
    @rule(data=st.data())
    def read_what_was_opened(self, data: st.DataObject) -> None:
        """As it was then; or, if it has been swept, an error: never something else."""
        reader, version = data.draw(st.sampled_from(self.readers))
        if self.drawn.get(version):
            try:
                assert list(reader.sample(5, 1, verify=True)) == self.drawn[version]
            except (MemoryNotFoundError, ConflictError):
                assert version not in self.versions

    @invariant()
    def every_version_holds_what_the_list_says(self) -> None:
        assert sorted(self.versions) == m.versions(self.root)
        for version, wanted in self.versions.items():
            held = contents(self.root, version)
            assert held == wanted if self.structure == "list" else Counter(held) == Counter(wanted)

    @invariant()
    def the_newest_is_scored_and_sampled_so(self) -> None:
        if not self.versions:
            return
        model, counts = MemGEN(self.root), Counter(record for record, _ in self.now)
        assert len(model) == len(self.now)
        assert model.distinct == len(set(self.now))
        assert [record in model for record in ALPHABET] == [record in counts for record in ALPHABET]
        if self.now:
            shares = np.exp(model.score_samples(ALPHABET))
            assert np.allclose(shares, [counts[record] / len(self.now) for record in ALPHABET])
            whole = model.sample(len(model), 3, replace=False, verify=True)
            assert Counter(zip(whole, whole.labels or [None] * len(whole), strict=True)) == Counter(self.now)
            chosen = Counter(record for record, label in self.now if label == "x")
            if chosen:
                drawn = model.sample(chosen.total(), 4, replace=False, where="label = 'x'")
                assert Counter(drawn) == chosen

    @invariant()
    def old_versions_draw_as_they_did(self) -> None:
        for version in self.versions:
            if self.drawn[version]:
                assert list(MemGEN(self.root, version=version).sample(5, 1)) == self.drawn[version]


@pytest.mark.parametrize(
    ("histories", "steps"), [(15, 20), pytest.param(150, 40, marks=pytest.mark.full)], ids=["some", "many"]
)
def test_every_history_leaves_what_a_plain_list_would_hold(
    histories: int, steps: int, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (segment, writer):
        monkeypatch.setattr(module, "BATCH_ROWS", 4)
    monkeypatch.setattr(writer, "SEGMENT_BYTES", 100)
    monkeypatch.setattr(compacting, "SEGMENT_BYTES", 1000)
    monkeypatch.setattr(compacting, "MERGE_AT", 4)
    monkeypatch.setattr(retention, "VERSIONS_KEPT", KEPT)
    monkeypatch.setattr(retention, "KEPT_FOR", timedelta(days=-1))
    run_state_machine_as_test(History, settings=settings(max_examples=histories, stateful_step_count=steps))
