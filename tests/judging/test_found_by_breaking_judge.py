"""What attempts to break the judge found, each with what must happen instead."""

import json
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from byheart import InputError, MemGEN, judge
from byheart.features.arrays import origin
from byheart.judging.design import design
from byheart.judging.judgment import Judgment
from byheart.judging.metric import Setting
from byheart.judging.metrics.kernels import kid
from byheart.judging.metrics.sliced_wasserstein import SlicedWasserstein
from byheart.judging.resampling import Division, permutation_test
from byheart.judging.splitting import split
from byheart.neighbours import Work
from command_line import command

judging = import_module("byheart.judging.judge")


def normal(count: int, seed: int, width: int = 3) -> Any:
    return np.random.default_rng(seed).normal(size=(count, width))


def verdicts(told: Judgment) -> set[str]:
    return {row.verdict for row in told.findings}


def test_groups_of_other_sizes_in_the_reference_are_not_exchanged_for_single_records() -> None:
    """Single records against groups of ten: sets of other sizes would tell the one division from all others."""
    for seed in range(20):
        points = normal(200, seed)
        is_sample = np.arange(200) < 100
        units = np.where(is_sample, np.arange(200), 1000 + np.arange(200) // 10)
        statistic = SlicedWasserstein().over(points, Setting(0, units, None, 1.0, Work(threads=1)))
        tails = permutation_test(statistic, Division(is_sample, ~is_sample, units), 99, seed)
        assert (tails.low[0], tails.high[0]) == (1, 1)


def test_where_no_groups_can_be_exchanged_nothing_is_tested() -> None:
    rows = [{"who": f"t{n // 10}", "x": float(x)} for n, x in enumerate(normal(400, 1, 1)[:, 0])]
    heldout = [{"who": f"h{n // 10}", "x": float(x)} for n, x in enumerate(normal(400, 2, 1)[:, 0])]
    fresh = [{"who": f"g{n}", "x": float(x)} for n, x in enumerate(normal(200, 3, 1)[:, 0])]
    told = judge(fresh, heldout, train=rows, group="who", metrics=["mmd", "sliced_wasserstein", "copy_share"])
    assert {row.verdict for row in told.findings if row.name != "copy_share"} == {"not tested"}


def test_whose_a_record_is_is_not_compared() -> None:
    """New patients have other names: a perfect generator is not worse for that."""
    samples = [
        [{"who": seed * 1000 + n // 4, "x": float(x), "y": float(y)} for n, (x, y) in enumerate(normal(400, seed, 2))]
        for seed in (100, 101, 102)
    ]
    told = judge(samples[0], samples[1], train=samples[2], group="who", metrics=["mmd", "column_shapes", "exact_share"])
    assert verdicts(told) == {"like real"}
    copied = judge(samples[2][:200], samples[1], train=samples[2], group="who", metrics=["exact_share"])
    assert copied.findings[0].generated.value == 1


def test_few_groups_are_said_or_leave_intervals_out() -> None:
    heldout = [{"who": "one", "x": float(x)} for x in normal(100, 1, 1)[:, 0]]
    with pytest.raises(InputError, match="group: wanted two groups or more in held-out"):
        judge(heldout, heldout, train=heldout, group="who", metrics=["mmd"])
    half = np.repeat([0, 1, 2], [240, 80, 80])
    for seed in range(4):
        drawn = design(np.arange(400), np.arange(400), half, most=400, seed=seed)
        assert min(len(drawn.stand_in), len(drawn.heldout)) >= 80


def test_halves_and_parts_are_as_near_to_their_share_as_whole_groups_allow() -> None:
    def parts(sizes: list[int], share: float, seed: int) -> int:
        rows = [{"g": g, "n": n} for g, size in enumerate(sizes) for n in range(size)]
        return len(split(MemGEN().fit(rows), share, group="g", random_state=seed)[1])

    assert {parts([95, 5], 0.2, seed) for seed in range(5)} == {5}
    assert {parts([1, 99], 0.8, seed) for seed in range(5)} == {99}
    assert all(parts([50, 30, 20], 0.2, seed) <= 30 for seed in range(5))


@pytest.mark.parametrize(("of_train", "of_sample"), [("f4", "f8"), ("u1", "f8"), ("i8", "f4")])
def test_samples_may_be_of_other_numbers_and_copies_are_known_all_the_same(of_train: str, of_sample: str) -> None:
    rng = np.random.default_rng(0)
    train = rng.integers(0, 200, (200, 4)).astype(of_train)
    heldout = rng.integers(0, 200, (200, 4)).astype(of_train)
    sample = np.concatenate([train[:60].astype(of_sample), rng.integers(0, 200, (60, 4)).astype(of_sample) + 0.5])
    told = judge(sample, heldout, train=train, metrics=["exact_share", "mmd"], max_records=100)
    assert told.findings[0].generated.value == pytest.approx(0.5, abs=0.15)


def test_a_sample_is_of_one_type_wherever_its_chunks_end(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    train, heldout = rng.integers(0, 9, (2, 200, 3))
    both = [heldout[:100].astype(float), rng.normal(size=(100, 3))]
    assert len(judge(np.concatenate(both), heldout, train=train, metrics=["mmd"]).findings) == 2
    with pytest.raises(InputError, match="generated: wanted real numbers"):
        judge(train * 1j, heldout, train=train, metrics=["mmd"])


def test_large_numbers_are_no_distance() -> None:
    """Incomes: (x.y / d + 1)^3 is beyond float32."""
    train, heldout, fresh = (np.random.default_rng(seed).lognormal(15, 1, (60, 2)) for seed in range(3))
    statistic = kid().over(np.concatenate([fresh, heldout]), Setting(0, np.arange(120), None, 1.0, Work()))
    is_sample = np.arange(120) < 60
    assert np.isfinite(statistic(np.tile(is_sample, (99, 1)), np.tile(~is_sample, (99, 1)))).all()
    assert verdicts(judge(fresh, heldout, train=train, metrics=["kid"])) == {"like real"}
    json.loads(judge(1e30 * fresh, 1e30 * heldout, train=1e30 * train, metrics=["kid"]).to_json(), parse_constant=float)


@pytest.mark.filterwarnings("error")
def test_numbers_far_from_0_keep_their_differences() -> None:
    train, heldout, fresh = (1e9 + normal(200, seed) for seed in range(3))
    told = judge(fresh + 3, heldout, train=train, metrics=["mmd", "energy_distance", "frechet_distance"])
    assert verdicts(told) == {"worse than real"}
    assert verdicts(judge(fresh, heldout, train=train, metrics=["mmd", "energy_distance"])) == {"like real"}
    assert origin(normal(50, 0)).tolist() == [0, 0, 0]


def test_a_narrow_generator_that_never_saw_train_does_not_depend_on_it() -> None:
    metrics = ["exact_share", "copy_share", "c_t", "authenticity", "nndr", "dcr_share", "fld"]
    for seed in range(2):
        train, heldout = normal(300, 10 * seed), normal(300, 10 * seed + 1)
        told = judge(0.5 * normal(300, 10 * seed + 2), heldout, train=train, metrics=metrics)
        assert "depends on train" not in verdicts(told)
        copies = np.concatenate([train[:60], normal(240, 10 * seed + 3)])
        assert "depends on train" in verdicts(judge(copies, heldout, train=train, metrics=metrics))


def test_few_different_records_are_judged() -> None:
    rng = np.random.default_rng(0)
    train, heldout, fresh = rng.integers(0, 2, (3, 200, 3)).astype(bool)
    metrics = ["exact_share", "copy_share", "dcr_share", "authenticity", "c_t", "mmd"]
    told = judge(fresh, heldout, train=train, metrics=metrics)
    assert "depends on train" not in verdicts(told)
    constant = np.ones((200, 2))
    assert verdicts(judge(constant, constant, train=constant, metrics=["copy_share", "dcr_share"])) == {"like real"}


def test_the_row_that_is_no_number_is_told_as_it_came() -> None:
    made = normal(100, 1)
    made[3, 1] = np.nan
    with pytest.raises(InputError, match="generated, features: wanted finite numbers, got NaN or infinity in row 3"):
        judge(made, normal(400, 2), train=normal(400, 3), metrics=["mmd"])


def test_held_out_records_that_stand_in_train_are_told_of() -> None:
    train = normal(300, 1)
    mixed = np.concatenate([train[:150], normal(150, 2)])
    told = judge(train[:150], mixed, train=train, metrics=["exact_share"])
    assert "150 of 300 held-out records stand in train too, where 1 would by chance" in told.warnings[0]
    common = np.random.default_rng(0).integers(0, 30, (3, 300, 1)).astype(float)
    assert judge(common[0], common[1], train=common[2], metrics=["exact_share"]).left_out == ()
    one = np.concatenate([train[:1], normal(299, 2)])
    assert judge(normal(300, 3), one, train=train, metrics=["exact_share"]).left_out == ()


def test_a_generator_of_nothing_copies_nothing() -> None:
    rng = np.random.default_rng(0)
    texts = [" ".join(rng.choice(["sun", "moon", "star", "sky", "sea", "wind"], 9)) for _ in range(300)]
    told = judge([""] * 100, texts[150:], train=texts[:150], metrics=["ngram_novelty"])
    assert told.findings[0].generated.value == 1


def test_the_first_test_is_of_no_more_points_than_its_metric_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    chosen = judging.chosen

    def few(kind: str, names: Any = None) -> Any:
        (metric,) = chosen(kind, names)
        metric.traits = replace(metric.traits, most=50)
        over = metric.over

        def counted(points: Any, setting: Any) -> Any:
            seen.append(len(points))
            return over(points, setting)

        monkeypatch.setattr(metric, "over", counted)
        return [metric]

    monkeypatch.setattr(judging, "chosen", few)
    judge(normal(300, 1), normal(300, 2), train=normal(300, 3), metrics=["mmd"])
    assert max(seen) <= 3 * 50


def test_split_says_that_two_names_are_one_before_it_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.save(tmp_path / "t.npy", normal(60, 1))
    byheart = command(capsys)
    same = byheart("split", tmp_path / "t.npy", tmp_path / "a.npy", tmp_path / "a.npy", "--overwrite")
    assert (same.code, same.err.startswith("byheart: wanted two names, for TRAIN and for HELDOUT")) == (2, True)
    missing = byheart("split", tmp_path / "t.npy", tmp_path / "a.npy", tmp_path / "nowhere" / "b.npy")
    assert (missing.code, "make it first" in missing.err) == (2, True)
    assert not (tmp_path / "a.npy").exists()


def test_a_page_that_has_no_folder_is_said_before_anything_is_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = command(capsys)("judge", "--generated", "x", "--train", "y", "--html", tmp_path / "nowhere" / "x.html")
    assert (answer.code, answer.err) == (
        2,
        f"byheart: --html: wanted a folder that exists, got {tmp_path / 'nowhere'}: make it first\n",
    )
