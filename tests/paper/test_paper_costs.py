"""What training costs: the times are what they are, and the claim follows from them."""

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from stages import stage as staged

from byheart.model import MemGEN
from byheart.paper.costs import claims as cost_claims
from byheart.paper.costs import section as costs
from byheart.paper.costs import series as cost_series
from byheart.paper.costs import timing
from byheart.paper.costs.series import Effort, Series, measured
from byheart.paper.costs.timing import Cost, Memory
from byheart.paper.found import found_of
from byheart.paper.materials import pictures, thumbnails
from byheart.paper.powers import exponent


def busy(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_the_exponent_is_that_of_the_power() -> None:
    told = exponent([10, 20, 40, 80], [3 * n**1.5 for n in (10, 20, 40, 80)])
    assert told.value == pytest.approx(1.5)
    assert told.low == pytest.approx(told.high)


def test_seconds_are_the_processors() -> None:
    assert timing.cost(lambda: busy(0.05), runs=2).seconds == pytest.approx(0.05, abs=0.03)
    assert timing.cost(lambda: time.sleep(0.1), runs=1).seconds < 0.05


def test_memory_is_what_training_takes_beyond_the_records_and_what_it_leaves() -> None:
    def train(records: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.concatenate([records, records])[:1000].copy()

    told = timing.memory(lambda: np.ones(1_000_000), train)
    assert told.records == 1_000_000
    assert told.most == pytest.approx(16e6, rel=0.01)
    assert told.kept == pytest.approx(8e3, rel=0.2)


def test_who_keeps_the_records_keeps_their_bytes_too() -> None:
    def heart(count: int) -> Memory:
        return timing.memory(lambda: np.ones((count, 100), np.float32), lambda data: MemGEN().fit(data))

    heart(10)  # what is imported, and made once
    few, many = heart(1000), heart(5000)
    assert (many.kept - few.kept) / 4000 == pytest.approx(400, rel=0.1)
    assert timing.memory(lambda: np.ones(1_000_000), list).kept > 8e6
    assert timing.memory(lambda: cost_series.own(["a" * 1000] * 1000), list).kept > 1e6


def test_energy_is_told_or_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "_POWER", tmp_path)
    assert not timing.tells_energy()
    (tmp_path / "intel-rapl:0").mkdir()
    (tmp_path / "intel-rapl:0" / "energy_uj").write_text("5000000\n")
    assert timing.tells_energy()
    assert timing.cost(lambda: None, runs=1).joules == 0


def series(name: str, seconds: float, kept: int = 100, records: int = 10) -> Series:
    memories = [Memory(records, 0, kept), Memory(2 * records, 0, kept if name == "neural network" else 2 * kept)]
    return Series("pictures", name, [records], [Cost(seconds, None)], memories)


def verdicts(*others: Series) -> list[str]:
    return [claim.verdict for claim in cost_claims.claims([series("MemGEN", 0.1), *others])]


@pytest.mark.parametrize(("other", "verdict"), [(2.0, "holds, with a caveat"), (0.05, "does not hold")])
def test_that_memgen_is_cheapest_follows_from_the_seconds(other: float, verdict: str) -> None:
    claims = cost_claims.claims([series("MemGEN", 0.1), series("Gaussian mixture", other, kept=1000)])
    assert [claim.verdict for claim in claims[:2]] == [verdict, verdict]
    assert all(claim.is_timed for claim in claims[:2])


def test_who_needs_more_memory_and_who_is_nearly_as_cheap_is_told() -> None:
    told = cost_claims.claims([series("MemGEN", 0.1), series("neural network", 0.2, kept=50)])[0].detail
    assert "neural network keeps less memory than MemGEN" in told
    assert "less than 10 times as fast is not significantly" in told


def test_a_processor_will_do_if_the_median_generator_takes_longer() -> None:
    assert verdicts(series("a", 0.05), series("b", 3.0), series("c", 4.0))[1] == "holds, with a caveat"
    assert verdicts(series("a", 0.05), series("b", 0.05), series("c", 4.0))[1] == "does not hold"


def test_memgen_has_disadvantages_if_any_generator_keeps_less_and_else_nothing_is_known() -> None:
    assert verdicts(series("neural network", 2.0, kept=50))[6:] == ["does not hold", "holds"]
    assert verdicts(series("neural network", 2.0, kept=5000))[6:] == ["not settled", "not settled"]
    (told,) = cost_claims.lighter([series("MemGEN", 0.1), series("neural network", 2.0, kept=50)])
    assert told.each_more == 0
    assert series("MemGEN", 0.1).each_more == 10


def test_nobody_was_seen_gaming() -> None:
    assert verdicts(series("neural network", 2.0))[2] == "not tried"


def test_of_few_sizes_there_is_no_interval() -> None:
    few = Series("pictures", "MemGEN", [10, 20, 40], [Cost(one, None) for one in (1.0, 2.0, 3.0)], [])
    assert few.growth is None
    assert replace(few, records=[*few.records, 80], costs=[*few.costs, Cost(8.0, None)]).growth is not None


def test_sizes_reach_all_records_and_no_further() -> None:
    effort = Effort(2.5, 7, 1.0, 1000, 1000)
    assert effort.records(59_999)[-1] == 59_999
    assert effort.records(177)[0] == 40
    assert effort.records(20) == [20]


def test_a_training_that_would_take_too_long_is_not_tried(tmp_path: Path) -> None:
    material = replace(pictures(staged(tmp_path), 800, 1, 1), generators={})
    effort = Effort(2, 4, 0.1, 100, 200)
    slow = measured(material, "slow", (list, lambda data: busy(len(data) / 4000)), effort)
    assert slow.records[-1] < 800
    assert measured(material, "fast", (list, lambda _: None), effort).records == [100, 200, 400, 800]
    assert measured(material, "Gaussian mixture", (list, lambda _: None), effort).records == [100, 200]


def test_thumbnails_of_many_are_those_of_each() -> None:
    images = np.random.default_rng(0).integers(0, 256, (2100, 16, 16, 3)).astype(np.uint8)
    assert np.array_equal(thumbnails(images), np.concatenate([thumbnails(images[at : at + 1]) for at in range(2100)]))


def test_the_section_times_everyone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(costs, "_EFFORTS", (Effort(2, 4, 60.0, 60, 1000), None))
    monkeypatch.setattr(costs, "_MOST", 320)
    monkeypatch.setattr(costs, "_EPOCHS", 2)
    found = costs.run(staged(tmp_path))
    assert found.timings["records"]["pictures/MemGEN"] == [40, 80, 160, 320]
    assert {"table/Gaussian copula", "pictures/neural network", "pictures/kernel density"} <= set(
        found.timings["seconds"]
    )
    for form in (found.figures[0].svg, found.figures[0].narrow):
        assert "MemGEN" in form
    assert found_of(found.kept()).claims == list(found.claims)
