"""The sampler gives what was learned, exactly as often: chi-squared over many seeds, whose p-values must themselves be uniform.

The seeds are fixed, so a test either always passes or never does. A sampler that is exact fails one in ten thousand such tests.
"""

import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats

from byheart import MemGEN, _native
from byheart.memory import gather, segment, writer

Counts = npt.NDArray[np.int64]
LEAST_P = 1e-4
MANY = 70_001  # above 65,536 an order is made by a Feistel network, walked until it is back below an odd number

seeds_tried = pytest.mark.parametrize("seeds", [40, pytest.param(1000, marks=pytest.mark.full)])


@dataclass(frozen=True)
class Learned:
    """A memory, and how often each record shall be drawn from it."""

    model: MemGEN
    shares: dict[Any, int]
    where: str | None = None
    weights: str | None = None

    def sample(self, n: int, seed: int, *, start: int = 0, replace: bool = True) -> list[Any]:
        """Samples, as a user gets them."""
        return self.model.sample(
            n, seed, start=start, replace=replace, where=self.where, weights=self.weights, verify=True
        ).tolist()


WORDS = [f"word {i % 12}" for i in range(60)] + ["often"] * 30  # 13 in all, of different lengths
TWELVE = [f"word {i}" for i in range(12)]


def a_list(root: Path) -> Learned:
    return Learned(MemGEN(root).fit(WORDS), {**dict.fromkeys(TWELVE, 5), "often": 30})


def a_hashmap(root: Path) -> Learned:
    return Learned(MemGEN(root, structure="hashmap").fit(WORDS), {**dict.fromkeys(TWELVE, 5), "often": 30})


def appended_and_forgotten(root: Path) -> Learned:
    model = MemGEN(root).fit(WORDS).partial_fit(["late", "later"] * 5)
    model.forget(where="record = 'word 3' or record = 'later' or locator = 0 and record = 'word 0'")
    return Learned(model, {**dict.fromkeys(TWELVE, 5), "often": 30, "late": 5, "word 0": 4, "word 3": 0})


def a_hashmap_with_tombstones(root: Path) -> Learned:
    model = MemGEN(root, structure="hashmap").fit(WORDS).partial_fit([*WORDS[:12], "often", "once"])
    model.forget(["word 7", "once"])
    return Learned(model, {**dict.fromkeys(TWELVE, 6), "often": 31, "word 7": 0})


def compacted(root: Path) -> Learned:
    learned = a_hashmap_with_tombstones(root)
    learned.model.compact()
    return learned


def chosen_by_condition(root: Path) -> Learned:
    model = MemGEN(root).fit(WORDS, ["chosen", "other", None] * 30).partial_fit(["late"] * 6, ["chosen"] * 6)
    shares = {**dict.fromkeys(WORDS[:60:3], 5), "often": 10, "late": 6}  # every third word: the same four of twelve
    return Learned(model, shares, where="label = 'chosen'")


def weighted(root: Path) -> Learned:
    model = MemGEN(root).fit(["a", "b", "c", "d"], sample_weight=[1, 2, 0, 3]).partial_fit(["a"], sample_weight=[4])
    return Learned(model, {"a": 5, "b": 2, "c": 0, "d": 3}, weights="weight")


def weighted_in_part(root: Path) -> Learned:
    """What was learned without weights has 1 (docs/format.md)."""
    model = MemGEN(root).fit(["a", "b"]).partial_fit(["b", "c"], sample_weight=[3, 2.5])
    return Learned(model, {"a": 2, "b": 8, "c": 5}, weights="weight")


def enormously_weighted(root: Path) -> Learned:
    """Together more than a float can hold."""
    model = MemGEN(root).fit(["a", "b", "c"], sample_weight=[1e308, 1.5e308, 1e308])
    return Learned(model, {"a": 2, "b": 3, "c": 2}, weights="weight")


def two(root: Path) -> Learned:
    return Learned(MemGEN(root).fit([b"heads", b"tails"]), {b"heads": 1, b"tails": 1})


def in_ram(root: Path) -> Learned:
    return Learned(MemGEN().fit(WORDS), {**dict.fromkeys(TWELVE, 5), "often": 30})


MEMORIES: dict[str, Callable[[Path], Learned]] = {
    "a list": a_list,
    "a hashmap": a_hashmap,
    "appended to and forgotten from": appended_and_forgotten,
    "a hashmap with tombstones": a_hashmap_with_tombstones,
    "compacted": compacted,
    "chosen by a condition": chosen_by_condition,
    "weighted": weighted,
    "weighted in part": weighted_in_part,
    "enormously weighted": enormously_weighted,
    "of two records": two,
    "in RAM": in_ram,
}


@pytest.fixture(params=MEMORIES)
def learned(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Learned:
    """A memory whose segments have several batches."""
    for module in (segment, writer):
        monkeypatch.setattr(module, "BATCH_ROWS", 16)
    return MEMORIES[request.param](tmp_path / "m")


def require_uniform(p_values: Sequence[float]) -> None:
    """Kolmogorov-Smirnov."""
    assert stats.kstest(p_values, "uniform").pvalue > LEAST_P


def counted(samples: list[Any], records: Sequence[Any]) -> Counts:
    """How often each record is among the samples, which hold no other."""
    number = {record: i for i, record in enumerate(records)}
    return np.bincount([number[sample] for sample in samples], minlength=len(records))


def goodness_of_fit(counts: Counts, shares: Sequence[int]) -> float:
    """The p-value."""
    expected = np.array(shares) * (counts.sum() / sum(shares))
    return float(stats.chisquare(counts, expected).pvalue)


@seeds_tried
def test_samples_have_the_distribution_that_was_learned(learned: Learned, seeds: int, path: str) -> None:
    there = {record: share for record, share in learned.shares.items() if share}
    p_values = [
        goodness_of_fit(counted(learned.sample(1000, s), list(there)), list(there.values())) for s in range(seeds)
    ]
    require_uniform(p_values)


@seeds_tried
def test_neighbouring_samples_and_neighbouring_seeds_are_independent(seeds: int, path: str) -> None:
    """Two samples share the bits of one Philox block; two seeds differ in one bit of its key."""
    model = MemGEN().fit(list(range(6)))
    within, between = [], []
    for seed in range(0, 2 * seeds, 2):
        one, other = (np.array(model.sample(2000, s).tolist()) for s in (seed, seed + 1))
        within.append(goodness_of_fit(np.bincount(one[::2] * 6 + one[1::2], minlength=36), [1] * 36))
        between.append(goodness_of_fit(np.bincount(one * 6 + other, minlength=36), [1] * 36))
    require_uniform(within)
    require_uniform(between)


@seeds_tried
def test_without_replacement_each_record_is_as_likely_at_each_place(learned: Learned, seeds: int, path: str) -> None:
    """A record that occurs k times comes first after as many others as the negative hypergeometric law says.

    Told by the probability integral transform: the law's distribution function, smoothed within each place, is uniform.
    """
    if learned.weights:
        pytest.skip("weights go with replacement")
    n = sum(learned.shares.values())
    asked = cycle((record, k) for record, k in learned.shares.items() if k)
    within = np.random.default_rng(0).random(5 * seeds)
    transformed = []
    for seed, (record, k) in zip(range(5 * seeds), asked, strict=False):
        place = learned.sample(n, seed, replace=False).index(record)
        law = stats.nhypergeom(n, n - k, 1)
        transformed.append(law.cdf(place) - within[seed] * law.pmf(place))
    require_uniform(transformed)


def test_without_replacement_every_occurrence_comes_once(learned: Learned, path: str) -> None:
    if learned.weights:
        pytest.skip("weights go with replacement")
    wanted = sorted(record for record, share in learned.shares.items() for _ in range(share))
    for seed in range(20):
        whole = learned.sample(len(wanted), seed, replace=False)
        assert sorted(whole) == wanted
        half = len(wanted) // 2
        assert learned.sample(half, seed, start=len(wanted) - half, replace=False) == whole[len(wanted) - half :]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> MemGEN:
    """More than are shuffled one by one: the numbers from 0, of which the last thousand and some are to be forgotten."""
    model = MemGEN(tmp_path_factory.mktemp("many") / "m").fit(np.arange(MANY + 1000))
    model.forget(np.arange(MANY, MANY + 1000))
    return model


@seeds_tried
@pytest.mark.parametrize("replace", [True, False])
def test_of_many_records_each_is_as_likely(many: MemGEN, seeds: int, replace: bool, path: str) -> None:
    """In 50 bins; 1,000 of 70,001 without replacement vary by 0.7 % less than with, which no test of this size can tell."""
    law = np.bincount(np.arange(MANY) * 50 // MANY)
    p_values = []
    for seed in range(seeds):
        drawn = many.sample(1000, seed, replace=replace).to_numpy()
        p_values.append(goodness_of_fit(np.bincount(drawn * 50 // MANY, minlength=50), law.tolist()))
    require_uniform(p_values)


def test_of_many_records_each_comes_once(many: MemGEN, path: str) -> None:
    drawn = many.sample(MANY, 1, replace=False, verify=True).to_numpy()
    assert np.array_equal(np.sort(drawn), np.arange(MANY))


def test_both_paths_give_the_same_samples(learned: Learned, monkeypatch: pytest.MonkeyPatch) -> None:
    if _native.kernels is None:
        pytest.skip("no compiler was found when byheart was installed")
    n = 50
    ways = [(seed, start, replace) for seed in range(10) for start in (0, 7) for replace in (True, False)]
    ways = [way for way in ways if way[2] or (not learned.weights and way[1] + n <= sum(learned.shares.values()))]
    with_kernels = [learned.sample(n, seed, start=start, replace=replace) for seed, start, replace in ways]
    monkeypatch.setattr(_native, "kernels", None)
    assert [learned.sample(n, seed, start=start, replace=replace) for seed, start, replace in ways] == with_kernels
    assert len({tuple(samples) for samples in with_kernels}) == len(ways)


def test_a_thread_that_samples_in_between_gets_room_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one moment at which two threads could take the same buffer for theirs: while one asks whether the last is free."""
    model = MemGEN().fit([bytes([65 + i]) * 500 for i in range(20)])
    wanted = [model.sample(64, seed).to_arrow().to_pylist() for seed in (1, 2)]
    others: list[Any] = []

    def getrefcount(thing: object) -> int:
        count = sys.getrefcount(thing) - 1  # `thing` itself
        if not others:
            others.append(None)
            with ThreadPoolExecutor(1) as pool:
                others[0] = pool.submit(lambda: model.sample(64, 2).to_arrow()).result()
        return count

    monkeypatch.setattr(gather, "sys", SimpleNamespace(getrefcount=getrefcount, platform=sys.platform))
    mine = model.sample(64, 1).to_arrow()
    assert others
    assert [mine.to_pylist(), others[0].to_pylist()] == wanted


def test_threads_that_sample_one_model_do_not_disturb_each_other(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model = MemGEN().fit([bytes([i % 251]) * (400 + i % 7) for i in range(5000)])
    wanted = [model.sample(50, seed).tolist() for seed in range(40)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            got = list(pool.map(lambda seed: model.sample(50, seed).to_arrow().to_pylist(), [*range(40)] * 5))
    finally:
        sys.setswitchinterval(interval)
    assert got == wanted * 5
