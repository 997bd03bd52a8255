"""The statistics of human evaluation: closed forms, published values, and calibration by simulation."""

import itertools

import numpy as np
import pytest
from scipy.stats import binomtest

from byheart.coin import flip, recognise
from byheart.errors import InputError
from byheart.rating import planning
from byheart.rating.agreement import alpha, sensitivity
from byheart.rating.betting import sequence
from byheart.rating.choices import Choices
from byheart.rating.clustered import mean
from byheart.rating.preferring import strengths
from byheart.rating.sharp import sign_flip, sums
from byheart.rating.verdict import answer, panel


def studied(
    seed: int, raters: int, pairs: int, *, item: float = 0.0, rater: float = 0.0, shift: float = 0.0
) -> Choices:
    """Every rater judges every pair; log-odds vary by pair and by rater, with signs that are random as the samples are."""
    rng = np.random.default_rng(seed)
    logits = shift + item * rng.normal(size=pairs) + rater * rng.normal(size=(raters, 1))
    chose = (rng.random((raters, pairs)) < 1 / (1 + np.exp(-logits))).astype(np.int64)
    who, which = np.meshgrid(np.arange(raters), np.arange(pairs), indexing="ij")
    return Choices(who.reshape(-1), which.reshape(-1), chose.reshape(-1))


def test_with_one_judgment_a_pair_the_sharp_test_is_the_binomial_one() -> None:
    for right in range(11):
        told = Choices(np.zeros(10, np.int64), np.arange(10), (np.arange(10) < right).astype(np.int64))
        assert sign_flip(told) == pytest.approx(binomtest(right, 10).pvalue)


def test_the_sharp_test_looks_at_all_flips_where_they_are_few() -> None:
    rng = np.random.default_rng(0)
    told = Choices(np.tile(np.arange(3), 7), np.repeat(np.arange(7), 3), rng.integers(0, 2, 21))
    each = sums(told)
    ways = [abs(sum(s * e for s, e in zip(signs, each, strict=True))) for signs in itertools.product((-1, 1), repeat=7)]
    assert sign_flip(told) == pytest.approx(np.mean([way >= abs(each.sum()) for way in ways]))


@pytest.mark.parametrize("item", [0.5, 1.0])
def test_judgments_that_hang_together_do_not_fool_the_tests(item: float) -> None:
    """30 raters, 50 shared pairs, whose difficulty varies: independent counting rejects a coin in one of four studies, or in one of two."""
    told = [studied(seed, 30, 50, item=item) for seed in range(300)]
    naive = np.mean([binomtest(int(one.chose.sum()), len(one)).pvalue <= 0.05 for one in told])
    assert naive > 0.15
    assert np.mean([sign_flip(one) <= 0.05 for one in told]) <= 0.09
    assert np.mean([mean(one).p_value() <= 0.05 for one in told]) <= 0.11


def test_intervals_hold_the_share_where_raters_and_pairs_vary() -> None:
    told = [studied(seed, 25, 60, item=0.7, rater=0.3).share for seed in range(1)]
    assert 0 < told[0] < 1
    held = [mean(studied(seed, 25, 60, item=0.7, rater=0.3)).interval(0.95) for seed in range(300)]
    assert np.mean([low <= 0.5 <= high for low, high in held]) >= 0.92


def test_equivalence_is_claimed_falsely_no_more_often_than_it_says() -> None:
    """At the boundary: a share of .55, a margin of .05; two-way clusters."""
    shift = float(np.log(0.55 / 0.45))
    claimed = [mean(studied(seed, 30, 60, item=0.5, shift=1.06 * shift)).interval(0.9)[1] < 0.55 for seed in range(300)]
    assert np.mean(claimed) <= 0.09


def test_of_a_lone_rater_a_lone_pair_or_a_lone_judgment_nothing_follows_for_others() -> None:
    one, many = np.zeros(80, np.int64), np.arange(80)
    chose = np.tile([0, 1], 40)
    for lone in (Choices(one, many, chose), Choices(many, one, chose), Choices(one[:1], one[:1], chose[:1])):
        assert mean(lone).interval(0.95) == (0.0, 1.0)


def test_who_stops_when_it_looks_best_is_seldom_fooled() -> None:
    """Ville: the e-value of a coin passes 20 at any time in 5 % of studies at most, and the sequence loses 1/2 as seldom."""
    told = [sequence(np.random.default_rng(seed).integers(0, 2, 300).astype(float)) for seed in range(300)]
    assert np.mean([one.e_values.max() >= 20 for one in told]) <= 0.08
    assert np.mean([((one.low > 0.5) | (one.high < 0.5)).any() for one in told]) <= 0.08


def test_a_difference_that_is_there_is_found_and_the_sequence_narrows_around_it() -> None:
    told = sequence((np.random.default_rng(0).random(600) < 0.65).astype(float))
    assert told.e_values[-1] > 20
    assert told.low[-1] < 0.65 < told.high[-1]
    assert told.high[-1] - told.low[-1] < 0.2
    assert (np.diff(told.low) >= 0).all()
    assert (np.diff(told.high) <= 0).all()


def test_alpha_is_that_of_krippendorffs_example() -> None:
    """Two coders, ten units, binary (Krippendorff, 2011, section A): .095."""
    first = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    second = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    told = Choices(np.repeat([0, 1], 10), np.tile(np.arange(10), 2), np.array(first + second))
    assert alpha(told) == pytest.approx(0.095, abs=5e-4)


def test_sensitivity_is_that_of_the_normal_model() -> None:
    """PC = .76 is d' = 1 (Macmillan and Creelman, 2005, Table A5.7), and a preference for one side leaves it as it is."""
    rng = np.random.default_rng(0)
    for bias in (0.0, 0.6):
        is_left = rng.random(200_000) < 0.5
        seen = rng.normal(size=200_000) + np.where(is_left, 1, -1) / np.sqrt(2) + bias
        chose = ((seen > 0) == is_left).astype(np.int64)
        assert sensitivity(chose, is_left) == pytest.approx(1.0, abs=0.02)


def test_strengths_of_two_are_the_log_odds_and_of_many_are_found_again() -> None:
    rng = np.random.default_rng(0)
    true = np.array([0.0, -0.5, -1.2, 0.3])
    chance = 1 / (1 + np.exp(true[None] - true[:, None]))
    wins = np.triu(rng.binomial(4000, chance), 1)
    wins = wins + np.tril(4000 - wins.T, -1)
    np.testing.assert_allclose(strengths(wins.astype(float)), true, atol=0.06)
    apart = np.zeros((3, 3))
    apart[0, 1] = 3
    with pytest.raises(InputError, match="some that never met"):
        strengths(apart)


@pytest.mark.parametrize(
    ("margin", "wanted", "needed"),
    [
        (0.2, 0.8, 57),
        (0.2, 0.9, 69),
        (0.1, 0.8, 227),
        (0.1, 0.9, 281),
        (0.05, 0.8, 888),
        (0.05, 0.9, 1104),
        (0.03, 0.9, 3044),
    ],
)
def test_the_number_of_judgments_is_exact(margin: float, wanted: float, needed: int) -> None:
    assert needed <= planning.judgments(margin, wanted) <= 1.01 * needed
    assert planning.power(needed - 1, margin) < wanted + 0.005


def test_a_verdict_needs_raters_who_looked() -> None:
    """Whoever does not look is a perfect coin."""
    study = studied(0, 60, 100)
    blind, seeing = studied(1, 60, 5), Choices(np.repeat(np.arange(60), 5), np.arange(300), np.ones(300, np.int64))
    assert answer(study, seeing, margin=0.05).verdict == "INDISTINGUISHABLE"
    assert answer(study, blind, margin=0.05).verdict == "INCONCLUSIVE"
    assert answer(studied(2, 60, 100, shift=0.5), seeing, margin=0.05).verdict == "DISTINGUISHABLE"
    few = answer(studied(3, 3, 10), seeing, margin=0.05)
    assert (few.verdict, "more judgments would tell" in few.reason) == ("INCONCLUSIVE", True)


def test_ninety_catches_are_too_few_for_a_panel_of_96_percent() -> None:
    right = Choices(np.arange(90), np.arange(90), (np.arange(90) >= 4).astype(np.int64))
    assert not panel(right).is_attentive
    many = Choices(np.arange(300), np.arange(300), (np.arange(300) >= 12).astype(np.int64))
    assert panel(many).is_attentive


def test_a_coin_is_recognised_and_flips_depend_on_the_seed_and_the_place_alone() -> None:
    assert np.array_equal(
        flip(100, random_state=3), np.concatenate([flip(40, random_state=3), flip(60, random_state=3, start=40)])
    )
    told = [recognise(flip(300, random_state=seed)).verdict for seed in range(300)]
    assert told.count("DISTINGUISHABLE") <= 24  # 5 %, and what chance allows
    assert recognise(flip(2000)).verdict == "INDISTINGUISHABLE"
    assert recognise(["left"] * 30).verdict == "DISTINGUISHABLE"
    assert recognise(["real", "generated"] * 100).p_share == 1.0
    with pytest.raises(InputError, match="wanted two sorts, got 3"):
        recognise("abc")
