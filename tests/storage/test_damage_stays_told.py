"""Whatever rewrites records compares all that it reads with its digests: damage is never written down anew as if it were sound."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from damaging import MEMORIES, flips

from byheart import DamagedError, FormatError, InputError, MemGEN, _files
from byheart.memory import compacting, store
from byheart.memory import manifest as m
from byheart.memory.checking import check


def _compact(root: Path) -> None:
    with suppress(DamagedError, FormatError):
        MemGEN(root).compact()


def _append(root: Path) -> None:
    """What is small is merged on the way, if it can be."""
    model = MemGEN(root)
    with suppress(DamagedError, FormatError, InputError):  # the one that is drawn may be no text any more
        whole = model.sample(1, 0)
        model.partial_fit(whole.to_numpy() if whole.kind == "array" else whole.to_arrow())


@pytest.mark.parametrize("act", [_compact, _append])
@pytest.mark.parametrize("stride", [pytest.param(401, id="some"), pytest.param(3, id="many", marks=pytest.mark.full)])
@pytest.mark.parametrize("name", MEMORIES)
def test_damage_is_still_found_after_what_was_damaged_has_been_rewritten(
    name: str, stride: int, act: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_files, "_fsync", lambda descriptor: None)  # no power is lost here
    monkeypatch.setattr(compacting, "MERGE_AT", 2)
    sound, root = tmp_path / "sound", tmp_path / "m"
    MEMORIES[name](sound)
    shutil.copytree(sound, root)
    act(root)
    assert check(root).ok
    in_use = {str(path.relative_to(sound)) for path in store.files_of(sound, m.load(sound))}
    for harm in flips(sound, stride):
        shutil.rmtree(root)
        shutil.copytree(sound, root)
        if harm.data is not None and harm.file in in_use:  # with older versions, their damage may go
            (root / harm.file).write_bytes(harm.data)
            act(root)
            assert not check(root).ok, f"{harm.file}: {harm.told}"
