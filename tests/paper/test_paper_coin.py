"""The coin beside metrics: its value is steady, and it tells nothing; each verdict follows from the numbers."""

from dataclasses import replace

import numpy as np
import pytest

from byheart.paper.claims import Claim
from byheart.paper.people import beside as besides
from byheart.paper.people import claims as people_claims
from byheart.paper.people.beside import Beside, compare
from byheart.paper.people.reliability import POOR, heads, intraclass, of_coin, reliability
from byheart.paper.people.retesting import SIZE, Retested
from byheart.rating.verdict import Estimate

SIMILAR, RELIABLE, SAVING = 0, 1, 2


def retested(seed: int = 0) -> Retested:
    """Two metrics that tell four generators apart, the second with much noise; held-out records are at 0."""
    rng = np.random.default_rng(seed)
    values = {
        name: {str(g): (g + 1 + rng.normal(0, noise, 8)).tolist() for g in range(4)}
        for name, noise in (("sharp", 0.05), ("noisy", 1))
    }
    return Retested(values, {"sharp": [0.0], "noisy": [0.0]}, {"sharp": [1.0], "noisy": [2.0]})


@pytest.fixture
def beside() -> Beside:
    return compare(retested(1), seed=0)


def claims(beside: Beside) -> list[Claim]:
    return [people_claims._similar(beside), people_claims._more_reliable(beside), people_claims._saving(beside)]


def sure(value: float) -> Estimate:
    return Estimate(value, value - 0.01, value + 0.01)


def test_a_metrics_noise_is_a_share_of_the_way_to_the_worst_generator(beside: Beside) -> None:
    sharp, noisy = beside.metrics
    assert sharp.noise.value == pytest.approx(0.05 / 4, rel=0.3)
    assert noisy.noise.value == pytest.approx(1 / 4, rel=0.3)
    assert sharp.noise.low < 0.05 / 4 < sharp.noise.high
    moved = Retested(
        {name: {who: [v - 2.5 for v in some] for who, some in by.items()} for name, by in retested(1).values.items()},
        {"sharp": [-2.5], "noisy": [-2.5]},
        {"sharp": [1.0], "noisy": [1.0]},
    )
    means_near_zero = compare(moved, seed=0).metrics
    assert means_near_zero[0].noise.value == pytest.approx(sharp.noise.value)  # the mean is no scale


def test_the_coin_gets_as_many_flips_as_a_metric_gets_records(beside: Beside) -> None:
    assert beside.coin.name == f"coin, {SIZE} flips"
    assert beside.coin.noise.low < 0.5 / np.sqrt(SIZE) < beside.coin.noise.high


def test_the_coins_noise_is_that_of_a_binomial_share_and_so_many_flips_have_it() -> None:
    told = of_coin(20, 50, 1000, seed=1)
    assert told.noise.value == pytest.approx(0.5 / np.sqrt(1000), rel=0.1)
    assert told.flips == pytest.approx(1000, rel=0.2)
    assert told.same_order == pytest.approx(0.5, abs=0.05)


def test_a_coin_is_steady_and_tells_no_generator_from_another(beside: Beside) -> None:
    sharp, noisy = beside.metrics
    assert sharp.noise.high < beside.coin.noise.low < beside.coin.noise.high < noisy.noise.low
    steadier = sum(one.noise.high < beside.coin.noise.low for one in beside.metrics)
    noisier = sum(one.noise.low > beside.coin.noise.high for one in beside.metrics)
    assert (steadier, noisier) == (1, 1)
    assert beside.coin.agreement.value < POOR < sharp.agreement.value
    assert sharp.same_order == 1
    assert beside.shape == (4, 8)


def test_the_intraclass_correlation_is_shrouts_and_fleisss() -> None:
    ratings = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float)
    told = intraclass(ratings)
    assert (told.value, told.low, told.high) == pytest.approx((0.17, -0.13, 0.72), abs=0.006)


def test_intervals_of_the_intraclass_correlation_cover_as_often_as_they_say() -> None:
    rng = np.random.default_rng(0)
    tables = rng.normal(0, 1, (500, 6, 1)) + rng.normal(0, 1, (500, 6, 8))  # half of the variance is between
    told = [intraclass(table) for table in tables]
    assert np.mean([one.low < 0.5 < one.high for one in told]) == pytest.approx(0.95, abs=0.03)


def test_a_constant_has_no_noise_and_tells_nothing() -> None:
    told = reliability("constant", np.full((3, 5), 0.5), 1.0)
    assert (told.noise.value, told.agreement.value, told.same_order) == (0, 0, 0)


def test_a_coin_ranks_generators_as_no_metric_does_and_metrics_as_each_other(beside: Beside) -> None:
    assert abs(beside.alike.value) < 0.1
    assert beside.alike.low < 0 < beside.alike.high
    assert beside.among == pytest.approx(1)


def test_that_its_results_are_similar_follows_from_the_correlation(beside: Beside) -> None:
    assert claims(beside)[SIMILAR].verdict == "does not hold"
    for value, verdict in ((0.95, "holds, with a caveat"), (1.0, "holds"), (0.1, "not settled")):
        assert claims(replace(beside, alike=sure(value)))[SIMILAR].verdict == verdict


def test_that_it_is_more_reliable_follows_from_intraclass_correlations(beside: Beside) -> None:
    assert claims(beside)[RELIABLE].verdict == "does not hold"
    good, middling, poor = map(sure, (0.9, 0.6, 0.1))

    def verdict(of_metrics: Estimate, of_coin: Estimate) -> str:
        metrics = tuple(replace(one, agreement=of_metrics) for one in beside.metrics)
        told = replace(beside, metrics=metrics, coin=replace(beside.coin, agreement=of_coin))
        return claims(told)[RELIABLE].verdict

    assert verdict(middling, good) == "holds"
    assert verdict(sure(-0.1), poor) == "holds, with a caveat"
    assert verdict(good, good) == "not settled"
    assert verdict(good, poor) == "does not hold"


def test_that_it_saves_resources_follows_from_seconds(beside: Beside) -> None:
    for seconds, verdict in ((1.0, "holds"), (0.005, "holds, with a caveat"), (0.0005, "does not hold")):
        claim = claims(replace(beside, seconds=(0.001, seconds)))[SAVING]
        assert (claim.verdict, claim.is_timed) == (verdict, True)


def test_as_many_coins_tell_a_generator_as_the_level_of_the_test_has_it() -> None:
    found = besides.differing(300, seed=0)
    assert found.low < 0.05
    assert found.value == pytest.approx(0.04, abs=0.03)


def test_one_seed_gives_the_same_flips_and_each_use_others() -> None:
    assert np.array_equal(heads((3, 2), 10, 7), heads((3, 2), 10, 7))
    assert not np.array_equal(heads((3, 20), 10, 7), heads((3, 20), 10, 7, 1))


def test_the_figure_names_every_metric_in_both_forms(beside: Beside) -> None:
    figure = besides.draw(beside)
    for form in (figure.svg, figure.narrow):
        assert all(one.title in form for one in (beside.coin, *beside.metrics))
