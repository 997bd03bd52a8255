"""kill -9 at random moments: what was committed is there bit for bit, and nothing is half-visible."""

import random
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from contents import Contents, contents, contents_if_any, require_sound
from killing import Action, Killer

from byheart.memory import manifest as m
from byheart.memory.checking import check
from byheart.memory.learning import Structure
from command_line import INSTALLED

VERBS = ("append", "append", "append", "replace", "forget", "compact")


@pytest.mark.parametrize("kills", [20, pytest.param(300, marks=pytest.mark.full)])
def test_a_killed_change_is_there_whole_or_not_at_all(
    kills: int, tmp_path: Path, record_testsuite_property: Callable[[str, object], None]
) -> None:
    rng = random.Random(kills)
    killer, outcomes = Killer(rng), Counter[str]()
    for memory in count():
        if outcomes.total() >= kills:
            break
        structure: Structure = rng.choice(("list", "list", "hashmap"))
        root = tmp_path / f"memory-{memory}"
        before: Contents | None = None
        for number in range(8):
            verb = "create" if before is None else rng.choice(VERBS)
            action = Action(verb, memory * 8 + number)
            after = _in_order(action.expected(before or []), structure)
            newest = m.versions(root)[-1:]
            done = killer.finished(root, structure, action)
            now = contents_if_any(root)
            held = None if now is None else _in_order(now, structure)
            assert held == after if done else held in (before, after)
            if held is not None:
                assert check(root).ok
                for version in m.versions(root):
                    contents(root, version)
                require_sound(root)
            if not done:
                published = m.versions(root)[-1:] != newest
                outcomes["after it was published" if published else "before it was published"] += 1
            before = held
    record_testsuite_property("kills", dict(outcomes))
    assert outcomes["before it was published"]


def _in_order(held: Contents, structure: Structure) -> Contents:
    """A hashmap keeps what is alike together, wherever it came."""
    return held if structure == "list" else sorted(held)


@pytest.mark.parametrize("kills", [2, pytest.param(30, marks=pytest.mark.full)])
def test_a_killed_command_leaves_the_last_version_too(kills: int, tmp_path: Path) -> None:
    source, memory = tmp_path / "lines.txt", tmp_path / "memory"
    lines = [f"line {i} of a text that is learned by heart" for i in range(20_000)]
    source.write_text("\n".join(lines) + "\n")
    learn = [INSTALLED, "learn", str(source), str(memory), "--quiet"]
    began = time.perf_counter()
    subprocess.run(learn, check=True, timeout=60)
    seconds, times = time.perf_counter() - began, 1
    for number in range(kills):
        process = subprocess.Popen([*learn, "--append"])
        time.sleep(random.Random(number).uniform(0.5, 1.1) * seconds)
        process.kill()
        process.wait(60)
        held = [record for record, _ in contents(memory)]
        assert held in (lines * times, lines * (times + 1))
        times = len(held) // len(lines)
        require_sound(memory)
