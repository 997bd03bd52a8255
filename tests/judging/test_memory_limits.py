"""What is known of the memory itself: limits that need no weights and no model."""

import numpy as np
import pytest
from copies import normal
from sklearn.datasets import load_digits

from byheart import MemGEN
from byheart.judging.metric import Setting
from byheart.judging.metrics.kernels import gaussian, mmd
from byheart.judging.metrics.manifold import manifold
from byheart.judging.resampling import Division
from byheart.neighbours import Work
from byheart.neighbours.blocks import Matrix


def squared_mmd(sample: Matrix, reference: Matrix, bandwidth: float) -> float:
    both = np.concatenate([sample, reference])
    is_sample = np.arange(len(both)) < len(sample)
    statistic = mmd().over(both, Setting(0, np.arange(len(both)), None, bandwidth, Work()))
    return float(Division(is_sample, ~is_sample, np.arange(len(both))).value(statistic)[0])


def test_the_memory_with_replacement_has_half_the_mmd_of_the_list() -> None:
    """List: -2 (diagonal - off) / n. With replacement a pair of draws is one record with probability 1 / n, so k within the sample has the mean
    off + (diagonal - off) / n, which is half of what the list's pairs with train are too near: -(diagonal - off) / n."""
    digits = load_digits().data[:300] / 16
    gram = gaussian(digits, 2.0)
    off = (gram.sum() - np.trace(gram)) / (300 * 299)
    rng = np.random.default_rng(0)
    drawn = [squared_mmd(digits[rng.integers(0, 300, 300)], digits, 2.0) for _ in range(100)]
    error = np.std(drawn) / np.sqrt(100)
    assert squared_mmd(digits, digits, 2.0) == pytest.approx(-2 * (1 - off) / 300, rel=1e-12)
    assert np.mean(drawn) == pytest.approx(-(1 - off) / 300, abs=4 * error)


def test_draws_with_replacement_hold_1_less_1_over_e_of_the_records() -> None:
    """(1 - 1/n)^n of the records are not drawn; the spread of the share is below 1 / (2 sqrt n)."""
    model = MemGEN().fit(np.arange(20_000).reshape(-1, 1))
    drawn = np.asarray(model.sample(20_000, random_state=0).to_numpy())
    assert len(np.unique(drawn)) / 20_000 == pytest.approx(1 - 1 / np.e, abs=4 / np.sqrt(4 * 20_000))


@pytest.mark.parametrize("count", [100, 300, 600])
def test_coverage_by_the_memory_is_that_of_hitting_a_neighbourhood(count: int) -> None:
    """m draws with replacement of n: a sphere holds its point, its k - 1 nearest and, on its surface, the k-th: it is missed with probability
    (1 - (k + 1) / n)^m. (Where the surface is left out, as by others, k / n.)"""
    train = normal(600, 4, 1)
    rng = np.random.default_rng(2)
    found = [manifold(train[rng.integers(0, 600, count)], train)[3] for _ in range(20)]
    assert np.mean(found) == pytest.approx(1 - (1 - 6 / 600) ** count, abs=0.015)


@pytest.mark.full
def test_two_normals_in_1000_dimensions_are_what_prdcs_authors_published() -> None:
    """10,000 points each, k = 5: .4772, .4705, 1.0555, .9735 (Naeem et al., 2020); density varies by .15."""
    real, fake = (normal(10_000, 1000, seed).astype(np.float32) for seed in (3, 4))
    precision, recall, density, coverage = manifold(fake, real)
    assert precision == pytest.approx(0.4772, abs=0.04)
    assert recall == pytest.approx(0.4705, abs=0.04)
    assert density == pytest.approx(1.0555, abs=0.3)
    assert coverage == pytest.approx(0.9735, abs=0.01)
