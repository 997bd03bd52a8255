"""Draws from some of the records, and weighted ones: exact, and the same whenever they are asked for."""

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from byheart import InputError, MemGEN, WhereError
from byheart.memory.selecting import select

NAMES = [f"{animal} {i}" for i in range(30) for animal in ("cat", "dog", "cow")]
LABELS = [name[:3] for name in NAMES]


@pytest.mark.parametrize("structure", ["list", "hashmap"])
def test_where_draws_each_that_meets_it_alike_and_no_other(tmp_path: Path, structure: str) -> None:
    model = MemGEN(tmp_path / "m", structure=structure)  # type: ignore[arg-type]  # a parameter of the test
    model.fit(NAMES + NAMES[:6], LABELS + LABELS[:6]).partial_fit(["unlabelled"])
    batch = model.sample(30_000, 0, where="label = 'cat'")
    assert set(batch.labels or []) == {"cat"}
    seen, counts = np.unique(list(batch), return_counts=True)
    weights = np.array([2 if name in {"cat 0", "cat 1"} else 1 for name in seen])
    assert len(seen) == 30
    assert stats.chisquare(counts, 30_000 * weights / weights.sum()).pvalue > 1e-4
    whole = model.sample(32, 0, where="label = 'cat'", replace=False)
    assert sorted(whole) == sorted([n for n in NAMES + NAMES[:6] if n.startswith("cat")])
    with pytest.raises(InputError, match="at most 32"):
        model.sample(33, 0, where="label = 'cat'", replace=False)


def test_draws_with_a_condition_are_a_pure_function_of_seed_and_number(tmp_path: Path) -> None:
    model = MemGEN(tmp_path / "m").fit(NAMES, LABELS)
    for replace in (True, False):
        whole = list(model.sample(30, 7, where="label = 'dog'", replace=replace))
        part = model.sample(10, 7, where="label = 'dog'", replace=replace, start=20)
        assert whole[20:] == list(part)
    assert all(record in model for record in part)
    assert [NAMES[i] for i in part.indices] == list(part)


def test_columns_that_every_record_has(tmp_path: Path) -> None:
    file = tmp_path / "poem.txt"
    file.write_text("to be\nor not\nto be, or not to be\n")
    model = MemGEN(tmp_path / "m").fit(file)
    assert set(model.sample(50, 0, where="size > 10")) == {"to be, or not to be"}
    assert set(model.sample(50, 0, where="locator = 1")) == {"or not"}
    assert set(model.sample(50, 0, where="record like 'to be%' and source like '%poem.txt'")) == {
        "to be",
        "to be, or not to be",
    }
    with pytest.raises(WhereError, match="no record of 3"):
        model.sample(where="locator = 99")


@pytest.mark.parametrize("structure", ["list", "hashmap"])
def test_weighted_draws_follow_the_weights_times_the_occurrences(tmp_path: Path, structure: str) -> None:
    pairs = [(name, float(i % 7)) for i, name in enumerate(["a", "b", "c", "d", "a", "b", "c", "a"])]
    model = MemGEN(tmp_path / "m", structure=structure)  # type: ignore[arg-type]  # a parameter of the test
    model.fit([{"name": name, "heavy": heavy} for name, heavy in pairs])
    drawn = [(row["name"], row["heavy"]) for row in model.sample(20_000, 3, weights="heavy")]
    expected: dict[tuple[str, float], float] = {}
    for pair in pairs:
        expected[pair] = expected.get(pair, 0) + pair[1]
    total = sum(expected.values())
    kept = {key: value for key, value in expected.items() if value}
    assert set(drawn) == set(kept)
    observed = [drawn.count(key) for key in kept]
    assert stats.chisquare(observed, [20_000 * value / total for value in kept.values()]).pvalue > 1e-4


def test_sample_weight_is_a_column_called_weight() -> None:
    model = MemGEN().fit(["never", "seldom", "often"], sample_weight=[0, 1, 9])
    drawn = list(model.sample(10_000, 0, weights="weight"))
    assert "never" not in drawn
    assert stats.binomtest(drawn.count("seldom"), 10_000, 0.1).pvalue > 1e-4
    assert set(model.sample(100, 0, weights="weight", where="weight < 5")) == {"seldom"}


def test_whole_number_weights_are_exact_and_no_weight_above_zero_is_lost() -> None:
    model = MemGEN().fit(list("abc"), sample_weight=[1, 2, 3])
    selection = model.snapshot.select(None, "weight")
    assert selection.total == 6
    assert selection.occurrences(np.arange(6)).tolist() == [0, 1, 1, 2, 2, 2]
    tiny = MemGEN().fit(list("ab"), sample_weight=[1e-300, 1.5])
    chosen = select(tiny.snapshot.segments, tiny.snapshot.field, None, "weight")
    assert chosen.counts is not None
    assert chosen.counts[0] == 1
    assert 2**61 < chosen.total < 2**63


@pytest.mark.parametrize("weights", [[-1, 2, 3], [float("nan"), 1, 1], [1, 2]])
def test_weights_that_are_none_are_refused(weights: list[float]) -> None:
    with pytest.raises(InputError, match="weights"):
        MemGEN().fit(list("abc"), sample_weight=weights)


def test_weights_cannot_be_drawn_without_replacement_nor_by_a_column_of_text() -> None:
    model = MemGEN().fit([{"a": "x", "zero": 0}])
    with pytest.raises(InputError, match="replace=False"):
        model.sample(1, weights="zero", replace=False)
    with pytest.raises(InputError, match="column of numbers"):
        model.sample(1, weights="a")
    with pytest.raises(InputError, match="not all 0"):
        model.sample(1, weights="zero")


def test_a_hashmap_takes_no_weights_of_its_own_since_a_record_may_come_with_several() -> None:
    with pytest.raises(InputError, match="learn a list"):
        MemGEN(structure="hashmap").fit(["a", "a"], sample_weight=[1, 2])


def test_an_append_changes_no_draw_of_an_earlier_version(tmp_path: Path) -> None:
    MemGEN(tmp_path / "m").fit(NAMES, LABELS)
    before = MemGEN(tmp_path / "m", version=1)
    plain, chosen = list(before.sample(50, 1)), list(before.sample(50, 1, where="label = 'cow'"))
    MemGEN(tmp_path / "m").partial_fit(["cow 99"], ["cow"])
    again = MemGEN(tmp_path / "m", version=1)
    assert list(again.sample(50, 1)) == plain
    assert list(again.sample(50, 1, where="label = 'cow'")) == chosen
    with pytest.raises(InputError, match="can only be read"):
        again.partial_fit(["no"])


def test_a_batch_of_unlabelled_records_has_labels_where_others_have_some(tmp_path: Path) -> None:
    model = MemGEN(tmp_path / "m").fit(["a"], ["x"]).partial_fit(["b"])
    assert model.sample(3, 0, where="label is null").labels == [None, None, None]
    assert MemGEN().fit(["a"]).sample(2, 0).labels is None
