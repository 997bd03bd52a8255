"""What is published of a study's statistics is made of studies whose truth is known, and keeps what was promised."""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT))
designs = pytest.importorskip("tools.calibrate_rating.designs", reason="the tools are out of reach")
simulating = pytest.importorskip("tools.calibrate_rating.simulating")
panels = pytest.importorskip("tools.calibrate_rating.panels")
PUBLISHED = ROOT / "docs" / "rating-calibration.json"
LUCK = 0.012
"""Of the worst of some forty lines of 2,000 studies each, whose truth is .05: two and a half standard errors."""


@pytest.fixture(name="published")
def _published() -> Any:
    return json.loads(PUBLISHED.read_text("utf-8"))


def test_choices_have_the_mean_that_is_said() -> None:
    design = designs.designs()[2]
    for spread in ({"pair_sd": 0.0, "rater_sd": 0.0}, {"pair_sd": 1.0, "rater_sd": 0.5}):
        rng = np.random.default_rng(0)
        shares = [designs.chosen(design, 0.55, rng=rng, **spread).share for _ in range(400)]
        assert np.mean(shares) == pytest.approx(0.55, abs=4 * np.std(shares) / 20)


def test_each_judgment_of_a_design_is_there_once() -> None:
    for design in designs.designs():
        assert len(np.unique(np.stack([design.raters, design.pairs]), axis=1).T) == len(design.pairs)
        assert len(designs.completed(design, np.arange(len(design.pairs)))) == design.pairs.max() + 1


def test_a_line_is_made_of_shares() -> None:
    told = simulating.simulated((6, 0.5, 0.0, 10))
    assert all(0 <= told[name] <= 1 for name in ("sharp", "clustered", "covers", "sequence", "false_equivalence"))
    assert set(panels.exclusions(5)) == {"true", "measured", "by_those_that_decide", "covers", "left_out"}


def test_coins_are_rejected_as_seldom_as_is_said(published: Any) -> None:
    rows = published["rows"]
    assert len(rows) >= 40
    assert all(row["simulations"] >= 2000 for row in rows)
    assert all(row["clustered"] <= 0.06 + LUCK / 2 for row in rows)
    assert all(row["sharp"] <= 0.05 + LUCK for row in rows if not row["rater_sd"])
    assert all(row["e_value"] <= 0.05 + LUCK for row in rows if not row["rater_sd"])
    assert max(row["naive"] for row in rows) > 0.3  # what others report


def test_intervals_and_sequences_hold_the_truth_and_equivalence_is_seldom_false(published: Any) -> None:
    rows = published["rows"]
    assert all(row["covers"] >= 0.94 - LUCK / 2 for row in rows)
    assert all(row["sequence"] >= 0.95 - LUCK for row in rows)
    assert all(row["false_equivalence"] <= 0.05 + LUCK for row in rows)
    assert all(row["attentive"] <= 0.05 + LUCK for row in published["panels"] if row["accuracy"] == 0.9)


def test_leaving_raters_out_does_not_make_a_panel_look_better(published: Any) -> None:
    told = published["exclusions"]
    assert told["measured"] == pytest.approx(told["true"], abs=0.003)
    assert told["by_those_that_decide"] > told["true"] + 0.03
    assert told["covers"] >= 0.94
