"""Real generators, small enough to be trained while one waits: what `byheart judge` has to judge."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Arrays = npt.NDArray[np.float32]
Row = Sequence[str]
Generate = Callable[[Any, int], Any]


@dataclass(frozen=True, slots=True)
class Trained:
    """A generator.

    Attributes:
        what: it is, in words.
        made: a function that makes it: of train records and a number, so many generated ones.
    """

    what: str
    made: Callable[[], Generate]


def kernel_density(bandwidth: float) -> Generate:
    """A kernel density: train records plus noise, so that it copies by construction where the bandwidth is small."""
    from sklearn.neighbors import KernelDensity  # noqa: PLC0415  # slow to import

    return lambda train, count: _singles(KernelDensity(bandwidth=bandwidth).fit(train).sample(count, random_state=0))


def normal_mixture(components: int) -> Generate:
    """A mixture of normal distributions."""
    from sklearn.mixture import GaussianMixture  # noqa: PLC0415  # slow to import

    def generate(train: Arrays, count: int) -> Arrays:
        model = GaussianMixture(components, covariance_type="full", reg_covar=0.3, random_state=0)
        return _singles(model.fit(train.astype(np.float64)).sample(count)[0])

    return generate


def _singles(numbers: Any) -> Arrays:
    return np.asarray(numbers).astype(np.float32)


def gaussian_copula(copied: float = 0.0) -> Generate:
    """A Gaussian copula of the columns, by the `copulas` package; a share of what it gives may be train rows instead.

    Each column is told by its ranks, ties in a random order, and comes back as the train value of a rank: numbers as well as words.
    """
    import pandas as pd  # noqa: PLC0415  # slow to import
    from copulas.multivariate import GaussianMultivariate  # noqa: PLC0415  # as above
    from copulas.univariate import UniformUnivariate  # noqa: PLC0415  # as above

    def generate(train: Sequence[Row], count: int) -> list[Row]:
        rng = np.random.default_rng(0)
        columns = [sorted(column, key=_in_order) for column in zip(*train, strict=True)]
        keys = [[_in_order(cell) for cell in column] for column in zip(*train, strict=True)]
        orders = [np.lexsort((rng.random(len(key)), _dense(key))) for key in keys]
        ranks = pd.DataFrame({str(at): (np.argsort(order) + 0.5) / len(train) for at, order in enumerate(orders)})
        model = GaussianMultivariate(distribution=UniformUnivariate, random_state=0)
        model.fit(ranks)
        drawn = model.sample(count).to_numpy().clip(0, 1 - 1e-9)
        rows: list[Row] = [
            [column[int(rank * len(train))] for column, rank in zip(columns, row, strict=True)] for row in drawn
        ]
        for at in range(round(copied * count)):
            rows[at] = train[int(rng.integers(len(train)))]
        return rows

    return generate


def _in_order(cell: str) -> tuple[float, str]:
    try:
        return float(cell), ""
    except ValueError:
        return np.inf, cell


def _dense(keys: Sequence[tuple[float, str]]) -> npt.NDArray[np.int64]:
    place = {key: number for number, key in enumerate(sorted(set(keys)))}
    return np.array([place[key] for key in keys])


def markov(order: int) -> Generate:
    """Sentences of a Markov chain of words, by the `markovify` package."""
    import markovify  # noqa: PLC0415  # seldom needed

    def generate(train: Sequence[str], count: int) -> list[str]:
        random.seed(0)  # the package draws from here
        chain = markovify.NewlineText("\n".join(train), state_size=order, well_formed=False)
        return [chain.make_sentence(test_output=False) for _ in range(count)]

    return generate


OF_DIGITS: Final = {
    "kde-narrow": Trained(
        "a kernel density of bandwidth .5, that copies and adds a little noise", lambda: kernel_density(0.5)
    ),
    "kde-wide": Trained("a kernel density of bandwidth 3, that adds much", lambda: kernel_density(3.0)),
    "mixture": Trained("a mixture of 20 normal distributions", lambda: normal_mixture(20)),
}
"""By name."""

OF_ROWS: Final = {
    "leaking": Trained(
        "a Gaussian copula, one row in twenty of which is a train row instead", lambda: gaussian_copula(0.05)
    ),
    "copula": Trained("a Gaussian copula", gaussian_copula),
}

OF_SENTENCES: Final = {
    "markov-1": Trained("a Markov chain of single words", lambda: markov(1)),
    "markov-3": Trained("a Markov chain of three words, that has often but one way to go on", lambda: markov(3)),
}
