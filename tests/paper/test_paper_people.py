"""People: simulated raters go by what they see, and decide no claim about people."""

import importlib.util
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from stages import stage as staged

from byheart.paper.found import found_of
from byheart.paper.people import claims as people_claims
from byheart.paper.people import rated
from byheart.paper.people import section as people
from byheart.paper.people.beside import Beside, compare
from byheart.paper.people.figure_2 import side_by_side
from byheart.paper.people.rated import Rated, Studied
from byheart.paper.people.raters import Eye
from byheart.paper.people.retesting import Retested
from byheart.paper.people.screenshot import screenshot


def retested(*_: object) -> Retested:
    """Two metrics that tell five generators apart, the second with more noise."""
    rng = np.random.default_rng(0)
    values = {
        name: {str(g): (g + 1 + rng.normal(0, noise, 8)).tolist() for g in range(5)}
        for name, noise in (("sharp", 0.05), ("noisy", 0.2))
    }
    return Retested(values, {"sharp": [0.0], "noisy": [0.0]}, {"sharp": [1.0], "noisy": [2.0]})


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Rated:
    stage = staged(tmp_path_factory.mktemp("people"))
    return rated.rate(stage, stage.library.pictures)


@pytest.fixture
def beside() -> Beside:
    return compare(retested(), seed=0)


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
    not_so, not_tried = "does not hold", "not tried"
    assert [claim.verdict for claim in found.claims] == [not_tried, not_tried, not_so, not_so, not_so, "holds"]
    assert "SIMULATED" in str(found.parts[0])
    assert all(claim.number.startswith("not tried with people; simulated raters: ") for claim in found.claims[:2])
    assert "SIMULATED" in found.figures[1].caption
    assert "SIMULATED" in found.figures[1].svg
    assert "SIMULATED" in found.figures[1].narrow
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


def test_no_claim_about_people_is_tried_by_simulated_raters_whatever_they_say(filled: Rated) -> None:
    memgen, blurred = filled.studies
    for one in (memgen, blurred):
        assert verdicts((one, blurred)) == ["not tried"] * 2


def asked(one: Studied, **changes: Any) -> Studied:
    """As if people had said it."""
    return replace(one, report=replace(one.report, simulated=False, **changes))


def verdicts(studies: tuple[Studied, ...]) -> list[str]:
    told = people_claims.claims(studies, compare(retested(), seed=0), 0)
    return [claim.verdict for claim in told[:2]]


def test_people_decide_the_claims_about_people(filled: Rated) -> None:
    memgen, blurred = (asked(one) for one in filled.studies)
    assert verdicts((memgen, blurred)) == ["holds, with a caveat", "holds"]  # asked was which looks better
    assert verdicts((asked(memgen, question="real"), blurred)) == ["holds", "holds"]
    assert verdicts((replace(memgen, report=blurred.report, coin=blurred.coin), blurred)) == ["does not hold"] * 2
    undecided = replace(asked(memgen, verdict="INCONCLUSIVE"), coin=replace(memgen.coin, verdict="INCONCLUSIVE"))
    assert verdicts((undecided, blurred)) == ["not settled"] * 2
    number = people_claims.claims((memgen, blurred), compare(retested(), seed=0), 0)[0].number
    assert "simulated" not in number


def test_people_who_cannot_tell_a_blur_prove_nothing_about_memgen(filled: Rated) -> None:
    memgen = asked(filled.studies[0])
    assert verdicts((memgen, replace(memgen, generator="blurred")))[0] == "not settled"


def test_a_coin_does_not_tell_what_differs_by_construction_and_a_machine_does(filled: Rated, beside: Beside) -> None:
    memgen, blurred = filled.studies
    assert blurred.told_apart < 1e-6
    assert memgen.told_apart > 0.01
    assert people_claims.claims(filled.studies, beside, 0)[4].verdict == "does not hold"
    unseen = replace(blurred, told_apart=0.3)
    assert people_claims.claims((memgen, unseen), beside, 0)[4].verdict == "not settled"


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
    assert "it takes playwright" in figure.caption
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
