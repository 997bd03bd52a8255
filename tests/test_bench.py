"""The benchmarks: every contestant gives back what it learned, and the page says what was found."""

import json
from pathlib import Path

import numpy as np
import pytest
from tools.bench import cache, page
from tools.bench.figures.names import LEARN, SMALL
from tools.bench.peers import registry
from tools.bench.results import Results, Series, Verdict
from tools.bench.workloads import Workload, as_bytes, make
from tools.bench_audit import __main__ as auditing
from tools.bench_audit import figures as audit_figures
from tools.bench_audit.tasks import TASKS as AUDITS
from tools.bench_judge import figures
from tools.bench_judge.tasks import TASKS
from tools.bench_judge.worker import FailedError, Taken, turn

TEXTS = Workload("texts", 300, 100, 25, 20, 250, is_text=True, seed=1)
ARRAYS = Workload("arrays", 200, 784, 0, 784, 784, is_text=False, seed=2)
HERE = [key for key in (*registry.OURS, *registry.PEERS) if registry.why_missing(key) is None]


@pytest.mark.parametrize("workload", [TEXTS, ARRAYS], ids=lambda w: w.name)
@pytest.mark.parametrize("key", [key for key in HERE if key not in {registry.FLOOR, registry.HASHMAP}])
def test_a_contestant_gives_back_what_it_learned(key: str, workload: Workload, tmp_path: Path) -> None:
    files, peer = make(workload, tmp_path / "data"), registry.get(key)
    if not peer.takes(workload):
        return
    store = tmp_path / "store"
    store.mkdir()
    peer.learn(files.records(), store)
    reader = peer.open(store, files)
    rows = np.random.default_rng(0).integers(0, workload.records, 50)
    given = as_bytes(reader.many(rows))
    assert given == files.some(getattr(reader, "drawn", rows))
    known = set(files.some(np.arange(workload.records)))
    assert {bytes(record) for record in reader.stream(rows.tolist())} <= known


def test_the_floor_copies_the_records_that_it_is_told(tmp_path: Path) -> None:
    for workload in (TEXTS, ARRAYS):
        files = make(workload, tmp_path / workload.name)
        rows = np.random.default_rng(0).integers(0, workload.records, 50)
        try:
            reader = registry.get(registry.FLOOR).open(tmp_path, files)
        except FileNotFoundError:
            pytest.skip("no compiler")
        assert as_bytes(reader.many(rows)) == files.some(rows)


def test_a_workload_is_the_same_whenever_it_is_made(tmp_path: Path) -> None:
    one, other = make(TEXTS, tmp_path / "one"), make(TEXTS, tmp_path / "other")
    assert one.data.read_bytes() == other.data.read_bytes()
    assert len(one.records()) == TEXTS.records
    assert sum(map(len, one.records())) == one.sizes()


def test_what_is_dropped_is_no_longer_in_ram(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(1 << 20))
    assert cache.resident(tmp_path) == 1
    try:
        cache.drop(tmp_path)
    except RuntimeError:
        pytest.skip("this file system keeps all in RAM")
    assert cache.resident(tmp_path) < 0.01


def found() -> Results:
    """Three repetitions, of two contestants."""
    ours = Series(SMALL, "W1", registry.FACE, "records/s", (9e6, 8e6, 30e6))
    floor = Series(SMALL, "W1", registry.FLOOR, "records/s", (10e6, 10e6, 10e6))
    results = Results({"date": "2026-01-01"}, [ours, floor], missing={"bagz": "no wheel"})
    results.judge(Verdict(SMALL, "W1", "to the floor", results.ratio(SMALL, "W1", registry.FACE, registry.FLOOR), 0.8))
    results.judge(Verdict(LEARN, "W1", "not measured", results.ratio(LEARN, "W1", registry.FACE, registry.FLOOR), 0.6))
    return results


def test_a_verdict_is_the_median_of_the_ratios_turn_by_turn() -> None:
    (verdict,) = found().verdicts
    assert verdict.median == pytest.approx(0.9)
    assert verdict.is_met
    assert not Verdict(SMALL, "W1", "", (0.7, 0.79, 3.0), 0.8).is_met
    assert Verdict(SMALL, "W1", "", (0.1,), 0.25, at_least=False).is_met


def test_the_page_is_written_between_its_markers_and_the_results_come_back(tmp_path: Path) -> None:
    results = found()
    (tmp_path / "benchmarks.md").write_text(
        "before\n<!-- measured: targets -->\nold\n<!-- end -->\nafter\n<!-- measured: missing -->\n<!-- end -->\n"
    )
    page.write(results, tmp_path)
    text = (tmp_path / "benchmarks.md").read_text()
    assert "old" not in text
    assert "| batches of 256 | W1 | to the floor | 0.90 (0.80-3.00) | >= 0.80 | met |" in text
    assert "- bagz: no wheel" in text
    assert text.startswith("before\n")
    assert page.rendered(text, results) == text
    assert Results.read(tmp_path / "benchmarks.json") == results
    assert json.loads((tmp_path / "benchmarks.json").read_text())["machine"] == {"date": "2026-01-01"}


def test_a_turn_at_a_task_of_judging_tells_what_it_took_and_found() -> None:
    taken = turn("records", "byheart", 1)
    assert taken.clock > 0
    assert taken.processor > 0
    assert taken.answer["mean distance"] > 0
    assert turn("records", "byheart", 2).answer == taken.answer


def test_a_contestant_that_fails_says_why() -> None:
    with pytest.raises(FailedError, match="nobody"):
        turn("records", "nobody", 1)


def test_targets_of_judging_are_set_against_who_takes_part() -> None:
    """And each is judged, where all have been measured: byheart takes 1, the others 200."""
    results = Results({})
    for name, task in TASKS.items():
        for who in task.contestants:
            taken = (1.0,) if who == figures.OURS else (200.0,)
            results.series += [
                Series(figure, task.title, who, "", taken) for figure in (figures.PROCESSOR, figures.PEAK)
            ]
        figures.judge(results, name)
    assert len(results.verdicts) == len(figures.RATIOS) + len(figures.LIMITS)
    assert all(verdict.is_met for verdict in results.verdicts)


def measured_audits() -> list[Results]:
    """Each task, as if byheart had taken a second and a megabyte, and all others 2,000."""
    parts = []
    for name, task in AUDITS.items():
        parts.append(Results({"date": "2026-01-01", f"load, {name}": "none"}))
        for who in task.contestants:
            answer = {"pairs": 1e10 if who == figures.OURS else 4e6, "near": 3.0}
            spent = 1.0 if who == figures.OURS else 2000.0
            audit_figures.tell(parts[-1], name, who, [Taken(spent, spent, 1_000_000, answer)])
    return parts


def test_targets_of_auditing_are_judged_where_all_tasks_were_measured() -> None:
    results = auditing.together(measured_audits())
    wanted = len(audit_figures.RATIOS) + len(audit_figures.LATER) + len(audit_figures.LIMITS) + 1
    assert len(results.verdicts) == wanted
    assert all(verdict.is_met for verdict in results.verdicts)
    assert results.machine["load, table"] == "none"


def test_a_task_of_auditing_that_was_not_measured_is_not_judged() -> None:
    parts = dict(zip(AUDITS, measured_audits(), strict=True))
    assert not auditing.together([parts["pairs"]]).verdicts
    (verdict,) = auditing.together([parts["kept"]]).verdicts
    assert "imagehash" in verdict.claim


def test_the_page_of_auditing_has_a_block_for_all_that_is_measured() -> None:
    path = Path(__file__).parents[1] / "docs" / "benchmarks-audit.md"
    text = path.read_text("utf-8")
    for block in ("machine", "targets", "tables", "missing"):
        assert f"<!-- measured: {block} -->" in text
    assert page.rendered(text, Results.read(path.with_suffix(".json"))) == text
