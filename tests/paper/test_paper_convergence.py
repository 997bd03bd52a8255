"""Theorem 2: steps are counted exactly, exponents are found where they are known, and what does not converge is told."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from stages import claims, stage

from byheart import MemGEN
from byheart.paper.powers import growth
from byheart.paper.theory import convergence, converging

STEPS = "MemGEN converges in Theta(N) steps: lines of Algorithm 1 that are run."
TIME = "MemGEN converges in Theta(N) steps: the processor time of learning grows as N."
DISK = "Learning to the disk takes Theta(N), too."


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convergence, "_sizes", lambda _: [1000, 10_000, 100_000])
    monkeypatch.setattr(convergence, "_turns", lambda _: 3)
    monkeypatch.setattr(convergence, "_RUNS", (40, 40))


@pytest.mark.parametrize("exponent", [0.75, 1.0, 1.25])
def test_the_exponent_is_found_beside_a_fixed_part_and_noise(exponent: float) -> None:
    generator = np.random.default_rng(0)
    times = {
        int(size): ((0.01 + 1e-6 * int(size) ** exponent) * generator.lognormal(0, 0.03, 9)).tolist()
        for size in np.logspace(3, 6.5, 8)
    }
    found = growth(times, generator)
    assert found.apart.low <= exponent <= found.apart.high
    assert found.apart.high - found.apart.low < 0.15
    assert found.plain.value < exponent
    assert 0.005 < found.fixed < 0.015


@pytest.mark.parametrize("count", [0, 1, 2, 77])
def test_a_record_takes_two_lines(count: int) -> None:
    """The loop's and the append's; four more begin and end it. Whoever watched before, watches again."""
    before = sys.gettrace()
    assert converging.steps(count) == 2 * count + 4
    assert sys.gettrace() is before


@pytest.mark.usefixtures("few")
def test_what_is_counted_holds_and_what_is_timed_is_marked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = convergence.run(stage(tmp_path))
    told = claims(found)
    assert (told[STEPS].verdict, told[STEPS].number) == ("holds", "2 N + 4 lines run")
    assert [claim.claim for claim in told.values() if claim.is_timed] == [TIME, DISK]
    assert told["It converges with probability 1."].number == "40 of 40 runs converged"
    assert abs(found.numbers["limit"] - (1 - 0.025 ** (1 / 40))) < 1e-9
    assert set(found.timings) == set(converging.LEARNERS)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(converging, "seconds", lambda *_: converging.Seconds(1.0, 1.0))
    again = convergence.run(stage(tmp_path))
    assert again.numbers == found.numbers


@pytest.mark.usefixtures("few")
def test_learning_that_takes_the_square_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def squared(learner: str, records: list[Any], folder: Path) -> converging.Seconds:
        return converging.Seconds(len(records) ** 1.4, 1.0)

    monkeypatch.setattr(converging, "seconds", squared)
    monkeypatch.setattr(converging, "has_converged", lambda records, _: len(records) > 2)
    told = claims(convergence.run(stage(tmp_path)))
    assert told[TIME].verdict == told[DISK].verdict == "does not hold"
    assert told["It converges with probability 1."].verdict == "does not hold"


def test_losing_a_record_or_a_bit_is_not_to_converge(monkeypatch: pytest.MonkeyPatch) -> None:
    fit = MemGEN.fit
    assert converging.has_converged([b"a", b"", b"a"], "hashmap")
    monkeypatch.setattr(MemGEN, "fit", lambda model, records: fit(model, [*records[:-1], b"b"]))
    assert not converging.has_converged([b"a", b"", b"a"], "list")
