"""The statistics behind a report: closed forms, peers, and what a coin may cost."""

import itertools

import numpy as np
import pytest
from scipy.stats import binom, permutation_test
from scipy.stats import t as student

from byheart.rating import betting
from byheart.rating.choices import Choices
from byheart.rating.clustered import Mean, mean
from byheart.rating.multiple import holm
from byheart.rating.preferring import resampled, strengths
from byheart.rating.sequential import running
from byheart.rating.sharp import p_value
from byheart.rating.verdict import panel


def independent(n: int, share: float, seed: int = 0) -> Choices:
    chose = (np.random.default_rng(seed).random(n) < share).astype(np.int64)
    return Choices(np.arange(n), np.arange(n), chose)


@pytest.mark.parametrize("totals", [[3], [1, 2, 3], [2, 2, -2, 4, 1], [5, -3, 0, 1, 1, 1, -2], list(range(-5, 8))])
def test_the_sign_flip_test_counts_every_way_to_flip(totals: list[int]) -> None:
    ways = [
        abs(sum(sign * one for sign, one in zip(signs, totals, strict=True)))
        for signs in itertools.product((-1, 1), repeat=len(totals))
    ]
    assert p_value(np.array(totals)) == pytest.approx(np.mean([way >= abs(sum(totals)) for way in ways]))


def test_the_sign_flip_test_is_scipys_permutation_test() -> None:
    totals = np.random.default_rng(0).integers(-2, 3, 12)
    found = permutation_test(
        (totals.astype(float),), np.sum, permutation_type="samples", n_resamples=np.inf, vectorized=False
    )
    assert p_value(totals) == pytest.approx(found.pvalue)


def test_the_sign_flip_test_of_one_judgment_a_pair_is_binomial_in_the_tail_too() -> None:
    totals = np.concatenate([np.ones(900, np.int64), -np.ones(100, np.int64)])
    assert p_value(totals) == pytest.approx(2 * binom.sf(899, 1000, 0.5), rel=1e-6)


def test_the_error_of_independent_judgments_is_the_binomial_one() -> None:
    told = mean(independent(400, 0.5))
    assert told.error == pytest.approx(np.sqrt(told.value * (1 - told.value) / 399), rel=0.003)
    assert told.freedom == pytest.approx(399)


def test_judgments_that_are_copies_are_worth_one() -> None:
    """30 raters of one mind on each of 40 pairs: the error is that of 40 judgments."""
    chose = np.random.default_rng(0).integers(0, 2, 40)
    told = mean(Choices(np.repeat(np.arange(30), 40), np.tile(np.arange(40), 30), np.tile(chose, 30)))
    alone = mean(Choices(np.arange(40), np.arange(40), chose))
    assert told.error == pytest.approx(alone.error, rel=0.02)


def test_of_equal_clusters_the_correction_is_g_over_g_less_one() -> None:
    rng = np.random.default_rng(0)
    shares = rng.random(8)
    chose = (rng.random((8, 50)) < shares[:, None]).astype(np.int64)
    told = mean(Choices(np.repeat(np.arange(8), 50), np.arange(400), chose.reshape(-1)))
    assert told.error == pytest.approx(chose.mean(axis=1).std(ddof=1) / np.sqrt(8))


def test_unequal_clusters_count_as_fewer() -> None:
    raters = np.repeat(np.arange(10), [91, 1, 1, 1, 1, 1, 1, 1, 1, 1])
    told = mean(Choices(raters, np.arange(100), np.tile([0, 1], 50)))
    assert told.freedom == 1.0  # 100^2 / (91^2 + 9) = 1.2 raters


def test_no_variance_is_less_than_that_of_independent_judgments() -> None:
    """Raters who always take the left one are right in one of each mirrored pair: 1/2 exactly, and nothing is known from it."""
    raters = np.repeat(np.arange(20), 30)
    told = mean(Choices(raters, np.tile(np.arange(300), 2), np.repeat([0, 1], 300)))
    assert told.value == 0.5
    assert told.error >= 0.5 / np.sqrt(600) * 0.99
    all_the_same = mean(Choices(np.arange(2), np.arange(2), np.ones(2, np.int64)))
    assert all_the_same.p_value() > 0.05
    assert all_the_same.interval(0.95)[0] < 0.5


def test_equivalence_is_what_the_90_percent_interval_says() -> None:
    for value, error in itertools.product((0.46, 0.49, 0.5, 0.53), (0.01, 0.02, 0.03)):
        told = Mean(value, error, 20)
        low, high = told.interval(0.9)
        assert (told.p_equivalence(0.05) <= 0.05) == (low >= 0.45 and high <= 0.55)
        assert told.p_value() == pytest.approx(2 * student.sf(abs(value - 0.5) / error, 20))


def test_power_is_the_share_of_coins_that_would_be_shown() -> None:
    told = Mean(0.5, 0.02, 40)
    seen = 0.5 + 0.02 * np.random.default_rng(0).standard_t(40, 20_000)
    shown = np.mean([Mean(float(one), 0.02, 40).p_equivalence(0.05) <= 0.05 for one in seen[:4000]])
    assert told.power(0.05) == pytest.approx(shown, abs=0.03)
    assert Mean(0.5, float("inf"), 0).power(0.05) == 0


def test_holms_p_values_are_those_of_his_steps() -> None:
    """Holm (1979): the smallest of k times k, the next times k - 1, and none below one before."""
    assert holm([0.02, 0.001, 0.03, 0.5]) == pytest.approx([0.06, 0.004, 0.06, 0.5])
    assert holm([]) == []
    assert holm([0.9]) == [0.9]
    assert holm([0.6, 0.7]) == [1.0, 1.0]


def test_gamblers_do_not_get_rich_on_a_coin() -> None:
    """The expectation of wealth is 1, over all 2^10 ways that ten coins fall."""
    values = np.array([0.0, 1.0])
    ends = []
    for falls in itertools.product((0, 1), repeat=10):
        counts = np.array([[10 - sum(falls), sum(falls)]], np.float64)
        ends.append(np.exp(betting.wealth(counts, values, np.array([0.5]))[0, 0]))
    assert np.mean(ends) == pytest.approx(1)


def test_gamblers_do_not_get_rich_whatever_the_mean() -> None:
    """Nor on halves, against their own mean: of pairs that are 0, 1/2 or 1."""
    values, chances = np.array([0.0, 0.5, 1.0]), np.array([0.2, 0.1, 0.7])
    rng = np.random.default_rng(0)
    counts = rng.multinomial(6, chances, 200_000).astype(np.float64)
    wealth = np.exp(betting.wealth(counts, values, np.array([values @ chances]))[:, 0])
    assert wealth.mean() == pytest.approx(1, abs=0.02)


def ever_rich(chose: "np.ndarray[tuple[int], np.dtype[np.int64]]", mean: float) -> bool:
    """Whether bets against a mean ever win so much that the sequence gives it up."""
    counts = np.cumsum(chose[:, None] == np.array([0, 1]), axis=0, dtype=np.float64)
    wealth = betting.wealth(counts, np.array([0.0, 1.0]), np.array([mean]))
    return bool(wealth.max() >= np.log(20))


def test_the_sequence_gives_up_a_mean_as_soon_as_bets_against_it_are_won() -> None:
    for seed in range(12):
        chose = (np.random.default_rng(seed).random(120) < 0.8).astype(np.int64)
        told = betting.sequence(chose.astype(float))
        assert (np.diff(told.low) >= 0).all()
        assert ever_rich(chose, 0.5) == (told.low[-1] + 0.002 >= 0.5)
    assert betting.sequence(np.ones(300)).low[-1] > 0.95


def test_the_true_mean_is_seldom_given_up_at_any_time() -> None:
    lost = sum(ever_rich((np.random.default_rng(seed).random(250) < 0.6).astype(np.int64), 0.6) for seed in range(400))
    assert lost <= 29  # 5 % of 400, and what chance allows


def test_with_a_smaller_alpha_a_sequence_is_wider() -> None:
    means = np.random.default_rng(0).integers(0, 2, 400).astype(float)
    wide, narrow = (betting.sequence(means, alpha=alpha) for alpha in (0.01, 0.2))
    assert (wide.low[-1] < narrow.low[-1], wide.high[-1] > narrow.high[-1]) == (True, True)


def test_a_sequence_without_pairs_knows_nothing() -> None:
    assert len(betting.sequence(np.empty(0)).low) == 0
    told = running(independent(0, 0.5), [], planned=10)
    assert (told.interval, told.p_value) == ((0.0, 1.0), 1.0)


def test_raters_that_differ_do_not_fool_the_sequence() -> None:
    """One rater after the other, who differ by a standard deviation of 1 logit: bets alone lose the mean far more often than in one study of twenty."""
    bets, both = 0, 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        odds = rng.normal(size=(25, 1))
        chose = (rng.random((25, 30)) < 1 / (1 + np.exp(-odds))).astype(np.int64).reshape(-1)
        if ever_rich(chose, 0.5):
            bets += 1
            told = running(Choices(np.repeat(np.arange(25), 30), np.arange(750), chose), range(750), planned=750)
            both += bool(((told.low > 0.5) | (told.high < 0.5)).any())
    assert bets > 8
    assert both <= 4


def test_pairs_count_once_when_they_are_complete_in_that_order() -> None:
    choices = Choices(np.array([0, 1, 0, 1, 2]), np.array([7, 3, 3, 7, 5]), np.array([1, 1, 0, 1, 0]))
    told = running(choices, [3, 7], planned=3)
    assert told.judgments.tolist() == [2, 4]
    assert told.value.tolist() == [0.5, 0.75]
    bets = betting.sequence(np.array([0.5, 1.0]))
    assert told.e.tolist() == bets.e_values.tolist()
    assert told.best == max(bets.e_values.max(), 1)


def test_the_bootstrap_of_strengths_knows_that_raters_hang_together() -> None:
    """20 raters of one mind each: the interval is that of 20 choices, not of 2,000."""
    rng = np.random.default_rng(0)
    minds = rng.integers(0, 2, 20)
    players = np.tile([0, 1], (2000, 1))
    wins, raters = np.repeat(minds, 100), np.repeat(np.arange(20), 100)
    by_rater = resampled(players, wins, raters)[:, 1].std()
    by_choice = resampled(players, wins, np.arange(2000))[:, 1].std()
    assert by_rater > 5 * by_choice
    assert by_rater == pytest.approx(np.sqrt(1 / (20 * 0.25)), rel=0.35)


def test_strengths_of_several_tables_are_those_of_each() -> None:
    tables = np.random.default_rng(0).integers(1, 30, (4, 3, 3)).astype(float)
    together = strengths(tables)
    for at, table in enumerate(tables):
        np.testing.assert_allclose(together[at], strengths(table), atol=1e-5)


def test_strengths_of_many_players_in_a_chain_are_found() -> None:
    wins = np.zeros((40, 40))
    for at in range(39):
        wins[at, at + 1] = wins[at + 1, at] = 10
    np.testing.assert_allclose(strengths(wins), 0, atol=1e-6)


def test_a_panel_of_90_percent_is_seldom_called_attentive() -> None:
    hits = 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        right = rng.random((40, 6)) < 0.9
        hits += panel(
            Choices(np.repeat(np.arange(40), 6), np.arange(240), right.reshape(-1).astype(np.int64))
        ).is_attentive
    assert hits <= 18  # 2.5 % of 300, and what chance allows
    perfect = panel(Choices(np.repeat(np.arange(40), 6), np.arange(240), np.ones(240, np.int64)))
    assert perfect.is_attentive
    assert perfect.accuracy is not None
    assert perfect.accuracy.high == 1
