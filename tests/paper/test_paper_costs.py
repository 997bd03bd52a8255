"""What training costs: the times are what they are, and the claim follows from them."""

import time
from pathlib import Path

import numpy as np
import pytest

from byheart.paper import costs, timing
from byheart.paper.found import found_of
from byheart.paper.library import Library
from byheart.paper.stage import Stage
from byheart.paper.timing import Cost


def test_the_exponent_is_that_of_the_power() -> None:
    told = timing.growth([10, 20, 40, 80], [3 * n**1.5 for n in (10, 20, 40, 80)])
    assert told.exponent == pytest.approx(1.5)
    assert told.low == pytest.approx(told.high)


def test_seconds_are_the_processors() -> None:
    def busy() -> None:
        end = time.process_time() + 0.05
        while time.process_time() < end:
            pass

    assert timing.cost(busy, runs=2).seconds == pytest.approx(0.05, abs=0.03)
    assert timing.cost(lambda: time.sleep(0.1), runs=1).seconds < 0.05


def test_memory_is_what_is_taken_beyond_what_was() -> None:
    told = timing.memory(lambda: np.ones(8_000_000))
    assert told == pytest.approx(64e6, rel=0.01)


def test_energy_is_told_or_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "_POWER", tmp_path)
    assert not timing.tells_energy()
    (tmp_path / "intel-rapl:0").mkdir()
    (tmp_path / "intel-rapl:0" / "energy_uj").write_text("5000000\n")
    assert timing.tells_energy()
    assert timing.cost(lambda: None, runs=1).joules == 0


@pytest.mark.parametrize(("other", "verdict"), [(2.0, "holds"), (0.5, "holds, with a caveat"), (0.05, "does not hold")])
def test_that_memgen_is_cheapest_follows_from_the_seconds(other: float, verdict: str) -> None:
    def series(name: str, seconds: float) -> costs.Series:
        return costs.Series("pictures", name, [10], [Cost(seconds, None)], 0)

    claim = costs._fastest([series("MemGEN", 0.1), series("Gaussian mixture", other)])
    assert claim.verdict == verdict
    assert claim.is_timed


def test_the_section_times_everyone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(costs, "_SIZES", ((40, 60, 80), ()))
    monkeypatch.setattr(costs, "_EPOCHS", 2)
    monkeypatch.setattr(costs, "_RUNS", 1)
    library = Library(is_offline=True, say=lambda _: None)
    stage = Stage(tmp_path, tmp_path, True, 1, library, lambda _share, _what: None, None, lambda: b"")
    found = costs.run(stage)
    assert found.timings["records"]["pictures/MemGEN"] == [40, 60, 80]
    assert {"table/Gaussian copula", "pictures/neural network", "pictures/kernel density"} <= set(
        found.timings["seconds"]
    )
    assert "MemGEN" in found.figures[0].svg
    assert found_of(found.kept()).claims == list(found.claims)
