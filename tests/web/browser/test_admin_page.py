"""The owner's page."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from browser.browsing import CODE, DESKTOP, PHONE, Come, Serve, Served, axe_everywhere, watch

_REPORT = {
    "verdict": "INCONCLUSIVE",
    "reason": "neither a difference nor its absence within the margin is shown: more judgments would tell",
    "question": "real",
    "is_interim": True,
    "estimate": {"value": 0.513, "low": 0.456, "high": 0.57},
    "inner": [0.465, 0.561],
    "margin": 0.05,
    "tests": {
        "p_sharp": 0.61,
        "p_mean": 0.0004,
        "p_equivalence": 0.1,
        "e_value": 1.234,
        "p_anytime": 0.625,
        "deciding": "fixed",
    },
    "panel": {"accuracy": {"value": 0.96, "low": 0.91, "high": 0.98}, "catches": 104, "is_attentive": True},
    "judgments": 312,
    "received": 312,
    "planned": 1800,
    "warnings": ["the verdict was looked at once"],
    "generators": [],
    "sequence": {
        "judgments": [100, 200, 312],
        "value": [0.55, 0.52, 0.513],
        "low": [0.3, 0.4, 0.44],
        "high": [0.7, 0.6, 0.58],
        "e": [1.0, 1.1, 1.2],
        "best": 1.2,
    },
}
_RATERS = [
    {
        "rater": "a1b2c3",
        "judgments": 40,
        "catches": 5,
        "catch_right": 5,
        "median_ms": 900,
        "left_share": 0.5,
        "flags": [],
        "is_finished": True,
        "last": "2026-11-25T19:00:00Z",
    },
    {
        "rater": "0f0f0f",
        "judgments": 60,
        "catches": 6,
        "catch_right": 2,
        "median_ms": 300,
        "left_share": 0.95,
        "flags": ["inattentive", "one side"],
        "is_finished": False,
        "last": "2026-11-25T18:00:00Z",
    },
    {
        "rater": "777777",
        "judgments": 5,
        "catches": 0,
        "catch_right": 0,
        "median_ms": 1500,
        "left_share": 1.0,
        "flags": [],
        "is_finished": False,
        "last": "2026-11-25T20:00:00Z",
    },
]


@pytest.fixture
def served(serve: Serve) -> Served:
    return serve(trials=7)


@pytest.fixture
def owner(browser: Browser, served: Served) -> Iterator[Page]:
    """The page, let in by its address."""
    faults: list[str] = []
    context = browser.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
    page = context.new_page()
    watch(page, faults)
    page.goto(served.admin)
    page.wait_for_selector("#stop:enabled")
    yield page
    context.close()
    assert faults == []


def test_axe_finds_nothing_on_the_owners_page(owner: Page) -> None:
    owner.route("**/a/state", lambda route: route.fulfill(json={**route.fetch().json(), "raters": _RATERS}))
    owner.route("**/a/verdict", lambda route: route.fulfill(json=_REPORT))
    owner.wait_for_selector("#raters tbody tr")
    found = axe_everywhere(owner)
    owner.click("#reveal")
    owner.wait_for_selector("#found .chart svg")
    owner.click("summary")
    found += axe_everywhere(owner)
    owner.click("#stop")
    owner.wait_for_selector("dialog[open]")
    found += axe_everywhere(owner)
    assert found == []


def test_counts_follow_without_a_reload(owner: Page, come: Come, served: Served) -> None:
    before = int(owner.inner_text("#judgments"))
    rater = come(served)
    rater.begin()
    rater.page.keyboard.press("f")
    rater.sent(1)
    owner.wait_for_function("before => Number(document.querySelector('#judgments').textContent) > before", arg=before)
    assert int(owner.inner_text("#joined")) >= 1


def test_the_page_does_not_ask_while_nobody_looks(owner: Page) -> None:
    asked: list[str] = []
    owner.on("request", lambda request: asked.append(request.url))
    owner.evaluate(
        "() => { Object.defineProperty(document, 'hidden', {value: true, configurable: true}); document.dispatchEvent(new Event('visibilitychange')); }"
    )
    owner.wait_for_timeout(2600)
    assert asked == []
    with owner.expect_request("**/a/state"):  # at once, and not when its turn comes
        owner.evaluate(
            "() => { Object.defineProperty(document, 'hidden', {value: false, configurable: true}); document.dispatchEvent(new Event('visibilitychange')); }"
        )
    assert len(asked) == 1


def test_raters_are_sorted_by_keys_and_what_is_odd_is_marked(owner: Page) -> None:
    owner.route("**/a/state", lambda route: route.fulfill(json={**route.fetch().json(), "raters": _RATERS}))
    owner.wait_for_selector("#raters tbody th:text-is('a1b2c3')")  # raters of other tests may be there before
    owner.focus("th[data-sort=judgments] button")
    owner.keyboard.press("Enter")
    names = owner.locator("#raters tbody th").all_inner_texts()
    assert names == ["0f0f0f", "a1b2c3", "777777"]
    assert owner.get_attribute("th[data-sort=judgments]", "aria-sort") == "descending"
    owner.keyboard.press("Enter")
    assert owner.locator("#raters tbody th").all_inner_texts() == names[::-1]
    assert owner.get_attribute("th[data-sort=judgments]", "aria-sort") == "ascending"
    marked = owner.locator("#raters tbody td:has(.odd)").all_inner_texts()
    assert marked == ["inattentive 2 of 6", "one side 95 %"]


def test_the_verdict_is_hidden_until_it_is_asked_for_with_the_reason_why(owner: Page) -> None:
    asked: list[str] = []
    owner.on("request", lambda request: asked.append(request.url) if request.url.endswith("verdict") else None)
    owner.route("**/a/verdict", lambda route: route.fulfill(json=_REPORT))
    assert "errs more often" in owner.inner_text("#veil-text")
    assert not owner.locator("#found").is_visible()
    assert asked == []
    owner.click("#reveal")
    owner.wait_for_selector("#found .chart svg")
    assert len(asked) == 1
    told = owner.inner_text("#found")
    assert "INCONCLUSIVE (interim): raters picked the real one 51.3 % [45.6, 57.0] of 312 times" in told
    assert "p < .001" in told
    assert "p = .625" in told
    assert "at the end of what is there" in told
    chart = owner.locator("#found .chart").aria_snapshot()
    assert "After 312 judgments the confidence sequence goes from 44.0 to 58.0 percent" in owner.inner_html(
        "#found .chart"
    )
    assert 'img "The share that chose the real one, as judgments came in' in chart
    owner.click("summary")
    assert owner.locator("details tbody tr").count() == 3


def test_stopping_is_asked_for_twice(owner: Page) -> None:
    owner.focus("#stop")
    owner.keyboard.press("Enter")
    owner.wait_for_selector("dialog[open]")
    assert owner.evaluate("document.activeElement.id") == "no"
    owner.keyboard.press("Enter")
    assert owner.inner_text("#badge") == "Open"
    owner.keyboard.press("Enter")  # the focus is back on the button
    owner.click("#yes")
    owner.wait_for_function("() => document.querySelector('#badge').textContent === 'Stopped'")
    owner.click("#stop")
    owner.click("#yes")
    owner.wait_for_function("() => document.querySelector('#badge').textContent === 'Open'")


def test_addresses_are_there_to_copy(owner: Page, served: Served) -> None:
    assert owner.inner_text("#address").rstrip("/") == served.raters
    told = owner.inner_text("#prolific").replace("/?", "?")
    assert (
        told
        == f"{served.raters}?PROLIFIC_PID={{{{%PROLIFIC_PID%}}}}&STUDY_ID={{{{%STUDY_ID%}}}}&SESSION_ID={{{{%SESSION_ID%}}}}"
    )
    owner.click("[data-copy=prolific]")
    owner.wait_for_function("() => document.querySelector('[data-copy=prolific]').textContent === 'Copied'")


def test_a_phone_shows_all_of_it_without_scrolling_sideways(owner: Page) -> None:
    owner.route("**/a/state", lambda route: route.fulfill(json={**route.fetch().json(), "raters": _RATERS}))
    owner.route("**/a/verdict", lambda route: route.fulfill(json=_REPORT))
    owner.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    owner.click("#reveal")
    owner.wait_for_selector("#found .chart svg")
    assert owner.evaluate("document.documentElement.scrollWidth") == PHONE[0]


def test_who_is_not_its_owner_sees_nothing(browser: Browser, served: Served) -> None:
    context = browser.new_context()
    page = context.new_page()
    answer = page.goto(f"{served.admin.split('/a/')[0]}/a/")
    assert answer is not None
    assert answer.status == 403
    assert CODE not in page.content()
    context.close()
