"""The two moons of Meehan, Chaudhuri and Dasgupta (2020, Figure 2): C_T of a kernel density, from copies to a blur."""

import numpy as np
import pytest
from copies import values
from sklearn.datasets import make_moons
from sklearn.neighbors import KernelDensity

PUBLISHED = {  # the bandwidth: the mean of ten trials, and their spread
    0.0: (-17.46, 0.3),
    0.001: (-17.36, 0.3),
    0.01: (-11.77, 0.18),
    0.03: (-3.46, 0.33),
    0.1: (-0.26, 0.42),
    0.13: (0.65, 0.30),
    0.2: (1.53, 0.4),
    0.3: (3.11, 0.4),
    1.0: (10.27, 0.6),
}


def c_t(bandwidth: float, trials: range, *, seeds: tuple[int, int] = (0, 1)) -> list[float]:
    """Of 1,000 samples a trial, against 1,000 held-out records, of 2,000 that were learned; five cells, of 20 samples or more."""
    train, heldout = (
        make_moons(count, noise=0.2, random_state=seed)[0] for count, seed in zip((2000, 1000), seeds, strict=True)
    )
    found = []
    for trial in trials:
        if bandwidth:
            sample = KernelDensity(bandwidth=bandwidth).fit(train).sample(1000, random_state=trial)
        else:
            sample = train[np.random.default_rng(trial).integers(0, len(train), 1000)]
        found += values(train, heldout, sample, ["c_t"])
    return found


@pytest.mark.parametrize("bandwidth", [0.01, 0.1, 1.0])
def test_a_trial_of_the_moons_is_what_was_published(bandwidth: float) -> None:
    published, spread = PUBLISHED[bandwidth]
    assert c_t(bandwidth, range(1))[0] == pytest.approx(published, abs=4 * spread)


@pytest.mark.full
@pytest.mark.parametrize("bandwidth", PUBLISHED)
def test_the_moons_are_what_was_published(bandwidth: float) -> None:
    """The mean of ten trials, within three spreads: the draws of these cells and samples are others."""
    published, spread = PUBLISHED[bandwidth]
    assert np.mean(c_t(bandwidth, range(10))) == pytest.approx(published, abs=3 * spread)


@pytest.mark.full
def test_c_t_of_the_moons_rises_with_the_bandwidth() -> None:
    means = [np.mean(c_t(bandwidth, range(3))) for bandwidth in PUBLISHED if bandwidth]
    assert means == sorted(means)
