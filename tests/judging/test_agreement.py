"""Where others compute the same, it is the same."""

import numpy as np
import ot
import pytest
from mauve import compute_mauve
from prdc import compute_prdc
from scipy.linalg import sqrtm
from scipy.stats import chi2_contingency, energy_distance, entropy, linregress
from sklearn.metrics.pairwise import polynomial_kernel, rbf_kernel
from sklearn.preprocessing import normalize
from vendi_score import vendi

from byheart.judging.metric import Setting
from byheart.judging.metrics.classifier_score import ScoreStatistic
from byheart.judging.metrics.cmmd import CMMD
from byheart.judging.metrics.frechet import Moments, frechet_distance
from byheart.judging.metrics.frechet_infinity import intercept
from byheart.judging.metrics.kernels import energy, gaussian, kid
from byheart.judging.metrics.manifold import manifold
from byheart.judging.metrics.mauve import Mauve, frontier_area
from byheart.judging.metrics.pqmass import MassStatistic, PQMass
from byheart.judging.metrics.sliced_wasserstein import SlicedStatistic
from byheart.judging.metrics.vendi import vendi_score
from byheart.neighbours import Work, nearest
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


def test_cmmd_is_the_published_estimate_but_for_its_bias() -> None:
    """Published is the mean over all pairs, each point with itself too; scikit-learn's kernel, of unit vectors, with gamma = 1 / (2 10^2)."""
    first, second = normal(90, 16, 13) + 0.5, normal(60, 16, 14)
    unit = [normalize(one) for one in (first, second)]
    within = [rbf_kernel(one, gamma=1 / 200) for one in unit]
    published = 1000 * (within[0].mean() + within[1].mean() - 2 * rbf_kernel(*unit, gamma=1 / 200).mean())
    bias = 1000 * sum((1 - gram.mean()) / (len(gram) - 1) for gram in within)
    both, is_first, is_second = pooled(first, second)
    found = CMMD().over(both, SETTING)(is_first, is_second)[0, 0]
    assert found == pytest.approx(published - bias, rel=1e-8)
    assert found < published


def test_mauve_is_its_authors_of_the_same_histograms_and_about_so_of_the_same_points() -> None:
    """k-means is not the same one, so values of points agree as their own do from seed to seed: to some hundredths."""
    first, second = normal(400, 10, 15) + 0.2, normal(400, 10, 16)
    told = [compute_mauve(p_features=first, q_features=second, seed=seed, kmeans_num_redo=1) for seed in range(5)]
    for one in told:
        assert frontier_area(one.p_hist, one.q_hist) == pytest.approx(one.mauve, rel=1e-12)
    both, is_first, is_second = pooled(first, second)
    found = Mauve().over(both, SETTING)(is_first, is_second)[0, 0]
    assert found == pytest.approx(np.mean([one.mauve for one in told]), abs=0.04)


def test_pqmass_is_scipys_chi_squared_of_the_same_cells() -> None:
    """scipy takes no empty cells."""
    rng = np.random.default_rng(17)
    codes = np.concatenate([rng.integers(0, 12, (3, 200)), rng.integers(0, 3, (1, 200))])
    codes[1, :20] = -1
    is_first = (np.arange(200) < 80)[None]
    expected = []
    for cells in codes:
        table = np.array(
            [np.bincount(cells[here & (cells >= 0)], minlength=12) for here in (is_first[0], ~is_first[0])]
        )
        chi_squared = chi2_contingency(table[:, table.sum(axis=0) > 0], correction=False)
        expected.append(chi_squared.statistic / chi_squared.dof)
    assert MassStatistic(codes)(is_first, ~is_first)[0, 0] == pytest.approx(np.mean(expected), rel=1e-12)


def test_pqmass_is_its_authors_in_the_mean_over_tessellations() -> None:
    """Others are drawn, of as many cells. theirs is chi-squared for 99 degrees of freedom, that of 50 tessellations."""
    pqm = pytest.importorskip("pqm", reason="pqm needs torch, which is too large for the tests to bring")
    first, second = normal(1000, 5, 18) + 0.2, normal(1000, 5, 19)
    np.random.seed(0)  # noqa: NPY002  # pqm draws from it
    theirs = np.array(pqm.pqm_chi2(first, second, num_refs=100, re_tessellation=50)) / 99
    both, is_first, is_second = pooled(first, second)
    found = PQMass().over(both, SETTING)(is_first, is_second)[0, 0]
    assert found == pytest.approx(theirs.mean(), abs=4 * np.sqrt(2 / 50) * theirs.std())


def test_the_cells_of_pqmass_are_its_authors() -> None:
    utils = pytest.importorskip("pqm.utils", reason="pqm needs torch, which is too large for the tests to bring")
    first, second, centres = normal(150, 4, 20), normal(120, 4, 21), normal(9, 4, 22)
    theirs = utils._compute_counts_numpy(first, second, centres, 9)
    for points, counts in zip((first, second), theirs, strict=True):
        assert np.bincount(nearest(points, centres).indices[:, 0], minlength=9).tolist() == counts.tolist()


def test_the_classifier_score_is_the_mean_of_scipys_relative_entropies() -> None:
    told = np.random.default_rng(23).dirichlet(np.full(6, 0.3), 80)
    members = (np.arange(80) < 50)[None]
    expected = np.exp(np.mean([entropy(one, told[:50].mean(axis=0)) for one in told[:50]]))
    assert ScoreStatistic(told)(members, ~members)[0, 0] == pytest.approx(expected, rel=1e-12)


def test_the_extrapolating_line_is_scipys() -> None:
    x, y = np.array([1.0, 2.1, 4.3]), np.array([0.3, 0.5, 1.2])
    assert intercept(x, y) == pytest.approx(linregress(x, y).intercept, rel=1e-12)


def test_the_frechet_distance_is_torchmetrics() -> None:
    fid = pytest.importorskip(
        "torchmetrics.image.fid", reason="torchmetrics needs torch, which is too large for the tests to bring"
    )
    torch = pytest.importorskip("torch", reason="it is too large for the tests to bring")
    first, second = normal(300, 12, 24), normal(200, 12, 25) + 0.5
    moments = [(torch.tensor(one.mean(axis=0)), torch.tensor(np.cov(one.T))) for one in (first, second)]
    found = frechet_distance(Moments.of(first), Moments.of(second))
    assert found == pytest.approx(float(fid._compute_fid(*moments[0], *moments[1])), rel=1e-9)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of scipy's and numba's, as hyppo uses them
def test_the_energy_distance_in_many_dimensions_is_hyppos_but_for_its_bias() -> None:
    """hyppo 0.5 has the biased one from the root of a distance covariance, V: V^2 (n + m)^4 / (2 n^2 m^2), though it forgets the square."""
    ksample = pytest.importorskip(
        "hyppo.ksample", reason="hyppo needs numba, which is too large for the tests to bring"
    )
    first, second = normal(50, 6, 26), normal(40, 6, 27) + 0.3
    factor = 90**4 / (2 * 50**2 * 40**2)
    biased = (ksample.Energy(bias=True).statistic(first, second) / factor) ** 2 * factor
    spreads = [np.linalg.norm(one[:, None] - one, axis=2).sum() / len(one) ** 2 for one in (first, second)]
    bias = sum(spread / (len(one) - 1) for spread, one in zip(spreads, (first, second), strict=True))
    both, is_first, is_second = pooled(first, second)
    found = energy().over(both, SETTING)(is_first, is_second)[0, 0]
    assert found == pytest.approx(biased - bias, rel=1e-9)
