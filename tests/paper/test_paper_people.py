"""People and the coin: simulated raters go by what they see, nothing simulated holds without a caveat, and a coin is reliable and useless."""

import importlib.util
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from stages import stage as staged

from byheart.paper import people, rated, reliability
from byheart.paper.figure_2 import side_by_side
from byheart.paper.found import found_of
from byheart.paper.people import Beside
from byheart.paper.rated import Rated
from byheart.paper.raters import Eye
from byheart.paper.screenshot import screenshot


def retested(*_: object) -> dict[str, list[float]]:
    """Two metrics that tell three generators apart, the second with much noise."""
    rng = np.random.default_rng(0)
    told = {f"sharp/{g}": (g + 1 + rng.normal(0, 0.05, 8)).tolist() for g in range(3)}
    return told | {f"noisy/{g}": (g + 1 + rng.normal(0, 1, 8)).tolist() for g in range(3)}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Rated:
    stage = staged(tmp_path_factory.mktemp("people"))
    return rated.rate(stage, stage.library.pictures)


@pytest.fixture
def beside() -> Beside:
    return people.compare(retested(), seed=0)


@pytest.fixture
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)


@pytest.mark.usefixtures("no_browser")
def test_the_section_asks_simulated_raters_and_says_so_wherever_they_are_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "retest", retested)
    found = people.run(staged(tmp_path))
    assert [figure.name for figure in found.figures] == ["figure-2-page", "figure-2-verdicts", "coin-reliability"]
    caveat = "holds, with a caveat"
    assert [claim.verdict for claim in found.claims] == [caveat, caveat, caveat, "does not hold"]
    assert "SIMULATED" in str(found.parts[0])
    assert "SIMULATED" in found.claims[0].number
    assert "SIMULATED" in found.figures[1].caption
    assert "SIMULATED" in found.figures[1].svg
    assert found_of(found.kept()) == replace(found, parts=list(found.parts))


def test_raters_prefer_neither_memgen_nor_held_out_and_dislike_what_is_blurred(filled: Rated) -> None:
    memgen, blurred = filled.studies
    assert memgen.report.question == "better"
    assert memgen.report.simulated
    assert (memgen.report.verdict, memgen.coin.verdict) == ("INDISTINGUISHABLE", "INDISTINGUISHABLE")
    assert (blurred.report.verdict, blurred.coin.verdict) == ("DISTINGUISHABLE", "DISTINGUISHABLE")
    assert blurred.report.estimate.low > 0.5


def test_one_seed_gives_the_same_choices(filled: Rated, tmp_path: Path) -> None:
    stage = staged(tmp_path)
    again = rated.rate(stage, stage.library.pictures)
    for one, other in zip(filled.studies, again.studies, strict=True):
        assert (one.report.estimate, one.coin) == (other.report.estimate, other.coin)
    assert np.array_equal(filled.pair.left, again.pair.left)


def test_nothing_that_simulated_raters_say_holds_without_a_caveat(filled: Rated, beside: Beside) -> None:
    told = people.claims(filled.studies, beside)
    assert {claim.verdict for claim in told[:2]} == {"holds, with a caveat"}


def test_people_who_tell_memgen_from_real_would_be_believed(filled: Rated, beside: Beside) -> None:
    memgen, blurred = filled.studies
    told = replace(memgen, report=blurred.report, coin=blurred.coin)
    claims = people.claims((told, blurred), beside)
    assert [claim.verdict for claim in claims[:2]] == ["does not hold"] * 2


def test_raters_who_cannot_tell_a_blur_prove_nothing_about_memgen(filled: Rated, beside: Beside) -> None:
    memgen = filled.studies[0]
    blind = replace(memgen, generator="blurred")
    told = people.claims((memgen, blind), beside)
    assert told[0].verdict == "does not hold"


def test_the_pair_of_figure_2_is_a_real_one_and_a_generated_one_as_the_plan_has_them(filled: Rated) -> None:
    trial = filled.opened.plan.slots[0][filled.pair.trial]
    pair = filled.opened.plan.pairs[trial.pair]
    assert pair.purpose == "study"
    assert sorted(pair.players) == [0, 1]
    assert filled.pair.left.shape == filled.pair.right.shape
    assert not np.array_equal(filled.pair.left, filled.pair.right)


@pytest.mark.usefixtures("no_browser")
def test_without_a_browser_the_pair_is_composed_and_the_caption_says_so(filled: Rated) -> None:
    figure = side_by_side(filled)
    assert "there was no browser" in figure.caption
    assert "data:image/png;base64," in figure.svg


def test_with_a_browser_the_real_page_is_shown(filled: Rated) -> None:
    if shutil.which("chromium") is None or importlib.util.find_spec("playwright") is None:
        pytest.skip("no playwright, or no Chromium")
    figure = side_by_side(filled)
    assert "taken from its server" in figure.caption
    assert "data:image/png;base64," in figure.svg


def test_without_a_server_there_is_no_picture_of_its_page(filled: Rated, tmp_path: Path) -> None:
    nowhere = replace(filled.opened, path=tmp_path / "nothing")
    assert screenshot(nowhere, 0) is None


def test_an_eye_takes_what_it_saw_for_natural_and_noise_for_none() -> None:
    rng = np.random.default_rng(0)
    smooth = np.cumsum(rng.normal(0, 4, (200, 16, 16)), axis=2).clip(-100, 100)
    seen = (smooth + 128).astype(np.uint8)
    eye = Eye(seen[:150])
    noise = rng.integers(0, 256, (50, 16, 16)).astype(np.uint8)
    assert min(map(eye.naturalness, seen[150:])) > max(map(eye.naturalness, noise))


def test_the_coin_is_more_reliable_and_tells_no_generator_from_another(beside: Beside) -> None:
    sharp, noisy = beside.metrics
    assert beside.coin.spread < sharp.spread < noisy.spread
    assert beside.coin.agreement < reliability.POOR < sharp.agreement
    assert sharp.same_order == 1
    assert beside.shape == (3, 8)


def test_the_coins_spread_is_that_of_a_binomial_share() -> None:
    told = reliability.of_coin(20, 50, seed=1)
    assert told.spread == pytest.approx(1 / np.sqrt(reliability.FLIPS), rel=0.1)
    assert told.flips == pytest.approx(reliability.FLIPS, rel=0.2)


def test_the_intraclass_correlation_is_shrouts_and_fleisss() -> None:
    ratings = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float)
    assert reliability.reliability("their example", ratings).agreement == pytest.approx(0.17, abs=0.005)


def test_a_constant_has_no_spread_and_tells_nothing() -> None:
    told = reliability.reliability("constant", np.full((3, 5), 0.5))
    assert (told.spread, told.agreement, told.same_order) == (0, 0, 0)


def test_a_coin_that_told_generators_apart_would_hold_without_a_caveat(filled: Rated, beside: Beside) -> None:
    magic = replace(beside, coin=replace(beside.coin, agreement=0.99))
    assert people.claims(filled.studies, magic)[2].verdict == "holds"
    clumsy = replace(beside, coin=replace(beside.coin, spread=9.0))
    assert people.claims(filled.studies, clumsy)[2].verdict == "does not hold"
