"""Draws: pure functions of (seed, i), uniform, the same with and without the kernels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from byheart import _native
from byheart.draws import draw, permute, seed_from
from byheart.errors import InputError

seeds = st.integers(0, 2**128 - 1)
totals = st.integers(1, 2**63 - 1)


@given(seeds, totals, st.integers(0, 2**40), st.integers(0, 40), st.integers(0, 3))
def test_both_paths_draw_the_same(seed: int, total: int, start: int, count: int, stream: int) -> None:
    with_kernels = draw(seed, start=start, count=count, total=total, stream=stream)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_native, "kernels", None)
        without = draw(seed, start=start, count=count, total=total, stream=stream)
    assert with_kernels.tolist() == without.tolist()
    assert all(0 <= i < total for i in without.tolist())


@given(seeds, totals, st.integers(0, 1000), st.integers(0, 50))
def test_a_draw_is_exact_integer_arithmetic_on_128_random_bits(seed: int, total: int, start: int, count: int) -> None:
    """floor(u * total / 2^128) with u from numpy's own Philox, in Python's unbounded integers."""
    got = draw(seed, start=start, count=count, total=total).tolist()
    for k, i in enumerate(range(start, start + count)):
        words = np.random.Philox(key=seed, counter=(i // 2 - 1) % 2**256).random_raw(4).tolist()
        high, low = words[2 * (i % 2) :][:2]
        assert got[k] == ((high << 64 | low) * total) >> 128


@given(seeds, st.integers(1, 10**6), st.integers(0, 100), st.integers(0, 100))
def test_draws_do_not_depend_on_how_they_are_asked_for(seed: int, total: int, a: int, b: int) -> None:
    whole = draw(seed, start=0, count=a + b, total=total).tolist()
    parts = draw(seed, start=0, count=a, total=total).tolist() + draw(seed, start=a, count=b, total=total).tolist()
    assert whole == parts


@given(seeds, st.one_of(st.integers(1, 300), st.integers(65_530, 70_000)))
def test_a_permutation_has_every_item_once(seed: int, total: int) -> None:
    items = permute(seed, start=0, count=total, total=total)
    assert np.array_equal(np.sort(items), np.arange(total))
    assert np.array_equal(permute(seed, start=total // 2, count=total - total // 2, total=total), items[total // 2 :])


def test_draws_are_uniform(path: str) -> None:
    """Chi-squared over 400 seeds: its p-values must themselves be uniform (Kolmogorov-Smirnov)."""
    p_values = [
        stats.chisquare(np.bincount(draw(s, start=0, count=5000, total=50), minlength=50)).pvalue for s in range(400)
    ]
    assert stats.kstest(p_values, "uniform").pvalue > 1e-4


@pytest.mark.parametrize("total", [5, 6])
def test_small_permutations_are_all_as_likely(total: int) -> None:
    """All n! orders, over 60 n! seeds."""
    orders = int(np.prod(range(1, total + 1)))
    weights = total ** np.arange(total)
    seen = [int(permute(s, start=0, count=total, total=total) @ weights) for s in range(60 * orders)]
    counts = np.unique(seen, return_counts=True)[1]
    assert len(counts) == orders
    assert stats.chisquare(counts).pvalue > 1e-4


def test_the_large_permutation_looks_uniform() -> None:
    """Where the first ten items of 70,000 go, over 2,000 seeds: chi-squared on 50 bins, p-values uniform."""
    firsts = np.array([permute(s, start=0, count=10, total=70_000) for s in range(2000)])
    p_values = [stats.chisquare(np.bincount(column * 50 // 70_000, minlength=50)).pvalue for column in firsts.T]
    assert stats.kstest(p_values, "uniform").pvalue > 1e-4


def test_seeds_come_from_all_that_numpy_users_pass() -> None:
    assert seed_from(np.int64(5)) == 5
    assert seed_from(np.random.default_rng(1)) == seed_from(np.random.default_rng(1))
    assert seed_from(np.random.RandomState(1)) == seed_from(np.random.RandomState(1))
    assert seed_from(None) != seed_from(None)


@pytest.mark.parametrize("bad", [-1, 2**128, 1.5, "7", True])
def test_a_bad_seed_is_refused(bad: object) -> None:
    with pytest.raises(InputError):
        seed_from(bad)  # type: ignore[arg-type]  # the point of the test


def test_more_than_there_is_cannot_be_drawn_without_replacement() -> None:
    with pytest.raises(InputError, match="at most 5 draws"):
        permute(0, start=3, count=3, total=5)
