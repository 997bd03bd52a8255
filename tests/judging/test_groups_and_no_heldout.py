"""Records that belong together, and judgments without held-out records."""

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from byheart import InputError, MemGEN, judge
from byheart.judging import wording
from byheart.judging.findings import Estimate
from byheart.judging.grouping import numbered
from byheart.judging.metric import Setting
from byheart.judging.metrics.kernels import energy
from byheart.judging.resampling import Division, permutation_test
from byheart.neighbours import Work


def normal(count: int, seed: int, width: int = 4) -> Any:
    return np.random.default_rng(seed).normal(size=(count, width))


def patients(count: int, visits: int, seed: int) -> list[dict[str, Any]]:
    """Several rows of each patient, that are alike."""
    rng = np.random.default_rng(seed)
    return [
        {"who": f"{seed}-{number}", "x": float(x), "y": float(y)}
        for number, (a, b) in enumerate(rng.normal(size=(count, 2)))
        for x, y in rng.normal((a, b), 0.05, size=(visits, 2))
    ]


def width(estimate: Estimate) -> float:
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.high - estimate.low


def test_records_of_one_group_have_one_number() -> None:
    rows = pa.array([{"who": "ann", "x": 1}, {"who": "bob", "x": 1}, {"who": "ann", "x": 2}])
    assert numbered(rows, "who", None, list).tolist() == [0, 1, 0]
    assert numbered(rows, None, None, list).tolist() == [0, 1, 2]
    assert numbered(rows, "label", ["b", "a", "b"], list).tolist() == [1, 0, 1]
    assert numbered(rows, "source", None, lambda: ["x", "x", "y"]).tolist() == [0, 0, 1]
    with pytest.raises(InputError, match="wanted one of who, x, label, source, got 'whom'"):
        numbered(rows, "whom", None, list)


def test_groups_stay_together_in_halves_tests_and_intervals() -> None:
    """One patient's rows are one observation: as single rows, train and held-out seem to differ, and intervals are too narrow."""
    train, heldout, made = (patients(40, 8, seed) for seed in (1, 2, 3))
    whole = judge(made, heldout, train=train, metrics=["energy_distance"], group="who", features="table")
    single = judge(made, heldout, train=train, metrics=["energy_distance"], features="table")
    assert whole.methods["units"] == "records of one who"
    grouped, alone = (told.findings[0].generated for told in (whole, single))
    assert width(grouped) > 1.5 * width(alone)
    assert whole.findings[0].p_right is not None
    assert whole.findings[0].p_right > 0.05


@pytest.mark.parametrize("visits", [1, 6])
def test_a_test_of_groups_holds_its_level_and_one_of_rows_does_not(visits: int) -> None:
    """200 simulations under the null: of groups, at most 5 % and a margin; of rows of six a group, far more."""
    rejected = {"groups": 0, "rows": 0}
    for seed in range(200):
        rng = np.random.default_rng([seed, visits])
        points = np.repeat(rng.normal(size=(40, 2)), visits, axis=0) + 0.01 * rng.normal(size=(40 * visits, 2))
        is_sample = np.arange(len(points)) < len(points) // 2
        setting = Setting(0, np.arange(len(points)), None, 1.0, Work(threads=1))
        statistic = energy().over(points, setting)
        for name, units in (("groups", np.arange(len(points)) // visits), ("rows", np.arange(len(points)))):
            tails = permutation_test(statistic, Division(is_sample, ~is_sample, units), 99, seed)
            rejected[name] += int(tails.high[0] <= 0.05)
    assert rejected["groups"] <= 21  # binomial, 200 at .05: more with a chance of .001
    assert rejected["rows"] > 60 if visits > 1 else rejected["rows"] <= 21


def test_without_held_out_copies_of_train_depend_on_it_and_what_cannot_be_told_is_said() -> None:
    train = normal(600, 1)
    told = judge(
        train[:200], train=train, metrics=["mmd", "energy_distance", "nearest_neighbour_accuracy", "dcr_share"]
    )
    assert told.real is None
    assert {row.reference for row in told.findings} == {"train"}
    assert all(row.heldout is None and row.blind_to_copying is None for row in told.findings)
    assert {row.name: row.verdict for row in told.findings}["energy_distance"] == "depends on train"
    assert "DCR share: it needs held-out records" in told.left_out
    assert wording.headline(told).startswith("The generator depends on what it was trained on; how good it is cannot")
    assert "There were no held-out records" in told.to_html()
    said = json.loads(told.to_json())
    assert (said["real"], said["sizes"]["heldout"], said["metrics"][0]["heldout"]) == (None, 0, None)
    assert told.to_pandas()["heldout"].isna().all()


def test_without_held_out_fresh_data_is_like_real_and_a_poor_model_is_worse() -> None:
    train = normal(600, 2)
    metrics = ["mmd", "energy_distance", "nearest_neighbour_accuracy", "manifold"]
    fresh = judge(normal(300, 3), train=train, metrics=metrics)
    assert {row.verdict for row in fresh.findings} == {"like real"}
    wide = judge(normal(300, 4) * 1.6, train=train, metrics=metrics)
    assert "depends on train" not in {row.verdict for row in wide.findings}
    assert {row.name: row.verdict for row in wide.findings}["energy_distance"] == "worse than real"


def test_a_generator_is_asked_for_as_many_as_train_has_where_there_is_no_held_out() -> None:
    asked: list[int] = []

    def generate(count: int) -> Any:
        asked.append(count)
        return normal(count, 5)

    told = judge(generate, memory=MemGEN().fit(normal(150, 6)), metrics=["mmd"])
    assert (asked, told.sizes["row"]) == ([150], 150)
