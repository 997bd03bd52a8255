"""Judgments as tables, how each rater goes about it, simulated raters, and a study as a coin."""

import csv
import io
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from studied import chances, judged, planned

from byheart.errors import InputError
from byheart.rating.analysis import report
from byheart.rating.coining import coin_of
from byheart.rating.exporting import BLINDED, as_csv, as_json, as_parquet, columns, harmless, table
from byheart.rating.ledger import Judgment, Kept
from byheart.rating.ledger_sqlite import SQLiteLedger
from byheart.rating.plan import Pair, Plan, Trial
from byheart.rating.quality import quality
from byheart.rating.simulating import Behaviour, simulate

JSPSYCH = {"trial_index", "trial_type", "rt", "response", "stimulus", "time_elapsed"}


def test_a_table_has_jspsychs_names_and_all_that_was_judged() -> None:
    study, plan = planned(pairs=30, slots=3)
    _, kept = judged(plan, chances(0.7))
    rows = table(study, plan, kept, is_blinded=False)
    assert set(rows[0]) >= JSPSYCH
    assert len(rows) == len(kept)
    counting = [row for row in rows if row["purpose"] == "study"]
    assert np.mean([bool(row["chose_real"]) for row in counting]) == pytest.approx(
        report(study, plan, [], kept).estimate.value
    )
    for row in counting:
        chose = "left" if row["response"] == 0 else "right"
        assert row["chose_real"] == (row["real_side"] == chose)
        assert row["generator"] == "gan"
    assert {row["chose_real"] for row in rows if row["purpose"] == "control"} == {None}
    assert all(str(row["received"]).endswith("+00:00") for row in rows)


def test_time_goes_on_in_each_session_also_where_choices_came_in_together(tmp_path: Path) -> None:
    study, plan = planned(pairs=90, slots=9)
    ledger = SQLiteLedger(tmp_path / "simulated.sqlite", [len(slot) for slot in plan.slots])
    simulate(study, plan, ledger, Behaviour(), raters=9, now=1.8e9)
    kept = ledger.judgments()
    ledger.close()
    assert len({one.received for one in kept}) < len(kept) / 8  # many at once
    before: dict[Any, Any] = {}
    for row in table(study, plan, kept, is_blinded=False):
        then, rt = before.get(row["session"], 0.0), row["rt"]
        assert isinstance(rt, float)
        assert row["time_elapsed"] >= then + rt - 0.01
        before[row["session"]] = row["time_elapsed"]
    assert len(before) == 9


def test_while_a_study_is_open_nothing_that_unblinds_is_in_any_format() -> None:
    study, plan = planned(pairs=30, slots=3, generators=("gan", "flow"))
    _, kept = judged(plan, chances())
    rows = table(study, plan, kept, is_blinded=True)
    text = as_csv(rows, is_blinded=True) + as_json(rows)
    assert not [word for word in (*BLINDED, "gan", "flow", "catch", "control") if word in text]
    assert pq.read_schema(io.BytesIO(as_parquet(rows, is_blinded=True))).names == list(columns(is_blinded=True))


def test_what_is_blinded_depends_on_the_choices_and_the_pairs_alone() -> None:
    """Exchanging which one was real, and no choice of a side, leaves a blinded table as it is."""
    study, plan = planned(pairs=30, slots=3)
    _, kept = judged(plan, chances())
    other = Plan(
        plan.pairs,
        tuple(tuple(replace(one, is_first_left=not one.is_first_left) for one in slot) for slot in plan.slots),
        (),
    )
    assert table(study, plan, kept, is_blinded=True) == table(study, other, kept, is_blinded=True)
    assert table(study, plan, kept, is_blinded=False) != table(study, other, kept, is_blinded=False)


def test_three_formats_say_the_same() -> None:
    study, plan = planned(pairs=30, slots=3)
    _, kept = judged(plan, chances())
    rows = table(study, plan, kept, is_blinded=False)
    assert json.loads(as_json(rows)) == rows
    assert pq.read_table(io.BytesIO(as_parquet(rows, is_blinded=False))).to_pylist() == rows
    read = list(csv.DictReader(io.StringIO(as_csv(rows, is_blinded=False))))
    assert [row["pair"] for row in read] == [str(row["pair"]) for row in rows]
    assert as_parquet([], is_blinded=False)


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\r=1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    study, plan = planned(pairs=4, slots=2, name=cell, generators=(cell,))
    _, kept = judged(plan, chances())
    read = list(
        csv.DictReader(io.StringIO(as_csv(table(study, plan, kept, is_blinded=False), is_blinded=False), newline=""))
    )
    assert {row["study"] for row in read} == {f"'{cell}"}
    assert all(not value.startswith(("=", "+", "@", "\t", "\r")) for row in read for value in row.values())
    assert harmless(-3.5) == -3.5


def one_rater(sides: str, *, ms: float = 1500.0, right: str = "") -> tuple[Plan, list[Kept]]:
    """The sides that were chosen, l and r; `right`, of catch pairs: 1 or 0 each."""
    pairs = [Pair("study", 2 * n, 2 * n + 1, (0, 1)) for n in range(len(sides))]
    pairs += [Pair("catch", 9000 + 2 * n, 9001 + 2 * n, (0, -1)) for n in range(len(right))]
    plan = Plan(tuple(pairs), (tuple(Trial(n, is_first_left=n % 2 == 0) for n in range(len(pairs))),), ())
    chose_left = [side == "l" for side in sides]
    chose_left += [(one == "1") == (at % 2 == 0) for at, one in enumerate(right, len(sides))]
    kept = [
        Kept(Judgment(0, at, left, ms, f"k{at}", "mouse"), 0, "ab" * 16, 1e9 + at) for at, left in enumerate(chose_left)
    ]
    return plan, kept


@pytest.mark.parametrize(
    ("sides", "ms", "right", "flags"),
    [
        ("lrrl" * 10, 1500.0, "111111", ()),
        ("lrrl" * 10, 120.0, "111111", ("too fast",)),
        ("l" * 40, 1500.0, "111111", ("one side", "long run")),
        ("lrrl" * 10, 1500.0, "000110", ("inattentive",)),
        ("lr", 1500.0, "0", ()),
    ],
)
def test_what_is_unusual_of_a_rater_is_said(sides: str, ms: float, right: str, flags: tuple[str, ...]) -> None:
    plan, kept = one_rater(sides, ms=ms, right=right)
    (told,) = quality(plan, kept)
    assert told.flags == flags
    assert (told.judgments, told.catches, told.catch_right) == (len(kept), len(right), right.count("1"))
    assert told.median_ms == ms


def test_honest_raters_are_seldom_flagged() -> None:
    _, plan = planned(pairs=900, slots=40)
    flagged = [
        one.flags for seed in range(5) for one in quality(plan, judged(plan, chances(), seed=seed)[1]) if one.flags
    ]
    assert len(flagged) <= 10  # of 200


def test_the_servers_part_needs_no_numpy() -> None:
    code = "import sys, byheart.rating.quality; print(*{'numpy', 'scipy', 'pyarrow'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout == "\n"


def simulated(path: Path, behaviour: Behaviour, *, raters: int, seed: int = 0, **asked: Any) -> SQLiteLedger:
    study, plan = planned(**asked)
    ledger = SQLiteLedger(path, [len(slot) for slot in plan.slots])
    simulate(study, plan, ledger, behaviour, raters=raters, seed=seed, now=1.8e9)
    return ledger


def test_simulated_raters_choose_as_they_are_told(tmp_path: Path) -> None:
    study, plan = planned(pairs=900, slots=40, generators=("a", "b"))
    ledger = SQLiteLedger(tmp_path / "simulated.sqlite", [len(slot) for slot in plan.slots])
    behaviour = Behaviour(accuracy={"a": 0.75, "b": 0.5}, rater_sd=0.4, pair_sd=0.6, side=0.4)
    told = simulate(study, plan, ledger, behaviour, raters=40, now=1.8e9)
    assert (told.raters, told.left, told.judgments) == (40, 0, sum(map(len, plan.slots)))
    found = report(study, plan, ledger.sessions(), ledger.judgments(), ledger.notes())
    ledger.close()
    shares = [one.estimate for one in found.generators]
    assert shares[0].low - 0.02 < 0.75 < shares[0].high + 0.02
    assert shares[1].low - 0.02 < 0.5 < shares[1].high + 0.02
    assert found.panel.accuracy is not None
    assert found.panel.accuracy.value == pytest.approx(0.97, abs=0.03)
    assert found.sides.left.low > 0.5
    assert (found.simulated, found.is_interim, found.raters.finished) == (True, False, 40)
    assert found.times is not None
    assert found.times.median == pytest.approx(1900, rel=0.1)


def test_a_lapse_is_a_coin(tmp_path: Path) -> None:
    """Of raters who never look, catch pairs are right half of the time, however good they would be."""
    ledger = simulated(tmp_path / "s.sqlite", Behaviour(accuracy=0.9, lapse=1.0), raters=20, seed=1)
    study, plan = planned()
    found = report(study, plan, ledger.sessions(), ledger.judgments())
    ledger.close()
    assert found.estimate.low < 0.5 < found.estimate.high
    assert found.panel.accuracy is not None
    assert found.panel.accuracy.low < 0.5 < found.panel.accuracy.high


def test_the_same_seed_gives_the_same_choices(tmp_path: Path) -> None:
    told = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        ledger = simulated(tmp_path / name, Behaviour(dropout=0.3), raters=6, seed=seed, pairs=40, slots=4)
        told.append([(one.judgment, one.slot, one.rater, one.received) for one in ledger.judgments()])
        ledger.close()
    assert told[0] == told[1] != told[2]


def test_slots_of_those_who_leave_are_finished_by_others(tmp_path: Path) -> None:
    _, plan = planned(pairs=40, slots=4)
    ledger = simulated(tmp_path / "s.sqlite", Behaviour(dropout=0.5), raters=40, pairs=40, slots=4)
    places = [(one.slot, one.judgment.trial) for one in ledger.judgments()]
    raters = {one.rater for one in ledger.judgments()}
    ledger.close()
    assert sorted(places) == [(slot, at) for slot, trials in enumerate(plan.slots) for at in range(len(trials))]
    assert len(raters) > 4
    assert all(rater.startswith("simulated-") for rater in raters)


def test_simulated_raters_do_not_come_among_people(tmp_path: Path) -> None:
    study, plan = planned(pairs=40, slots=4)
    ledger = SQLiteLedger(tmp_path / "ledger.sqlite", [len(slot) for slot in plan.slots])
    ledger.join("ab" * 16, b"t" * 32, consent="2026-11-26", now=1.8e9)
    with pytest.raises(InputError, match="people in it"):
        simulate(study, plan, ledger, Behaviour(), raters=1)
    ledger.close()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"accuracy": 1.0}, "accuracy: wanted more than 0"),
        ({"accuracy": {"gan": 0.0}}, "accuracy: wanted more than 0"),
        ({"catch": 1.5}, "catch accuracy"),
        ({"lapse": -0.1}, "lapse: wanted 0 to 1"),
        ({"dropout": 2.0}, "dropout: wanted 0 to 1"),
        ({"rater_sd": -1.0}, "standard deviations of 0 or more"),
    ],
)
def test_raters_that_cannot_be_are_refused(wrong: dict[str, float], said: str) -> None:
    with pytest.raises(InputError, match=said):
        Behaviour(**wrong)


def test_an_accuracy_of_no_generator_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="wanted one of gan, got vae"):
        simulated(tmp_path / "s.sqlite", Behaviour(accuracy={"vae": 0.6}), raters=1)


def test_a_study_is_held_against_a_coin() -> None:
    study, plan = planned(pairs=600, slots=30, margin=0.08)
    _, kept = judged(plan, chances())
    found = coin_of(study, plan, kept)
    assert (found.verdict, found.flips, found.names) == ("INDISTINGUISHABLE", 1200, ("real", "generated"))
    seen = report(study, plan, [], kept)
    assert (found.share, found.p_share, (found.low, found.high)) == (
        seen.estimate.value,
        seen.tests.p_sharp,
        seen.inner,
    )
    assert coin_of(study, plan, judged(plan, chances(0.7))[1]).verdict == "DISTINGUISHABLE"
    never = coin_of(study, plan, judged(plan, chances(0.0))[1])
    assert (never.heads, never.share, never.verdict) == (0, 0.0, "DISTINGUISHABLE")
    with pytest.raises(InputError, match="wanted one or more"):
        coin_of(study, plan, [])
