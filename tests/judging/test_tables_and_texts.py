"""Tables and texts have metrics of their own: values that can be worked out by hand, and what they find."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import ks_2samp

from byheart import MemGEN
from byheart.errors import InputError
from byheart.judging.choosing import METRICS, chosen
from byheart.judging.judge import judge
from byheart.judging.metric import Setting
from byheart.judging.samples import Train
from byheart.judging.texts import TrainTexts
from byheart.neighbours import Work


def value(name: str, sample: dict[str, Any], reference: dict[str, Any]) -> float:
    both = {key: [*sample[key], *reference[key]] for key in sample}
    records = pa.RecordBatch.from_pydict(both).to_struct_array()
    count = len(next(iter(sample.values())))
    is_sample = np.arange(len(records)) < count
    setting = Setting(0, np.arange(len(records)), None, 1.0, Work(), records)
    statistic = METRICS[name]().over(np.empty((len(records), 0)), setting)
    return float(statistic(is_sample[None], ~is_sample[None])[0, 0])


def test_the_shape_of_numbers_is_1_less_kolmogorov_and_smirnovs_distance() -> None:
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=80).round(1), rng.normal(size=60).round(1) + 0.3
    found = value("column_shapes", {"x": first}, {"x": second})
    assert found == pytest.approx(1 - ks_2samp(first, second).statistic)


def test_the_shape_of_categories_is_1_less_their_total_variation() -> None:
    sample, reference = {"c": ["a", "a", "b", None]}, {"c": ["a", "b", "b", "c", "c"]}
    assert value("column_shapes", sample, reference) == pytest.approx(1 - (0.3 + 0.15 + 0.4 + 0.25) / 2)


def test_missing_numbers_are_beyond_all_others() -> None:
    assert value("column_shapes", {"x": [1.0, None]}, {"x": [1.0, 1.0]}) == pytest.approx(0.5)


def test_trends_of_numbers_are_their_correlations() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=200)
    found = value("pair_trends", {"x": x, "y": x}, {"x": x, "y": -x})
    assert found == pytest.approx(0.0, abs=1e-12)
    assert value("pair_trends", {"x": x, "y": x}, {"x": x, "y": 3 * x + 1}) == pytest.approx(1.0)


def test_trends_of_categories_are_those_of_their_pairs() -> None:
    """The same columns, each of the same shape, paired the other way: no pair is the same."""
    sample, reference = {"a": ["0", "1"], "b": ["0", "1"]}, {"a": ["0", "1"], "b": ["1", "0"]}
    assert value("column_shapes", sample, reference) == 1.0
    assert value("pair_trends", sample, reference) == 0.0
    mixed = {"a": ["0", "1"] * 20, "x": [0.0, 1.0] * 20}
    assert value("pair_trends", mixed, mixed) == 1.0


def test_one_column_has_no_pairs() -> None:
    with pytest.raises(InputError, match="pair trends: wanted two columns or more, got one"):
        value("pair_trends", {"x": [1.0, 2.0]}, {"x": [1.0, 2.0]})


def test_a_table_whose_columns_are_shuffled_has_its_shapes_and_not_its_trends() -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(size=900)
    rows = [{"x": float(a), "y": float(a + rng.normal() / 3), "c": "high" if a > 0 else "low"} for a in x]
    made = [
        {"x": a["x"], "y": b["y"], "c": c["c"]}
        for a, b, c in zip(rows[:200], rows[200:400], rows[400:600], strict=True)
    ]
    told = judge(made, rows[600:], train=rows[:600], metrics=["column_shapes", "pair_trends"])
    verdicts = {row.name: row.verdict for row in told.findings if row.reference == "heldout"}
    assert verdicts == {"column_shapes": "like real", "pair_trends": "worse than real"}


def test_texts_are_looked_for_word_for_word() -> None:
    train = Train(MemGEN().fit(["the cat sat on the mat and slept", "a dog barked at the moon all night"]).snapshot)
    numbers = TrainTexts(train).numbers(["the cat sat on the mat and slept", "my cat sat on the mat today", "no", ""])
    assert numbers["longest_span"].tolist() == [32, len(" cat sat on the mat "), 0, 0]
    assert numbers["novelty"].tolist() == pytest.approx([0, 2 / 3, 1, 0])


def test_a_generator_of_texts_that_quotes_is_found() -> None:
    rng = np.random.default_rng(3)
    words = [f"w{number}" for number in range(50)]
    texts = [" ".join(rng.choice(words, 30)) for _ in range(500)]
    quotes = [f"{' '.join(rng.choice(words, 15))} {train[:60]}" for train in texts[:100]]
    names = ["longest_span", "ngram_novelty", "exact_share"]
    told = {row.name: row for row in judge(quotes, texts[300:], train=texts[:300], metrics=names).findings}
    assert told["longest_span"].verdict == told["ngram_novelty"].verdict == "depends on train"
    assert told["longest_span"].generated.value > 55 > told["longest_span"].heldout.value
    assert told["exact_share"].verdict == "like real"
    assert told["longest_span"].blind_to_copying is False


def test_metrics_of_another_kind_are_left_out_or_refused() -> None:
    assert {"column_shapes", "longest_span"} & {about.name for one in chosen("array") for about in one.abouts} == set()
    with pytest.raises(InputError, match="metric column_shapes: wanted row records, got text"):
        chosen("text", ["column_shapes"])
