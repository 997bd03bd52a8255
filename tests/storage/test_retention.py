"""Old versions go, and nothing that another version needs goes with them, whatever the clocks said and the disk refused."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from contents import contents, require_sound

from byheart import MemGEN, StorageError, _files
from byheart.memory import compacting, retention, store
from byheart.memory import manifest as m


def learn_at(root: Path, days: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    """Append a record a version, each so many days ago; small segments are not merged, which would make versions of its own."""
    monkeypatch.setattr(compacting, "MERGE_AT", 1000)
    for number, ago in enumerate(days):
        then = (datetime.now(UTC) - timedelta(days=ago)).isoformat()
        with monkeypatch.context() as patch:
            patch.setattr(store, "now", lambda then=then: then)
            MemGEN(root).partial_fit([f"record {number}"])


def require_all(root: Path) -> None:
    """Each version holds what had been learned by then."""
    for version in m.versions(root):
        assert [record for record, _ in contents(root, version)] == [f"record {i}" for i in range(version)]
    require_sound(root)


@pytest.mark.parametrize("young", [[0], [3], [0, 4], [4, 5, 9]])
def test_a_version_between_two_that_stay_takes_nothing_with_it(
    young: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several machines write, and the clock of one was ahead: what it made seems young beside later versions."""
    root, count = tmp_path / "m", 10 + retention.VERSIONS_KEPT
    learn_at(root, [1 if number in young else 30 for number in range(count)], monkeypatch)
    assert m.versions(root) == [*(number + 1 for number in young), *range(count - 9, count + 1)]
    require_all(root)


def test_a_version_that_could_not_be_removed_is_whole_and_so_are_the_later_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, count = tmp_path / "m", 4 + retention.VERSIONS_KEPT
    refused = m.manifest_path(root, 2)
    remove = _files.remove

    def remove_or_refuse(path: Path) -> None:
        if path == refused:
            raise StorageError(13, "no permission")
        remove(path)

    monkeypatch.setattr(_files, "remove", remove_or_refuse)
    learn_at(root, [30] * count, monkeypatch)
    assert m.versions(root) == [2, *range(count - 9, count + 1)]
    require_all(root)
    monkeypatch.setattr(_files, "remove", remove)
    learn_at(root, [30], monkeypatch)
    assert m.versions(root) == [*range(count - 8, count + 2)]
