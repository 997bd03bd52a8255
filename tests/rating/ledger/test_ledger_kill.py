"""kill -9 at any moment: what was acknowledged is there, once."""

import random
from pathlib import Path

import pytest
from ledger_killing import acknowledged, kill, missing, rater

from byheart.rating.ledger_sqlite import SQLiteLedger


@pytest.mark.parametrize(
    ("kills", "wanted"), [(3, 1_500), pytest.param(20, 10_000, marks=pytest.mark.full)], ids=["3", "20"]
)
def test_no_judgment_that_was_acknowledged_is_lost_or_doubled_by_kills(tmp_path: Path, kills: int, wanted: int) -> None:
    path, log, trials = tmp_path / "ledger.sqlite", tmp_path / "log", [20_000] * 10
    command = rater(path, log, name="a", raters=10, trials=trials)
    for _ in range(kills):
        kill(command, log, lines=random.randint(500, 900), after=random.uniform(0.0, 0.05))
        ledger = SQLiteLedger(path, trials)
        assert missing(acknowledged(log), ledger.judgments()) == []
        ledger.close()
    assert len(acknowledged(log)) >= wanted
