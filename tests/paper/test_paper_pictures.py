"""Figure 3: samples are training pictures, and a collapse is told from none."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from stages import stage as staged

from byheart.paper.fitting import ALPHA
from byheart.paper.samples import pictures
from byheart.paper.samples.collapse import collapse, expected
from byheart.paper.samples.pictures import Seen


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    stage = staged(tmp_path_factory.mktemp("pictures"))
    return pictures.look(stage, stage.library.pictures)


def test_the_section_reproduces_figure_3_and_its_claims_hold(tmp_path: Path) -> None:
    found = pictures.run(staged(tmp_path))
    assert [figure.name for figure in found.figures] == ["figure-3-pictures", "figure-3-collapse"]
    assert [claim.verdict for claim in found.claims] == [
        "holds",
        "does not hold",
        "holds",
        *2 * ["not tried"],
    ]
    assert found.numbers["identical"] == {"all": 10_000, "only": 2_000}
    assert not found.timings


def test_one_seed_gives_one_answer_to_the_last_byte(tmp_path: Path) -> None:
    first, again = (pictures.run(staged(tmp_path / name, seed=5)).kept() for name in "ab")
    assert first == again


def test_no_class_is_missing_and_the_memory_of_one_class_gives_that_class_alone(seen: Seen) -> None:
    assert seen.classes.missing == seen.clusters.missing == ()
    assert len(np.unique(seen.alone.classes)) == 1
    assert seen.single.variation == 0


def test_samples_that_are_no_training_pictures_are_told(seen: Seen) -> None:
    broken = replace(seen, everything=replace(seen.everything, identical=9_999))
    assert pictures.claims("digits", broken)[0].verdict == "does not hold"


def test_a_model_that_collapsed_is_told(seen: Seen) -> None:
    assert seen.turned.p_value < ALPHA
    assert pictures.claims("digits", replace(seen, classes=seen.turned))[2].verdict == "does not hold"
    lost = replace(seen.clusters, missing=("3",))
    assert pictures.claims("digits", replace(seen, clusters=lost))[2].verdict == "does not hold"


def test_a_figure_would_be_a_proof_if_it_told_another_distribution(seen: Seen) -> None:
    assert pictures.claims("digits", seen)[1].verdict == "does not hold"
    assert pictures.claims("digits", replace(seen, figure=seen.turned))[1].verdict == "holds"


def test_a_test_that_sees_no_collapse_proves_nothing(seen: Seen) -> None:
    assert pictures.claims("digits", replace(seen, turned=seen.classes))[2].verdict == "does not hold"


def test_a_class_that_was_never_learned_is_no_sample_of_the_memory() -> None:
    assert collapse(("a", "b"), np.array([9, 0]), np.array([8, 1])).p_value == 0


def test_total_variation_of_faithful_draws_has_the_expectation_that_is_told() -> None:
    shares = np.array([0.5, 0.3, 0.15, 0.05])
    drawn = np.random.default_rng(0).multinomial(200, shares, 20_000)
    found = np.abs(drawn / 200 - shares).sum(axis=1) / 2
    assert found.mean() == pytest.approx(expected(shares, 200), abs=4 * found.std() / np.sqrt(len(found)))


def test_p_values_of_faithful_draws_are_uniform() -> None:
    train = np.array([50, 30, 15, 5])
    rng = np.random.default_rng(1)
    found = [collapse(tuple("abcd"), train, rng.multinomial(2_000, train / 100)).p_value for _ in range(500)]
    assert stats.kstest(found, "uniform").pvalue > 0.001
