"""Every screen, as axe-core and a screen reader have it: on a desk and on a phone, light and dark."""

import pytest

from browser.browsing import PHONE, Come, Rater, Serve, axe_everywhere
from chromium import axe


def test_axe_finds_nothing_from_consent_to_the_end(come: Come, serve: Serve) -> None:
    rater = come(serve(trials=4))
    found = []
    rater.open()
    rater.on("consent")
    found += axe_everywhere(rater.page)
    rater.page.click("#agree")
    rater.on("instructions")
    found += axe_everywhere(rater.page)
    rater.page.click("#practise")
    rater.choose("f")
    rater.page.wait_for_selector("#feedback:not([hidden])")
    found += axe_everywhere(rater.page)
    rater = come(serve(trials=4))
    rater.begin()
    found += axe_everywhere(rater.page)
    rater.page.keyboard.press("p")
    rater.on("paused")
    found += axe_everywhere(rater.page)
    rater.page.keyboard.press("p")
    rater.finish()
    found += axe_everywhere(rater.page)
    assert found == []


@pytest.mark.parametrize(
    "screen", ["start", "notice", "elsewhere", "stopped", "lapsed", "full", "over", "renewed", "sending"]
)
def test_axe_finds_nothing_on_screens_that_few_see(come: Come, screen: str) -> None:
    rater = come()
    rater.open()
    rater.on("consent")
    rater.page.evaluate(
        "id => document.querySelectorAll('main > section').forEach(one => { one.hidden = one.id !== id; })", screen
    )
    rater.page.evaluate("() => { document.querySelector('#quiet').textContent = 'Offline: your choices are kept.'; }")
    assert axe_everywhere(rater.page) == []


@pytest.mark.parametrize("kind", ["text", "row", "audio"])
def test_axe_finds_nothing_beside_other_kinds(come: Come, serve: Serve, kind: str) -> None:
    rater = come(serve(kind))
    rater.agree()
    assert axe(rater.page) == []
    rater.page.click("#practise")
    rater.page.wait_for_selector("#pair:not([aria-busy])")
    assert axe_everywhere(rater.page) == []


def test_axe_finds_nothing_on_a_mask(come: Come, serve: Serve) -> None:
    rater = come(serve("image", "--exposure", "300"))
    rater.begin()
    rater.page.wait_for_selector(".mask >> nth=1")
    assert axe_everywhere(rater.page) == []


def test_a_screen_reader_is_told_the_question_two_neutral_names_and_how_far_it_is(come: Come) -> None:
    rater = come()
    rater.begin()
    total = rater.count().split()[-1]
    assert rater.page.locator("#trial").aria_snapshot() == "\n".join(  # a line each
        [
            f"- paragraph: Trial 1 of {total}",
            '- progressbar "Progress"',
            '- button "Pause"',
            '- heading "Which picture is real?" [level=1]',
            '- img "Left sample"',
            '- button "Left is real"',
            '- img "Right sample"',
            '- button "Right is real"',
            "- paragraph",
        ]
    )
    assert rater.page.inner_text("#said") == f"Trial 1 of {total}"
    assert rater.page.evaluate("document.activeElement.id") == "question"
    rater.page.focus("#choose-left")
    rater.page.keyboard.press("Enter")
    rater.pair(2)
    assert rater.page.inner_text("#said") == f"Trial 2 of {total}"
    assert rater.page.evaluate("document.activeElement.id") == "choose-left"  # it stays where it was


def test_on_an_upright_phone_the_two_are_called_upper_and_lower(come: Come) -> None:
    rater = come(size=PHONE)
    rater.begin()
    told = rater.page.locator("#pair").aria_snapshot()
    assert [line.split('"')[1] for line in told.splitlines() if '"' in line] == [
        "Upper sample",
        "Upper is real",
        "Lower sample",
        "Lower is real",
    ]
    upper, lower = (rater.page.locator(f"#{side}").bounding_box() for side in ("left", "right"))
    assert upper is not None
    assert lower is not None
    assert upper["y"] < lower["y"]
    rater.page.keyboard.press("ArrowDown")
    rater.pair(2)
    assert [one.judgment.chose_left for one in rater.sent(1)] == [False]


def test_texts_can_be_read_by_a_screen_reader(come: Come, serve: Serve) -> None:
    rater = come(serve("text"))
    rater.begin()
    told = rater.page.locator("#pair").aria_snapshot()
    assert '- group "Left sample"' in told
    assert "gulls" in told


def test_whoever_moves_by_keys_sees_where_they_are(come: Come) -> None:
    rater = come()
    rater.begin()
    for key, name in (("Shift+Tab", "pause"), ("Tab", "choose-left"), ("Tab", "choose-right")):
        rater.page.keyboard.press(key)
        assert rater.page.evaluate("document.activeElement.id") == name
        assert _outline(rater) >= 2


def _outline(rater: Rater) -> float:
    width: float = rater.page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
    return width


def test_who_wants_less_motion_gets_none(come: Come) -> None:
    rater = come(reduced_motion="reduce")
    rater.agree()
    moving = rater.page.evaluate(
        "() => [...document.querySelectorAll('*')].filter(one => parseFloat(getComputedStyle(one).transitionDuration) || parseFloat(getComputedStyle(one).animationDuration)).length"
    )
    assert moving == 0
