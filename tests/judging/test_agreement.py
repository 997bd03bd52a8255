"""Where others compute the same, it is the same."""

import numpy as np
import ot
import pytest
from prdc import compute_prdc
from scipy.linalg import sqrtm
from scipy.stats import energy_distance
from sklearn.metrics.pairwise import polynomial_kernel
from vendi_score import vendi

from byheart.judging.metric import Setting
from byheart.judging.metrics.frechet import Moments, frechet_distance
from byheart.judging.metrics.kernels import energy, gaussian, kid
from byheart.judging.metrics.manifold import manifold
from byheart.judging.metrics.sliced_wasserstein import SlicedStatistic
from byheart.judging.metrics.vendi import vendi_score
from byheart.neighbours import Work
from byheart.neighbours.blocks import Matrix


def normal(count: int, width: int, seed: int) -> Matrix:
    return np.random.default_rng(seed).normal(size=(count, width))


def pooled(first: Matrix, second: Matrix) -> tuple[Matrix, np.ndarray, np.ndarray]:
    both = np.concatenate([first, second])
    is_first = np.arange(len(both)) < len(first)
    return both, is_first[None], ~is_first[None]


SETTING = Setting(seed=0, groups=np.arange(0), near=None, scale=1.0, how=Work())


def test_precision_recall_density_and_coverage_are_prdcs(capsys: pytest.CaptureFixture[str]) -> None:
    real, fake = normal(400, 10, 0), normal(300, 10, 1) * 1.2
    expected = compute_prdc(real_features=real, fake_features=fake, nearest_k=5)
    found = dict(zip(("precision", "recall", "density", "coverage"), manifold(fake, real), strict=True))
    assert found == pytest.approx({name: float(value) for name, value in expected.items()})


@pytest.mark.parametrize("sizes", [(200, 200), (150, 90)])
def test_the_sliced_wasserstein_distance_is_pots(sizes: tuple[int, int]) -> None:
    first, second = normal(sizes[0], 6, 2), normal(sizes[1], 6, 3) + 0.3
    directions = normal(6, 50, 4).astype(np.float64)
    directions /= np.linalg.norm(directions, axis=0)
    both, is_first, is_second = pooled(first, second)
    found = SlicedStatistic(both, directions)(is_first, is_second)[0, 0]
    assert found == pytest.approx(ot.sliced_wasserstein_distance(first, second, projections=directions, p=2), rel=1e-9)


@pytest.mark.filterwarnings("ignore:Please import `csr_matrix`:DeprecationWarning")
def test_the_vendi_score_is_its_authors() -> None:
    gram = gaussian(normal(120, 5, 5), 2.0)
    assert vendi_score(gram) == pytest.approx(vendi.score_K(gram), rel=1e-9)


def test_the_frechet_distance_is_that_of_matrix_roots() -> None:
    first, second = normal(300, 12, 6), normal(200, 12, 7) @ normal(12, 12, 8) + 1
    covariances = np.cov(first.T), np.cov(second.T)
    apart = first.mean(0) - second.mean(0)
    expected = apart @ apart + np.trace(sum(covariances) - 2 * sqrtm(covariances[0] @ covariances[1]).real)
    assert frechet_distance(Moments.of(first), Moments.of(second)) == pytest.approx(expected, rel=1e-9)


def test_kid_is_the_unbiased_estimate_with_scikit_learns_kernel() -> None:
    first, second = normal(80, 7, 9), normal(60, 7, 10)
    within = [polynomial_kernel(one, degree=3, gamma=1 / 7, coef0=1) for one in (first, second)]
    between = polynomial_kernel(first, second, degree=3, gamma=1 / 7, coef0=1)
    means = [(gram.sum() - np.trace(gram)) / (len(gram) * (len(gram) - 1)) for gram in within]
    both, is_first, is_second = pooled(first, second)
    assert kid().over(both, SETTING)(is_first, is_second)[0, 0] == pytest.approx(
        sum(means) - 2 * between.mean(), rel=1e-9
    )


def test_the_energy_distance_is_scipys_but_for_its_bias() -> None:
    """scipy's is the square root of the biased one, on a line: each |x - x| = 0 counts there."""
    first, second = normal(50, 1, 11), normal(70, 1, 12) + 0.5
    both, is_first, is_second = pooled(first, second)
    found = energy().over(both, SETTING)(is_first, is_second)[0, 0]
    spreads = [np.abs(one - one.T).sum() / len(one) ** 2 for one in (first, second)]
    bias = sum(spread / (len(one) - 1) for spread, one in zip(spreads, (first, second), strict=True))
    assert found == pytest.approx(energy_distance(first[:, 0], second[:, 0]) ** 2 - bias, rel=1e-9)
