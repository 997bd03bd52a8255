"""The Chromium of this machine, and what axe-core has against a page."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from byheart.paper.people import screenshot

_OPTIONS: Final = (*screenshot.OPTIONS, "--autoplay-policy=no-user-gesture-required")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Started, and ended; the test is skipped where there is none."""
    found = screenshot.chromium()
    if found is None:
        pytest.skip("no browser: no Chromium is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(_OPTIONS))
        yield browser
        browser.close()


def axe(page: Page) -> list[str]:
    """What axe-core has against a page, by WCAG 2.2 AA and its best practices."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate("tags => axe.run(document, {runOnly: tags, rules: {'target-size': {enabled: true}}})", tags)
    return [f"{one['id']}: {node['html'][:120]}" for one in found["violations"] for node in one["nodes"]]
