"""Studies that are served, and a browser: what the tests of the pages share."""

import json
import subprocess
import sys
import wave
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page

from byheart.rating.folder import open_study
from byheart.rating.ledger import Kept
from chromium import axe, chromium

DESKTOP: Final = (1280, 800)
PHONE: Final = (390, 844)
CODE: Final = "MEMGEN-7K2Q"
LINK: Final = "https://platform.example/complete"
_SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
_SIZE: Final = 48
_MARKUP: Final = "<b>bold</b> & <script>document.title='run'</script>"
_SKIP: Final = """async () => {
  const base = location.pathname.replace(/[/]+$/, "");
  const { csrf } = await (await fetch(base + "/state")).json();
  const headers = { "Content-Type": "application/json", "X-CSRF": csrf };
  await fetch(base + "/note", { method: "POST", headers, body: JSON.stringify({ kind: "practised" }) });
}"""


@dataclass(frozen=True, slots=True)
class Served:
    """A study that is served.

    Attributes:
        path: of the study.
        raters: the address for raters.
        admin: for its owner.
    """

    path: Path
    raters: str
    admin: str

    def judgments(self, rater: str) -> list[Kept]:
        """What the ledger has of a rater."""
        opened = open_study(self.path)
        name = opened.hide("rater", rater, 32)
        ledger = opened.ledger(read_only=True)
        try:
            return [kept for kept in ledger.judgments() if kept.rater == name]
        finally:
            ledger.close()

    def notes(self, rater: str) -> list[str]:
        """What happened to a rater besides."""
        opened = open_study(self.path)
        name = opened.hide("rater", rater, 32)
        ledger = opened.ledger(read_only=True)
        try:
            numbers = {one.number for one in ledger.sessions() if one.rater == name}
            return [note.kind for note in ledger.notes() if note.session in numbers]
        finally:
            ledger.close()


Serve = Callable[..., Served]


@pytest.fixture(scope="module")  # while it runs, so does its event loop: other modules want their own
def browser() -> Iterator[Browser]:
    """The Chromium of this machine."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Make and serve a study, once for all tests that ask for the same one."""
    folder = tmp_path_factory.mktemp("served")
    known: dict[tuple[object, ...], Served] = {}
    processes = []

    def served(kind: str = "image", *more: str, trials: int = 6, pairs: int = 60) -> Served:
        name = (kind, *more, trials, pairs)
        if name not in known:
            study = folder / f"study-{len(known)}"
            real, generated = (_samples(folder / side, kind, seed) for seed, side in enumerate(("one", "two")))
            _byheart(
                *("rate", "new", study, "--real", real, "--generated", generated, "--kind", kind),
                *("--pairs", pairs, "--raters-per-pair", 3, "--trials", trials, "--catch", 0.2, "--seed", 7),
                *("--code", CODE, "--link", LINK, *more),
            )
            process, told = _serving(study)
            processes.append(process)
            known[name] = Served(study, told["raters"].rstrip("/"), told["admin"])
        return known[name]

    yield served
    for process in processes:
        process.terminate()
    for process in processes:
        process.communicate(timeout=20)


def _byheart(*arguments: object) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "byheart", *map(str, arguments)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def _serving(study: Path) -> tuple[subprocess.Popen[str], dict[str, str]]:
    command = [sys.executable, "-m", "byheart", "rate", "serve", str(study), "--port", "0", "--json"]
    process = subprocess.Popen([*command, "--requests-per-second", "0"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    told: dict[str, str] = json.loads(process.stdout.readline())
    return process, told


def _samples(folder: Path, kind: str, seed: int, count: int = 260) -> Path:
    """Samples of a kind; a folder or a file."""
    folder.mkdir(exist_ok=True)
    random = np.random.default_rng(seed)
    if kind == "image":
        place = folder / "images"
        if not place.exists():
            place.mkdir()
            for at in range(count):
                coarse = random.integers(0, 256, (6, 6, 3), np.uint8)
                Image.fromarray(coarse).resize((_SIZE, _SIZE), Image.Resampling.BICUBIC).save(place / f"{at}.png")
        return place
    if kind == "audio":
        place = folder / "sounds"
        if not place.exists():
            place.mkdir()
            for at in range(count):
                tone = np.sin(np.arange(3200) * random.uniform(0.1, 0.4)) * 8000 + random.normal(0, 200, 3200)
                with wave.open(str(place / f"{at}.wav"), "wb") as sound:
                    sound.setnchannels(1)
                    sound.setsampwidth(2)
                    sound.setframerate(8000)
                    sound.writeframes(tone.astype("<i2").tobytes())
        return place
    if kind == "text":
        words = f"gulls stood along the wall each facing wind {_MARKUP}".split()
        lines = [f"{at}: {_MARKUP} {' '.join(random.choice(words, random.integers(20, 600)))}" for at in range(count)]
        place = folder / "texts.txt"
        place.write_text("\n".join(lines))
        return place
    place = folder / "rows.csv"
    lines = [f"{random.integers(17, 90)},{random.choice(['Private', 'State'])},{at}" for at in range(count)]
    place.write_text("\n".join(["age,work,hours", *lines]))
    return place


@dataclass(slots=True)
class Rater:
    """Somebody at a page.

    Attributes:
        page: what they see.
        served: the study.
        name: their id.
    """

    page: Page
    served: Served
    name: str

    @property
    def address(self) -> str:
        """Their link."""
        return f"{self.served.raters}/?rater={self.name}"

    def open(self) -> None:
        """Open their link."""
        self.page.goto(self.address)
        self.page.wait_for_selector("main > section:not([hidden])")

    def screen(self) -> str:
        """Which is seen."""
        return self.page.locator("main > section:not([hidden])").get_attribute("id") or ""

    def on(self, screen: str, seconds: float = 8) -> None:
        """Wait for a screen."""
        self.page.wait_for_selector(f"#{screen}:not([hidden])", timeout=1000 * seconds)

    def agree(self) -> None:
        """To the consent, up to the instructions."""
        self.open()
        self.on("consent")
        self.page.click("#agree")
        self.on("instructions")

    def practise(self) -> None:
        """Up to what counts."""
        self.agree()
        self.page.click("#practise")
        while True:
            self.page.wait_for_selector("#start:not([hidden]), #pair:not([aria-busy])")
            if self.screen() == "start":
                return
            self.choose("f")
            self.page.wait_for_selector("#feedback:not([hidden])")
            self.page.click("#next")

    def begin(self) -> None:
        """Up to the first pair that counts; practice is skipped."""
        self.agree()
        self.page.evaluate(_SKIP)
        self.page.reload()
        self.page.wait_for_selector("#start:not([hidden]), #pair:not([aria-busy])")
        if self.screen() == "start":
            self.page.click("#go")
        else:
            self.pair()

    def pair(self, number: int | None = None) -> None:
        """Wait until a pair can be chosen from; the one of that number, from 1."""
        self.on("trial")
        if number is not None:
            told = "n => document.querySelector('#count').textContent.split(' ')[1] === n"
            self.page.wait_for_function(told, arg=str(number))
        self.page.wait_for_selector("#pair:not([aria-busy]) #choose-left:not([aria-disabled])")

    def ready(self, pairs: int) -> None:
        """Wait until the samples of so many pairs have come since the page was opened."""
        come = "pictures => performance.getEntriesByType('resource').filter(one => one.name.includes('/m/')).length >= pictures"
        self.page.wait_for_function(come, arg=2 * pairs)

    def choose(self, key: str) -> None:
        """Choose by a key, as soon as one may."""
        self.page.wait_for_selector("#pair:not([aria-busy])")
        if self.page.locator(".player").count():
            self.page.keyboard.press("1")
            self.page.keyboard.press("2")
        self.pair()
        self.page.keyboard.press(key)

    def count(self) -> str:
        """How far the page says they are."""
        return self.page.inner_text("#count")

    def finish(self) -> None:
        """Choose until the end."""
        while True:
            self.page.wait_for_selector("#end:not([hidden]), #pair:not([aria-busy])")
            if self.screen() == "end":
                return
            self.choose("j")

    def sent(self, count: int, seconds: float = 10) -> list[Kept]:
        """Wait until the ledger has so many of theirs; all of them."""
        for _ in range(int(20 * seconds)):
            kept = self.served.judgments(self.name)
            if len(kept) >= count:
                return kept
            self.page.wait_for_timeout(50)
        pytest.fail(f"the ledger has {len(kept)} judgments, not {count}")


Come = Callable[..., Rater]
_number = iter(range(1_000_000))


@pytest.fixture
def come(browser: Browser, serve: Serve) -> Iterator[Come]:
    """Somebody new at a study, in a browser of their own; what fails in their page fails the test."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def comes(served: Served | None = None, *, size: tuple[int, int] = DESKTOP, **options: Any) -> Rater:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **options)
        contexts.append(context)
        page = context.new_page()
        watch(page, faults)
        return Rater(page, served or serve(), f"rater-{next(_number)}")

    yield comes
    for context in contexts:
        with suppress(Exception):  # a page that a test has closed
            context.close()
    assert faults == []


def watch(page: Page, faults: list[str]) -> None:
    """Keep what goes wrong in a page: errors in its scripts, and whatever its policy forbade."""
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda told: faults.append(told.text) if "Content Security Policy" in told.text else None)
    page.set_default_timeout(10_000)


def axe_everywhere(page: Page) -> list[str]:
    """The same on a desk and on a phone, light and dark."""
    found = []
    before = page.viewport_size
    for width, height in (DESKTOP, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        for scheme in _SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # no colour is on its way
            found += [f"{width} px, {scheme}: {one}" for one in axe(page)]
    page.emulate_media(color_scheme=None, reduced_motion=None)
    if before is not None:
        page.set_viewport_size(before)
    return found
