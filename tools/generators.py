"""Real generators, small enough to be trained while one waits: what `byheart judge` has to judge."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Records = npt.NDArray[np.float32]
Generate = Callable[[Records, int], Records]


def kernel_density(bandwidth: float) -> Generate:
    """A kernel density: train records plus noise, so that it copies by construction where the bandwidth is small."""
    from sklearn.neighbors import KernelDensity  # noqa: PLC0415  # slow to import

    return lambda train, count: _sampled(KernelDensity(bandwidth=bandwidth).fit(train).sample(count, random_state=0))


def normal_mixture(components: int) -> Generate:
    """A mixture of normal distributions."""
    from sklearn.mixture import GaussianMixture  # noqa: PLC0415  # slow to import

    def generate(train: Records, count: int) -> Records:
        model = GaussianMixture(components, covariance_type="full", reg_covar=0.3, random_state=0)
        return _sampled(model.fit(train.astype(np.float64)).sample(count)[0])

    return generate


def _sampled(numbers: Any) -> Records:
    return np.asarray(numbers).astype(np.float32)


OF_DIGITS: Final[dict[str, tuple[str, Callable[[], Generate]]]] = {
    "kde-narrow": (
        "a kernel density of bandwidth .5, that copies and adds a little noise",
        lambda: kernel_density(0.5),
    ),
    "kde-wide": ("a kernel density of bandwidth 3, that adds much", lambda: kernel_density(3.0)),
    "mixture": ("a mixture of 20 normal distributions", lambda: normal_mixture(20)),
}
"""By name, what each is, and what makes it."""
