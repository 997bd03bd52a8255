"""A writer that another one overtakes starts again from what that one published: each does all that it was asked for."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from contents import contents, require_sound

from byheart import MemGEN
from byheart.memory import manifest as m
from byheart.memory import store


def overtaken(patch: pytest.MonkeyPatch, by: Callable[[], object], times: int) -> list[m.Manifest | None]:
    """Let another writer publish each time that one has worked out what to publish, so often; what each try began from."""
    tries: list[m.Manifest | None] = []
    publish = store.publish

    def slow_publish(writer: store.Writer, next_version: store.NextVersion) -> m.Manifest:
        def slow_version(base: m.Manifest | None, attempt: store.Attempt) -> m.Manifest:
            new = next_version(base, attempt)
            tries.append(base)
            if len(tries) <= times:
                with pytest.MonkeyPatch.context() as inner:
                    inner.setattr(store, "publish", publish)
                    by()
            return new

        return publish(writer, slow_version)

    patch.setattr(store, "publish", slow_publish)
    return tries


ACTIONS: dict[str, tuple[Callable[[MemGEN], Any], list[bytes]]] = {
    "forget, from a generator": (lambda model: model.forget(iter([b"b", b"late"])), [b"a", b"c"]),
    "forget, by a condition": (lambda model: model.forget(where="size = 1 or size = 4"), []),
    "append, from a generator": (lambda model: model.partial_fit(iter([b"x", b"y"])), [b"a", b"b", b"c", *[b"late"] * 3, b"x", b"y"]),
    "replace": (lambda model: model.fit(iter([b"x"]), overwrite=True), [b"x"]),
}  # fmt: skip  # one line an action


@pytest.mark.parametrize("name", ACTIONS)
@pytest.mark.parametrize("structure", ["list", "hashmap"])
def test_whoever_is_overtaken_does_all_that_was_asked(
    name: str, structure: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "m"
    act, left = ACTIONS[name]
    model = MemGEN(root, structure=structure).fit([b"a", b"b", b"c"])  # type: ignore[arg-type]  # one of the two
    tries = overtaken(monkeypatch, lambda: MemGEN(root).partial_fit([b"late"]), times=3)
    act(model)
    assert len(tries) == 4
    assert sorted(record for record, _ in contents(root)) == sorted(left)
    assert m.versions(root) == [1, 2, 3, 4, 5]
    require_sound(root)


def test_what_is_forgotten_while_it_is_compacted_stays_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The compaction gives way, and leaves nothing behind."""
    root = tmp_path / "m"
    MemGEN(root).fit([b"a", b"b", b"c"]).forget([b"a"])
    tries = overtaken(monkeypatch, lambda: MemGEN(root).forget([b"b"]), times=1)
    with pytest.raises(RuntimeError, match="run it again"):
        MemGEN(root).compact()
    assert len(tries) == 1
    assert [record for record, _ in contents(root)] == [b"c"]
    require_sound(root)
