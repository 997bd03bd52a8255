"""A report: every verdict, and what it is not made of."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from studied import Chance, chances, judged, planned

from byheart.rating import wording
from byheart.rating.analysis import report
from byheart.rating.findings import Report
from byheart.rating.ledger import Kept, Note
from byheart.rating.plan import Pair, Plan
from byheart.rating.results import page
from byheart.rating.study import Study


def told(chance: Chance, *, seed: int = 0, share: float = 1.0, notes: tuple[Note, ...] = (), **asked: Any) -> Report:
    study, plan = planned(**asked)
    sessions, kept = judged(plan, chance, seed=seed, share=share)
    return report(study, plan, sessions, kept, notes)


def test_a_coin_judged_by_raters_who_look_is_indistinguishable() -> None:
    found = told(chances())
    assert found.verdict == "INDISTINGUISHABLE"
    assert found.inner[0] > 0.4
    assert found.inner[1] < 0.6
    assert not found.is_interim
    assert wording.headline(found).startswith("INDISTINGUISHABLE within ±10 points: raters picked the real one ")
    assert f"of {found.judgments} times; shown to have looked: " in wording.headline(found)
    assert "publish the seed" in found.next


def test_what_is_told_is_distinguishable() -> None:
    found = told(chances(0.7))
    assert (found.verdict, found.tests.p_sharp < 0.001, found.estimate.low > 0.6) == ("DISTINGUISHABLE", True, True)
    assert "Raters tell the real image" in wording.meaning(found)


def test_a_generated_one_that_is_taken_for_real_is_distinguishable_too() -> None:
    found = told(chances(0.3))
    assert found.verdict == "DISTINGUISHABLE"
    assert "hyper-real" in wording.meaning(found)
    better = told(chances(0.3), question="better", kind="text")
    assert "generated one read better" in wording.meaning(better)
    assert "hyper-real" not in wording.meaning(better) + wording.headline(better)


def test_few_judgments_are_inconclusive_and_say_how_many_it_takes() -> None:
    found = told(chances(), pairs=40, slots=4)
    assert (found.verdict, found.power.needed is not None) == ("INCONCLUSIVE", True)
    assert "plan another study" in found.next
    assert any("raters that count" in one for one in found.warnings)


def test_raters_who_do_not_look_show_nothing_though_they_are_a_perfect_coin() -> None:
    found = told(chances(catch=0.6))
    assert (found.verdict, found.panel.is_attentive) == ("INCONCLUSIVE", False)
    assert found.inner[0] > 0.4
    assert "not shown to have looked" in found.reason
    assert "not shown to have looked, which takes a lower limit of 90 %: 5" in wording.headline(found)
    assert "more catch pairs" in found.next


def test_without_catch_pairs_equivalence_is_never_claimed() -> None:
    found = told(chances(), catches=0)
    assert (found.verdict, found.panel.accuracy, found.corrected) == ("INCONCLUSIVE", None, None)
    assert "no catch pairs" in wording.headline(found)


def test_what_is_detectable_but_below_the_margin_is_said() -> None:
    found = told(chances(0.54), pairs=2000, slots=60, catches=6)
    assert found.tests.p_sharp < 0.05
    assert found.verdict == "INDISTINGUISHABLE"
    assert "detectable, but below the margin" in found.reason


def test_catch_and_control_pairs_are_not_in_the_result() -> None:
    """The bug of the field: pooled, catch pairs would make a coin look as if it were told."""
    found = told(chances(0.5, catch=0.999, control=0.999), catches=30, controls=30)
    assert found.judgments == 600
    assert abs(found.estimate.value - 0.5) < 0.05
    assert found.verdict == "INDISTINGUISHABLE"
    assert found.panel.catches == 600
    assert found.control.is_suspect
    assert any("two real samples were told apart" in one for one in found.warnings)


def test_labels_exchanged_give_the_other_share_and_the_same_tests() -> None:
    study, plan = planned()
    sessions, kept = judged(plan, chances(0.6))
    other = [
        replace(one, judgment=replace(one.judgment, chose_left=not one.judgment.chose_left))
        if plan.pairs[plan.slots[one.slot][one.judgment.trial].pair].purpose == "study"
        else one
        for one in kept
    ]
    this, that = report(study, plan, sessions, kept), report(study, plan, sessions, other)
    assert that.estimate.value == pytest.approx(1 - this.estimate.value)
    assert that.estimate.low == pytest.approx(1 - this.estimate.high)
    assert that.tests.p_sharp == pytest.approx(this.tests.p_sharp)
    assert that.tests.e_value == pytest.approx(this.tests.e_value)
    assert that.sensitivity == pytest.approx(-this.sensitivity if this.sensitivity is not None else None)


def test_the_side_that_the_real_one_stands_on_makes_no_difference() -> None:
    study, plan = planned()
    sessions, kept = judged(plan, chances(0.62))
    turned = Plan(
        plan.pairs,
        tuple(tuple(replace(trial, is_first_left=not trial.is_first_left) for trial in slot) for slot in plan.slots),
        plan.practice,
    )
    mirrored = [replace(one, judgment=replace(one.judgment, chose_left=not one.judgment.chose_left)) for one in kept]
    this, that = report(study, plan, sessions, kept), report(study, turned, sessions, mirrored)
    assert (that.estimate, that.tests) == (this.estimate, this.tests)
    assert that.sides.left.value == pytest.approx(1 - this.sides.left.value)


def test_a_pair_whose_second_sample_is_the_real_one_is_read_so() -> None:
    study, plan = planned()
    sessions, kept = judged(plan, chances(0.7))
    swapped = Plan(
        tuple(Pair(p.purpose, p.second, p.first, p.players[::-1]) if p.purpose == "study" else p for p in plan.pairs),
        tuple(
            tuple(
                replace(trial, is_first_left=not trial.is_first_left)
                if plan.pairs[trial.pair].purpose == "study"
                else trial
                for trial in slot
            )
            for slot in plan.slots
        ),
        plan.practice,
    )
    this, that = report(study, plan, sessions, kept), report(study, swapped, sessions, kept)
    assert (that.estimate, that.tests, that.sides) == (this.estimate, this.tests, this.sides)


def test_a_fixed_analysis_that_is_read_early_is_interim_and_peeks_are_told() -> None:
    found = told(chances(0.7), share=0.6, notes=(Note(None, "peeked", {}, 1.0), Note(None, "paused", {}, 2.0)))
    assert (found.is_interim, found.peeks, found.received < found.planned) == (True, 1, True)
    assert "(interim)" in wording.headline(found)
    assert "is interim" in wording.reason(found)
    assert f"the other {found.planned - found.received}" in found.next
    assert any("looked at once" in one for one in found.warnings)


def test_a_sequential_analysis_is_read_from_the_sequence_and_the_e_value_whenever_one_likes() -> None:
    found = told(chances(0.75), share=0.6, analysis="sequential", notes=(Note(None, "peeked", {}, 1.0),))
    assert (found.is_interim, found.verdict, found.tests.p_anytime <= 0.05) == (False, "DISTINGUISHABLE", True)
    assert found.estimate.low == found.sequence.low[-1]
    assert found.estimate.high == found.sequence.high[-1]
    assert not any("looked at" in one for one in found.warnings)
    fixed = told(chances(0.75), share=0.6)
    assert found.estimate.high - found.estimate.low > fixed.estimate.high - fixed.estimate.low


def test_evidence_that_has_fallen_is_told_as_it_is_and_the_verdict_goes_by_what_it_reached() -> None:
    """At first everybody can tell, and then they choose otherwise: the largest e-value stays a bound, and is none itself."""
    study, plan = planned(analysis="sequential", margin=0.01)
    sessions, kept = judged(plan, chances(0.45), seed=1)
    early = {one.judgment.key for one in kept[:140]}
    _, told_apart = judged(plan, chances(0.95), seed=1)
    choices = {one.judgment.key: one for one in told_apart}
    kept = [choices[one.judgment.key] if one.judgment.key in early else one for one in kept]
    found = report(study, plan, sessions, kept)
    assert found.tests.e_value == found.sequence.e[-1] < 20 < found.sequence.best
    assert found.tests.p_anytime == 1 / found.sequence.best < 0.05
    assert found.verdict == "DISTINGUISHABLE"
    assert (found.told()["tests"]["e_value"], found.told()["tests"]["p_anytime"]) == (
        found.tests.e_value,
        found.tests.p_anytime,
    )
    assert f"{wording.evidence(found.tests.e_value)} at the end" in page(found)


def test_a_sequential_analysis_does_not_take_the_fixed_ones_word() -> None:
    """The sign-flip test rejects, and the e-value does not yet: no verdict."""
    found = next(
        one
        for one in (told(chances(0.55), seed=seed, analysis="sequential") for seed in range(20))
        if one.tests.p_sharp < 0.05 and one.tests.p_anytime > 0.05
    )
    assert found.verdict == "INCONCLUSIVE"


def test_a_coin_is_shown_by_the_sequence_with_judgments_enough() -> None:
    found = told(chances(), pairs=900, slots=40, catches=10, analysis="sequential")
    assert found.verdict == "INDISTINGUISHABLE"
    assert found.inner[0] > 0.4
    assert found.inner[1] < 0.6


def test_raters_are_left_out_by_the_rule_and_their_judgments_with_them() -> None:
    def chance(pair: Pair, slot: int) -> float:
        return 0.5 if slot < 5 else {"study": 0.8, "catch": 0.99999, "control": 0.5}[pair.purpose]

    everyone, some = told(chance), told(chance, exclude_below=0.8)
    gone = {one.rater for one in some.raters.left_out}
    assert gone == {f"{slot:04x}" for slot in range(5)}
    assert (everyone.raters.counted, some.raters.counted) == (20, 15)
    assert some.estimate.value > everyone.estimate.value
    assert some.judgments < everyone.judgments
    assert some.planned == everyone.planned == everyone.received == some.received
    assert all("catch trials right, fewer than 80 %" in one.why for one in some.raters.left_out)


def test_the_panel_is_measured_on_catch_trials_that_decided_on_nobody() -> None:
    """All who remain were right in each catch trial that decides; in those that measure they are right in seven of ten, and that is what is told."""
    study, plan = planned(exclude_below=0.9, slots=40)
    first_of = {
        slot: [at for at, trial in enumerate(trials) if plan.pairs[trial.pair].purpose == "catch"][::2]
        for slot, trials in enumerate(plan.slots)
    }
    rng = np.random.default_rng(0)
    sessions, kept = judged(plan, chances())

    def chosen(one: Kept) -> Kept:
        trial = plan.slots[one.slot][one.judgment.trial]
        if plan.pairs[trial.pair].purpose != "catch":
            return one
        is_right = one.judgment.trial in first_of[one.slot] or bool(rng.random() < 0.7)
        return replace(one, judgment=replace(one.judgment, chose_left=is_right == trial.is_first_left))

    found = report(study, plan, sessions, [chosen(one) for one in kept])
    assert found.raters.left_out == ()
    assert found.panel.catches == 240
    assert found.panel.accuracy is not None
    assert found.panel.accuracy.value == pytest.approx(0.7, abs=0.08)


def test_each_generator_has_its_own_verdict_and_a_place_on_one_scale() -> None:
    found = told(
        chances(good=0.5, bad=0.75, odd=0.3), pairs=900, slots=45, generators=("good", "bad", "odd"), catches=6
    )
    assert [one.verdict for one in found.generators] == ["INDISTINGUISHABLE", "DISTINGUISHABLE", "DISTINGUISHABLE"]
    assert found.verdict == "DISTINGUISHABLE"
    assert sum(one.judgments for one in found.generators) == found.judgments
    scale = {one.player: one for one in found.strengths}
    assert scale["real"].value == 0
    for name, share in (("good", 0.5), ("bad", 0.75), ("odd", 0.3)):
        assert scale[name].low < np.log((1 - share) / share) < scale[name].high
    assert "is furthest from a coin" in wording.headline(found)


def test_with_several_generators_a_test_must_be_that_much_surer() -> None:
    """The smallest of five p-values is below .05, and not below .01: alone it would do."""
    found = next(
        one
        for one in (told(chances(), seed=seed, pairs=100, slots=5, generators=tuple("abcde")) for seed in range(60))
        if 0.01 < min(share.tests.p_sharp for share in one.generators) <= 0.05
    )
    assert found.verdict == "INCONCLUSIVE"
    assert {share.verdict for share in found.generators} == {"INCONCLUSIVE"}


def test_all_generators_together_are_a_coin_only_if_each_is() -> None:
    found = told(chances(a=0.5, b=0.5), pairs=1200, slots=60, generators=("a", "b"), catches=6)
    assert (found.verdict, [one.verdict for one in found.generators]) == (
        "INDISTINGUISHABLE",
        ["INDISTINGUISHABLE"] * 2,
    )
    even = told(chances(a=0.7, b=0.3), pairs=1200, slots=60, generators=("a", "b"), catches=6)
    assert abs(even.estimate.value - 0.5) < 0.03
    assert even.verdict == "DISTINGUISHABLE"


def test_pairs_of_two_generators_are_on_the_scale_and_not_in_the_share() -> None:
    study, plan = planned(generators=("a", "b"))
    mixed = Plan(
        tuple(
            replace(pair, players=(1, 2)) if pair.purpose == "study" and at % 3 == 0 else pair
            for at, pair in enumerate(plan.pairs)
        ),
        plan.slots,
        plan.practice,
    )
    sessions, kept = judged(mixed, chances())
    found = report(study, mixed, sessions, kept)
    assert (found.judgments, found.planned, found.is_interim) == (400, 400, False)
    assert len(found.strengths) == 3


def test_nothing_judged_is_inconclusive_and_no_error() -> None:
    found = told(chances(), share=0.0)
    assert (found.verdict, found.judgments, found.estimate.low, found.estimate.high) == ("INCONCLUSIVE", 0, 0.0, 1.0)
    assert told(chances(), share=0.0, analysis="sequential", generators=("a", "b")).verdict == "INCONCLUSIVE"


@pytest.mark.parametrize("share", [0.0, 0.002, 0.3, 1.0])
@pytest.mark.parametrize("analysis", ["fixed", "sequential"])
def test_a_report_is_json_with_the_keys_that_were_promised(share: float, analysis: str) -> None:
    found = told(chances(), share=share, analysis=analysis, pairs=60, slots=6)
    data = json.loads(json.dumps(found.told(), allow_nan=False))
    assert {"verdict", "estimate", "tests", "panel", "raters", "judgments", "simulated"} <= set(data)
    assert set(data["estimate"]) == {"value", "low", "high"}
    assert {"judgments", "low", "high", "e"} <= set(data["sequence"])
    assert len({len(data["sequence"][name]) for name in ("judgments", "low", "high", "e", "value")}) == 1
    assert data["simulated"] is False


def test_simulated_raters_are_known_by_their_names() -> None:
    study, plan = planned(pairs=20, slots=2)
    sessions, kept = judged(plan, chances(), prefix="simulated-")
    assert report(study, plan, sessions, kept).simulated
    assert report(study, plan, sessions, []).simulated


def studied_once() -> tuple[Study, Plan]:
    return planned(pairs=60, slots=6)


def test_a_report_is_the_same_each_time() -> None:
    study, plan = studied_once()
    sessions, kept = judged(plan, chances(0.6))
    first, second = (report(study, plan, sessions, kept).told() for _ in range(2))
    assert first == second


def test_without_lapses_the_share_is_further_from_a_coin() -> None:
    found = told(chances(0.6, catch=0.9), slots=30)
    assert found.corrected is not None
    assert found.panel.accuracy is not None
    kept = 2 * found.panel.accuracy.value - 1
    assert found.corrected.value == pytest.approx(0.5 + (found.estimate.value - 0.5) / kept)
