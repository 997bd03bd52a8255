"""P-values, the floor, the share: closed forms, and the properties that each must have."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from byheart.auditing import conformal
from byheart.auditing.combining import places
from byheart.auditing.naming import Scores, levels, named, ranked
from byheart.auditing.results import verdict
from byheart.auditing.share import Rate, Share, at_least, share


def test_a_p_value_counts_the_sample_itself_and_ties_against_it() -> None:
    heldout = np.array([0.2, 0.2, 0.7])
    assert conformal.p_values(np.array([0.1, 0.2, 0.7, 0.9]), heldout).tolist() == [0.25, 0.75, 1.0, 1.0]


def test_p_values_of_exchangeable_scores_are_uniform_on_their_grid() -> None:
    """Of n + 1 exchangeable scores each rank is as likely: P(p <= k / (n + 1)) = k / (n + 1)."""
    rng = np.random.default_rng(0)
    drawn = rng.normal(size=(4000, 20))
    p = np.array([conformal.p_values(row[:1], row[1:])[0] for row in drawn])
    shares = [(p <= k / 20).mean() for k in range(1, 21)]
    np.testing.assert_allclose(shares, np.arange(1, 21) / 20, atol=4 * 0.5 / 4000**0.5)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.floats(0.01, 0.5))
def test_discoveries_are_those_of_the_definition(p: list[float], alpha: float) -> None:
    """Benjamini and Hochberg: the largest k of which the k smallest are at most alpha k / m."""
    told = conformal.discoveries(np.array(p), alpha)
    order = sorted(p)
    k = max((k for k in range(1, len(p) + 1) if order[k - 1] <= alpha * k / len(p)), default=0)
    limit = order[k - 1] if k else -1
    assert told.tolist() == [one <= limit for one in p]


def test_the_fewest_nameable_copies_are_named_and_one_fewer_are_not() -> None:
    heldout = np.random.default_rng(0).uniform(0.5, 1, 399)
    fewest = conformal.fewest(1000, 399, 0.05)
    assert fewest == 50
    for count, is_named in ((fewest, True), (fewest - 1, False)):
        scores = np.concatenate([np.zeros(count), np.full(1000 - count, 2.0)])
        found = conformal.discoveries(conformal.p_values(scores, heldout), 0.05)
        assert found.any() == is_named


@given(st.integers(0, 30), st.integers(0, 30))
def test_more_than_chance_is_fishers_test(hits: int, by_chance: int) -> None:
    table = [[hits, 40 - hits], [by_chance, 90 - by_chance]]
    assert conformal.more_than_chance(hits, 40, by_chance, 90) == pytest.approx(fisher_exact(table, "greater").pvalue)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(60, 300), st.integers(60, 300))
def test_a_share_lies_within_its_interval_and_within_0_and_1(a: int, b: int, n: int, m: int) -> None:
    told = share(Rate(a, n), Rate(b, m))
    assert 0 <= told.low <= told.value <= told.high <= 1


def test_a_share_without_chance_is_the_rate_itself() -> None:
    """No held-out record is seen, and there are many: pi = F_G, and its interval is nearly Clopper and Pearson's."""
    told = share(Rate(30, 1000), Rate(0, 10**7))
    assert told.value == pytest.approx(0.03)
    assert (told.low, told.high) == pytest.approx(Rate(30, 1000).ends(0.025), rel=1e-3)


def test_sizes_do_not_matter_to_the_value() -> None:
    values = [share(Rate(n // 10, n), Rate(m // 20, m)).value for n, m in itertools.product((200, 2000), (100, 4000))]
    assert values == pytest.approx([1 - 0.9 / 0.95] * 4)


def test_where_all_of_held_out_is_seen_nothing_is_known() -> None:
    assert share(Rate(100, 100), Rate(100, 100)) == Share(0.0, 0.0, 1.0)
    assert verdict(share(Rate(100, 100), Rate(100, 100)), 0.01) == "INCONCLUSIVE"


def test_whoever_is_seen_less_often_than_held_out_is_not_cleared_for_that() -> None:
    """Independent columns that seldom recur, and 5 % verbatim copies: held-out recurs at 15.5 %."""
    told = share(Rate(167, 3000), Rate(1009, 6512))
    assert (told.value, told.low) == (0.0, 0.0)
    assert told.high > 0.055
    assert share(Rate(0, 300), Rate(50, 800)).high == pytest.approx(0.0122, abs=1e-4)


def test_where_all_samples_are_seen_and_some_of_held_out_all_are_copies() -> None:
    told = share(Rate(1000, 1000), Rate(730, 1000))
    assert told.value == 1.0
    assert told.low > 0.97


def test_without_held_out_no_share_is_certain_but_a_limit_is() -> None:
    told = share(Rate(100, 1000), None)
    assert told.low == 0
    assert told.high == pytest.approx(Rate(100, 1000).ends(0.025)[1])


@pytest.mark.parametrize(("real", "seen_by_chance"), [(2000, 0.0), (300, 0.0), (2000, 0.02), (500, 0.2)])
def test_the_interval_of_fresh_data_holds_0_and_that_of_copies_their_share(real: int, seen_by_chance: float) -> None:
    """Issue: at least .93; by simulation of the counts, 4,000 times."""
    rng = np.random.default_rng(real)
    for pi in (0.0, 0.01, 0.1):
        hits = rng.binomial(1000, pi + (1 - pi) * seen_by_chance, 4000)
        others = rng.binomial(real, seen_by_chance, 4000)
        told = [share(Rate(int(a), 1000), Rate(int(b), real)) for a, b in zip(hits, others, strict=True)]
        assert np.mean([one.low <= pi <= one.high for one in told]) >= 0.93, pi
        assert np.mean([one.low > pi for one in told]) <= 0.035, pi


def test_the_lower_limit_is_the_best_of_the_levels() -> None:
    """Copies that are the same are sure, whatever noise a wider limit adds."""
    told = at_least([(Rate(40, 10_000), Rate(0, 3000)), (Rate(140, 10_000), Rate(33, 3000))])
    assert told.low > 0.0015
    assert share(Rate(140, 10_000), Rate(33, 3000)).low == 0


def test_places_are_shares_of_those_that_are_as_near_and_keep_the_order() -> None:
    rng = np.random.default_rng(0)
    among = rng.gamma(2, size=500)
    scores = np.sort(rng.gamma(2, size=300))
    told = places(scores, among)
    assert (np.diff(told) > 0).all()
    np.testing.assert_allclose(told, [(among <= one).mean() for one in scores], atol=1 / 250)


def test_a_handful_of_the_same_is_named_though_p_values_could_not() -> None:
    """Eight among 1,000: with 999 held-out records single p-values name from 27 on (3/4 of alpha)."""
    same = np.arange(1000) < 8
    made, real = Scores(np.where(same, -1.0, 0.5), same), Scores(np.full(999, 0.5), np.zeros(999, np.bool_))
    assert ranked(made, real, 0.05) is None
    assert named(levels(made, real, 0.01), None, 0.05).tolist() == same.tolist()


def test_what_held_out_does_as_often_is_not_named() -> None:
    same, real = np.arange(1000) < 30, np.arange(999) < 25
    made, heldout = (Scores(np.where(one, -1.0, 0.5), one) for one in (same, real))
    assert ranked(made, heldout, 0.05) is None
    assert not named(levels(made, heldout, 0.01), None, 0.05).any()


def test_whoever_is_named_is_in_the_share() -> None:
    """Near copies, that no fixed limit sees: the verdict does not say that there are none."""
    rng = np.random.default_rng(0)
    none = np.zeros(1000, np.bool_)
    made, real = Scores(rng.uniform(0.002, 0.02, 1000), none), Scores(rng.uniform(0, 1, 1000), none)
    limits, found = levels(made, real, 0.01), ranked(made, real, 0.05)
    assert found is not None
    assert named(limits, found, 0.05).all()
    assert at_least([one.rates for one in limits]).high < 0.01
    told = at_least([one.rates for one in limits], found.rates)
    assert (told.value, told.high) == (1.0, 1.0)
    assert told.low > 0.99


@pytest.mark.parametrize(
    ("told", "expected"),
    [(Share(0.0, 0.0, 0.01), "BELOW"), (Share(0.02, 0.011, 0.03), "COPIES"), (Share(0.01, 0.01, 0.02), "INCONCLUSIVE")],
)
def test_a_threshold_is_met_by_the_upper_limit_and_passed_by_the_lower(told: Share, expected: str) -> None:
    assert verdict(told, 0.01) == expected
