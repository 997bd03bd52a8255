"""A generator of table rows: a Gaussian copula."""

import importlib.util
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from byheart._optional import require
from byheart.paper.generators.base import Draw, Fit

Row: TypeAlias = Sequence[str]
Ranks: TypeAlias = npt.NDArray[np.float64]
_BELOW_ONE: Final = 1 - 1e-9


def by() -> str:
    """The package that the copula is of, here."""
    has_both = all(importlib.util.find_spec(name) is not None for name in ("copulas", "pandas"))
    return "copulas" if has_both else "scipy"


def gaussian_copula(copied: float = 0.0) -> Fit:
    """A Gaussian copula of the columns; a share of what it gives may be train rows instead.

    Each column is told by its ranks, ties in a random order, and comes back as the train value of a rank: numbers as well as words.
    By the `copulas` package where that is installed, else by scipy's normal distribution.
    """

    def fit(train: Sequence[Row], seed: int) -> Draw:
        rng = np.random.default_rng(seed)
        columns = [sorted(column, key=_in_order) for column in zip(*train, strict=True)]
        keys = [[_in_order(cell) for cell in column] for column in zip(*train, strict=True)]
        orders = [np.lexsort((rng.random(len(key)), _dense(key))) for key in keys]
        ranks = np.stack([(np.argsort(order) + 0.5) / len(train) for order in orders], axis=1)
        drawn_ranks = (_of_copulas if by() == "copulas" else _of_scipy)(ranks)

        def draw(count: int, seed: int) -> list[Row]:
            drawn = drawn_ranks(count, seed).clip(0, _BELOW_ONE)
            rows: list[Row] = [
                [column[int(rank * len(train))] for column, rank in zip(columns, row, strict=True)] for row in drawn
            ]
            chosen = np.random.default_rng(seed).integers(len(train), size=round(copied * count))
            rows[: len(chosen)] = [train[at] for at in chosen.tolist()]
            return rows

        return draw

    return fit


def _of_copulas(ranks: Ranks) -> Callable[[int, int], Ranks]:
    uniform = require("copulas.univariate", "paper").UniformUnivariate
    model = require("copulas.multivariate", "paper").GaussianMultivariate(distribution=uniform)
    model.fit(require("pandas", "pandas").DataFrame(ranks, columns=[str(at) for at in range(ranks.shape[1])]))

    def draw(count: int, seed: int) -> Ranks:
        model.set_random_state(seed % 2**32)
        out: Ranks = model.sample(count).to_numpy()
        return out

    return draw


def _of_scipy(ranks: Ranks) -> Callable[[int, int], Ranks]:
    stats = require("scipy.stats", "judge")
    correlations = np.atleast_2d(np.corrcoef(stats.norm.ppf(ranks), rowvar=False))

    def draw(count: int, seed: int) -> Ranks:
        rng = np.random.default_rng(seed)
        normal = rng.multivariate_normal(np.zeros(len(correlations)), correlations, count, method="eigh")
        out: Ranks = stats.norm.cdf(normal)
        return out

    return draw


def _in_order(cell: str) -> tuple[float, str]:
    try:
        return float(cell), ""
    except ValueError:
        return np.inf, cell


def _dense(keys: Sequence[tuple[float, str]]) -> npt.NDArray[np.int64]:
    place: dict[Any, int] = {key: number for number, key in enumerate(sorted(set(keys)))}
    return np.array([place[key] for key in keys])
