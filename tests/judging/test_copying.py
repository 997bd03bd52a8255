"""Metrics that see train know copies, whatever else is odd about the data, and leave the innocent alone."""

import numpy as np
import pytest
from copies import nearness, normal, values
from scipy.stats import mannwhitneyu

from byheart.judging.choosing import chosen
from byheart.judging.metric import OwnTest
from byheart.judging.metrics.data_copying import CellStatistic

COPYING = ("exact_share", "copy_share", "dcr_share", "authenticity", "nndr")


def test_the_memory_itself_is_all_copies() -> None:
    """Exact 1, near copies 1, DCR share 1, authenticity 0, distance ratio 0."""
    train = normal(500, 6, 0)
    assert values(train, normal(300, 6, 1), train[:200], COPYING) == [1, 1, 1, 0, 0]


def test_fresh_data_are_not_copies_with_few_held_out_records_too() -> None:
    """5,000 train and 500 held-out records: the plain DCR share of fresh data would be .91."""
    train, heldout, fresh = normal(5000, 4, 2), normal(500, 4, 3), normal(2000, 4, 4)
    exact, near, share, authentic, _ = values(train, heldout, fresh, COPYING)
    assert exact == 0
    assert near < 0.03
    assert share == pytest.approx(0.5, abs=0.06)
    assert 0.4 < authentic < 0.8


def test_copies_of_rows_that_were_learned_twice_are_copies() -> None:
    """m3-score calls them 0 % memorized: the second nearest is the same row again."""
    train = np.repeat(normal(300, 4, 5), 2, axis=0)
    assert values(train, normal(300, 4, 6), train[::5], COPYING) == [1, 1, 1, 0, 0]


def test_a_table_of_81_cells_has_copies_by_chance_only() -> None:
    """All categorical: SDMetrics calls the memory itself 100 % protected. Here fresh and copied rows alike recur, and neither is accused."""
    rng = np.random.default_rng(7)
    train, heldout, fresh = (rng.integers(0, 3, (count, 4)).astype(float) for count in (2000, 1000, 1000))
    near = nearness(train, heldout, fresh)
    assert near.is_exact.all()
    dcr = chosen("array", ["dcr_share"])[0]
    assert isinstance(dcr, OwnTest)
    tails = dcr.test(near.first(1000), 999, seed=0)
    assert min(tails.low[0], tails.high[0]) > 0.01
    assert values(train, heldout, fresh, ["dcr_share"])[0] == pytest.approx(0.5, abs=0.02)


def test_innocent_heavy_tails_are_not_accused() -> None:
    """SDMetrics' share is between .24 and .93 by seed: each reference is scaled by its own range."""
    for seed in range(3):
        rng = np.random.default_rng(seed)
        train, heldout, fresh = (rng.standard_cauchy((1000, 3)) for _ in range(3))
        near = nearness(train, heldout, fresh).first(1000)
        dcr = chosen("array", ["dcr_share"])[0]
        assert isinstance(dcr, OwnTest)
        assert dcr.test(near, 999, seed=0).high[0] > 0.005


def test_copies_are_as_low_as_mann_and_whitney_go() -> None:
    """One cell, 1,000 copies and 1,000 held-out records: U = 0, so z = -38.72."""
    distances = np.concatenate([np.zeros(1000), np.arange(1, 1001)])
    is_copy = np.arange(2000) < 1000
    found = CellStatistic(distances, np.zeros(2000, np.int64))(is_copy[None], ~is_copy[None])[0, 0]
    assert found == pytest.approx(-38.72, abs=0.005)


def test_cells_count_pairs_as_scipy_does_ties_at_one_half() -> None:
    rng = np.random.default_rng(8)
    distances = rng.integers(0, 30, 400).astype(float)
    ours = rng.random(400) < 0.5
    wins = mannwhitneyu(distances[ours], distances[~ours]).statistic
    n, m = int(ours.sum()), int((~ours).sum())
    expected = (wins - n * m / 2) / np.sqrt(n * m * (n + m + 1) / 12)
    found = CellStatistic(distances, np.zeros(400, np.int64))(ours[None], ~ours[None])[0, 0]
    assert found == pytest.approx(expected, rel=1e-12)
