"""Where generators stand beside MemGEN, and which way curves go: claims that are worked out, on data that comes with scikit-learn."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from byheart.judging.findings import Estimate
from byheart.judging.metric import About
from byheart.paper import distance_claims as claims
from byheart.paper import distance_figures as figures
from byheart.paper import retesting
from byheart.paper.curves import SHARES, Curve, curves
from byheart.paper.distance_tables import curve_table, standing_table
from byheart.paper.generators import neural, rows, vectors
from byheart.paper.generators.base import Trained
from byheart.paper.library import Library
from byheart.paper.materials import Material, pictures, sentences_of, table, texts, thumbnails
from byheart.paper.measuring import Beside
from byheart.paper.stage import Stage
from byheart.paper.standing import HELDOUT, MEMGEN, Score, Standing, stand
from byheart.paper.threads import one_core


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    library = Library(is_offline=True, say=lambda _: None)
    return Stage(tmp_path, tmp_path / "cache", True, 1, library, lambda _share, _what: None, None, lambda: b"")


@pytest.fixture(scope="module")
def standing() -> Standing:
    """Clouds of 4 numbers: one generator lies elsewhere, the other is the cloud itself."""
    rng = np.random.default_rng(0)
    far = Trained(
        "far", lambda _train, _seed: lambda count, seed: np.random.default_rng(seed).normal(1.5, 1, (count, 4))
    )
    near = Trained(
        "as the data", lambda _train, _seed: lambda count, seed: np.random.default_rng(seed).normal(size=(count, 4))
    )
    train, heldout = rng.normal(size=(2, 300, 4)).astype(np.float32)
    material = Material("clouds", "clouds", train, heldout, {"far": far, "near": near}, lambda some: some)
    slow = ("frechet_infinity", "classifier_auc", "mauve", "pqmass", "fld", "sliced_wasserstein")
    return stand(material, most=150, seed=3, tell=lambda _share, _what: None, without=slow)


def test_memgen_is_like_heldout_against_test_and_copies_are_what_tells(standing: Standing) -> None:
    claim = claims.like_heldout([standing])
    assert claim.verdict.startswith("holds")
    by = {score.about.name: score for score in standing.of("copies")}
    assert by["exact_share"].worse(MEMGEN, HELDOUT) > 1
    assert by["nndr"].worse(MEMGEN, HELDOUT) > 1
    assert not by["exact_share"].worse("far", HELDOUT) > 1
    assert claims.test_reveals([standing]).verdict == "does not hold"


def test_train_praises_who_learned_it_by_heart(standing: Standing) -> None:
    assert claims.train_hides([standing]).verdict == "holds"
    accuracy = next(score for score in standing.of("train") if score.about.name == "nearest_neighbour_accuracy")
    assert accuracy.worse(MEMGEN, HELDOUT) < -1


def test_a_poor_generator_is_far_behind(standing: Standing) -> None:
    by = {score.about.name: score for score in standing.of("test")}
    assert by["mmd"].worse("far", MEMGEN) > 1
    assert claims.compared(standing, ["far"]).much_better > claims.compared(standing, ["near"]).much_better


def test_curves_rise_with_copies_where_these_are_not_looked_for(standing: Standing) -> None:
    metrics = [
        metric
        for metric in Beside(standing.material).metrics()
        if metric.abouts[0].name in {"mmd", "exact_share", "nndr"}
    ]
    told = curves(standing.comparers["far"], metrics, tries=8, seed=0, tell=lambda _share, _what: None)
    way = {curve.about.name: curve.way for curve in told}
    assert way == {"mmd": "up", "exact_share": "down", "nndr": "down"}
    assert claims.told_by_slopes(told).verdict == "holds"
    assert claims.up_and_right(told).verdict == "holds"
    assert figures.rises(told[0]) == (False, False)  # transposed, it falls all the same
    assert claims.transposing(told).verdict == "does not hold"
    exact = next(curve for curve in told if curve.about.name == "exact_share")
    assert exact.values.mean(axis=0) == pytest.approx(SHARES, abs=0.01)
    figure = figures.curve_panels(told, "far", "clouds")
    assert "near copies" not in figure.svg
    assert "exact copies" in figure.svg
    assert "improves" in curve_table(told)


def test_figures_and_tables_name_all_who_are_judged(standing: Standing) -> None:
    for told in (figures.dots(standing).svg, figures.copies(standing).svg, standing_table(standing, "test")):
        assert all(name in told for name in ("far", "near", MEMGEN))
    assert figures.samples(standing) is None


def _score(about: About, **values: float) -> Score:
    by = {name.replace("heldout", HELDOUT): Estimate(value, value - 0.1, value + 0.1) for name, value in values.items()}
    return Score(about, "test", by)


def test_worse_is_further_from_what_fresh_data_have() -> None:
    accuracy = About("nearest_neighbour_accuracy", "1-NN accuracy", "low", 0.5, "")
    score = _score(accuracy, MemGEN=0.5, heldout=0.5, hub=0.1, poor=0.9)
    assert score.worse("hub", MEMGEN) == pytest.approx(2)
    assert score.worse("poor", MEMGEN) == pytest.approx(2)
    recall = _score(About("recall", "recall", "high", None, ""), MemGEN=0.9, heldout=0.9, poor=0.5)
    assert recall.worse("poor", HELDOUT) == pytest.approx(2)


@pytest.mark.parametrize(("other", "verdict"), [(2.0, "holds"), (1.05, "holds, with a caveat"), (0.5, "does not hold")])
def test_that_memgen_is_best_holds_as_far_as_it_is(standing: Standing, other: float, verdict: str) -> None:
    distance = _score(
        About("frechet_distance", "Fréchet distance", "low", None, ""), MemGEN=1.0, heldout=1.0, far=other, near=other
    )
    assert claims.best_of_all([replace(standing, scores=[distance])]).verdict == verdict


def test_a_curve_that_does_not_change_for_sure_goes_neither_way() -> None:
    about = About("mmd", "MMD", "low", 0.0, "")
    noise = np.random.default_rng(0).normal(size=(10, len(SHARES)))
    assert Curve(about, "test", True, noise, 0.0).way == "neither"


def test_weights_are_kept_and_made_again_where_they_cannot_be_read(tmp_path: Path) -> None:
    train = np.random.default_rng(0).normal(size=(60, 6)).astype(np.float32)
    first = neural.neural(2, tmp_path / "cache")(train, 0)(5, 1)
    (kept,) = (tmp_path / "cache").iterdir()
    again = neural.neural(2, tmp_path / "cache")(train, 0)(5, 1)
    kept.write_bytes(b"no weights")
    assert np.array_equal(first, again)
    assert np.array_equal(first, neural.neural(2, tmp_path / "cache")(train, 0)(5, 1))
    assert not np.array_equal(first, neural.neural(2)(train, 0)(5, 2))


@pytest.mark.parametrize("package", ["scipy", "copulas"])
def test_a_copula_keeps_columns_and_what_binds_them(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "by", lambda: package)
    train = [(str(number), f"{2 * number:03}") for number in range(100)]
    made = rows.gaussian_copula()(train, 0)(200, 1)
    numbers = np.array(made).astype(float)
    assert set(made[0][1]) <= set("0123456789")
    assert np.corrcoef(numbers, rowvar=False)[0, 1] > 0.95
    copied = rows.gaussian_copula(0.5)(train, 0)(10, 1)
    assert all(row in train for row in copied[:5])


def test_a_generator_draws_by_its_seed_alone() -> None:
    train = np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32)
    for fit in (vectors.kernel_density(0.1), vectors.normal_mixture(2)):
        draw = fit(train, 0)
        first, _ = draw(4, 1), draw(4, 2)
        assert np.array_equal(first, draw(4, 1))


def test_train_and_heldout_are_apart(stage: Stage) -> None:
    few = pictures(stage, 100, 50, 1)
    assert (few.train.shape, few.heldout.shape) == ((100, 64), (50, 64))
    wines = table(stage, 1000, 1000)
    assert len(wines.train) + len(wines.heldout) == 178
    said = texts(stage, 50, 50)
    assert not set(said.train) & set(said.heldout)
    assert wines.told(wines.train[:3]).num_columns == 14


def test_a_thumbnail_is_the_mean_of_its_blocks() -> None:
    image = np.arange(16 * 16 * 3, dtype=np.uint8).reshape(1, 16, 16, 3)
    small = thumbnails(image)
    assert small.shape == (1, 8, 8, 3)
    assert small[0, 0, 0, 0] == pytest.approx(image[0, :2, :2, 0].mean() / 255)
    assert sentences_of([("a", "Too short. " + "A sentence that is long enough to be one of them. " * 2)]) == [
        "A sentence that is long enough to be one of them."
    ]


def test_measured_again_a_metric_has_a_value_a_resample(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retesting, "SIZE", 50)
    monkeypatch.setattr(retesting, "METRICS", ("mmd", "vendi_score"))
    told = retesting.retest(stage)
    assert set(told.values) == set(told.heldout) == set(told.seconds) == {"mmd", "vendi_score"}
    for by in told.values.values():
        assert set(by) == {*retesting.GENERATORS, "MemGEN"}
        assert {len(some) for some in by.values()} == {8}
    assert {len(some) for some in told.heldout.values()} == {8}
    assert {name: about.toward for name, about in retesting.abouts().items()} == {"mmd": "low", "vendi_score": "high"}
    assert len(set(told.values["mmd"]["Gaussian mixture"])) == 8


def test_one_core_is_one_for_all_libraries() -> None:
    threadpoolctl = pytest.importorskip("threadpoolctl")
    with one_core():
        assert {one["num_threads"] for one in threadpoolctl.threadpool_info()} == {1}
