"""Pictures, texts, recordings, rows; and a pair that is seen for a moment only."""

import pytest

from browser.browsing import DESKTOP, PHONE, Come, Rater, Serve

_BOXES = "selector => [...document.querySelectorAll(selector)].map(part => { const box = part.getBoundingClientRect(); return [box.x, box.y, box.width, box.height]; })"
# An observer is told before the next paint, and the timeline's time is that of the frame: a slow machine has fewer frames, and is seen to.
_SEEN = """() => {
  window.frames = [];
  window.seen = [];
  const frame = (at) => { window.frames.push(at); requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
  const is = (name) => { const part = document.querySelector(name); return Boolean(part && part.checkVisibility({ visibilityProperty: true })); };
  const look = () => {
    const name = is('#fixation') ? 'cross' : is('.mask') ? 'mask' : is('#left img') ? 'pair' : 'nothing';
    if (window.seen.at(-1)?.[1] !== name) window.seen.push([document.timeline.currentTime, name]);
  };
  new MutationObserver(look).observe(document, { attributes: true, childList: true, subtree: true });
}"""
_PRESS = "key => window.seen.at(-1)[1] === 'pair' && dispatchEvent(new KeyboardEvent('keydown', { key }))"


def _boxes(rater: Rater, selector: str) -> list[list[float]]:
    found: list[list[float]] = rater.page.evaluate(_BOXES, selector)
    return found


@pytest.mark.parametrize("size", [DESKTOP, PHONE, (844, 390), (320, 640)])
def test_pictures_are_whole_of_one_size_and_need_no_scrolling(come: Come, size: tuple[int, int]) -> None:
    rater = come(size=size)
    rater.begin()
    one, other = _boxes(rater, ".panel img")
    assert one[2:] == other[2:]
    for x, y, width, height in (one, other, *_boxes(rater, ".choose")):
        assert x >= 0
        assert y >= 0
        assert x + width <= size[0]
        assert y + height <= size[1]
    scrolls = rater.page.evaluate(
        "() => [document.documentElement.scrollWidth > innerWidth, document.documentElement.scrollHeight > innerHeight]"
    )
    assert scrolls == [False, False]
    middle = (one[0] + other[0] + other[2]) / 2
    assert middle == pytest.approx(size[0] / 2, abs=1)


def test_small_pictures_are_magnified_by_a_whole_factor(come: Come) -> None:
    rater = come()
    rater.begin()
    shown = rater.page.evaluate(
        "() => [...document.querySelectorAll('.panel img')].map(img => [img.width / img.naturalWidth, getComputedStyle(img).imageRendering])"
    )
    assert shown[0] == shown[1]
    assert shown[0][0] > 1
    assert shown[0][0] == int(shown[0][0])
    assert shown[0][1] == "pixelated"


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_texts_stand_as_text_in_equal_panels_that_scroll_by_keys(
    come: Come, serve: Serve, size: tuple[int, int]
) -> None:
    rater = come(serve("text"), size=size)
    rater.begin()
    one, other = _boxes(rater, ".panel")
    assert one[2:] == pytest.approx(other[2:], abs=1)
    texts = rater.page.eval_on_selector_all(".panel", "all => all.map(one => one.textContent)")
    assert all("<script>" in text and "\0" not in text for text in texts)
    assert "run" not in rater.page.title()
    assert rater.page.locator(".panel b, .panel script").count() == 0
    rater.page.keyboard.press("Tab")  # the pause
    rater.page.focus("#left")
    rater.page.keyboard.press("ArrowDown")
    rater.page.wait_for_function(
        "() => { const one = document.querySelector('#left'); return one.scrollTop > 0 || one.scrollHeight <= one.clientHeight; }"
    )
    assert rater.count().startswith("Trial 1 ")
    rater.page.keyboard.press("ArrowRight")
    rater.pair(2)
    assert [one.judgment.chose_left for one in rater.sent(1)] == [False]


def test_rows_are_tables_with_the_same_names(come: Come, serve: Serve) -> None:
    rater = come(serve("row"))
    rater.begin()
    names = [rater.page.locator(f"#{side} th").all_inner_texts() for side in ("left", "right")]
    assert names[0] == names[1]
    assert sorted(names[0]) == ["age", "hours", "work"]
    assert rater.page.locator("#left td").count() == 3
    rater.page.click("#right table")
    rater.pair(2)
    assert [one.judgment.device for one in rater.sent(1)] == ["mouse"]


def test_recordings_are_chosen_from_once_both_were_started(come: Come, serve: Serve) -> None:
    rater = come(serve("audio"))
    rater.agree()
    rater.page.click("#practise")
    rater.page.wait_for_selector("#pair:not([aria-busy])")
    rater.page.keyboard.press("f")
    rater.page.keyboard.press(" ")  # the one that was not heard
    rater.page.wait_for_function("() => document.querySelector('#left .heard').textContent === 'started'")
    rater.page.keyboard.press("f")
    assert rater.page.locator("#choose-left[aria-disabled]").count() == 1
    assert not rater.page.locator("#feedback").is_visible()
    rater.page.keyboard.press("2")
    rater.page.wait_for_function("() => !document.querySelector('#choose-left').ariaDisabled")
    playing = rater.page.locator(".player button").all_inner_texts()
    assert [one.split()[0] for one in playing] == ["Play", "Stop"]  # one at a time
    rater.page.keyboard.press("f")
    rater.page.wait_for_selector("#feedback:not([hidden])")


def test_a_timed_pair_is_seen_for_so_long_then_masked_then_chosen(come: Come, serve: Serve) -> None:
    rater = come(serve("image", "--exposure", "300"))
    rater.page.add_init_script(f"({_SEEN})()")
    rater.begin()
    rater.page.wait_for_function(_PRESS, arg="f")  # too early: it is looked at
    rater.page.wait_for_selector(".mask >> nth=1")
    assert rater.count().startswith("Trial 1 ")
    rater.page.keyboard.press("j")
    rater.page.wait_for_function("() => document.querySelector('#count').textContent.startsWith('Trial 2 ')")
    times, names = zip(*rater.page.evaluate("window.seen"), strict=True)
    first = names.index("cross")
    assert names[first : first + 3] == ("cross", "pair", "mask")
    _, shown, masked = times[first : first + 3]
    assert masked - shown >= 290
    assert not [
        at for at in rater.page.evaluate("window.frames") if shown + 310 < at < masked
    ]  # the first frame that could
    (kept,) = rater.sent(1)
    assert not kept.judgment.chose_left
    assert kept.judgment.milliseconds >= 290


def test_a_timed_pair_that_was_interrupted_is_not_seen_again(come: Come, serve: Serve) -> None:
    rater = come(serve("image", "--exposure", "300"))
    rater.page.add_init_script(f"({_SEEN})()")
    rater.begin()
    rater.page.wait_for_function(_PRESS, arg="p")
    rater.on("paused")
    rater.page.evaluate("() => { window.seen.length = 0; }")
    rater.page.keyboard.press("p")
    rater.page.wait_for_selector(".mask >> nth=1")
    assert "pair" not in {name for _, name in rater.page.evaluate("window.seen")}
    rater.page.keyboard.press("f")
    rater.sent(1)
