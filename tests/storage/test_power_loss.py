"""The power fails after each call that writes, and whatever was not fsynced is lost in whole or in part."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from contents import Contents, contents, require_sound
from simulated_disk import RecordedOs, power_cuts, restore

from byheart import DamagedError, MemGEN, _files
from byheart.memory import compacting, retention
from byheart.memory import manifest as m

FIRST = [f"record {i}".encode() for i in range(20)]
LABELS = ["even", "odd"] * 10
MORE = [bytes([i]) * i for i in range(1, 9)]
SECRET = b"a record that is to be forgotten"


def nothing(root: Path) -> None:
    """There is no memory yet."""


def learned(root: Path) -> None:
    MemGEN(root).fit([*FIRST, SECRET], [*LABELS, "odd"])


def learned_often(root: Path) -> None:
    for i in range(3):
        MemGEN(root).partial_fit([b"small %d" % i, b"and more of it"])


def counted(root: Path) -> None:
    MemGEN(root, structure="hashmap").fit([*FIRST, *FIRST, SECRET]).partial_fit([*FIRST[:3], SECRET])


def forgotten(root: Path) -> None:
    learned(root)
    MemGEN(root).partial_fit(MORE).forget([SECRET])


def append(root: Path) -> None:
    MemGEN(root).partial_fit(MORE)


Do = Callable[[Path], object]
ACTIONS: dict[str, tuple[Do, Do]] = {
    "create": (nothing, learned),
    "create a hashmap": (nothing, counted),
    "append": (learned, append),
    "replace": (learned, lambda root: MemGEN(root).fit(MORE, overwrite=True)),
    "forget": (learned, lambda root: MemGEN(root).forget([SECRET])),
    "forget from a hashmap": (counted, lambda root: MemGEN(root).forget([SECRET])),
    "compact": (forgotten, lambda root: MemGEN(root).compact()),
    "forget and compact": (learned, lambda root: MemGEN(root).forget([SECRET], compact=True)),
    "merge small segments": (learned_often, append),
    "drop old versions": (learned_often, append),
}


EVERY_CUT = pytest.param(1, marks=pytest.mark.full, id="every cut")


@pytest.mark.parametrize("stride", [pytest.param(7, id="one cut in seven"), EVERY_CUT])
@pytest.mark.parametrize("name", ACTIONS)
def test_after_any_power_cut_the_last_version_is_whole(
    name: str, stride: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _cuts_survived(name, stride, tmp_path, monkeypatch) > 50 / stride


@pytest.mark.parametrize("forgotten_call", ["sync", "sync folder"])
def test_a_program_that_does_not_fsync_would_be_found_out(
    forgotten_call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises((AssertionError, DamagedError)):
        _cuts_survived("append", 1, tmp_path, monkeypatch, forgotten_call)


def _cuts_survived(name: str, stride: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deaf_to: str = "") -> int:
    """Record an action, cut the power everywhere (or at every so many places), and look at what is left each time."""
    recorded = tmp_path / "recorded"
    recorded.mkdir()
    prepare, act = ACTIONS[name]
    known: dict[int, Contents] = {}  # what each version held when it was published

    def on_link(path: Path) -> None:
        version = m.versions(path.parent)[-1]
        known[version] = contents(path.parent, version)

    monkeypatch.setattr(compacting, "MERGE_AT", 4)
    with monkeypatch.context() as patch:
        recorder = RecordedOs(on_link, deaf_to)
        patch.setattr(_files, "os", recorder)
        patch.setattr(_files, "_BLOCK", 256)  # so that even these small files are written in several steps
        prepare(recorded / "m")
        first, newest = len(recorder.steps), max(known, default=0)
        if name == "drop old versions":
            patch.setattr(retention, "KEPT_FOR", timedelta(0))
            patch.setattr(retention, "VERSIONS_KEPT", 2)
        act(recorded / "m")
    last, cuts = len(recorder.steps), 0
    monkeypatch.setattr(_files, "_fsync", lambda descriptor: None)  # what is replayed need not survive
    for number, (steps, fate, tree) in enumerate(power_cuts(recorder.steps, first)):
        if number % stride and steps < last:
            continue
        cuts += 1
        root = tmp_path / f"cut-{cuts}"
        root.mkdir()
        restore(tree, recorded, root)
        if steps == last and "compact" in name:
            held = [path for path in root.rglob("*") if path.is_file() and SECRET in path.read_bytes()]
            assert not held, f"{fate}: what was compacted away is back"
        oldest_allowed = max(known) if steps == last else newest
        try:
            _is_whole(root / "m", known, oldest_allowed)
        except Exception as error:
            error.add_note(f"after {steps - first} of {last - first} steps ({recorder.steps[steps - 1]}): {fate}")
            raise
    return cuts


def _is_whole(root: Path, known: dict[int, Contents], oldest_allowed: int) -> None:
    """Every version that there is is whole; the newest is one of those that may be."""
    there = m.versions(root)
    assert max(there, default=0) in {0, *known}
    assert max(there, default=0) >= oldest_allowed
    if not there:
        MemGEN(root).fit(FIRST)  # what is there does not stand in the way
        assert [record for record, _ in contents(root)] == FIRST
    for version in there:
        assert contents(root, version) == known[version]
    require_sound(root)
    records = [record for record, _ in contents(root)]
    MemGEN(root).partial_fit([b"one more"])
    assert [record for record, _ in contents(root)] == [*records, b"one more"]
