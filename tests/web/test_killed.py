"""kill -9 at any moment, over HTTP: what raters were told is kept is in the ledger, once."""

import asyncio
from pathlib import Path

import pytest
from tools.bench_rate.contestant import Choice, free_port, missing
from tools.bench_rate.killing import Siege
from tools.bench_rate.ours import Byheart
from tools.bench_rate.samples import texts

from byheart.rating.folder import open_study


@pytest.mark.parametrize(
    ("kills", "wanted"),
    [pytest.param(3, 600, id="3"), pytest.param(20, 10_000, marks=pytest.mark.full, id="20")],
)
def test_no_judgment_that_a_rater_was_told_is_kept_is_lost_or_doubled_by_kills(
    tmp_path: Path, kills: int, wanted: int
) -> None:
    """Raters join, practise and judge while the server is killed, and send again what was not acknowledged, one or several at once."""
    pairs = wanted  # three raters each: some are left for what comes after the last kill
    ours = Byheart(most=4, options=("--raters-per-pair", "3"))
    study = ours.furnish(tmp_path, texts(pairs, 1), texts(pairs, 2), pairs=pairs * 3 // 4)
    found = asyncio.run(Siege(ours, study, free_port(), raters=10).run(kills, wanted))
    assert (found.lost, found.doubled) == (0, 0)
    assert found.acknowledged >= wanted
    assert found.again >= kills  # the kills were noticed
    kept = open_study(study).ledger(read_only=True)
    places = [(one.slot, one.judgment.trial) for one in kept.judgments()]
    kept.close()
    assert len(places) == len(set(places)) >= found.acknowledged


def test_what_is_lost_changed_or_doubled_would_be_found() -> None:
    one, other = Choice("one", is_left=True), Choice("other", is_left=False)
    assert missing([one, other], [other, one]) == (0, 0)
    assert missing([one, other], [one]) == (1, 0)
    assert missing([one], [Choice("one", is_left=False)]) == (1, 0)
    assert missing([one, one], [one, one]) == (0, 1)
