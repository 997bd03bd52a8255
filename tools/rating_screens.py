"""`python -m tools.rating_screens`: pictures of the rating pages, for docs/rating/, from the real server and the Chromium of this machine.

The real samples are scikit-learn's handwritten digits, the generated ones are from a mixture of Gaussians. The raters of the owner's page are made up here: they
come by HTTP as people do, choose the real one by a coin, and know catch trials.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import click
import numpy as np
from PIL import Image
from playwright.sync_api import APIRequest, Browser, Page, sync_playwright
from sklearn.datasets import load_digits
from sklearn.mixture import GaussianMixture

from byheart.paper.people.screenshot import OPTIONS, chromium
from byheart.rating.folder import open_study
from byheart.rating.plan import Plan
from byheart.rating.study import CONSENT

ROOT: Final = Path(__file__).parents[1]
_DESKTOP: Final = (1280, 800)
_PHONE: Final = (390, 844)
_RATERS: Final = 24
_CAREFUL: Final = 0.97
_COLOURS: Final = 255  # of a picture: it stays small, and nobody sees it
_CODE: Final = "MEMGEN-7K2Q"


@click.command()
@click.option("--folder", type=click.Path(path_type=Path), default=ROOT / "docs" / "rating", help="Where to put them.")
def main(folder: Path) -> None:
    """Take all of them."""
    found = chromium()
    if found is None:
        raise click.ClickException("wanted a Chromium, found none: install one")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        sources = _samples(Path(place))
        browser = playwright.chromium.launch(executable_path=found, args=list(OPTIONS))
        study = Path(place) / "digits"
        _make(study, sources, "--pairs", "24", "--raters-per-pair", "1", "--trials", "8")
        with _served(study) as told:
            _raters_pages(browser, told["raters"], folder)
        study = Path(place) / "handwritten digits"
        _make(study, sources, "--pairs", "216", "--raters-per-pair", "2", "--trials", "24", "--analysis", "sequential")
        with _served(study) as told:
            _come(playwright.request, open_study(study).plan, told["raters"])
            _owners_page(browser, told["admin"], folder)
        browser.close()
    total = sum(one.stat().st_size for one in folder.glob("*.png"))
    print(f"{len(list(folder.glob('*.png')))} pictures, {total / 1000:.0f} kB, in {folder}")


def _samples(place: Path) -> tuple[Path, Path]:
    """Digits, and what a mixture makes of them."""
    digits = load_digits().data
    made = GaussianMixture(40, covariance_type="full", reg_covar=0.1, random_state=0).fit(digits).sample(len(digits))[0]
    folders = (place / "real", place / "mixture")
    for folder, samples in zip(folders, (digits, np.random.default_rng(0).permutation(made)), strict=True):
        folder.mkdir()
        for at, sample in enumerate(samples[:900]):
            grey = (255 - sample.clip(0, 16) * 255 / 16).round().astype(np.uint8).reshape(8, 8)
            Image.fromarray(grey).save(folder / f"{at}.png")
    return folders


def _make(study: Path, sources: tuple[Path, Path], *more: str) -> None:
    """A study of them."""
    command = [sys.executable, "-m", "byheart", "rate", "new", str(study), "--real", str(sources[0])]
    command += [
        "--generated",
        str(sources[1]),
        "--code",
        _CODE,
        "--link",
        "https://platform.example/done",
        "--seed",
        "1",
    ]
    subprocess.run([*command, *more], check=True, capture_output=True)


@contextmanager
def _served(study: Path) -> Iterator[dict[str, str]]:
    """Serve it; its addresses."""
    command = [sys.executable, "-m", "byheart", "rate", "serve", str(study), "--port", "0", "--json"]
    with subprocess.Popen([*command, "--requests-per-second", "0"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None  # it is a pipe
        try:
            told: dict[str, str] = json.loads(process.stdout.readline())
            yield told
        finally:
            process.terminate()


def _page(browser: Browser, size: tuple[int, int], scheme: str, *, is_phone: bool = False) -> Page:
    options: dict[str, Any] = {"color_scheme": scheme, "has_touch": is_phone, "is_mobile": is_phone}
    return browser.new_context(viewport={"width": size[0], "height": size[1]}, **options).new_page()


def _take(page: Page, file: Path, *, is_whole: bool = False) -> None:
    """A picture, with few colours."""
    page.wait_for_timeout(300)
    page.screenshot(path=file, full_page=is_whole)
    Image.open(file).convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)


def _raters_pages(browser: Browser, address: str, folder: Path) -> None:
    """One on a desk by day, one on a phone by night."""
    for page, is_phone in (
        (_page(browser, _DESKTOP, "light"), False),
        (_page(browser, _PHONE, "dark", is_phone=True), True),
    ):
        page.goto(f"{address}?rater={'phone' if is_phone else 'desk'}")
        page.wait_for_selector("#agree")
        if not is_phone:
            _take(page, folder / "consent.png", is_whole=True)
        page.click("#agree")
        page.click("#practise")
        while page.locator("#start").is_hidden():
            page.wait_for_selector("#pair:not([aria-busy])")
            page.keyboard.press("f")
            page.wait_for_selector("#feedback:not([hidden])")
            if not is_phone:
                _take(page, folder / "practice.png")
            page.click("#next")
            page.wait_for_selector("#start:not([hidden]), #pair:not([aria-busy])")
        page.click("#go")
        page.wait_for_selector("#pair:not([aria-busy])")
        _take(page, folder / ("trial-phone.png" if is_phone else "trial.png"))
        while page.locator("#end").is_hidden():
            page.keyboard.press("j")
            page.wait_for_selector("#end:not([hidden]), #pair:not([aria-busy])")
        if is_phone:
            _take(page, folder / "end-phone.png")
        page.context.close()


def _come(request: APIRequest, plan: Plan, address: str) -> None:
    """Raters, one after the other."""
    random = np.random.default_rng(0)
    for number, slot in enumerate(plan.slots[:_RATERS]):
        rater = request.new_context(extra_http_headers={"Origin": address.split("/r/", maxsplit=1)[0]})
        base = address.rstrip("/")
        state = rater.post(f"{base}/join", data={"consent": CONSENT, "params": {"rater": f"made-up {number}"}}).json()
        headers = {"X-CSRF": state["csrf"]}
        rater.post(f"{base}/note", data={"kind": "practised"}, headers=headers)
        judgments = []
        for n, trial in enumerate(slot[: int(random.integers(8, 40))]):
            is_known = plan.pairs[trial.pair].purpose == "catch"
            is_first = random.random() < (_CAREFUL if is_known else 0.5)
            is_left = is_first == trial.is_first_left if number else True  # the first one has a favourite side
            ms = float(random.lognormal(7, 0.5))
            told = {"n": n, "side": "left" if is_left else "right", "ms": ms, "key": f"{number}-{n}", "device": "key"}
            judgments.append(told)
        rater.post(f"{base}/judge", data={"judgments": judgments}, headers=headers)
        rater.dispose()


def _owners_page(browser: Browser, address: str, folder: Path) -> None:
    page = _page(browser, _DESKTOP, "light")
    page.goto(address)
    page.wait_for_selector("#raters tbody tr")
    page.click("#reveal")
    page.wait_for_selector("#found .chart svg", timeout=60_000)
    _take(page, folder / "owner.png", is_whole=True)
    page.context.close()


if __name__ == "__main__":
    main()
