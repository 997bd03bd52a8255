"""From consent to the code."""

import time
from itertools import pairwise
from typing import Final

from browser.browsing import CODE, LINK, PHONE, Come, Serve

_PAUSE: Final = 3000  # milliseconds
# What an observer is told of was done before the next paint: no frame can come in between, and none can be missed.
_CHANGES: Final = """() => {
  const both = () => [...document.querySelectorAll('.panel img')].map(img => img.src);
  window.sides_seen = [both()];
  const watch = new MutationObserver(() => window.sides_seen.push(both()));
  watch.observe(document.querySelector('#pair'), { subtree: true, childList: true, attributes: true, attributeFilter: ['src'] });
}"""


def test_a_rater_gets_from_consent_to_the_code_by_keyboard_alone(come: Come) -> None:
    rater = come()
    rater.open()
    for screen in ("consent", "instructions"):
        rater.on(screen)
        assert rater.page.evaluate("document.activeElement.tagName") == "H1"
        rater.page.keyboard.press("Tab")
        rater.page.keyboard.press("Enter")
    while rater.screen() != "start":
        rater.choose("ArrowLeft")
        rater.page.wait_for_selector("#feedback:not([hidden])")
        assert rater.page.inner_text("#told") in {"Correct.", "No: the other one is real."}
        rater.page.keyboard.press("Enter")
        rater.page.wait_for_selector("#start:not([hidden]), #pair:not([aria-busy])")
    rater.page.keyboard.press("Tab")
    rater.page.keyboard.press("Enter")
    rater.finish()
    assert rater.page.inner_text("#code") == CODE
    assert rater.page.get_attribute("#link", "href") == LINK
    kept = rater.served.judgments(rater.name)
    assert rater.page.inner_text("#end [data-rater]") == kept[0].rater[:12]
    assert "If you want your choices erased later, keep this" in rater.page.inner_text("#end")
    assert {one.judgment.device for one in kept} == {"key"}
    assert len({one.judgment.trial for one in kept}) == len(kept)


def test_a_first_pair_takes_8_requests_and_none_goes_elsewhere(come: Come) -> None:
    rater = come()
    asked: list[str] = []
    rater.page.on("request", lambda request: asked.append(request.url) if request.url.startswith("http") else None)
    rater.agree()
    assert len(asked) <= 8
    rater.page.click("#practise")
    rater.pair()
    assert all(one.startswith(rater.served.raters.split("/r/")[0]) for one in asked)


def test_both_sides_change_in_one_frame(come: Come) -> None:
    rater = come()
    rater.begin()
    rater.page.evaluate(_CHANGES)
    for at in range(2, 6):
        rater.page.keyboard.press("f")
        rater.pair(at)
    seen = rater.page.evaluate("window.sides_seen")
    assert all(len(both) == 2 for both in seen)
    changes = [(one, other) for one, other in pairwise(seen) if one != other]
    assert len(changes) == 4
    assert all(one[0] != other[0] and one[1] != other[1] for one, other in changes)


def test_the_next_pair_is_there_before_the_server_has_answered(come: Come) -> None:
    rater = come()
    rater.begin()
    rater.ready(4)
    rater.page.route("**/judge", lambda _: None)  # never
    is_next = rater.page.evaluate(
        """() => new Promise(done => {
          const first = document.querySelector('#left img');
          const look = () => document.querySelector('#left img') === first ? requestAnimationFrame(look) : done(true);
          dispatchEvent(new KeyboardEvent('keydown', { key: 'f' }));
          look();
        })"""
    )
    assert is_next  # how soon, `make bench-rate` measures


def test_time_runs_from_the_frame_that_shows_the_pair_and_not_in_pauses(come: Come) -> None:
    rater = come()
    rater.begin()
    rater.pair()
    began = time.monotonic()
    rater.page.wait_for_timeout(300)
    rater.page.keyboard.press("p")
    rater.on("paused")
    assert not rater.page.locator(".panel img").first.is_visible()
    rater.page.wait_for_timeout(_PAUSE)
    rater.page.keyboard.press("p")
    rater.pair()
    rater.page.wait_for_timeout(300)
    rater.page.keyboard.press("f")
    took = 1000 * (time.monotonic() - began)
    (kept,) = rater.sent(1)
    assert 600 <= kept.judgment.milliseconds < took - _PAUSE / 2  # seen a little before the clock here began
    assert [one for one in rater.served.notes(rater.name) if one in {"paused", "resumed"}] == ["paused", "resumed"]


def test_a_key_that_is_held_down_chooses_once(come: Come) -> None:
    rater = come()
    rater.begin()
    for _ in range(5):
        rater.page.keyboard.down("f")  # from the second on: repeated
        rater.page.wait_for_timeout(60)
    rater.page.keyboard.up("f")
    rater.page.wait_for_timeout(300)
    assert len(rater.sent(1)) == 1
    assert rater.count().startswith("Trial 2 ")


def test_clicks_and_touches_are_told_apart(come: Come) -> None:
    rater = come(size=PHONE, has_touch=True)
    rater.begin()
    rater.page.tap("#left img")
    rater.pair(2)
    rater.page.click("#right img")
    rater.pair(3)
    rater.page.click("#choose-left")
    rater.pair(4)
    rater.page.focus("#choose-right")
    rater.page.keyboard.press("Enter")
    kept = rater.sent(4)
    chosen = [(one.judgment.device, one.judgment.chose_left) for one in kept]
    assert chosen == [("touch", True), ("mouse", False), ("mouse", True), ("key", False)]


def test_letter_keys_can_be_switched_off(come: Come) -> None:
    rater = come()
    rater.begin()
    rater.page.click("#pause")
    rater.page.uncheck("#letters")
    rater.page.click("#continue")
    rater.pair()
    for key in ("f", "j", "p"):
        rater.page.keyboard.press(key)
    assert rater.count().startswith("Trial 1 ")
    rater.page.keyboard.press("ArrowRight")
    rater.pair(2)


def test_the_code_is_copied_where_the_page_has_no_clipboard_too(come: Come, serve: Serve) -> None:
    rater = come(serve(trials=4))
    rater.page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    rater.begin()
    rater.finish()
    rater.page.click("#copy")
    assert rater.page.inner_text("#copy") == "Copied"
    assert rater.page.evaluate("String(getSelection())") == CODE
