"""Reloads, lost networks, two tabs, steps back, studies that are stopped: nothing is lost, nothing counts twice."""

import json
import time

import pytest
from playwright.sync_api import Route

from browser.browsing import CODE, Come, Rater, Serve, watch


def _trials(rater: Rater) -> list[int]:
    return sorted(kept.judgment.trial for kept in rater.served.judgments(rater.name))


def test_a_reload_in_mid_trial_shows_the_same_trial_and_counts_nothing(come: Come) -> None:
    rater = come()
    rater.begin()
    rater.page.keyboard.press("f")
    rater.pair(2)
    rater.page.reload()
    rater.pair(2)
    rater.page.keyboard.press("j")
    rater.pair(3)
    assert [one.judgment.chose_left for one in rater.sent(2)] == [True, False]


def test_without_a_network_choices_wait_and_all_arrive_once(come: Come) -> None:
    rater = come()
    rater.begin()
    rater.ready(4)
    rater.page.context.set_offline(True)
    rater.page.wait_for_function("() => document.querySelector('#quiet').textContent.startsWith('Offline')")
    for at in range(2, 5):
        rater.page.keyboard.press("f")
        rater.pair(at)
    rater.page.keyboard.press("f")
    rater.on("sending")
    assert _trials(rater) == []
    rater.page.context.set_offline(False)
    rater.pair(5)
    assert rater.page.inner_text("#quiet") == ""
    kept = rater.sent(4)
    assert _trials(rater) == [0, 1, 2, 3]
    assert len({one.judgment.key for one in kept}) == 4


def test_choices_made_offline_survive_that_the_page_is_closed(come: Come) -> None:
    rater = come()
    rater.begin()
    rater.page.route("**/judge", lambda route: route.abort())
    rater.page.keyboard.press("f")
    rater.pair(2)
    again = rater.page.context.new_page()
    rater.page.close()
    rater.page = again
    rater.open()
    rater.pair(2)
    assert [one.judgment.trial for one in rater.sent(1)] == [0]


def test_a_choice_of_a_session_that_is_no_more_is_no_choice_of_the_next(come: Come) -> None:
    rater = come()
    rater.begin()
    rater.page.route("**/judge", lambda route: route.abort())
    rater.page.keyboard.press("f")
    rater.pair(2)
    rater.page.evaluate(
        """() => Object.keys(localStorage).filter(name => name.includes(' choice ')).forEach(name =>
            localStorage.setItem(name, JSON.stringify({ ...JSON.parse(localStorage.getItem(name)), session: "another" })))"""
    )
    rater.page.unroute("**/judge")
    rater.page.reload()
    rater.pair(1)
    rater.page.keyboard.press("j")
    rater.pair(2)
    assert [one.judgment.chose_left for one in rater.sent(1)] == [False]


def test_the_code_is_shown_only_when_all_is_received(come: Come, serve: Serve) -> None:
    rater = come(serve(trials=4))
    rater.begin()
    total = int(rater.count().split()[-1])
    for at in range(2, total + 1):
        rater.page.keyboard.press("f")
        rater.pair(at)
    rater.sent(total - 1)
    rater.page.context.set_offline(True)
    rater.page.keyboard.press("f")
    rater.on("sending")
    assert CODE not in rater.page.content()
    rater.page.context.set_offline(False)
    rater.on("end")
    assert rater.page.inner_text("#code") == CODE
    assert len(rater.served.judgments(rater.name)) == total


def test_an_answer_that_is_lost_makes_no_second_judgment(come: Come) -> None:
    rater = come()
    rater.begin()
    keys: list[str] = []

    def lose(route: Route) -> None:
        keys.extend(one["key"] for one in json.loads(route.request.post_data or "")["judgments"])
        if len(keys) == 1:
            route.fetch()  # the server hears it, the browser does not hear the server
            route.abort()
        else:
            route.continue_()

    rater.page.route("**/judge", lose)
    rater.page.keyboard.press("f")
    rater.page.wait_for_function("() => Object.keys(localStorage).every(name => !name.includes(' choice '))")
    assert len(keys) == 2
    assert keys[0] == keys[1] == rater.sent(1)[0].judgment.key
    assert _trials(rater) == [0]


def test_of_two_tabs_the_newer_one_shows_pairs(come: Come) -> None:
    rater = come()
    rater.begin()
    older = rater.page
    rater.page = older.context.new_page()
    watch(rater.page, [])
    rater.open()
    rater.pair(1)
    older.wait_for_selector("#elsewhere:not([hidden])")
    older.keyboard.press("f")
    assert not older.locator(".panel img").first.is_visible()
    rater.page.keyboard.press("j")
    rater.pair(2)
    assert [one.judgment.chose_left for one in rater.sent(1)] == [False]
    older.click("#elsewhere button")
    older.wait_for_selector("#pair:not([aria-busy])")
    rater.on("elsewhere")
    older.keyboard.press("f")
    assert [one.judgment.chose_left for one in rater.sent(2)] == [False, True]


def test_two_raters_of_one_browser_are_kept_apart(come: Come) -> None:
    one = come()
    one.begin()
    one.page.route("**/judge", lambda route: route.abort())
    one.page.keyboard.press("f")
    one.pair(2)
    other = Rater(one.page, one.served, f"{one.name}-other")
    other.begin()  # is asked for consent
    one.page.unroute("**/judge")
    other.page.keyboard.press("j")
    assert [kept.judgment.chose_left for kept in other.sent(1)] == [False]
    one.open()  # comes back without being asked again
    one.pair(2)
    assert [kept.judgment.chose_left for kept in one.sent(1)] == [True]


def test_a_step_back_pauses_and_a_second_one_leaves_and_nothing_is_lost(come: Come) -> None:
    rater = come()
    rater.page.goto("about:blank")
    rater.begin()
    rater.page.keyboard.press("f")
    rater.pair(2)
    rater.page.go_back()
    rater.on("paused")
    rater.page.click("#continue")
    rater.pair(2)
    rater.page.keyboard.press("f")
    rater.pair(3)
    rater.page.go_back()
    rater.on("paused")
    rater.page.go_back()
    rater.page.wait_for_url("about:blank")
    rater.page.go_forward()
    rater.page.wait_for_selector("#start:not([hidden]), #paused:not([hidden]), #pair:not([aria-busy])")
    rater.page.keyboard.press("f")
    rater.page.wait_for_timeout(300)
    assert _trials(rater) in ([0, 1], [0, 1, 2])
    rater.open()
    rater.finish()
    assert _trials(rater) == sorted(set(_trials(rater)))


def test_a_session_that_the_server_forgot_is_taken_up_again(come: Come) -> None:
    rater = come()
    rater.begin()
    rater.page.context.clear_cookies()
    rater.page.keyboard.press("f")
    rater.pair()
    assert [one.judgment.trial for one in rater.sent(1)] == [0]
    rater.finish()
    assert _trials(rater) == list(range(len(_trials(rater))))


def test_a_stopped_study_says_so_and_goes_on_when_it_is_resumed(come: Come, serve: Serve) -> None:
    rater = come(serve(trials=5))
    rater.begin()
    owner = rater.page.context.new_page()
    owner.goto(rater.served.admin)
    for verb, badge in (("stop", "Stopped"), ("resume", "Open")):
        owner.wait_for_selector("#stop:enabled")
        owner.click("#stop")
        owner.click("#yes")
        owner.wait_for_function("told => document.querySelector('#badge').textContent === told", arg=badge)
        if verb == "stop":
            rater.page.keyboard.press("f")
            rater.on("stopped")
            assert "What you chose until now is kept" not in rater.page.inner_text("#stopped")  # nothing came through
            late = come(rater.served)
            late.open()
            late.on("stopped")
            assert "nothing left to do here" in late.page.inner_text("#stopped")
            assert "erased" not in late.page.inner_text("#stopped")
    rater.open()
    rater.pair(1)
    rater.finish()


@pytest.mark.parametrize(
    ("status", "told", "screen"),
    [
        (409, {"error": "full"}, "full"),
        (403, {"error": "stopped"}, "stopped"),
        (409, {"error": "consent"}, "renewed"),
        (429, {"error": "often"}, "notice"),
        (500, {}, "notice"),
    ],
)
def test_who_cannot_join_is_told_what_to_do(come: Come, status: int, told: dict[str, str], screen: str) -> None:
    rater = come()
    rater.page.route("**/join", lambda route: route.fulfill(status=status, json=told))
    rater.open()
    rater.page.click("#agree")
    rater.on(screen)
    rater.page.unroute("**/join")
    if screen == "notice":
        rater.page.click("#notice-button")
        rater.on("consent")
        rater.page.click("#agree")
        rater.on("instructions")


def test_who_lost_their_place_is_told(come: Come) -> None:
    rater = come()
    rater.begin()
    state = {"phase": "lapsed", "csrf": "x", "trials": [], "practice": [], "total": 6, "done": 0, "refused": [0]}
    rater.page.route("**/judge", lambda route: route.fulfill(json=state))
    rater.page.keyboard.press("f")
    rater.on("lapsed")


def test_a_server_that_asks_for_rest_is_given_it(come: Come) -> None:
    rater = come()
    rater.begin()
    times: list[float] = []

    def refuse_once(route: Route) -> None:
        times.append(time.monotonic())
        if len(times) == 1:
            route.fulfill(status=429, json={"error": "often"}, headers={"Retry-After": "1"})
        else:
            route.continue_()

    rater.page.route("**/judge", refuse_once)
    rater.page.keyboard.press("f")
    rater.pair(2)  # the rater goes on
    assert len(rater.sent(1)) == 1
    assert len(times) == 2
    assert times[1] - times[0] >= 1


def test_a_pair_that_is_slow_to_come_is_waited_for_in_view_of_nothing(come: Come) -> None:
    rater = come()
    held: list[Route] = []
    rater.page.route(
        "**/m/*", lambda route: held.append(route) if len(held) < 2 and rater.name in asked else route.continue_()
    )
    asked: list[str] = []
    rater.begin()
    asked.append(rater.name)
    rater.page.reload()
    rater.page.wait_for_function("() => document.querySelector('#hint').textContent.includes('on its way')")
    assert rater.page.locator(".panel img").count() == 0
    rater.page.wait_for_timeout(500)
    came = time.monotonic()
    for route in held:
        route.continue_()
    rater.pair(1)
    rater.page.wait_for_timeout(100)
    rater.page.keyboard.press("f")
    took = 1000 * (time.monotonic() - came)
    (kept,) = rater.sent(1)
    assert 100 <= kept.judgment.milliseconds <= took  # the wait is no part of it


def test_a_page_that_another_tab_overtook_does_not_count_on(come: Come) -> None:
    rater = come()
    rater.begin()
    rater.page.evaluate(
        "() => { for (const name of Object.keys(localStorage)) if (name.endsWith(' tab')) localStorage.setItem(name, 'other'); }"
    )
    rater.page.keyboard.press("f")
    rater.on("elsewhere")
    assert _trials(rater) == []
