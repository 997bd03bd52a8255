"""`verify`: its p-values are uniform when the sampler is exact, and it notices when it is not."""

import numpy as np
import pytest
from scipy import stats

from byheart import InputError, MemGEN, draws
from byheart.memory.verifying import chi_squared_tail, goodness_of_fit


@pytest.mark.parametrize("freedom", [1, 2, 3, 10, 101, 5_000, 1_000_000])
def test_the_tail_of_chi_squared_agrees_with_scipy(freedom: int) -> None:
    for quantile in (1e-6, 0.01, 0.5, 0.99, 1 - 1e-6):
        at = stats.chi2.ppf(quantile, freedom)
        assert np.isclose(chi_squared_tail(at, freedom), stats.chi2.sf(at, freedom), rtol=1e-8, atol=0)
    assert chi_squared_tail(0, freedom) == 1


def test_goodness_of_fit_agrees_with_scipy_where_nothing_is_pooled() -> None:
    observed, expected = np.array([16, 18, 16, 14, 12, 12]), np.array([16, 16, 16, 16, 16, 8.0])
    statistic, freedom = goodness_of_fit(observed, expected)
    assert np.isclose(statistic, stats.chisquare(observed, expected).statistic)
    assert freedom == 5


def test_small_cells_are_pooled_until_each_expects_five() -> None:
    """Cells of 1, 4, 3, 1, 9, 2 draws expected: {1, 4}, {3, 1, 9}, and the 2 that are left join them."""
    observed = np.array([2, 4, 3, 1, 8, 2])
    statistic, freedom = goodness_of_fit(observed, np.array([1.0, 4, 3, 1, 9, 2]))
    assert freedom == 1
    assert np.isclose(statistic, (6 - 5) ** 2 / 5 + (14 - 15) ** 2 / 15)


@pytest.mark.parametrize("structure", ["list", "hashmap"])
@pytest.mark.parametrize(
    ("records", "seeds"), [(12, 300), (3000, 60), pytest.param(20, 10_000, marks=pytest.mark.full)]
)
def test_p_values_are_uniform_over_seeds(structure: str, records: int, seeds: int) -> None:
    model = MemGEN(structure=structure)  # type: ignore[arg-type]  # a parameter of the test
    model.fit([str(i * i % (records - 3)) for i in range(records)])
    p_values = [model.verify(2000, seed).p_value for seed in range(seeds)]
    assert stats.kstest(p_values, "uniform").pvalue > 1e-3


def test_a_sampler_that_is_slightly_off_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """One record in a hundred drawn twice as often as it should."""
    model = MemGEN().fit([str(i) for i in range(100)])
    draw = draws.draw

    def biased(seed: int, *, start: int, count: int, total: int) -> draws.Rows:
        drawn = draw(seed, start=start, count=count, total=total + 1)
        return np.where(drawn == total, 0, drawn)

    monkeypatch.setattr(draws, "draw", biased)
    assert model.verify(100_000).p_value < 1e-6


def test_a_draw_that_was_never_learned_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    model = MemGEN().fit(["a", "b"])
    fingerprints = type(model.snapshot).fingerprints_of
    monkeypatch.setattr(type(model.snapshot), "fingerprints_of", lambda *given: fingerprints(*given) ^ np.uint64(1))
    found = model.verify(100)
    assert (found.strangers, found.p_value) == (100, 0)


def test_learning_times_are_told_for_each_learn(tmp_path: object) -> None:
    model = MemGEN(f"{tmp_path}/m").fit(["a"] * 10).partial_fit(["b"] * 30)
    found = model.verify()
    assert [time.records for time in found.learns] == [10, 30]
    assert all(time.seconds_a_record == time.seconds / time.records > 0 for time in found.learns)
    assert (found.draws, found.distinct) == (10_000, 2)
    with pytest.raises(InputError, match="1 draw or more"):
        model.verify(0)
