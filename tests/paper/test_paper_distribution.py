"""The statistics that the page rests on agree with simulation and with scipy; and a wrong sampler does not pass."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats
from stages import claims, stage

from byheart import MemGEN
from byheart.batch import Batch
from byheart.paper.fitting import Family, expected_variation, farthest, one_sample, total_variation, two_sample
from byheart.paper.theory import distribution


@pytest.mark.parametrize("draws", [1, 7, 50, 1000])
def test_the_expected_total_variation_is_what_simulation_gives(draws: int) -> None:
    learned = np.array([1, 1, 2, 3, 5, 8, 30], np.int64)
    drawn = np.random.default_rng(0).multinomial(draws, learned / learned.sum(), 20_000)
    found = np.abs(drawn / draws - learned / learned.sum()).sum(axis=1) / 2
    assert abs(found.mean() - expected_variation(learned, draws)) < 4 * found.std() / np.sqrt(len(found)) + 1e-12


def test_the_expected_total_variation_of_two_equal_records_is_known() -> None:
    """Two draws: half of the time (2, 0) or (0, 2), 1/2 away; else (1, 1): 1/4. And what is alone is always drawn."""
    assert np.isclose(expected_variation(np.array([1, 1]), 2), 0.25)
    assert expected_variation(np.array([3]), 100) == 0


def test_two_samples_agree_with_scipy_where_nothing_is_pooled() -> None:
    a, b = np.array([40, 60, 100]), np.array([50, 45, 105])
    wanted = stats.chi2_contingency(np.stack([a, b]), correction=False).pvalue
    assert np.isclose(two_sample(a, b, np.array([1, 1, 2])), wanted)


def test_p_values_are_uniform_for_exact_samplers() -> None:
    learned = np.array([1] * 50 + [20] * 10, np.int64)
    drawn = np.random.default_rng(1).multinomial(2000, learned / learned.sum(), 800)
    assert stats.kstest([one_sample(counts, learned) for counts in drawn], "uniform").pvalue > 1e-3
    pairs = [two_sample(a, b, learned) for a, b in zip(drawn[::2], drawn[1::2], strict=True)]
    assert stats.kstest(pairs, "uniform").pvalue > 1e-3


def test_a_family_is_judged_by_its_smallest_p_value_times_their_number() -> None:
    assert Family([0.5, 0.01, 0.2]).adjusted == pytest.approx(0.03)
    assert not Family([0.5, 1e-5 / 2]).is_passed
    assert total_variation(np.array([1, 0]), np.array([0, 5])) == 1


@pytest.mark.parametrize("off", [0.0, 0.03, 0.1])
def test_how_far_draws_may_be_from_what_was_learned_is_told_with_confidence(off: float) -> None:
    """An upper limit of the total variation: right for 95 of 100 samples of a sampler that favours every second record, rare ones too."""
    random, learned = np.random.default_rng(2), 1 + 2000 // np.arange(1, 1001)
    shares = learned * (1 + off * (-1.0) ** np.arange(1000))
    shares /= shares.sum()
    distance = np.abs(shares - learned / learned.sum()).sum() / 2
    limits = np.array([farthest(drawn, learned) for drawn in random.multinomial(50_000, shares, 400)])
    assert np.mean(limits >= distance) >= 0.92  # 0.95, less three of its standard errors
    assert limits.mean() < distance + 0.02


def test_a_sampler_that_drops_rare_records_is_far() -> None:
    learned = 1 + 2000 // np.arange(1, 1001)
    shares = np.where(np.arange(1000) < 500, learned, learned * (np.arange(1000) % 2))
    drawn = np.random.default_rng(3).multinomial(50_000, shares / shares.sum())
    assert farthest(drawn, learned) > np.abs(shares / shares.sum() - learned / learned.sum()).sum() / 2


@pytest.fixture
def few_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distribution, "_P_DRAWS", 500)
    monkeypatch.setattr(distribution, "_WORDS", 5000)


@pytest.mark.usefixtures("few_seeds")
def test_everything_that_is_claimed_holds(tmp_path: Path) -> None:
    found = distribution.run(stage(tmp_path))
    told = claims(found)
    assert (
        told.pop("It provably outputs the same distribution as the input distribution.").verdict
        == "holds, with a caveat"
    )
    assert {claim.verdict for claim in told.values()} == {"holds"}
    assert [figure.name for figure in found.figures] == ["p-values", "total-variation"]
    assert not found.timings


@pytest.mark.usefixtures("few_seeds")
def test_a_sampler_that_is_off_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One draw in five is drawn again: the total variation tells, though each record is as likely as it was."""
    sample = MemGEN.sample

    def sticky(model: MemGEN, count: int, seed: Any, **options: Any) -> Any:
        drawn = sample(model, count, seed, **options)
        which = np.arange(count)
        which[::5] = np.minimum(which[::5] + 1, count - 1)
        return Batch(model.snapshot, drawn.indices[which])

    monkeypatch.setattr(MemGEN, "sample", sticky)
    found = claims(distribution.run(stage(tmp_path)))
    name = "The total variation from the training data is what so many draws have on average, not more and not less."
    assert found[name].verdict == "does not hold"
