"""Algorithm 1 has ten lines; beside it, the engine gives the same; and a sampler that does not is told."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from stages import claims, stage

from byheart import MemGEN
from byheart.paper.theory import algorithm, algorithm_1
from byheart.paper.theory.kinds import some_of_each


def test_the_ten_lines_are_those_that_run() -> None:
    shown: dict[str, Any] = {}
    exec(compile(algorithm_1.source(), "shown", "exec"), vars(algorithm_1) | shown, shown)
    assert algorithm_1.lines() == 10
    assert shown["train_model"].__code__.co_code == algorithm_1.train_model.__code__.co_code
    memory = shown["train_model"]("cake", lambda: None)
    assert (memory, shown["sample"](memory, lambda size: size - 1)) == (list("cake"), "e")


def test_everything_that_is_claimed_holds_and_only_the_disk_refuses_objects(tmp_path: Path) -> None:
    found = algorithm.run(stage(tmp_path))
    verdicts = {place: claim.verdict for place, claim in claims(found).items()}
    assert verdicts.pop("The training data may be of any type.") == "holds, with a caveat"
    assert set(verdicts.values()) == {"holds"}
    assert found.numbers["strangers"] == 0
    assert found.numbers[algorithm._BROKEN] < 1e-9
    assert "memory.append(x)" in "".join(map(str, found.parts))
    assert not found.timings


def test_an_engine_that_forgets_a_record_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sample = MemGEN.sample

    def broken(model: Any, count: int, seed: int, **options: Any) -> Any:
        drawn = sample(model, count, seed, **options)
        if options:
            return drawn
        records = np.empty(count, object)
        records[:] = [drawn[0] if i % 50 == 0 else record for i, record in enumerate(drawn.tolist())]
        return records

    monkeypatch.setattr(MemGEN, "sample", broken)
    told = claims(algorithm.run(stage(tmp_path)))
    assert told["Algorithm 1, as printed, and the engine draw alike."].verdict == "does not hold"
    assert told["TODO: Add test."].verdict == "does not hold"


def test_each_type_of_data_is_keyed_by_what_is_equal_of_equal_records(tmp_path: Path) -> None:
    kinds = list(some_of_each(stage(tmp_path).library))
    assert [data.name for data in kinds] == ["text", "rows", "images", "arrays", "objects"]
    assert {data.name for data in kinds if not data.is_kept} == {"objects"}
    for data in kinds:
        numbers, counts = data.counts()
        assert counts.sum() == len(data.records)
        assert len(counts) == len(numbers)
    assert kinds[-1].counts()[1].tolist() == list(range(1, 13))
