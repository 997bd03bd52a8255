"""What is measured: each task has its contestants, and each of these is prepared, and then does it once."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from tools.bench_judge import tables

Singles: TypeAlias = npt.NDArray[np.float32]
Answer: TypeAlias = dict[str, float]
Prepared: TypeAlias = Callable[[], Answer]
K: Final = 5
_WARM: Final = 64  # points, with which a contestant loads what it needs before it is timed
_GEMM_ROWS: Final = 1024


@dataclass(frozen=True, slots=True)
class Task:
    """Something to be done.

    Attributes:
        title: in the tables.
        contestants: by name: given the number of threads, what does it.
        rounds: how often.
        agreement: how far answers may differ from byheart's, as a share.
    """

    title: str
    contestants: Mapping[str, Callable[[int], Prepared]]
    rounds: int = 3
    agreement: float = 1e-4


def normal(count: int, width: int, seed: int) -> Singles:
    """Points of a normal distribution, made without more RAM than they take."""
    return np.random.default_rng(seed).standard_normal((count, width), np.float32)


def _gemm(queries: int, points: int, width: int, threads: int) -> Prepared:
    """The product of the same shapes, as fast as numpy has it: a row of blocks at a time, in as many threads, into the same memory."""
    import threadpoolctl  # noqa: PLC0415  # here, as with all others

    first, second = normal(queries, width, 0), normal(points, width, 1)
    boards = [np.empty((_GEMM_ROWS, points), np.float32) for _ in range(threads)]

    def work(number: int) -> None:
        for start in range(number * _GEMM_ROWS, queries, threads * _GEMM_ROWS):
            rows = first[start : start + _GEMM_ROWS]
            np.matmul(rows, second.T, out=boards[number][: len(rows)])

    def run() -> Answer:
        with threadpoolctl.threadpool_limits(1, "blas"), ThreadPoolExecutor(threads) as pool:
            list(pool.map(work, range(threads)))
        return {}

    for board in boards:
        board[:] = 0
    return run


def _byheart(queries: int, points: int, width: int, threads: int) -> Prepared:
    from byheart.neighbours import Work, nearest  # noqa: PLC0415  # as above

    first, second, how = normal(queries, width, 0), normal(points, width, 1), Work(threads=threads)
    nearest(first[:_WARM], second[:_WARM], k=K, how=how)
    return lambda: {"mean distance": float(nearest(first, second, k=K, how=how).distances.mean())}


def _faiss(queries: int, points: int, width: int, threads: int) -> Prepared:
    import faiss  # noqa: PLC0415  # as above

    faiss.omp_set_num_threads(threads)
    first, second = normal(queries, width, 0), normal(points, width, 1)

    def run(first: Singles, second: Singles) -> Answer:
        index = faiss.IndexFlatL2(width)
        index.add(second)
        squares, _ = index.search(first, K)
        return {"mean distance": float(np.sqrt(squares.astype(np.float64)).mean())}

    run(first[:_WARM], second[:_WARM])
    return partial(run, first, second)


def _sklearn(queries: int, points: int, width: int, threads: int) -> Prepared:
    from sklearn.neighbors import NearestNeighbors  # noqa: PLC0415  # as above

    first, second = normal(queries, width, 0), normal(points, width, 1)

    def run(first: Singles, second: Singles) -> Answer:
        found = NearestNeighbors(n_neighbors=K, algorithm="brute", n_jobs=threads).fit(second).kneighbors(first)
        return {"mean distance": float(found[0].mean())}

    run(first[:_WARM], second[:_WARM])
    return partial(run, first, second)


def _byheart_manifold(count: int, width: int, threads: int) -> Prepared:
    from byheart.judging.metrics.manifold import manifold  # noqa: PLC0415  # as above
    from byheart.neighbours import Work  # noqa: PLC0415  # as above

    real, fake, how = normal(count, width, 0), normal(count, width, 1), Work(threads=threads)
    names = ("precision", "recall", "density", "coverage")
    manifold(fake[:_WARM], real[:_WARM], how=how)
    return lambda: dict(zip(names, manifold(fake, real, how=how), strict=True))


def _prdc(count: int, width: int, _threads: int) -> Prepared:
    from prdc import compute_prdc  # noqa: PLC0415  # as above

    real, fake = normal(count, width, 0), normal(count, width, 1)

    def run(real: Singles, fake: Singles) -> Answer:
        return {name: float(value) for name, value in compute_prdc(real, fake, nearest_k=K).items()}

    run(real[:_WARM], fake[:_WARM])
    return partial(run, real, fake)


def _large(queries: int, points: int, width: int, threads: int) -> Prepared:
    from byheart.neighbours import Work, nearest  # noqa: PLC0415  # as above

    first, second, told = normal(queries, width, 0), normal(points, width, 1), list[int]()
    how = Work(threads=threads, tell=lambda done, _total: told.append(done))
    nearest(first[:_WARM], second[:_WARM], k=K, how=Work(threads=threads))
    return lambda: {"mean distance": float(nearest(first, second, k=11, how=how).distances.mean()), "told": len(told)}


def _features(count: int, width: int) -> tuple[Singles, Singles]:
    """Two samples whose dimensions go together, as those of a network's features do, of which some hold most of the spread."""
    mixed = normal(width, width, 2) * (np.arange(1, width + 1) ** -0.5)[:, None].astype(np.float32)
    return normal(count, width, 0) @ mixed, normal(count, width, 1) @ mixed + np.float32(0.1)


def _byheart_frechet(count: int, width: int, _threads: int) -> Prepared:
    from byheart.judging.metrics.frechet import Moments, frechet_distance  # noqa: PLC0415  # as above

    def run(first: Singles, second: Singles) -> Answer:
        return {"distance": frechet_distance(Moments.of(first), Moments.of(second))}

    both = _features(count, width)
    run(*_features(2 * _WARM, _WARM))
    return partial(run, *both)


def _peer_frechet(trace: Callable[[Any], float], count: int, width: int, _threads: int) -> Prepared:
    """|m1 - m2|^2 + tr S1 + tr S2 - 2 tr (S1 S2)^1/2, with a peer's own way to the last."""

    def run(first: Singles, second: Singles) -> Answer:
        apart = first.mean(axis=0, dtype=np.float64) - second.mean(axis=0, dtype=np.float64)
        one, other = np.cov(first, rowvar=False), np.cov(second, rowvar=False)
        spread = np.trace(one) + np.trace(other)
        return {"distance": float(apart @ apart + spread - 2 * trace(one.dot(other)))}

    both = _features(count, width)
    run(*_features(2 * _WARM, _WARM))
    return partial(run, *both)


def _root_by_sqrtm(product: Any) -> float:
    """As clean-fid 0.1.35 has it (`fid.frechet_distance`), without `disp`, which SciPy 1.18 has not."""
    from scipy.linalg import sqrtm  # noqa: PLC0415  # as above

    return float(np.trace(sqrtm(product)).real)


def _root_by_eigenvalues(product: Any) -> float:
    """As torch-fidelity 0.4.0 has it (`metric_fid.fid_statistics_to_metric`)."""
    return float(np.sum(np.sqrt(np.linalg.eigvals(product).astype("complex128")).real))


def _neighbours(queries: int, points: int, width: int) -> Task:
    ways = {"product alone": _gemm, "byheart": _byheart, "faiss": _faiss, "scikit-learn": _sklearn}
    title = f"{K} nearest of {points:,} points for each of {queries:,}, d = {width}"
    return Task(title, {who: partial(way, queries, points, width) for who, way in ways.items()}, rounds=5)


def _manifold(count: int, width: int) -> Task:
    ways = {"byheart": _byheart_manifold, "prdc": _prdc}
    title = f"precision, recall, density, coverage of {count:,} and {count:,}, d = {width}"
    return Task(title, {who: partial(way, count, width) for who, way in ways.items()}, agreement=2e-3)


_FRECHET: Final[Mapping[str, Callable[[int, int, int], Prepared]]] = {
    "byheart": _byheart_frechet,
    "clean-fid's formula": partial(_peer_frechet, _root_by_sqrtm),
    "torch-fidelity's formula": partial(_peer_frechet, _root_by_eigenvalues),
}
TASKS: Final[Mapping[str, Task]] = {
    "neighbours-64": _neighbours(10_000, 50_000, 64),
    "neighbours-512": _neighbours(5000, 20_000, 512),
    "neighbours-2048": _neighbours(5000, 10_000, 2048),
    "manifold-2048": _manifold(10_000, 2048),
    "manifold-64": _manifold(20_000, 64),
    "records": Task(
        "distance to the closest of 2,000 rows for each of 2,000, 10 columns",
        {"byheart": tables.byheart, "SDMetrics": tables.sdmetrics},
        agreement=np.inf,  # each has a distance of its own
    ),
    "large": Task(
        "11 nearest of 1,000,000 points for each of 10,000, d = 64",
        {"byheart": partial(_large, 10_000, 1_000_000, 64)},
        rounds=1,
    ),
    "frechet": Task(
        "Fréchet distance of 5,000 and 5,000, d = 2048",
        {who: partial(way, 5000, 2048) for who, way in _FRECHET.items()},
        agreement=1e-6,
    ),
}
