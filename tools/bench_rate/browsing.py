"""Raters in a browser: when they see the first pair, what that takes, and how long they wait for the next one."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, sync_playwright

from byheart.paper.people.screenshot import OPTIONS, chromium

_SCRIPT: Final = Path(__file__).with_name("browsing.js")
_PATIENCE: Final = 120.0
_SITES: Final = {
    "byheart": """{
  buttons: ["agree", "practise", "next", "go"],
  pair() {
    const both = ["left", "right"].map((id) => document.getElementById(id)?.firstElementChild);
    const isSeen = both.every((part) => part && part.offsetParent !== null);
    return isSeen ? both.map((part) => part.textContent || part.src).join("|") : null;
  },
  choose() {
    dispatchEvent(new KeyboardEvent("keydown", { key: "f", code: "KeyF" }));
  },
}""",
    "Potato": """{
  buttons: [],
  pair() {
    const both = document.querySelector(".pairwise-items-display-container");
    return both && both.offsetParent !== null && both.textContent.trim() ? both.textContent : null;
  },
  choose() {
    document.querySelector(".pairwise-tile").click();
    document.getElementById("next-btn").click();
  },
}""",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What a rater saw.

    Attributes:
        first: seconds from opening the address to the frame of the first pair; whatever is read before is clicked through at once.
        requests: answered until then, that of the page included.
        waits: seconds from a choice to the frame of the next pair.
    """

    first: float
    requests: int
    waits: tuple[float, ...]


def see(who: str, address: str, count: int) -> Seen:
    """Go through a study in a fresh browser, until so many pairs followed a choice."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(OPTIONS))
        try:
            _rate(browser, "about:blank")  # the first page of a browser takes longer, whatever it is
            return _walk(browser, who, address, count)
        finally:
            browser.close()


def _walk(browser: Browser, who: str, address: str, count: int) -> Seen:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.add_init_script(f"const SITE = {_SITES[who]};\n{_SCRIPT.read_text('utf-8')}")
    page.goto(address)
    _until(page, f"window.bench?.waits.length >= {count}")
    told = page.evaluate("window.bench")
    context.close()
    return Seen(told["first"] / 1e3, told["requests"], tuple(wait / 1e3 for wait in told["waits"]))


def _until(page: Page, condition: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        try:
            if page.evaluate(f"Boolean({condition})"):
                return
        except Exception:  # noqa: BLE001  # a page that is just being left
            pass
        page.wait_for_timeout(20)
    raise RuntimeError(f"the page did not come to {condition} within {_PATIENCE:.0f} seconds")


def _rate(browser: Browser, address: str) -> None:
    context = browser.new_context()
    context.new_page().goto(address)
    context.close()
