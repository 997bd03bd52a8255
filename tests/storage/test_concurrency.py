"""Several writers at once: nothing is lost, nothing doubled, and who only reads is left in peace."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import groupby
from pathlib import Path

import pytest
from contents import contents, require_sound
from killing import PROCESSES, with_small_files

from byheart import ConflictError, MemGEN
from byheart.memory import manifest as m

TIMES = 12
Work = Callable[[Path, int], None]


def appends(root: Path, writer: int) -> None:
    """Learn twelve times, three records each."""
    for time in range(TIMES):
        records = [f"writer {writer}, time {time}, record {i}".encode() for i in range(3)]
        MemGEN(root).partial_fit(records, ["keep", "keep", "forget"])


def forgets(root: Path, writer: int) -> None:
    """Forget again and again what the others learn meanwhile."""
    for _ in range(TIMES):
        MemGEN(root).forget(where="label = 'forget'")


def compacts(root: Path, writer: int) -> None:
    """Compact again and again; giving way to a forgetter is no failure."""
    for _ in range(TIMES):
        with suppress(ConflictError):
            MemGEN(root).compact()


def together(root: Path, *works: Work) -> None:
    """Each work in a process of its own, all at once; with many small files, merges and sweeps."""
    processes = [PROCESSES.Process(target=_work, args=(work, root, i)) for i, work in enumerate(works)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * len(works)


def _work(work: Work, root: Path, writer: int) -> None:
    with_small_files()
    work(root, writer)


def learned_by(*writers: int) -> set[bytes]:
    """All that these have learned, what was to be forgotten too."""
    return {b"writer %d, time %d, record %d" % (w, t, i) for w in writers for t in range(TIMES) for i in range(3)}


def kept(records: set[bytes]) -> set[bytes]:
    """Those that no one forgets."""
    return {record for record in records if not record.endswith(b"2")}


def require_each_once(root: Path, wanted: set[bytes], allowed: set[bytes] | None = None) -> None:
    """The wanted records are there, once, and no others (but of those allowed); the memory is sound."""
    held = [record for record, _ in contents(root)]
    assert len(held) == len(set(held))
    assert wanted <= set(held) <= (allowed or wanted)
    assert [r for r in MemGEN(root).sample(len(held), 0, replace=False, verify=True) if r not in held] == []
    require_sound(root)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "m"


@pytest.mark.parametrize("writers", [2, 4])
def test_what_processes_append_at_once_is_all_there_in_the_order_of_each(root: Path, writers: int) -> None:
    together(root, *[appends] * writers)
    require_each_once(root, learned_by(*range(writers)))
    runs = [key for key, _ in groupby(record.rsplit(b",", 1)[0] for record, _ in contents(root))]
    assert len(runs) == writers * TIMES  # what was learned at once lies together
    for writer in range(writers):
        own = [run for run in runs if run.startswith(b"writer %d," % writer)]
        assert own == [b"writer %d, time %d" % (writer, time) for time in range(TIMES)]


def test_what_threads_append_at_once_is_all_there(root: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda writer: appends(root, writer), range(8)))
    require_each_once(root, learned_by(*range(8)))


def test_two_that_create_at_once_do_not_overwrite_each_other(root: Path) -> None:
    def create(writer: int) -> bool:
        try:
            MemGEN(root).fit([b"by %d" % writer])
        except (ConflictError, FileExistsError):
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(create, range(8)))
    assert sum(done) == 1
    assert contents(root) == [(b"by %d" % done.index(True), None)]
    require_sound(root)


def test_an_append_beside_a_forget_loses_nothing(root: Path) -> None:
    MemGEN(root).fit([b"first"], ["keep"])
    together(root, appends, forgets, appends, forgets)
    learned = learned_by(0, 2) | {b"first"}
    require_each_once(root, kept(learned), learned)
    MemGEN(root).forget(where="label = 'forget'")
    require_each_once(root, kept(learned))


def test_an_append_beside_a_compact_loses_nothing(root: Path) -> None:
    MemGEN(root).fit([b"first"], ["keep"])
    together(root, appends, compacts, appends)
    require_each_once(root, learned_by(0, 2) | {b"first"})


def test_all_of_them_at_once_lose_nothing(root: Path) -> None:
    MemGEN(root).fit([b"first"], ["keep"])
    together(root, appends, compacts, forgets, appends)
    learned = learned_by(0, 3) | {b"first"}
    require_each_once(root, kept(learned), learned)


def test_a_reader_of_an_old_version_is_not_disturbed(root: Path) -> None:
    records = [f"record {i}" for i in range(1000)]
    model = MemGEN(root).fit(records)
    expected = list(model.sample(100, 0))
    with ThreadPoolExecutor(3) as pool:
        writers = [pool.submit(appends_text, root, writer) for writer in range(3)]
        while not all(writer.done() for writer in writers):
            assert list(model.sample(100, 0, verify=True)) == expected
            assert list(MemGEN(root, version=1).sample(100, 0, verify=True)) == expected
            newest = MemGEN(root)
            assert len(newest.sample(len(newest), 0, replace=False, verify=True)) == len(newest)
        for writer in writers:
            writer.result()
    assert m.versions(root)[0] == 1
    assert len(MemGEN(root)) == 1000 + 3 * TIMES


def appends_text(root: Path, writer: int) -> None:
    """Learn twelve times, a text each."""
    for time in range(TIMES):
        MemGEN(root).partial_fit([f"writer {writer}, time {time}"])


def test_a_reader_beside_a_compact_sees_the_newest_version_whole(root: Path) -> None:
    records = [f"record {i}" for i in range(1000)]
    MemGEN(root).fit(records, ["odd", "even"] * 500)
    with ThreadPoolExecutor(1) as pool:
        writer = pool.submit(_forget_and_compact, root)
        while not writer.done():
            with suppress(ConflictError):  # its version was compacted away between opening it and looking at it
                assert set(MemGEN(root).sample(10, 0, verify=True)) <= set(records)
        writer.result()
    assert len(MemGEN(root)) == 1000 - 20


def _forget_and_compact(root: Path) -> None:
    for i in range(20):
        MemGEN(root).forget([f"record {i}"], compact=True)
