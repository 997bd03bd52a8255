"""Tables and texts have metrics of their own: values that can be worked out by hand, and what they find."""

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import ks_2samp
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score, roc_auc_score

from byheart import MemGEN
from byheart.errors import InputError
from byheart.judging.choosing import METRICS, chosen
from byheart.judging.judge import judge
from byheart.judging.metric import Setting
from byheart.judging.metrics.tables import ColumnShapes, PairTrends
from byheart.judging.metrics.text_samples import SelfSimilarity, TextLength, shared
from byheart.judging.metrics.train_on_synthetic import PredictionStatistic
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
    assert numbers["novelty"].tolist() == pytest.approx([0, 2 / 3, 1, 1])


def test_a_generator_of_texts_that_quotes_is_found() -> None:
    rng = np.random.default_rng(3)
    words = [f"w{number}" for number in range(50)]
    texts = [" ".join(rng.choice(words, 30)) for _ in range(500)]
    quotes = [f"{' '.join(rng.choice(words, 15))} {train[:60]}" for train in texts[:100]]
    names = ["longest_span", "ngram_novelty", "exact_share"]
    told = {row.name: row for row in judge(quotes, texts[300:], train=texts[:300], metrics=names).findings}
    assert told["longest_span"].verdict == told["ngram_novelty"].verdict == "depends on train"
    assert told["longest_span"].heldout is not None
    assert told["longest_span"].generated.value > 55 > told["longest_span"].heldout.value
    assert told["exact_share"].verdict == "like real"
    assert told["longest_span"].blind_to_copying is False


def test_metrics_of_another_kind_are_left_out_or_refused() -> None:
    assert {"column_shapes", "longest_span"} & {about.name for one in chosen("array") for about in one.abouts} == set()
    with pytest.raises(InputError, match="metric column_shapes: wanted row records, got text"):
        chosen("text", ["column_shapes"])


def test_a_target_is_predicted_as_scikit_learns_ridge_does() -> None:
    """R^2 of numbers, those that are missing left out; the area under the curve of classes, one against the others, by their shares."""
    rng = np.random.default_rng(4)
    inputs = rng.normal(size=(200, 5))
    numbers = inputs[:, :1] ** 2 + inputs[:, 1:2] + rng.normal(size=(200, 1))
    classes = (np.digitize(numbers, [0, 1]) == np.arange(3)).astype(float)
    is_sample = np.arange(200) < 120
    told = [
        PredictionStatistic(inputs, targets)(is_sample[None], ~is_sample[None])[0, 0] for targets in (numbers, classes)
    ]
    by = Ridge(alpha=1.0)
    assert told[0] == pytest.approx(
        r2_score(numbers[120:], by.fit(inputs[:120], numbers[:120]).predict(inputs[120:])), rel=1e-9
    )
    scores = by.fit(inputs[:120], classes[:120]).predict(inputs[120:])
    assert told[1] == pytest.approx(roc_auc_score(classes[120:], scores, average="weighted"), rel=1e-9)
    gaps = np.where(np.arange(200)[:, None] % 7 == 0, np.nan, numbers)
    known = ~np.isnan(gaps[:, 0])
    without = PredictionStatistic(inputs[known], numbers[known])(is_sample[None, known], ~is_sample[None, known])
    assert PredictionStatistic(inputs, gaps)(is_sample[None], ~is_sample[None]) == pytest.approx(without, rel=1e-12)


def test_what_follows_is_foretold_and_what_does_not_is_not() -> None:
    """y = x^2: R^2 near 1, though no line follows it; a coin: near 0 or less; one class in the sample: 1/2."""
    rng = np.random.default_rng(5)
    x, coin = rng.normal(size=(2, 300)).clip(-2, 2)
    whole = {"x": x, "y": x**2}
    assert value("train_on_synthetic", whole, whole) > 0.95
    assert value("train_on_synthetic", {"x": x, "y": coin}, {"x": x[::-1], "y": coin}) < 0.1
    signs = np.where(x > 0, "up", "down").tolist()
    assert value("train_on_synthetic", {"x": x, "y": signs}, {"x": x, "y": signs}) > 0.99
    assert value("train_on_synthetic", {"x": x, "y": ["up"] * 300}, {"x": x, "y": signs}) == 0.5
    with pytest.raises(InputError, match="wanted rows of two columns or more"):
        value("train_on_synthetic", {"x": x}, {"x": x})


def test_train_on_synthetic_stands_beside_train_on_real() -> None:
    """The memory's row is train-on-real: as good as held-out's; a generator that shuffles its columns teaches nothing."""
    rng = np.random.default_rng(6)
    rows = [{"x": float(x), "c": "ab"[int(x > 1)], "y": bool(x + rng.normal() / 2 > 0)} for x in rng.normal(size=900)]
    made = [{**a, "y": b["y"]} for a, b in zip(rows[:200], rows[200:400], strict=True)]
    told = judge(made, rows[600:], train=rows[:600], metrics=["train_on_synthetic"]).findings
    assert [(row.reference, row.verdict) for row in told] == [("heldout", "worse than real")]
    assert told[0].heldout is not None
    assert told[0].memgen.value == pytest.approx(told[0].heldout.value, abs=0.05)
    assert told[0].memgen.value > 0.9
    assert told[0].generated.value < 0.7
    assert told[0].blind_to_copying


def of_texts(metric: SelfSimilarity | TextLength, sample: list[str], reference: list[str]) -> float:
    records = pa.array([*sample, *reference])
    is_sample = np.arange(len(records)) < len(sample)
    setting = Setting(0, np.arange(len(records)), None, 1.0, Work(), records)
    return float(metric.over(np.empty((len(records), 0)), setting)(is_sample[None], ~is_sample[None])[0, 0])


def test_self_similarity_is_the_largest_share_of_four_grams_in_another_text() -> None:
    """By sets: |A and B| / |A|; doubles have 1, strangers 0, whatever the reference; an empty text has an empty double only."""
    rng = np.random.default_rng(7)
    texts = [" ".join(rng.choice(list("ab"), rng.integers(1, 12))) for _ in range(40)]
    grams = [{tuple(w[at : at + 4]) for at in range(max(len(w) - 3, 1))} for w in (text.split() for text in texts)]
    expected = np.array([[len(a & b) / len(a) for b in grams] for a in grams])
    np.fill_diagonal(expected, 0)
    assert shared(texts) == pytest.approx(expected)
    assert of_texts(SelfSimilarity(), texts, ["b a"] * 9) == pytest.approx(expected.max(axis=1).mean())
    assert of_texts(SelfSimilarity(), ["one two three four five"] * 2 + ["", ""], texts) == 1.0
    assert of_texts(SelfSimilarity(), ["one two three four", "four three two one"], texts) == 0.0


def test_text_length_is_1_less_kolmogorov_and_smirnovs_distance_in_characters() -> None:
    sample, reference = ["a", "bb", "\u00e4\u00e4\u00e4"], ["a", "a", "cccc", "cccc", "bb"]
    expected = 1 - ks_2samp([1, 2, 3], [1, 1, 4, 4, 2]).statistic
    assert of_texts(TextLength(), sample, reference) == pytest.approx(expected)


def test_a_generator_that_repeats_itself_and_is_brief_is_worse_than_real() -> None:
    rng = np.random.default_rng(8)
    words = [f"w{number}" for number in range(40)]
    texts = [" ".join(rng.choice(words, rng.integers(10, 30))) for _ in range(500)]
    made = [f"{texts[number % 5][:40]} {words[number % 40]}" for number in range(100)]
    told = judge(made, texts[250:], train=texts[:250], metrics=["self_similarity", "text_length"]).findings
    assert {(row.name, row.reference): row.verdict for row in told} == {
        ("self_similarity", "heldout"): "worse than real",
        ("text_length", "heldout"): "worse than real",
        ("text_length", "train"): "worse than real",
    }


def test_shapes_and_trends_are_those_of_sdmetrics() -> None:
    """Columns one by one, and pairs: of numbers by their correlation, of categories by their joint shares."""
    column, pairs = (
        pytest.importorskip(f"sdmetrics.{name}", reason="sdmetrics needs an older pandas than others do")
        for name in ("single_column", "column_pairs")
    )
    frame = pytest.importorskip("pandas").DataFrame
    rng = np.random.default_rng(0)

    def drawn(count: int, moved: float) -> list[dict[str, Any]]:
        x = rng.normal(moved, 1, count)
        y = x * 0.5 + rng.normal(size=count)
        words = rng.choice(["a", "b", "c"], count, p=[0.5, 0.3, 0.2])
        return [
            {"x": float(a), "y": float(b), "w": str(c), "v": str(c) + "!"} for a, b, c in zip(x, y, words, strict=True)
        ]

    sample, reference = drawn(150, 0.3), drawn(200, 0.0)
    ours, theirs = frame(sample), frame(reference)
    shapes = [column.KSComplement.compute(theirs[name], ours[name]) for name in "xy"]
    shapes += [column.TVComplement.compute(theirs[name], ours[name]) for name in "wv"]
    rows = pa.array(sample + reference)
    is_sample = np.arange(len(rows)) < len(sample)
    setting = Setting(0, np.arange(len(rows)), None, 1.0, Work(), rows)
    found = ColumnShapes().over(np.empty((len(rows), 0)), setting)(is_sample[None], ~is_sample[None])[0, 0]
    assert found == pytest.approx(np.mean(shapes), abs=1e-9)
    numbers = pa.array([{name: row[name] for name in "xy"} for row in sample + reference])
    trends = PairTrends().over(np.empty((len(rows), 0)), replace(setting, records=numbers))
    correlated = pairs.CorrelationSimilarity.compute(theirs[["x", "y"]], ours[["x", "y"]])
    assert trends(is_sample[None], ~is_sample[None])[0, 0] == pytest.approx(correlated, abs=1e-9)
    told = pa.array([{name: row[name] for name in "wv"} for row in sample + reference])
    trends = PairTrends().over(np.empty((len(rows), 0)), replace(setting, records=told))
    joint = pairs.ContingencySimilarity.compute(theirs[["w", "v"]], ours[["w", "v"]])
    assert trends(is_sample[None], ~is_sample[None])[0, 0] == pytest.approx(joint, abs=1e-9)
