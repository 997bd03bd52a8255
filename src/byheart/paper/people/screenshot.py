"""Figure 2 as raters see it: the real page, from the real server, in a real browser, where playwright and a Chromium are there."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

from byheart.rating.folder import Opened

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "chrome")
OPTIONS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-sync",
)
"""With which it is started: it asks for nothing on the network."""
_SIZE: Final = (1000, 600)
_SCALE: Final = 1.5  # pixels of the picture for one of the page
_PATIENCE: Final = 30_000  # ms


def screenshot(opened: Opened, pair: int) -> bytes | None:
    """A pair of a study, on the page that raters see it on, as PNG.

    A rater comes, practises, and judges whatever stands before the pair: so the ledger of people has one session afterwards.

    Args:
        opened: a study that no person has judged yet.
        pair: which trial of the first rater.

    Returns:
        None where there is no playwright, no Chromium, or no server.
    """
    found = chromium()
    if found is None or find_spec("playwright") is None:
        return None
    playwright: Any = import_module("playwright.sync_api")
    with _served(opened) as address:
        if address is None:
            return None
        try:
            with playwright.sync_playwright() as driver:
                browser = driver.chromium.launch(executable_path=found, args=list(OPTIONS))
                try:
                    return _taken(browser, address, pair)
                finally:
                    browser.close()
        except playwright.Error:  # whatever the browser lacks: the figure is composed then
            return None


def chromium() -> str | None:
    """Where a Chromium is, if there is one."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


@contextmanager
def _served(opened: Opened) -> Iterator[str | None]:
    """Serve a study; the raters' address, or None where that fails."""
    command = [sys.executable, "-m", "byheart", "rate", "serve", str(opened.path), "--port", "0", "--json"]
    pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(command, stdout=pipe, stderr=nothing, stdin=nothing, text=True) as process:  # noqa: S603  # ourselves
        try:
            told = process.stdout.readline() if process.stdout else ""
            yield str(json.loads(told)["raters"]) if told else None
        finally:
            process.terminate()


def _taken(browser: Any, address: str, pair: int) -> bytes:
    """Come as a rater, judge up to the pair, and look."""
    size = {"width": _SIZE[0], "height": _SIZE[1]}
    page = browser.new_context(viewport=size, device_scale_factor=_SCALE, color_scheme="light").new_page()
    page.set_default_timeout(_PATIENCE)
    page.goto(address)
    page.click("#agree")
    page.click("#practise")
    while page.locator("#start").is_hidden():
        page.wait_for_selector("#pair:not([aria-busy])")
        page.keyboard.press("f")
        page.wait_for_selector("#feedback:not([hidden])")
        page.click("#next")
        page.wait_for_selector("#start:not([hidden]), #pair:not([aria-busy])")
    page.click("#go")
    for number in range(pair + 1):
        page.wait_for_function(f"document.getElementById('count').textContent.startsWith('Trial {number + 1} of')")
        page.wait_for_selector("#pair:not([aria-busy])")
        if number < pair:
            page.keyboard.press("j")
    page.wait_for_timeout(300)
    taken: bytes = page.screenshot()
    return taken
