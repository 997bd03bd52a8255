"""Where generators stand beside MemGEN, and which way curves go: claims that are worked out, on data that comes with scikit-learn."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from byheart.judging.choosing import chosen
from byheart.judging.findings import Estimate
from byheart.judging.metric import About
from byheart.paper.distances import claims, curve_claims, curve_figures, figures, glossary, metric_claims
from byheart.paper.distances import section as distances
from byheart.paper.distances.curves import SHARES, Curve, curves, low_is_good
from byheart.paper.distances.measuring import Yardstick
from byheart.paper.distances.standing import HELDOUT, MEMGEN, Score, Standing, stand
from byheart.paper.distances.tables import curve_table, given, number, standing_table
from byheart.paper.generators import neural, rows, vectors
from byheart.paper.generators.base import Trained
from byheart.paper.library import Library
from byheart.paper.materials import Material, pictures, sentences_of, table, texts, thumbnails
from byheart.paper.people import retesting
from byheart.paper.stage import Stage
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
    assert claim.verdict == "not settled"  # all intervals overlap, which does not show that it is alike
    assert "far in " in claim.detail
    assert claims.any_metric([standing]).verdict == "does not hold"
    by = {score.about.name: score for score in standing.of("copies")}
    assert by["exact_share"].worse(MEMGEN, HELDOUT) > 1
    assert by["nndr"].worse(MEMGEN, HELDOUT) > 1
    assert not by["exact_share"].worse("far", HELDOUT) > 1
    assert claims.test_reveals([standing]).verdict == "does not hold"


def test_train_reveals_who_learned_it_by_heart_by_what_is_too_good(standing: Standing) -> None:
    """Praised by metrics of which an end is the ideal; by 1-NN accuracy, whose ideal is a half, worse than real data."""
    claim = claims.train_hides([standing])
    assert claim.verdict == "does not hold"
    assert not claim.number.startswith("0 ")
    by = {score.about.name: score for score in standing.of("train")}
    assert by["coverage"].worse(MEMGEN, HELDOUT) < -1
    accuracy = by["nearest_neighbour_accuracy"]
    assert accuracy.worse(MEMGEN, HELDOUT) > 1
    assert accuracy.apart(MEMGEN, HELDOUT) < -1
    assert "1-NN accuracy \N{RIGHTWARDS ARROW} ½" in standing_table(standing, "train")


def test_which_panel_gives_the_list_away_follows_from_the_shares() -> None:
    assert distances.panels_say(0, 0.5).startswith("So the first panel does not")
    assert distances.panels_say(0, 0).startswith("Neither panel")
    assert distances.panels_say(0.5, 0.5).startswith("So both panels")
    assert distances.panels_say(0.5, 0).startswith("So the first panel tells")


def test_a_poor_generator_is_far_behind(standing: Standing) -> None:
    by = {score.about.name: score for score in standing.of("test")}
    assert by["mmd"].worse("far", MEMGEN) > 1
    assert claims.compared(standing, ["far"], 1).much_better > claims.compared(standing, ["near"], 1).much_better


def test_overlapping_intervals_settle_nothing_where_nobody_is_told_apart(standing: Standing) -> None:
    """Values that tell no generator from real data do not show that MemGEN is like it, nor that test or train hides anything."""
    few = [_score(About("mmd", "MMD", "low", 0.0, ""), MemGEN=0.01, heldout=0.02, far=0.03, near=0.02)]
    blunt = replace(standing, scores=few)
    assert claims.like_heldout([blunt]).verdict == "not settled"
    assert claims.test_reveals([blunt]).verdict == "not settled"
    assert claims.train_hides([replace(standing, scores=[replace(few[0], against="train")])]).verdict == "not settled"
    assert claims.any_metric([blunt]).verdict == "not settled"


@pytest.mark.parametrize(
    ("memgen", "near", "verdict"), [(0.01, 8.0, "holds"), (0.01, 0.03, "not settled"), (7.0, 8.0, "does not hold")]
)
def test_memgen_is_alike_if_its_distance_is_below_the_best_other_generators_for_sure(
    standing: Standing, memgen: float, near: float, verdict: str
) -> None:
    few = [_score(About("mmd", "MMD", "low", 0.0, ""), MemGEN=memgen, heldout=0.02, far=9.0, near=near)]
    assert claims.like_heldout([replace(standing, scores=few)]).verdict == verdict


def test_curves_rise_with_copies_where_these_are_not_looked_for(standing: Standing) -> None:
    metrics = [
        metric
        for metric in Yardstick(standing.material).metrics()
        if metric.abouts[0].name in {"mmd", "exact_share", "nndr"}
    ]
    told = curves(standing.comparers["far"], metrics, tries=8, seed=0, tell=lambda _share, _what: None)
    way = {curve.about.name: curve.way for curve in told}
    assert way == {"mmd": "up", "exact_share": "down", "nndr": "down"}
    assert curve_claims.told_by_slopes(told).verdict == "holds"
    assert curve_claims.up_and_right(told).verdict == "holds"
    assert curve_claims.rises(told[0]) == (False, False)  # transposed, it falls all the same
    assert curve_claims.transposing(told).verdict == "does not hold"
    assert curve_claims.transposing([]).verdict == "not settled"
    exact = next(curve for curve in told if curve.about.name == "exact_share")
    assert exact.values.mean(axis=0) == pytest.approx(SHARES, abs=0.01)
    figure = curve_figures.curve_panels(told, "far", "clouds")
    for form in (figure.svg, figure.narrow):
        assert "near copies" not in form
        assert "exact copies" in form
    assert "improves" in curve_table(told)


def test_figures_and_tables_name_all_who_are_judged(standing: Standing) -> None:
    drawn = figures.dots(standing), figures.copies(standing)
    for told in (*(one.svg for one in drawn), *(one.narrow for one in drawn), standing_table(standing, "test")):
        assert all(name in told for name in ("far", "near", MEMGEN))
    assert figures.samples(standing) is None
    assert all("logarithmic beyond" in one.svg for one in drawn)
    assert "MiFID" not in drawn[1].svg  # it has no interval: no place
    assert "far" in given(standing)
    assert "right strong" in standing_table(standing, "train")  # MemGEN's, too good to be true


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


@pytest.mark.parametrize(
    ("other", "verdict"),
    [(2.0, "holds, with a caveat"), (1.05, "not settled"), (0.95, "not settled"), (0.5, "does not hold")],
)
def test_that_memgen_is_best_of_the_state_of_the_art_never_holds_without_a_caveat(
    standing: Standing, other: float, verdict: str
) -> None:
    """Better beyond all intervals; better or worse within them; beaten beyond what chance gives."""
    distance = _score(
        About("frechet_distance", "Fréchet distance", "low", None, ""), MemGEN=1.0, heldout=1.0, far=other, near=other
    )
    claim = claims.best_of_all([replace(standing, scores=[distance])])
    assert claim.verdict == verdict
    assert "state of the art" in claim.detail


@pytest.mark.parametrize(
    ("shift", "verdict"), [(9.0, "holds, with a caveat"), (-9.0, "does not hold"), (0.0, "not settled")]
)
def test_neural_networks_are_outperformed_if_they_are_beaten_beyond_the_intervals(
    standing: Standing, shift: float, verdict: str
) -> None:
    """A network as good as MemGEN, better, or worse by nine of its values' intervals."""
    scores = []
    for score in standing.scores:
        one = score.by[MEMGEN]
        away = shift * (1 if score.is_low_good else -1) * max(0.0, score.reach(MEMGEN))
        about = replace(score.about, null=None)
        scores.append(replace(score, about=about, by={**score.by, neural.NAME: replace(one, value=one.value + away)}))
    material = replace(standing.material, generators={neural.NAME: standing.material.generators["near"]})
    told = metric_claims.outperforms([replace(standing, scores=scores, material=material)])
    assert told.verdict == verdict


def test_whoever_selects_the_metrics_selects_the_winner(standing: Standing) -> None:
    """It would do, at least: whether the authors did it, no number tells."""
    first = _score(
        About("frechet_distance", "Fréchet distance", "low", None, ""), MemGEN=1.0, heldout=1.0, far=2.0, near=2.0
    )
    assert metric_claims.select([replace(standing, scores=[first])]).verdict == "does not hold"
    last = replace(first, about=replace(first.about, toward="high"))
    assert metric_claims.select([replace(standing, scores=[first, last])]).verdict == "holds, with a caveat"


def test_metrics_that_contradict_each_other_close_no_debate(standing: Standing) -> None:
    """Two that give one order agree (tau 1), two that give the reverse do not (tau -1)."""
    one = _score(About("mmd", "MMD", "low", None, ""), MemGEN=1.0, heldout=1.0, far=3.0, near=2.0)
    reverse = replace(one, about=replace(one.about, toward="high"))
    alike, apart = (replace(standing, scores=[one, other]) for other in (one, reverse))
    assert list(metric_claims.agreement([alike], ("test",)).taus) == pytest.approx([1])
    assert list(metric_claims.agreement([apart], ("test",)).taus) == pytest.approx([-1])
    assert metric_claims.closed([alike]).verdict == "holds"
    assert metric_claims.closed([apart]).verdict == "does not hold"
    close = _score(one.about, MemGEN=1.0, heldout=1.0, far=1.03, near=1.02)
    unsure = replace(close, about=reverse.about)
    assert metric_claims.closed([replace(standing, scores=[close, unsure])]).verdict == "not settled"


def _curve(slope: float, noise: float, *, is_low_good: bool = False) -> Curve:
    about = About("recall", "recall", "high", None, "")
    values = slope * np.array(SHARES) + noise * np.random.default_rng(0).normal(size=(12, len(SHARES)))
    return Curve(about, "test", is_low_good, values, 0.0)


@pytest.mark.parametrize(
    ("slopes", "verdict"),
    [
        ((1, 1, 1), "holds"),
        ((1, 1, 0), "holds, with a caveat"),
        ((1, 0, 0), "not settled"),
        ((1, 1, -1), "does not hold"),
    ],
)
def test_curves_that_rise_fall_or_do_neither_are_three_things(slopes: tuple[int, ...], verdict: str) -> None:
    told = [_curve(slope, 0.05) for slope in slopes]
    assert [curve.way for curve in told] == [{1: "up", 0: "neither", -1: "down"}[slope] for slope in slopes]
    assert curve_claims.up_and_right(told).verdict == verdict


def test_a_density_above_its_ideal_improves_as_it_falls(standing: Standing) -> None:
    density = About("density", "density", "high", 1.0, "")
    assert low_is_good(density, "test", 1.9)
    assert not low_is_good(density, "test", 0.3)
    values = 2 - np.array(SHARES) + 0.01 * np.random.default_rng(0).normal(size=(12, len(SHARES)))
    curve = Curve(density, "test", True, values, 1.0)
    assert curve.way == "up"
    assert curve.real == pytest.approx(1, abs=0.05)
    assert curve.arrow == "\N{RIGHTWARDS ARROW} 1"


def test_every_metric_has_a_line_in_the_glossary() -> None:
    every = [metric for kind in ("array", "row", "text") for metric in chosen(kind)]
    assert {about.name for metric in every for about in metric.abouts} <= set(glossary.LINES)
    assert "1-NN accuracy" in glossary.glossary(every)


def test_numbers_are_plain() -> None:
    told = [number(value) for value in (4983.2, 0.0000123, 2e13, 0.0, 999.96, -0.5)]
    assert told == [
        "4,980",
        "1.23 \N{MULTIPLICATION SIGN} 10⁻⁵",
        "2 \N{MULTIPLICATION SIGN} 10¹³",
        "0",
        "1,000",
        "-0.5",
    ]


def test_a_stand_in_for_torch_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neural, "by", lambda: "scikit-learn")
    assert "scikit-learn" in "".join(neural.stand_ins().values())
    monkeypatch.setattr(neural, "by", lambda: "torch")
    assert not neural.stand_ins()


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


@pytest.mark.parametrize("damage", ["cut", "flipped", "another", "wide", "not a number"])
def test_weights_that_are_damaged_are_made_again(tmp_path: Path, damage: str) -> None:
    train = np.random.default_rng(0).normal(size=(40, 4)).astype(np.float32)
    whole = neural.neural(2, tmp_path)(train, 0)(5, 1)
    (path,) = tmp_path.glob("*.npz")
    data = bytearray(path.read_bytes())
    with np.load(path) as kept:
        arrays = dict(kept)
    if damage == "cut":
        path.write_bytes(data[:-40])
    elif damage == "flipped":
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    elif damage == "another":
        with path.open("wb") as file:
            np.save(file, np.zeros(3))
    else:
        name, change = ("w1", np.zeros((9, 9))) if damage == "wide" else ("mean", arrays["mean"] * np.nan)
        np.savez(path, allow_pickle=False, **(arrays | {name: change}))
    assert np.array_equal(neural.neural(2, tmp_path)(train, 0)(5, 1), whole)


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
