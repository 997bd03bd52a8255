"""The page of a study: it says what was found, escapes what it was given, and never hides that raters were simulated."""

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from studied import chances, judged, planned

from byheart.rating import wording
from byheart.rating.analysis import report
from byheart.rating.findings import Report
from byheart.rating.quality import Quality, quality
from byheart.rating.results import page
from byheart.report.shares import Curve, Interval, evidence, intervals, over_time

HOSTILE = "<script>alert(1)</script>&\"'"


def made(
    *, share: float = 1.0, prefix: str = "", chance: float = 0.5, **asked: Any
) -> tuple[Report, tuple[Quality, ...]]:
    study, plan = planned(**asked)
    sessions, kept = judged(plan, chances(chance), share=share, prefix=prefix)
    return report(study, plan, sessions, kept), quality(plan, kept)


class Balanced(HTMLParser):
    """Whether every element that is opened is closed, in order."""

    VOID = frozenset({"meta", "line", "rect", "circle", "polyline", "polygon", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 1.0])
@pytest.mark.parametrize("asked", [{}, {"analysis": "sequential"}, {"generators": ("a", "b")}, {"question": "better"}])
def test_a_page_is_whole_whatever_there_is_to_tell(share: float, asked: dict[str, Any]) -> None:
    told, raters = made(share=share, pairs=40, slots=4, **asked)
    text = page(told, raters)
    parser = Balanced()
    parser.feed(text)
    assert parser.open == []
    assert wording.headline(told) in text
    assert "nan" not in re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
    assert json.loads(text.partition('type="application/json">')[2].partition("</script>")[0]) == told.told()


def test_names_are_text() -> None:
    told, raters = made(pairs=40, slots=4, name=HOSTILE, generators=(HOSTILE, "b"), digest=HOSTILE)
    text = page(told, raters)
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;" in text


def test_simulated_raters_cannot_be_overlooked() -> None:
    people, simulated = (page(*made(pairs=40, slots=4, prefix=prefix)) for prefix in ("", "simulated-"))
    assert "SIMULATED" not in people
    assert 'class="banner" role="alert">SIMULATED RATERS' in simulated
    assert "<title>SIMULATED" in simulated
    assert re.search(r"<h1>SIMULATED RATERS\. ", simulated)
    assert "ask people" in simulated.lower()


def test_an_interim_verdict_has_no_badge_of_its_own() -> None:
    text = page(*made(share=0.5, chance=0.8))
    assert '<span class="answer INTERIM">' in text
    assert '<span class="answer DISTINGUISHABLE">' not in text
    assert '<span class="answer DISTINGUISHABLE">' in page(*made(chance=0.8))


def test_people_are_called_by_no_more_than_it_takes_to_tell_them_apart() -> None:
    told, raters = made(pairs=40, slots=4, prefix="c0ffee0123456789")
    assert "c0ffee0123456789" not in page(told, raters).partition("<script id")[0]
    assert "c0ffee01" in page(told, raters)


def test_what_the_journey_shows_is_what_is_said() -> None:
    told, _ = made(pairs=900, slots=45, margin=0.05)
    assert re.fullmatch(
        r"INDISTINGUISHABLE within ±5 points: raters picked the real one \d\d\.\d % \[\d\d\.\d, \d\d\.\d\] of 1,800 times; shown to have looked: 9\d\.\d % \[9\d\.\d, \d+\.\d\] on catch pairs",
        wording.headline(told),
    )


def test_a_chart_stays_within_its_frame_and_names_what_it_shows() -> None:
    wild = Interval(HOSTILE, "all", 0.99, 0.0, 1.0, (0.0, 1.0))
    for svg in (
        intervals([wild], margin=0.05, left="l", right="r"),
        over_time(Curve([1, 2], [1, 0], [0, 0], [1, 1]), margin=0.4, unit="judgments"),
        evidence([1, 2], [1e-200, 1e200], limit=20, unit="judgments"),
    ):
        assert "<script>" not in svg
        assert 'role="img" aria-label="' in svg
        for name in ("x1", "x2", "cx", "x"):
            assert all(0 <= float(value) <= 640 for value in re.findall(rf'\b{name}="([-\d.]+)"', svg))
        for points in re.findall(r'points="([^"]*)"', svg):
            assert all(0 <= float(y) <= 300 for _, y in (one.split(",") for one in points.split()))
