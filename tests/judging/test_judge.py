"""A judgment tells a good generator from a poor one, and both from the memory; the memory from real data where the metric sees train."""

import json
from typing import Any

import numpy as np
import pytest
from scipy.stats import false_discovery_control

from byheart import MemGEN
from byheart.errors import InputError
from byheart.judging import wording
from byheart.judging.findings import Finding
from byheart.judging.judge import judge
from byheart.judging.judgment import Judgment
from byheart.judging.resampling import Division, jackknife, permutation_test
from byheart.judging.verdicts import adjusted

FAST = [
    "mmd",
    "energy_distance",
    "nearest_neighbour_accuracy",
    "manifold",
    "exact_share",
    "copy_share",
    "dcr_share",
    "c_t",
]


def normal(count: int, seed: int, width: int = 3) -> Any:
    return np.random.default_rng(seed).normal(size=(count, width))


@pytest.fixture(scope="module")
def copied() -> Judgment:
    train = normal(600, 0)
    return judge(train[:300], normal(600, 1), train=train, metrics=FAST)


def finding(judgment: Judgment, name: str, reference: str) -> Finding:
    return next(row for row in judgment.findings if (row.name, row.reference) == (name, reference))


def test_copies_depend_on_train_and_are_as_good_as_real_against_held_out(copied: Judgment) -> None:
    """The paper's Section 4.1: on every metric that it had, the memory is perfect."""
    assert {row.verdict for row in copied.findings if row.reference == "heldout"} == {"like real"}
    for name in ("nearest_neighbour_accuracy", "exact_share", "copy_share", "dcr_share", "c_t"):
        assert finding(copied, name, "train").verdict == "depends on train", name


def test_what_sees_copying_is_said_and_what_is_blind(copied: Judgment) -> None:
    assert all(row.blind_to_copying for row in copied.findings if row.reference == "heldout")
    for name in ("exact_share", "copy_share", "dcr_share", "c_t"):
        row = finding(copied, name, "train")
        assert row.blind_to_copying is False
        assert row.detects is not None, name
        assert row.detects <= 0.5


def test_a_poor_model_is_worse_than_real_and_a_good_one_is_not() -> None:
    train, heldout = normal(600, 20), normal(600, 21)
    poor = judge(normal(300, 4) * 1.5, heldout, train=train, metrics=FAST)
    assert finding(poor, "mmd", "heldout").verdict == "worse than real"
    assert finding(poor, "energy_distance", "train").verdict == "worse than real"
    good = judge(normal(300, 5), heldout, train=train, metrics=FAST)
    assert {row.verdict for row in good.findings} == {"like real"}
    assert good.real is not None
    assert not good.real.differ


def test_a_sample_that_is_wider_than_the_data_does_not_depend_on_train() -> None:
    """In many dimensions its nearest neighbours are all real ones, of train and of held-out alike: 1-NN accuracy 0."""
    train, heldout = normal(400, 22, 30), normal(400, 23, 30)
    told = judge(
        normal(200, 24, 30) * 2, heldout, train=train, metrics=["nearest_neighbour_accuracy", "manifold", "dcr_share"]
    )
    accuracy = finding(told, "nearest_neighbour_accuracy", "train")
    assert accuracy.generated.value < 0.2
    assert accuracy.p_left is not None
    assert accuracy.p_left < 0.01
    assert "depends on train" not in {row.verdict for row in told.findings}


def test_train_and_held_out_that_differ_are_told_first() -> None:
    told = judge(normal(200, 6), normal(200, 7) + 1, train=normal(200, 8), metrics=["mmd"])
    assert told.real is not None
    assert told.real.differ
    assert told.real.p_value < 0.001
    assert {row.verdict for row in told.findings} == {"in doubt"}


def test_the_same_seed_gives_the_same_judgment_from_a_memory_records_or_a_generator(tmp_path: Any) -> None:
    train, heldout, made = normal(200, 9), normal(200, 10), normal(100, 11)
    model = MemGEN(tmp_path / "m").fit(train)
    told = judge(made, heldout, memory=model, metrics=["kid", "exact_share"], random_state=5)
    assert judge(made, heldout, memory=tmp_path / "m", metrics=["kid", "exact_share"], random_state=5) == told
    assert judge(made, heldout, train=train, metrics=["kid", "exact_share"], random_state=5) == told
    asked = []

    def generator(count: int) -> Any:
        asked.append(count)
        return normal(count, 12)

    assert judge(generator, heldout, train=train, metrics=["kid"]).sizes["generated"] == asked[0] == 200


def test_rows_texts_and_images_are_judged() -> None:
    words = ["red", "green", "blue"]
    rng = np.random.default_rng(13)
    rows = [{"n": float(rng.normal()), "word": words[rng.integers(3)]} for _ in range(300)]
    texts = [" ".join(rng.choice(words, 12)) + str(rng.integers(1000)) for _ in range(300)]
    for records in (rows, texts):
        told = judge(records[:100], records[100:200], train=records[200:], metrics=["mmd", "exact_share"])
        assert finding(told, "exact_share", "train").generated.value < 0.05
        assert finding(told, "mmd", "heldout").verdict == "like real"


def test_json_has_what_a_pipeline_asks_for(copied: Judgment) -> None:
    told = json.loads(copied.to_json())
    assert set(told) == {"real", "metrics", "left_out", "warnings", "sizes", "seeds", "methods"}
    first = told["metrics"][0]
    assert set(first["generated"]) == set(first["memgen"]) == set(first["heldout"]) == {"value", "low", "high"}
    assert {"name", "features", "reference", "p_left", "p_right", "verdict", "blind_to_copying"} <= set(first)
    assert len(copied.to_pandas()) == len(told["metrics"])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"generated": normal(300, 0, 2)}, r"generated: arrays: wanted float64 of shape \(3,\) as before"),
        ({"generated": []}, "generated: wanted at least one record, got none"),
        ({"generated": normal(5, 0)}, "generated: wanted 20 records or more, got 5"),
        ({"heldout": normal(30, 0)}, "held-out: wanted 40 records or more, got 30"),
        (
            {"generated": np.full((100, 3), np.nan)},
            "generated, features: wanted finite numbers, got NaN or infinity in row 0",
        ),
        ({"generated": ["text"] * 100}, "generated: "),
        ({"metrics": ["frechet_dist"]}, "no metric 'frechet_dist': did you mean 'frechet_distance'"),
        ({"features": "pixels"}, "features pixels: wanted image records, got array"),
        ({"memory": "here"}, "wanted either memory or train, got both or neither"),
    ],
)
def test_what_cannot_be_judged_is_said(given: dict[str, Any], said: str) -> None:
    told = {"generated": normal(100, 1), "heldout": normal(100, 2), "train": normal(100, 3), **given}
    with pytest.raises(InputError, match=said):
        judge(told.pop("generated"), told.pop("heldout"), **told)


def test_too_few_records_for_a_metric_are_said_and_no_number_is_given() -> None:
    told = judge(normal(60, 1), normal(60, 2), train=normal(60, 3), metrics=["manifold", "mmd"])
    assert {row.name for row in told.findings} == {"mmd"}
    assert told.left_out[0].startswith("precision against heldout: 30 records, where it needs 50")


def test_constant_columns_and_one_value_throughout_are_judged() -> None:
    made = np.zeros((100, 2))
    told = judge(
        made, made, train=made + np.array([0, 1]), metrics=["mmd", "kid", "frechet_distance", "energy_distance"]
    )
    assert all(np.isfinite(row.generated.value) for row in told.findings)


class Mean:
    """A statistic with a known distribution: the difference of means."""

    cost = 1.0

    def __init__(self, numbers: Any) -> None:
        self.numbers = numbers

    def __call__(self, sample: Any, reference: Any) -> Any:
        means = [(members * self.numbers).sum(1) / members.sum(1) for members in (sample, reference)]
        return (means[0] - means[1])[:, None]


def test_permutation_p_values_are_uniform_under_the_null_and_intervals_cover() -> None:
    """400 simulations of 40 and 60 points: within binomial bounds at 1 in 1,000."""
    rng = np.random.default_rng(14)
    lows, covered = [], 0
    is_sample = np.arange(100) < 40
    division = Division(is_sample, ~is_sample, np.arange(100))
    for number in range(400):
        statistic = Mean(rng.exponential(size=100))
        lows.append(permutation_test(statistic, division, 199, seed=number).low[0])
        interval = jackknife(statistic, division, seed=number)
        covered += bool(interval.low[0] <= 0 <= interval.high[0])
    for level in (0.05, 0.25, 0.5, 0.75):
        below = np.mean(np.array(lows) <= level)
        assert abs(below - level) < 3.3 * np.sqrt(level * (1 - level) / 400)
    assert covered >= 400 * 0.93 - 3.3 * np.sqrt(400 * 0.05 * 0.95)


def test_units_are_exchanged_whole() -> None:
    """Ten records of each person, who differ: by rows a difference is found where there is none."""
    rng = np.random.default_rng(15)
    rejected = {"rows": 0, "units": 0}
    is_sample = np.arange(400) < 200
    for number in range(100):
        statistic = Mean(np.repeat(rng.normal(size=40), 10) + 0.1 * rng.normal(size=400))
        for name, units in (("rows", np.arange(400)), ("units", np.arange(400) // 10)):
            tails = permutation_test(statistic, Division(is_sample, ~is_sample, units), 99, seed=number)
            rejected[name] += bool(min(tails.low[0], tails.high[0]) <= 0.025)
    assert rejected["units"] <= 13
    assert rejected["rows"] > 30


def test_benjamini_and_hochberg_is_scipys() -> None:
    values = np.random.default_rng(16).random(50) ** 3
    assert adjusted(values.tolist()) == pytest.approx(false_discovery_control(values))


def test_fewer_copies_than_chance_gives_is_no_fault() -> None:
    """Half of train's rows recur in held-out; a sample of new ones has none of them, and is not worse for that."""
    rows = np.random.default_rng(0).integers(0, 40, (900, 1)).astype(float)
    told = judge(rows[:300] + 0.5, rows[300:600], train=rows[600:], metrics=["exact_share"])
    (row,) = told.findings
    assert row.heldout is not None
    assert (row.generated.value, row.heldout.value) == (0, 1)
    assert row.p_right is not None
    assert row.p_right < 0.01
    assert row.verdict == "like real"
    assert wording.nearly(told.findings) == []
