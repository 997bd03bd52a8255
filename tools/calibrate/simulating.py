"""One simulation: three samples of one distribution, and what each metric makes of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from byheart.judging.choosing import METRICS
from byheart.judging.metric import OwnTest, Setting
from byheart.judging.nearness import Nearness, RealSpace
from byheart.judging.resampling import Division, intervals, permutation_test
from byheart.neighbours import Work
from byheart.neighbours.blocks import Matrix

Points = npt.NDArray[np.float64]
Draw = Callable[[np.random.Generator, int], Points]


def _normal(rng: np.random.Generator, count: int) -> Points:
    return rng.normal(size=(count, 8))


def _heavy(rng: np.random.Generator, count: int) -> Points:
    return rng.standard_t(5, size=(count, 3))


def _categories(rng: np.random.Generator, count: int) -> Points:
    return rng.integers(0, 3, (count, 4)).astype(np.float64)


def _clusters(rng: np.random.Generator, count: int) -> Points:
    points: Points = 6.0 * rng.integers(0, 4, (count, 1)) + rng.normal(size=(count, 2)) * rng.choice(
        [0.1, 1.0], (count, 1)
    )
    return points


def _repeated(rng: np.random.Generator, count: int) -> Points:
    return _FEW[rng.integers(0, len(_FEW), count)]


_FEW: Final[Points] = np.random.default_rng(0).normal(size=(60, 3))

WORLDS: Final[dict[str, tuple[Draw, int]]] = {
    "normal, 8 dimensions, 200 records": (_normal, 200),
    "heavy tails (Student's t, 5 degrees of freedom), 200 records": (_heavy, 200),
    "all categorical (81 cells), 200 records": (_categories, 200),
    "four clusters, two densities, 100 records": (_clusters, 100),
    "repeated rows (60 distinct), 200 records": (_repeated, 200),
}
_PERMUTATIONS: Final = 99


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one metric's first values said in one simulation, an array entry a value."""

    names: tuple[str, ...]
    values: npt.NDArray[np.float64]
    low: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]
    p_low: npt.NDArray[np.float64]
    p_high: npt.NDArray[np.float64]


def simulate(world: str, name: str, seed: int, real_seed: int) -> Outcome:
    """Draw a sample by `seed`, and train and held-out by `real_seed`; measure one metric against held-out, given train."""
    draw, count = WORLDS[world]
    metric = METRICS[name]()
    train, heldout = (
        draw(np.random.default_rng([real_seed, part]), size) for part, size in ((0, 2 * count), (1, count))
    )
    sample = draw(np.random.default_rng([seed, 2]), count)
    points = np.concatenate([sample, heldout])
    near = nearness(train, heldout, points) if metric.traits.sees == "GTH" else None
    setting = Setting(
        real_seed,  # of what is fitted on real data, and is as fixed as they are
        prints(points).view(np.int64),
        near,
        1.0,
        Work(threads=1),
        rows_of(points),
        whole=np.concatenate([points, train]),
        train=train,
    )
    statistic = metric.over(points, setting)
    is_sample = np.arange(len(points)) < count
    division = Division(is_sample, ~is_sample, np.arange(len(points)))
    interval = intervals(metric, statistic, division, seed)
    if isinstance(metric, OwnTest) and setting.near is not None:
        tails = metric.test(setting.near.first(count), _PERMUTATIONS, seed)
    else:
        tails = permutation_test(statistic, division, _PERMUTATIONS, seed)
    names = tuple(about.name for about in metric.abouts)
    return Outcome(names, division.value(statistic), interval.low, interval.high, tails.low, tails.high)


def rows_of(points: Matrix) -> pa.StructArray:
    """The same points as rows of a table: columns of whole numbers are categories."""
    columns = [
        pa.array(column.astype(np.int64).astype(str) if (column % 1 == 0).all() else column) for column in points.T
    ]
    return pa.StructArray.from_arrays(columns, [f"c{number}" for number in range(len(columns))])


def prints(points: Matrix) -> npt.NDArray[np.uint64]:
    """A number for each row, the same for equal ones."""
    _, numbers = np.unique(points, axis=0, return_inverse=True)
    return numbers.reshape(-1).astype(np.uint64)


def nearness(train: Points, heldout: Points, points: Points) -> Nearness:
    """Where the train records are, seen from some points."""
    numbers = prints(np.concatenate([train, heldout, points]))
    real = len(train) + len(heldout)
    space = RealSpace(train, heldout, (numbers[: len(train)], numbers[len(train) : real]), seed=0, how=Work(threads=1))
    return space.nearness(points, numbers[real:])


def summary(
    outcomes: Sequence[Outcome], references: Sequence[int], *, is_reference_fixed: bool
) -> list[dict[str, Any]]:
    """How often each value's tests rejected at .05, and its interval held the mean of all values (of those of the same reference)."""
    values, low, high = (np.array([getattr(one, name) for one in outcomes]) for name in ("values", "low", "high"))
    means = np.empty_like(values)
    groups = np.asarray(references) if is_reference_fixed else np.zeros(len(outcomes))
    for group in np.unique(groups):
        means[groups == group] = values[groups == group].mean(axis=0)
    covered = ((low <= means) & (means <= high)).mean(axis=0)
    near, far = (np.array([getattr(one, name) for one in outcomes]) <= 0.05 for name in ("p_low", "p_high"))
    return [
        {
            "name": name,
            "low": float(near[:, at].mean()),
            "high": float(far[:, at].mean()),
            "covered": float(covered[at]),
        }
        for at, name in enumerate(outcomes[0].names)
    ]
